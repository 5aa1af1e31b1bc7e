"""Somebody leaves: one page lists all they have in hand, and who reads what of it."""

import pytest

from cases import access
from cases.models import Access, As, Emergency
from mentors import leave
from mentors.models import (
    Mentorship,
    Status,
)
from mlmc import program
from mlmc.core import holding
from mlmc.core.models import User
from mlmc.people import leaving
from tests.factories import (
    AccessFactory,
    AccompanimentFactory,
    CaseFactory,
    ConcernFactory,
    FollowUpFactory,
    MentorFactory,
    MentorshipFactory,
    ReferralFactory,
    RespondentFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
)
from tests.leaving import DAY, NOW, gives, hands_over, held, page_of

pytestmark = pytest.mark.django_db


def test_everything_a_leaver_has_in_hand_stands_there_by_subject(director):
    team = TeamFactory()
    person = UserFactory(mentor=True, supervisor=True, case_manager=True, intake=True, team=team)
    person.roles = ["mentor", "supervisor", "case_manager", "intake"]
    person.save(update_fields=["roles"])
    mentor = MentorFactory(user=person)
    mine = MentorshipFactory(mentor=mentor)
    MentorshipFactory(mentor=mentor, asking=True)
    AccompanimentFactory(mentorship=mine, begins_at=NOW + DAY)
    FollowUpFactory(respondent=RespondentFactory(case=mine.case), status="open")
    MentorFactory(user__team=team)
    supervised, managed = gives(As.SUPERVISOR, person).case, gives(As.CASE_MANAGER, person).case
    opened = AccessFactory(case=supervised, as_what=As.BREAK_GLASS, user=director, until=NOW + DAY)
    Emergency.objects.create(access=opened, by=director, reason="A worried call.")
    ConcernFactory(case=managed, told=person)
    ReferralFactory(taken_by=person)
    program.save(program.Program(on_call=[str(person.pk)]))
    away = UserFactory(support=True)
    leave.plan(away, begins=NOW, until=NOW + DAY, kind="time_off", cover=person, by=director, at=NOW)
    asks = UserFactory(support=True, team=team)
    leave.plan(asks, begins=NOW, until=NOW + DAY, kind="time_off", cover=None, by=asks, at=NOW)

    assert held(person) == {
        "concerns": 1,
        "mentorships": 1,
        "plans": 1,
        "asked": 1,
        "led": 1,
        "case_manager": 1,
        "supervisor": 1,
        "referrals": 1,
        "emergencies": 1,
        "follow-ups": 1,
        "on_call": 1,
        "covers": 1,
        "leaves": 1,
    }


def test_whoever_holds_nothing_is_switched_off_from_there(client, admin):
    person = UserFactory(evaluation=True)

    assert "Nothing is left" in page_of(client, admin, person)
    client.post(f"/people/{person.pk}/leave/")

    assert not User.objects.get(pk=person.pk).is_active


def test_while_something_is_left_the_account_does_not_end(client, admin):
    mentorship = MentorshipFactory()
    person = mentorship.mentor.user
    client.force_login(admin)

    page = client.post(f"/people/{person.pk}/leave/").content.decode()

    assert "1 thing is still with them" in page
    assert User.objects.get(pk=person.pk).is_active


def test_what_a_colleague_has_in_hand_as_well_holds_nobody_back(admin):
    person, colleague = UserFactory(case_manager=True), UserFactory(case_manager=True, name="Dana Reyes")
    case = gives(As.CASE_MANAGER, person).case
    gives(As.CASE_MANAGER, colleague, case=case)
    [section] = holding.of(person)
    assert (section.lines[0].also, section.left) == (("Dana R.",), [])

    leaving.leave(person, by=admin, at=NOW)

    assert not Access.objects.filter(user=person, until=None).exists()


@pytest.mark.parametrize("why", ["switched off", "walled"])
def test_a_colleague_who_cannot_see_them_is_none(why):
    person, colleague = UserFactory(case_manager=True), UserFactory(case_manager=True)
    case = gives(As.CASE_MANAGER, person).case
    gives(As.CASE_MANAGER, colleague, case=case)
    if why == "walled":
        WallFactory(user=colleague, youth=case.youth)
    else:
        User.objects.filter(pk=colleague.pk).update(is_active=False)

    assert holding.left_with(person) == 1


@pytest.mark.parametrize("in_person", [True, False])
@pytest.mark.parametrize("other", ["nobody", "switched off", "walled", "here"])
def test_the_last_who_welcomes_stays_while_youth_wait_for_everybody_who_does(admin, in_person, other):
    person = UserFactory(intake=True)
    case = CaseFactory(access=False)
    access.give(case, role="intake", as_what=As.INTAKE, why="until the match", by=None, at=NOW - DAY)
    if in_person:
        gives(As.INTAKE, person, case=case)
    if other != "nobody":
        colleague = UserFactory(intake=True, is_active=other != "switched off")
        if other == "walled":
            WallFactory(user=colleague, youth=case.youth)

    if other == "here":
        leaving.leave(person, by=admin, at=NOW)
    else:
        with pytest.raises(leaving.StillOpen, match=r"1 (youth|thing)"):
            leaving.leave(person, by=admin, at=NOW)

    assert User.objects.get(pk=person.pk).is_active == (other != "here")


def test_an_admin_reads_numbers_a_director_codes_and_the_supervisor_names(client, admin, director):
    team = TeamFactory()
    supervisor = UserFactory(supervisor=True, team=team)
    case = CaseFactory(with_mentor=True, access=False, youth__identity=True, youth__chosen_name="Zanzibelle Q.")
    mentorship = MentorshipFactory(case=case, mentor__user__team=team)
    gives(As.SUPERVISOR, supervisor, case=case)
    person, code = mentorship.mentor.user, case.youth.code

    pages = {reader: page_of(client, reader, person) for reader in (admin, director, supervisor)}

    assert [("Zanzibelle" in page, code in page) for page in pages.values()] == [
        (False, False),
        (False, True),
        (True, False),
    ]
    assert "1 whose names and codes you do not see" in pages[admin]
    assert "The end of the account" not in pages[supervisor]


def test_a_supervisor_hands_over_what_is_about_her_youth_and_ends_no_account(client):
    team = TeamFactory()
    supervisor, to = UserFactory(supervisor=True, team=team), MentorFactory()
    mine, other = (MentorshipFactory(mentor=MentorFactory(user__team=team)) for _ in range(2))
    hidden = MentorshipFactory(mentor=mine.mentor)
    gives(As.SUPERVISOR, supervisor, case=mine.case)
    person = mine.mentor.user

    hands_over(client, supervisor, person, "mentorships", {f"line_{mine.pk}": to.user, "rest": to.user})
    client.post(f"/people/{person.pk}/leave/", {"anyway": "on"})

    assert Mentorship.objects.get(case=mine.case, status=Status.BEGINNING).mentor == to
    hidden.refresh_from_db(), other.refresh_from_db()
    assert {hidden.status, other.status} == {Status.WEEKLY}
    assert User.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("peer", 404), ("herself", 404), ("mentor", 403)])
def test_nobody_else_opens_it(client, who, status):
    team = TeamFactory()
    supervisor, mentor = UserFactory(supervisor=True, team=team), MentorFactory(user__team=team).user
    peer = UserFactory(supervisor=True, team=team)
    elsewhere = UserFactory(supervisor=True, team=TeamFactory())
    reader, person = {
        "elsewhere": (elsewhere, mentor),
        "peer": (supervisor, peer),
        "herself": (supervisor, supervisor),
        "mentor": (mentor, mentor),
    }[who]
    client.force_login(reader)

    assert client.get(f"/people/{person.pk}/leave/").status_code == status
    assert client.post(f"/people/{person.pk}/leave/mentorships/").status_code == status
