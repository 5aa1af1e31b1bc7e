"""My team, concerns on their page, who is on call, and the paperwork support takes off mentors."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import As
from mentors import concerns
from mentors.models import ConcernStatus, Leave
from mlmc import program
from tests.factories import (
    ConcernFactory,
    LeaveFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def give(case, user, as_what):
    access.give(case, user=user, as_what=as_what, why="team", by=None, at=NOW - datetime.timedelta(days=1))


def team_with(rows):
    """A supervisor, and so many mentors with a youth each."""
    simone = UserFactory(supervisor=True, team=TeamFactory())
    mentorships = [MentorshipFactory(mentor__user__team=simone.team) for _ in range(rows)]
    for mentorship in mentorships:
        give(mentorship.case, simone, As.SUPERVISOR)
    return simone, mentorships


@pytest.mark.parametrize("rows", [1, 3])
def test_my_team_asks_the_same_questions_for_any_number_of_mentors(client, rows, asks):
    simone, mentorships = team_with(rows)
    for mentorship in mentorships:
        ConcernFactory(case=mentorship.case, told=simone)
    client.force_login(simone)

    # session, user, program, concerns, leaves, teams covered, mentors, mentorships, rota, whoever left something
    # behind, program of the shell, menu counts
    with asks(12):
        page = client.get(reverse("mentors:team")).content.decode()

    assert page.count('<li class="need"') == rows
    assert page.count('data-l="Being asked"') == rows


def test_concerns_stand_first_and_of_them_those_nobody_has(client):
    simone, [one, two] = team_with(2)
    had = ConcernFactory(case=one.case, told=simone, told_at=NOW - datetime.timedelta(hours=5))
    concerns.acknowledge(had, by=simone, at=NOW)
    ConcernFactory(case=two.case, told=simone)
    client.force_login(simone)

    answer = client.get(reverse("mentors:team"))

    assert [row.case for row in answer.context["concerns"]] == [two.case, one.case]
    page = answer.content.decode()
    assert page.index("nobody has it yet") < page.index("has it", page.index("nobody has it yet") + 20)
    assert page.index('id="concerns"') < page.index('id="mentors"')


def test_each_mentor_shows_places_held_ones_and_whom_they_have_not_seen_for_longest(client):
    simone, [mentorship] = team_with(1)
    MeetingFactory(mentorship=mentorship, held_on=timezone.localdate() - datetime.timedelta(days=12))
    MentorshipFactory(mentor=mentorship.mentor, asking=True)
    MentorFactory(user__team=TeamFactory(), user__name="Somebody Else")
    client.force_login(simone)

    page = client.get(reverse("mentors:team")).content.decode()

    assert "1 of 10 places filled, 1 held" in page and "1 held while both think" in page
    assert "12 days" in page and "5 days past the pace" in page
    assert "Somebody" not in page


def test_my_team_says_when_there_is_nothing(client):
    client.force_login(UserFactory(supervisor=True))

    page = client.get(reverse("mentors:team")).content.decode()

    assert "No open concerns" in page and "No mentors in your team yet" in page


@pytest.mark.parametrize(
    ("name", "roles"),
    [("team", ["mentor", "director"]), ("on_call", ["mentor", "intake"]), ("paperwork", ["mentor", "director"])],
)
def test_staff_pages_are_for_their_roles(client, name, roles):
    client.force_login(UserFactory(roles=roles))

    assert client.get(reverse(f"mentors:{name}")).status_code == 403


@pytest.mark.parametrize(
    ("who", "page", "act"),
    [
        ("anonymous", 302, 302),
        ("on call", 200, 302),
        ("the supervisor", 200, 302),
        ("who raised it", 200, 404),
        ("the director", 404, 404),
        ("support", 404, 404),
        ("another supervisor", 404, 404),
    ],
)
def test_a_concern_is_shown_to_and_taken_on_by(client, who, page, act):
    concern = ConcernFactory(raised_by=UserFactory(mentor=True))
    supervisor, support = UserFactory(supervisor=True), UserFactory(support=True)
    give(concern.case, supervisor, As.SUPERVISOR)
    give(concern.case, support, As.SUPPORT)
    give(concern.case, concern.raised_by, As.MENTOR)
    people = {
        "on call": concern.told,
        "the supervisor": supervisor,
        "who raised it": concern.raised_by,
        "the director": UserFactory(director=True),
        "support": support,
        "another supervisor": UserFactory(supervisor=True),
    }
    if who in people:
        client.force_login(people[who])

    assert client.get(concern.get_absolute_url()).status_code == page
    assert client.post(reverse("mentors:concern_acknowledge", args=[concern.pk])).status_code == act


def test_a_concern_is_acknowledged_and_resolved_with_words(client):
    concern = ConcernFactory(words="Not home since Friday.")
    client.force_login(concern.told)
    resolve = reverse("mentors:concern_resolve", args=[concern.pk])

    page = client.get(concern.get_absolute_url()).content.decode()
    assert "Not home since Friday." in page and "I have it" in page
    page = client.post(reverse("mentors:concern_acknowledge", args=[concern.pk]), follow=True).content.decode()
    assert "You have it." in page and "Resolve it" in page
    for bad in ("", "  ", "a\x00b", "x" * 4001):
        assert client.post(resolve, {"resolution": bad}).status_code == 200
    client.post(resolve, {"resolution": "Home and safe."})

    concern.refresh_from_db()
    assert (concern.status, concern.resolution) == (ConcernStatus.RESOLVED, "Home and safe.")


def test_resolving_before_anybody_has_it_gets_a_sentence(client):
    concern = ConcernFactory()
    client.force_login(concern.told)

    page = client.post(reverse("mentors:concern_resolve", args=[concern.pk]), {"resolution": "Home."}, follow=True)

    assert page.status_code == 200
    concern.refresh_from_db()
    assert concern.status == ConcernStatus.TOLD


def test_who_raised_it_reads_who_has_it(client):
    concern = ConcernFactory(raised_by=UserFactory(mentor=True), told__name="Simone Laurent")
    give(concern.case, concern.raised_by, As.MENTOR)
    client.force_login(concern.raised_by)

    page = client.get(concern.get_absolute_url()).content.decode()

    assert "Simone L." in page and "I have it" not in page


def test_the_order_of_who_is_on_call_is_saved_and_nobody_stands_there_twice(client):
    one, two = UserFactory(supervisor=True), UserFactory(supervisor=True)
    client.force_login(one)
    url = reverse("mentors:on_call")

    assert "Somebody stands here twice." in client.post(url, {"place_1": one.pk, "place_2": one.pk}).content.decode()
    assert "Choose a supervisor" in client.post(url, {"place_1": "nobody\x00"}).content.decode()
    assert program.current().on_call == []
    client.post(url, {"place_1": two.pk, "place_2": one.pk})

    assert program.current().on_call == [str(two.pk), str(one.pk)]


def handed_over(gwen, **more):
    meeting = MeetingFactory(**{"handed_over": True, "words": "Please book the van."} | more)
    give(meeting.mentorship.case, gwen, As.SUPPORT)
    return meeting


@pytest.mark.parametrize("rows", [1, 3])
def test_check_ins_handed_over_ask_the_same_questions_for_any_number(client, rows, asks):
    gwen = UserFactory(support=True)
    for _ in range(rows):
        handed_over(gwen)
    client.force_login(gwen)

    with asks(5):  # session, user, meetings, program of the shell, menu counts
        page = client.get(reverse("mentors:paperwork")).content.decode()

    assert page.count("Take it up") == rows


def test_support_reads_codes_taps_and_shared_words_and_nothing_that_was_not_handed_over(client):
    gwen = UserFactory(support=True)
    shared = handed_over(gwen, mentorship__case__youth__chosen_name="Amaya R.")
    handed_over(gwen, handed_over=False, words="Between us.")
    MeetingFactory(handed_over=True, words="Another team's.")
    client.force_login(gwen)

    page = client.get(reverse("mentors:paperwork")).content.decode()

    assert shared.mentorship.code in page and "Please book the van." in page
    assert "Amaya" not in page and "Between us." not in page and "Another team" not in page


def test_what_is_taken_up_leaves_the_list_and_stays_with_who_took_it(client):
    gwen, second = UserFactory(support=True), UserFactory(support=True)
    meeting = handed_over(gwen)
    give(meeting.mentorship.case, second, As.SUPPORT)
    url = reverse("mentors:paperwork_take_up", args=[meeting.pk])
    client.force_login(gwen)

    assert "It is yours now." in client.post(url, follow=True).content.decode()

    assert "Please book the van." not in client.get(reverse("mentors:paperwork")).content.decode()
    assert "Please book the van." in client.get(reverse("mentors:paperwork"), {"show": "mine"}).content.decode()
    client.force_login(second)
    assert "Somebody else has taken this one up already." in client.post(url, follow=True).content.decode()


def test_nobody_takes_up_what_was_not_handed_to_them(client):
    client.force_login(UserFactory(support=True))

    for meeting in (MeetingFactory(handed_over=True), MeetingFactory()):
        assert client.post(reverse("mentors:paperwork_take_up", args=[meeting.pk])).status_code == 404


def test_a_mentor_who_asks_for_time_away_says_so_in_the_team_until_somebody_answers(client):
    simone, [mentorship] = team_with(1)
    leave = LeaveFactory(person=mentorship.mentor.user)
    client.force_login(simone)

    assert "Asks for time away" in client.get(reverse("mentors:team")).content.decode()
    Leave.objects.filter(pk=leave.pk).update(granted_at=NOW)
    page = client.get(reverse("mentors:team")).content.decode()
    assert "Asks for time away" not in page and "Away " in page


def test_who_is_part_of_the_family_is_counted_beside_the_places(client):
    simone, [mentorship] = team_with(1)
    give(MentorshipFactory(mentor=mentorship.mentor, family=True).case, simone, As.SUPERVISOR)
    client.force_login(simone)

    assert "and 1 part of the family, who take no place" in client.get(reverse("mentors:team")).content.decode()
