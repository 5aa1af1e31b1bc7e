"""For everybody: what the API lists is what their pages list, no row more and none less."""

import pytest
from django.db import transaction

from cases.models import Case
from matching.models import Match
from mentors.models import LIVED, Concern, Meeting, Mentorship
from mlmc.core.api import door
from outcomes.models import FollowUp
from tests import cluster, matrix, world
from tests.api import Asks
from tests.conftest import StrictClient

PEOPLE = [one for one in matrix.PEOPLE if one not in ("nobody", "no_role")]  # such a key is none
each_person = pytest.mark.parametrize("person", PEOPLE)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def program(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        made = world.build()
        keys = world.keys_for_all(made)
        browsers = {name: StrictClient(raise_request_exception=False) for name in PEOPLE}
        for name, client in browsers.items():
            client.force_login(made.people[name])
        yield made, browsers, {name: Asks(keys[name]) for name in PEOPLE}
        cluster.clone(cluster.DATABASE)


@pytest.fixture
def of(program, person, monkeypatch):
    """(the world, their browser, their program); nothing they do here lasts."""
    monkeypatch.setattr(door, "PER_MINUTE", 10_000)
    monkeypatch.setattr("mlmc.core.harvest.STAFF", 10_000)
    monkeypatch.setattr("mlmc.core.harvest.MENTOR", 10_000)
    made, browsers, programs = program
    cookies = dict(browsers[person].cookies)
    with transaction.atomic():
        yield made, browsers[person], programs[person]
        transaction.set_rollback(True)
    browsers[person].cookies.clear()
    browsers[person].cookies.update(cookies)


def listed(client, thing, *, by="id"):
    """What the API lists to its end, two at a time; None where it refuses."""
    address, found = f"/api/v1/{thing}{'&' if '?' in thing else '?'}limit=2", []
    while address:
        answer = client.read(address.removeprefix("http://testserver"))
        if answer.status_code == 403:
            return None
        assert answer.status_code == 200, answer.content
        page = answer.json()
        found += [one[by] for one in page["results"]]
        address = page["next"]
    assert len(found) == len(set(found))
    return set(found)


def ids(rows):
    return {str(row.pk) for row in rows}


def opens(client, address):
    return client.get(address).status_code == 200


@each_person
def test_referrals_are_those_of_the_queue(of, person):
    _, browser, program = of
    page = browser.get("/referrals/?view=table")

    rows = ids(page.context["rows"]) if page.status_code == 200 else None

    assert listed(program, "referrals/") == rows


@each_person
def test_cases_are_those_whose_page_opens(of, person):
    _, browser, program = of

    assert listed(program, "cases/") == ids(one for one in Case.objects.all() if opens(browser, f"/cases/{one.pk}/"))


@each_person
def test_a_name_stands_where_the_page_shows_it(of, person):
    made, browser, program = of
    for whose in ("mine", "another's", "waiting"):
        case = made.things[whose]["case"]
        page = browser.get(f"/cases/{case.pk}/")
        if page.status_code != 200:
            continue
        said = program.read(f"/api/v1/cases/{case.pk}/").json()["person"]
        shown = case.youth.chosen_name in page.content.decode()
        assert (said is not None and said["name"] == case.youth.chosen_name) == shown


@each_person
def test_mentorships_are_those_of_my_youth_and_my_team(of, person):
    made, browser, program = of
    user, found = made.people[person], listed(program, "mentorships/")
    alive = ids(Mentorship.objects.filter(pk__in=found, status__in=LIVED))

    if user.has_role("mentor"):
        page = browser.get("/my-youth/").context
        assert found == ids(page["caseload"]) | ids(page["asked"])
    elif user.has_role("supervisor"):
        team = browser.get("/team/").context["mentors"]
        assert alive == {str(row.pk) for mentor in team for row in mentor.youth}
    elif user.has_role("support"):
        handed = browser.get("/paperwork/").context["rows"]
        assert {str(row.mentorship_id) for row in handed} <= found
    elif person not in ("case_manager", "in_an_emergency", "two_roles"):
        assert found == set()


@each_person
def test_mentors_are_those_of_the_team(of, person):
    made, browser, program = of
    user, found = made.people[person], listed(program, "mentors/")

    if user.has_role("supervisor"):
        assert found == ids(browser.get("/team/").context["mentors"])
    elif user.has_role("mentor"):
        assert found == {str(user.mentor.pk)}
    elif not user.has_role("assessment", "director", "support"):
        assert found == set()


@each_person
def test_meetings_are_those_of_the_logs_that_open_and_what_was_handed_over(of, person):
    made, browser, program = of
    on_pages = set()
    for mentorship in Mentorship.objects.all():
        log = browser.get(f"/my-youth/{mentorship.pk}/")
        if log.status_code == 200:
            on_pages |= ids(log.context["meetings"])
    if made.people[person].has_role("support"):
        on_pages |= ids(browser.get("/paperwork/").context["rows"])

    assert listed(program, "meetings/") == on_pages
    for meeting in Meeting.objects.all():
        assert opens(program, f"/api/v1/meetings/{meeting.pk}/") == (str(meeting.pk) in on_pages)


@each_person
def test_concerns_open_to_whom_their_page_opens(of, person):
    made, browser, program = of
    for concern in Concern.objects.all():
        page = opens(browser, f"/concerns/{concern.pk}/")
        assert opens(program, f"/api/v1/concerns/{concern.pk}/") == page
        assert page <= (str(concern.pk) in listed(program, "concerns/"))
    if made.people[person].has_role("supervisor"):
        assert listed(program, "concerns/") == ids(browser.get("/team/").context["concerns"])


@each_person
def test_matches_are_those_of_the_board_and_of_who_is_asked(of, person):
    made, browser, program = of
    on_pages = set()
    for match in Match.objects.select_related("mentorship"):
        board = browser.get(f"/match/{match.mentorship.case_id}/")
        shown = board.status_code == 200 and board.context["match"] == match
        if shown or opens(browser, f"/asked/{match.mentorship_id}/"):
            on_pages.add(str(match.pk))

    assert listed(program, "matches/") == on_pages


@each_person
@pytest.mark.parametrize("show", ["open", "coming", "answered", "missed"])
def test_follow_ups_are_those_of_their_page(of, person, show):
    _, browser, program = of
    page = browser.get(f"/follow-ups/?show={show}")

    rows = ids(row["follow_up"] for row in page.context["rows"]) if page.status_code == 200 else None

    assert listed(program, f"follow-ups/?show={show}") == rows
    if rows is None:
        one = FollowUp.objects.first()
        assert program.read(f"/api/v1/follow-ups/{one.pk}/").status_code == 403


@each_person
def test_the_report_opens_to_whom_its_page_opens_and_says_the_same(of, person):
    _, browser, program = of
    page, said = browser.get("/outcomes/"), program.read("/api/v1/outcomes/")

    assert said.status_code == page.status_code
    if page.status_code == 200:
        assert said.json()["limit"] == page.context["limit"]
        assert bool(said.json()["figures"]) == ("charts" in page.context)
