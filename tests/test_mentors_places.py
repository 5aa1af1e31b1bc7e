"""Places with a mentor: taken at asking, held, given back, and never more than there are."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from cases.models import Access, As, Case, Referral, Youth
from mentors import lifecycle, mentorships, places, slots
from mentors.models import Mentorship, MentorStatus, Status
from mentors.tasks import give_back_places
from mlmc import program
from mlmc.core.models import Role
from tests.factories.cases import CaseFactory
from tests.factories.core import UserFactory
from tests.factories.mentors import MentorFactory, MentorshipFactory

NOON = datetime.datetime(2026, 3, 2, 17, tzinfo=datetime.UTC)  # noon in Boston
pytestmark = pytest.mark.django_db


def test_asking_takes_the_lowest_free_place_and_holds_it_for_the_hours_of_the_program():
    mentor = MentorFactory()
    MentorshipFactory(mentor=mentor, slot=1)
    MentorshipFactory(mentor=mentor, slot=3)

    mentorship = places.ask(mentor, CaseFactory(access=False), by=UserFactory(), at=NOON)

    assert (mentorship.status, mentorship.slot) == (Status.ASKING, 2)
    assert mentorship.held_until == NOON + datetime.timedelta(hours=72)


def test_asking_gives_the_mentor_the_question_and_says_so_on_the_timeline():
    mentor, case = MentorFactory(), CaseFactory(access=False)

    places.ask(mentor, case, by=UserFactory(), at=NOON)

    assert list(case.access.values_list("user", "as_what", "until")) == [(mentor.user_id, As.ASKED, None)]
    assert [line.what for line in case.events.all()] == ["Both were asked"]


def test_a_question_opens_neither_case_nor_name_nor_referral():
    mentor = MentorFactory()
    case = places.ask(mentor, CaseFactory(), by=UserFactory(), at=NOON).case

    assert not Case.objects.visible_to(mentor.user).exists()
    assert not Youth.objects.visible_to(mentor.user).exists()
    assert not Referral.objects.visible_to(mentor.user).exists()
    assert [row.opens_name for row in Case.objects.filter(pk=case.pk).with_rights(mentor.user)] == [False]
    assert [row.case for row in Mentorship.objects.visible_to(mentor.user)] == [case]


def test_a_full_mentor_is_refused_and_nothing_changes():
    mentor, case = MentorFactory(places=1), CaseFactory(access=False)
    MentorshipFactory(mentor=mentor)

    with pytest.raises(places.NoPlaceLeft, match="All 1 places"):
        places.ask(mentor, case, by=UserFactory(), at=NOON)

    assert not case.mentorships.exists() and not case.access.exists()


def test_a_mentor_above_the_usual_places_stays_full_until_level():
    mentor = MentorFactory(places=2)
    MentorshipFactory(mentor=mentor, slot=1)
    MentorshipFactory(mentor=mentor, slot=3)

    with pytest.raises(places.NoPlaceLeft):
        places.ask(mentor, CaseFactory(access=False), by=UserFactory(), at=NOON)


@pytest.mark.parametrize("status", [MentorStatus.SHADOWING, MentorStatus.ON_LEAVE, MentorStatus.DEPARTED])
def test_a_mentor_who_takes_nobody_new_is_not_asked(status):
    with pytest.raises(places.NotToBeAsked, match=MentorStatus(status).label):
        places.ask(MentorFactory(status=status), CaseFactory(access=False), by=UserFactory(), at=NOON)


def test_a_mentor_whose_sign_in_is_off_is_not_asked():
    with pytest.raises(places.NotToBeAsked):
        places.ask(MentorFactory(user__is_active=False), CaseFactory(access=False), by=UserFactory(), at=NOON)


def test_a_youth_somebody_has_been_asked_for_is_not_asked_about_again():
    case = MentorshipFactory(asking=True).case

    with pytest.raises(places.NotToBeAsked, match="asked for this youth already"):
        places.ask(MentorFactory(), case, by=UserFactory(), at=NOON)


def test_a_youth_who_is_with_a_mentor_is_not_asked_about():
    with pytest.raises(places.NotToBeAsked, match="not waiting"):
        places.ask(MentorFactory(), MentorshipFactory().case, by=UserFactory(), at=NOON)


def test_a_place_held_too_long_is_given_back_with_the_access():
    mentorship = places.ask(MentorFactory(), CaseFactory(access=False), by=UserFactory(), at=NOON)

    assert places.give_back_expired(at=NOON + datetime.timedelta(hours=71)) == 0
    assert places.give_back_expired(at=NOON + datetime.timedelta(hours=72)) == 1

    mentorship.refresh_from_db()
    assert (mentorship.status, mentorship.slot, mentorship.held_until) == (Status.NOT_THIS_TIME, None, None)
    assert not Access.objects.filter(case=mentorship.case, until=None).exists()


def test_the_task_gives_back_what_is_due_and_leaves_the_rest():
    late = MentorshipFactory(asking=True, held_until=timezone.now() - datetime.timedelta(minutes=1))
    thinking = MentorshipFactory(asking=True)

    give_back_places()

    late.refresh_from_db(), thinking.refresh_from_db()
    assert (late.status, thinking.status) == (Status.NOT_THIS_TIME, Status.ASKING)


def test_family_gives_the_place_back_and_keeps_the_mentor_and_the_access_open():
    mentorship = MentorshipFactory()

    mentorships.change_pace(mentorship, Status.FAMILY, by=mentorship.mentor.user, at=timezone.now())

    assert (mentorship.slot, mentorship.ended_on) == (None, None)
    assert Access.objects.filter(case=mentorship.case, user=mentorship.mentor.user, until=None).exists()


def test_coming_back_to_weekly_takes_a_place_again():
    mentorship = MentorshipFactory(family=True)
    MentorshipFactory(mentor=mentorship.mentor, slot=1)

    mentorships.change_pace(mentorship, Status.WEEKLY, by=mentorship.mentor.user, at=timezone.now())

    assert mentorship.slot == 2


def test_coming_back_to_a_full_mentor_needs_a_supervisors_yes():
    mentor = MentorFactory(places=1)
    MentorshipFactory(mentor=mentor)
    back = MentorshipFactory(mentor=mentor, family=True)

    with pytest.raises(places.NoPlaceLeft, match="supervisor's yes"):
        mentorships.change_pace(back, Status.WEEKLY, by=mentor.user, at=timezone.now())

    supervisor = UserFactory(roles=[Role.SUPERVISOR])
    back.refresh_from_db()
    mentorships.change_pace(back, Status.WEEKLY, by=supervisor, at=timezone.now())
    assert back.slot == 2
    [line] = back.case.events.all()
    assert (line.by, line.note) == (supervisor, "Above the usual 1 places, with the supervisor's yes.")


def test_nobody_comes_back_above_the_ceiling():
    program.save(program.Program(ceiling=2))
    mentor = MentorFactory(places=1)
    MentorshipFactory(mentor=mentor, slot=1)
    MentorshipFactory(mentor=mentor, slot=2)
    back = MentorshipFactory(mentor=mentor, family=True)

    with pytest.raises(places.NoPlaceLeft, match="ever have"):
        mentorships.change_pace(back, Status.WEEKLY, by=UserFactory(roles=[Role.SUPERVISOR]), at=timezone.now())


def test_a_stage_that_does_not_follow_is_refused_from_a_stale_object_too():
    mentorship = MentorshipFactory()
    stale = Mentorship.objects.get(pk=mentorship.pk)
    mentorships.end(mentorship, by=None, at=timezone.now())

    with pytest.raises(lifecycle.MoveNotAllowed):
        lifecycle.move(stale, Status.MONTHLY, by=None, on=timezone.localdate())


def test_the_mentors_row_is_locked_before_anybody_counts(django_assert_max_num_queries):
    mentor = MentorFactory()

    with transaction.atomic(), django_assert_max_num_queries(1) as asked:
        slots.locked(mentor.pk)

    assert 'FOR UPDATE OF "mentors_mentor"' in asked.captured_queries[0]["sql"]
