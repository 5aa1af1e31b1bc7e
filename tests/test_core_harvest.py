"""Nobody looks through everybody: each bucket tripped alone, what it says, and who is told (G59, A4)."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cases.models import As
from cases.views.public import LIMIT as FORMS
from mlmc.core import audit, harvest
from mlmc.core.context import Actor, acting_as
from mlmc.core.guesses import MOST_ADDRESSES, Guesses
from mlmc.core.models import Attempt, AuditEntry, FurtherLook, OutboxRow, Role
from mlmc.core.postgres.roles import APP
from mlmc.core.tasks import watch
from outcomes.views.survey import guesses
from tests.conftest import acting, as_role
from tests.factories import AccessFactory, CaseFactory, MentorshipFactory, ReferralFactory, UserFactory

NOW = timezone.now
REASON = {"words": "I call every family about the new office, Ana asked me to."}


def opened_before(user, number, *, what="cases:referral"):
    """So many others, as their requests left them in the trail."""
    with acting(user):
        for _ in range(number):
            audit.record(audit.VIEW, what, record=uuid.uuid4())


@pytest.fixture
def intake(client, db):
    user = UserFactory(intake=True, name="Ana Morales")
    client.force_login(user)
    return user


@given(others=st.integers(0, 100), reasons=st.integers(0, 9), is_open=st.booleans(), mentor=st.booleans())
def test_the_rule_itself(others, reasons, is_open, mentor):
    """G59."""
    roles = ["mentor"] if mentor else ["mentor", "supervisor"]

    stopped = harvest.is_too_many(roles, others=others, is_open=is_open, reasons=reasons)

    assert stopped == (not is_open and others >= (20 if mentor else 40) + 10 * min(reasons, 3))


# What has an id in its address and needs no counting: it shows nobody, by code only, or to one person in an emergency.
NOT_COUNTED = {
    "cases:wall_remove",
    "cases:emergency_review",
    "matching:propose",
    "matching:youth_answer",
    "matching:take_back",
    "matching:asked",
    "matching:mentor_answer",
    "mentors:check_in_undo",
    "mentors:check_in_move",  # a caseload, as on its own list
    "mentors:mentor_step",
    "mentors:leave_plan",  # a caseload, as on its own list
    "mentors:leave_answer",
    "mentors:leave_change",
    "mentors:paperwork_take_up",
    "mentors:plan_held",
    "mentors:plan_call_off",
    "mentors:plan_again",
    "outcomes:link_make",
    "outcomes:decline",
    "outcomes:not_theirs",
    "outcomes:open_again",
}


def test_every_page_about_one_youth_is_counted():
    """G59. Whoever writes another one finds this list."""
    ours = ("cases:", "mentors:", "matching:", "outcomes:")
    about_one = {name for name, route in named() if "<uuid:pk>" in route and name.startswith(ours)}

    assert about_one - harvest.pages() == NOT_COUNTED


def named(resolver=None, space=""):
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLPattern):
            yield f"{space}{part.name}", str(part.pattern)
        else:
            yield from named(part, f"{part.namespace}:" if part.namespace else space)


def test_the_forty_first_youth_within_an_hour_costs_a_sentence(client, intake):
    """G59, A4. Forty by their pages, the last of them for real; what was opened stays open."""
    first, last, more = ReferralFactory(), ReferralFactory(), ReferralFactory()
    opened_before(intake, harvest.STAFF - 2)
    assert client.get(first.get_absolute_url()).status_code == 200
    assert client.get(last.get_absolute_url()).status_code == 200

    stopped = client.get(more.get_absolute_url())

    page = stopped.content.decode()
    assert stopped.status_code == 429
    assert "You have opened many youth within the hour" in page
    assert more.first_name not in page
    assert client.get(first.get_absolute_url()).status_code == 200
    assert client.get("/referrals/").status_code == 200


def test_a_post_shows_no_more_than_a_get(client, intake):
    """A form that comes back with its page would be another way to look."""
    more = ReferralFactory()
    opened_before(intake, harvest.STAFF)

    assert client.post(f"/referrals/{more.pk}/contact/", {}).status_code == 429
    assert client.post(f"/referrals/{more.pk}/reply/").status_code == 429


def test_a_mentor_has_half_of_that(client, db):
    """G59."""
    mentorship = MentorshipFactory()
    mentor = mentorship.mentor.user
    client.force_login(mentor)
    opened_before(mentor, harvest.MENTOR - 1, what="mentors:meeting_log")
    assert client.get(mentorship.get_absolute_url()).status_code == 200
    other = MentorshipFactory(mentor=mentorship.mentor)

    stopped = client.get(other.get_absolute_url())

    assert stopped.status_code == 429
    assert client.get(mentorship.get_absolute_url()).status_code == 200
    assert client.get("/my-youth/").status_code == 200


@pytest.mark.parametrize("what", ["another person", "an hour ago", "a list", "refused"])
def test_what_is_not_opening_one_does_not_count(client, intake, what):
    """G59. One bucket says nothing of another."""
    if what == "another person":
        opened_before(UserFactory(intake=True), 60)
    if what == "a list":
        opened_before(intake, 60, what="cases:referrals")
    if what == "refused":
        with acting(intake):
            for _ in range(60):
                audit.record(audit.DENY, "cases:referral", record=uuid.uuid4(), status=404)
    if what == "an hour ago":
        opened_before(intake, 60)
        with acting(intake):
            later = NOW() + timedelta(hours=1, seconds=5)
            assert harvest.opened_lately(intake, record=uuid.uuid4(), at=later)[0] == 0
        return

    assert client.get(ReferralFactory().get_absolute_url()).status_code == 200


def test_a_sentence_opens_ten_more_and_three_are_heard(client, intake):
    """G59."""
    more = ReferralFactory()
    for round_ in range(harvest.MOST_REASONS):
        opened_before(intake, harvest.STAFF if not round_ else harvest.FURTHER)
        back = more.get_absolute_url()
        assert client.get(back).status_code == 429
        answer = client.post("/further-look/", REASON | {"back": back})
        assert (answer.status_code, answer["Location"]) == (302, back)

    opened_before(intake, harvest.FURTHER)
    last = client.get(more.get_absolute_url())
    assert last.status_code == 429
    assert "Call the director" in last.content.decode()
    assert client.post("/further-look/", REASON | {"back": "/"}).status_code == 429
    assert FurtherLook.objects.count() == harvest.MOST_REASONS
    assert FurtherLook.objects.first().words == REASON["words"]


@pytest.mark.parametrize("words", ["", "  ", "x" * 301, "\x00"])
def test_no_sentence_is_asked_again(client, intake, words):
    answer = client.post("/further-look/", {"words": words, "back": "/referrals/"})

    assert answer.status_code == 429
    assert not FurtherLook.objects.exists()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:1", "", "\x00"])
def test_a_reason_leads_nowhere_else(client, intake, back):
    assert client.post("/further-look/", REASON | {"back": back})["Location"] == "/"


def test_the_director_is_told_once_an_hour_and_reads_who_and_why(client, intake):
    """G59, A4. A letter that says nothing, and a line on the first page."""
    director = UserFactory(director=True)
    opened_before(intake, harvest.STAFF)
    for _ in range(3):
        client.get(ReferralFactory().get_absolute_url())
    client.post("/further-look/", REASON | {"back": "/"})

    with as_role(APP):
        watch()
        watch()

    [row] = OutboxRow.objects.all()
    assert (row.kind, row.recipient, row.about) == ("many_opened", director, str(intake.pk))
    client.force_login(director)
    page = client.get("/today/").content.decode()
    assert "Many youth opened within an hour" in page
    assert "Ana Morales" in page
    assert REASON["words"][:20] in page


def test_nobody_is_told_on_an_ordinary_day(client, intake):
    UserFactory(director=True)
    client.get(ReferralFactory().get_absolute_url())

    with as_role(APP):
        watch()

    assert not OutboxRow.objects.exists()


def test_a_sentence_is_read_by_the_director_and_whoever_wrote_it(db):
    """Row by row, in the database."""
    author = UserFactory(intake=True)
    look = FurtherLook.objects.create(user=author, words="why")

    def read_by(user):
        with acting(user):
            return list(FurtherLook.objects.values_list("pk", flat=True))

    assert read_by(author) == read_by(UserFactory(director=True)) == [look.pk]
    for role in set(Role) - {Role.DIRECTOR}:
        assert read_by(UserFactory(roles=[role])) == []
    with as_role(APP), acting_as(Actor.named("door")):
        assert not FurtherLook.objects.exists()


def test_asking_counts_one_statement(client, intake, asks):
    referral = ReferralFactory()
    with acting(intake), asks(1):
        harvest.opened_lately(intake, record=referral.pk, at=NOW())


def test_an_address_that_guesses_links_is_heard_no_more_for_an_hour():
    """G59. This bucket alone, and in the memory of the process: a GET writes nothing."""
    some, at = Guesses(limit=3), NOW()
    for _ in range(3):
        assert not some.too_many("192.0.2.1", at=at)
        some.count("192.0.2.1", at=at)

    assert some.too_many("192.0.2.1", at=at)
    assert not some.too_many("192.0.2.2", at=at)
    assert some.too_many("192.0.2.1", at=at + timedelta(minutes=59))
    assert not some.too_many("192.0.2.1", at=at + timedelta(hours=1))
    for number in range(MOST_ADDRESSES + 5):
        some.count(str(number), at=at)
    assert len(some.wrong) == MOST_ADDRESSES


@pytest.mark.django_db
def test_survey_links_are_not_guessed(client):
    """G59, G36. Sixty wrong ones from one address; another address, and every other page, go on."""
    for number in range(guesses.limit):
        assert client.get(f"/s/wrong-{number}/").status_code == 404

    answer = client.get("/s/wrong-again/")

    assert answer.status_code == 429
    assert "mentor" not in answer.content.decode().lower()
    assert client.get("/s/wrong-again/", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get("/sign-in/").status_code == 200
    assert not Attempt.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_the_public_form_has_its_own_bucket():
    """G59. Filled by hand here; tests/test_cases_public.py trips it through the pages."""
    assert FORMS == 20
    assert Client().get("/refer/").status_code == 200


@pytest.mark.django_db
def test_g59_the_board_tells_of_one_youth_after_another_and_is_counted(client):
    """By code, but with what keeps them safe."""
    user, case = UserFactory(assessment=True), CaseFactory(access=False)
    AccessFactory(case=case, user=None, role="assessment", as_what=As.ASSESSMENT)
    client.force_login(user)
    assert client.get(f"/match/{case.pk}/").status_code == 200

    opened_before(user, 40, what="matching:board_of")

    other = CaseFactory(access=False)
    AccessFactory(case=other, user=None, role="assessment", as_what=As.ASSESSMENT)
    assert client.get(f"/match/{other.pk}/").status_code == 429
