"""How a mentorship begins, ends with a goodbye, comes back and is handed over."""

import datetime

import pytest
from django.utils import timezone

from cases import access
from cases.models import Access, As, CaseStatus
from mentors import handover, lifecycle, mentorships, places
from mentors.models import Mentorship, MentorStatus, Status
from mlmc.core.models import OutboxRow, Role
from tests.factories.cases import CaseFactory
from tests.factories.core import TeamFactory, UserFactory
from tests.factories.mentors import MentorFactory, MentorshipFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def who_sees(case):
    rows = Access.objects.filter(case=case, until=None)
    return {(row.as_what, row.role or row.user.name) for row in rows.select_related("user")}


def team_of_three():
    team = TeamFactory()
    return (
        MentorFactory(user__team=team, user__name="Carmen Ortiz", status=MentorStatus.READY),
        UserFactory(roles=[Role.SUPERVISOR], team=team, name="Simone Adler"),
        UserFactory(roles=[Role.SUPPORT], team=team, name="Gwen Parks"),
    )


def test_with_both_yeses_the_team_steps_in_and_those_who_welcomed_step_back():
    mentor, *_ = team_of_three()
    UserFactory(roles=[Role.SUPERVISOR], team=TeamFactory())
    case = CaseFactory(access=False)
    for role, as_what in [(Role.INTAKE, As.INTAKE), (Role.ASSESSMENT, As.ASSESSMENT)]:
        access.give(case, role=role, as_what=as_what, why="until the match", by=None, at=NOW)
    manager = UserFactory(roles=[Role.CASE_MANAGER], name="Toni Vega")
    access.give(case, user=manager, as_what=As.CASE_MANAGER, why="case manager", by=None, at=NOW)

    mentorship = mentorships.begin(places.ask(mentor, case, by=None, at=NOW), by=mentor.user, at=NOW)

    assert (mentorship.status, mentorship.slot) == (Status.BEGINNING, 1)
    assert (mentorship.began_on, mentorship.held_until) == (timezone.localdate(NOW), None)
    mentor.refresh_from_db(), case.refresh_from_db()
    assert (mentor.status, case.status) == (MentorStatus.ACTIVE, CaseStatus.WITH_MENTOR)
    assert who_sees(case) == {
        (As.MENTOR, "Carmen Ortiz"),
        (As.SUPERVISOR, "Simone Adler"),
        (As.SUPPORT, "Gwen Parks"),
        (As.CASE_MANAGER, "Toni Vega"),
    }
    assert "The mentorship begins" in case.events.values_list("what", flat=True)


def test_a_goodbye_gives_the_place_back_and_lets_the_assessment_team_offer_a_new_match():
    mentor, *_ = team_of_three()
    mentorship = mentorships.begin(places.ask(mentor, CaseFactory(access=False), by=None, at=NOW), by=None, at=NOW)

    mentorships.end(mentorship, by=None, at=NOW)

    mentorship.refresh_from_db()
    assert (mentorship.status, mentorship.slot, mentorship.ended_on) == (Status.ENDED, None, timezone.localdate(NOW))
    assert mentorship.case.status == CaseStatus.WAITING
    assert who_sees(mentorship.case) == {(As.ASSESSMENT, Role.ASSESSMENT)}


def test_after_a_goodbye_the_same_two_may_come_back_to_weekly():
    mentorship = MentorshipFactory()
    mentorships.end(mentorship, by=None, at=NOW)

    mentorships.come_back(mentorship, by=None, at=NOW)

    assert (mentorship.status, mentorship.slot, mentorship.ended_on) == (Status.WEEKLY, 1, None)
    assert mentorship.case.status == CaseStatus.WITH_MENTOR
    assert {as_what for as_what, _ in who_sees(mentorship.case)} == {As.MENTOR}


def test_nobody_comes_back_to_a_youth_who_has_another_mentor_now():
    ended = MentorshipFactory(ended=True)
    MentorshipFactory(case=ended.case)

    with pytest.raises(lifecycle.MoveNotAllowed, match="another mentor"):
        mentorships.come_back(ended, by=None, at=NOW)


@pytest.mark.parametrize("to", [Status.ENDED, Status.ASKING, Status.BEGINNING, Status.NOT_THIS_TIME])
def test_a_change_of_pace_is_a_pace(to):
    with pytest.raises(lifecycle.MoveNotAllowed):
        mentorships.change_pace(MentorshipFactory(), to, by=None, at=NOW)


def test_not_this_time_leaves_the_youth_waiting_and_closes_the_case_to_the_mentor():
    case, mentor = CaseFactory(access=False), MentorFactory()
    mentorship = places.ask(mentor, case, by=None, at=NOW)

    mentorships.not_this_time(mentorship, by=mentor.user, at=NOW)

    case.refresh_from_db()
    assert (case.status, who_sees(case)) == (CaseStatus.WAITING, set())
    assert places.ask(mentor, case, by=None, at=NOW).slot == 1


def test_a_mentorship_goes_to_another_mentor_and_the_history_does_not():
    mentor, *_ = team_of_three()
    other = MentorFactory(status=MentorStatus.READY, user__name="Lupe Garza")
    mine = mentorships.begin(places.ask(mentor, CaseFactory(access=False), by=None, at=NOW), by=None, at=NOW)
    admin = UserFactory(roles=[Role.ADMIN])

    handed = handover.pass_on(mine, other, by=admin, at=NOW)

    other.refresh_from_db()
    assert (handed.case, handed.mentor, handed.status, handed.slot) == (mine.case, other, Status.BEGINNING, 1)
    assert other.status == MentorStatus.ACTIVE
    assert who_sees(mine.case) == {(As.MENTOR, "Lupe Garza")}
    assert not Mentorship.objects.visible_to(mentor.user).exists()
    assert mine.case.events.filter(what="Handed over to another mentor", by=admin).count() == 1
    assert [row.recipient for row in OutboxRow.objects.all()] == [other.user]


def handed_over(case, **names):
    for as_what, name in names.items():
        user = UserFactory(roles=[as_what], team=TeamFactory(), name=name)
        access.give(case, user=user, as_what=As(as_what), why="handed over", by=None, at=NOW)


@pytest.mark.parametrize("way", ["a goodbye", "another mentor", "a mistake"])
def test_whoever_took_the_youth_over_from_a_colleague_steps_back_with_the_mentorship(way):
    mentor, *_ = team_of_three()
    other = MentorFactory(status=MentorStatus.READY, user__name="Lupe Garza", user__team=TeamFactory())
    UserFactory(roles=[Role.SUPERVISOR], team=other.user.team, name="Nadia Field")
    mine = mentorships.begin(places.ask(mentor, CaseFactory(access=False), by=None, at=NOW), by=None, at=NOW)
    handed_over(mine.case, supervisor="Sol Grant", support="Uma West")

    if way == "another mentor":
        handover.pass_on(mine, other, by=None, at=NOW)
    else:
        {"a goodbye": mentorships.end, "a mistake": mentorships.mistaken}[way](mine, by=None, at=NOW)

    new_team = {(As.MENTOR, "Lupe Garza"), (As.SUPERVISOR, "Nadia Field")}
    assert who_sees(mine.case) == (new_team if way == "another mentor" else {(As.ASSESSMENT, Role.ASSESSMENT)})


def test_where_the_new_team_has_no_supervisor_whoever_took_the_youth_over_watches_on():
    mine = MentorshipFactory()
    handed_over(mine.case, supervisor="Sol Grant", support="Uma West")
    other = MentorFactory(user__name="Lupe Garza", user__team=TeamFactory())

    handover.pass_on(mine, other, by=None, at=NOW)

    assert {(As.MENTOR, "Lupe Garza"), (As.SUPERVISOR, "Sol Grant")} <= who_sees(mine.case)
    assert (As.SUPPORT, "Uma West") not in who_sees(mine.case)


def test_a_part_of_the_family_takes_a_place_with_the_new_mentor():
    mine, full = MentorshipFactory(family=True), MentorFactory(places=0)

    with pytest.raises(places.NoPlaceLeft):
        handover.pass_on(mine, full, by=None, at=NOW)

    mine.refresh_from_db()
    assert (mine.status, mine.case.mentorships.count()) == (Status.FAMILY, 1)


def test_where_no_mentor_takes_over_the_youth_wait_for_a_new_match():
    mentorship = MentorshipFactory()

    handover.let_wait(mentorship, by=None, at=NOW)

    mentorship.case.refresh_from_db()
    assert mentorship.case.status == CaseStatus.WAITING
    assert who_sees(mentorship.case) == {(As.ASSESSMENT, Role.ASSESSMENT)}


def test_nobody_hands_over_to_themselves_or_to_somebody_on_leave():
    mentorship = MentorshipFactory()

    for other in (mentorship.mentor, MentorFactory(status=MentorStatus.ON_LEAVE)):
        with pytest.raises(places.NotToBeAsked):
            handover.pass_on(mentorship, other, by=None, at=NOW)


def test_a_mentorship_does_not_end_before_it_begins():
    mentorship = MentorshipFactory(began_on=timezone.localdate() - datetime.timedelta(days=1))

    mentorships.end(mentorship, by=None, at=NOW)

    assert mentorship.ended_on >= mentorship.began_on
