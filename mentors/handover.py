"""A mentorship goes to another mentor: one goodbye and one beginning, so that the youth is never without somebody."""

from django.db import transaction
from django.utils import timezone

from cases.lifecycle import move_case
from cases.models import CaseStatus, Wall
from mentors import accompaniment, lifecycle, mentorships, slots
from mentors.models import LIVED, Mentor, Mentorship, MentorStatus, Status
from mentors.places import NotToBeAsked
from mlmc.core import outbox
from mlmc.core.context import on_duty

TAKES_OVER = (MentorStatus.READY, MentorStatus.ACTIVE)


@on_duty("workforce", "mentoring")
@transaction.atomic
def pass_on(mentorship, to, *, by, at):
    """The new mentor has a place, works here and is not behind a wall; the old one loses the history with the access.
    What was planned goes along, as far as it keeps to the youth's needs with the new mentor."""
    slots.locked_both(mentorship.mentor_id, to.pk)
    mentorship = Mentorship.objects.select_related("case", "mentor__user").get(pk=mentorship.pk)
    to = Mentor.objects.select_related("user").get(pk=to.pk)
    refuse(mentorship, to)
    day, case = timezone.localdate(at), mentorship.case
    lifecycle.move(mentorship, Status.ENDED, by=by, on=day)
    watched = mentorships.taken_over(case)
    mentorships.step_back(mentorship, at=at)
    successor = Mentorship.objects.create(case=case, mentor=to, slot=slots.free(to), asked_at=at)
    lifecycle.move(successor, Status.BEGINNING, by=by, on=day)
    if to.status == MentorStatus.READY:
        lifecycle.move_mentor(to, MentorStatus.ACTIVE)
    if case.status != CaseStatus.WITH_MENTOR:
        move_case(case, CaseStatus.WITH_MENTOR, by=by, at=at)
    mentorships.let_the_team_see(successor, by=by, at=at)
    mentorships.keep_watched(case, watched, by=by, at=at)
    case.record("Handed over to another mentor", by=by, at=at)
    accompaniment.take_along(mentorship, successor, by=by, at=at)
    outbox.enqueue("news", to=to.user, about=successor.pk, due_at=at)
    return successor


def refuse(mentorship, to):
    if mentorship.status not in LIVED:
        raise NotToBeAsked("Somebody has handed this over already.")
    if to.pk == mentorship.mentor_id:
        raise NotToBeAsked("Choose somebody else to take over.")
    if to.status not in TAKES_OVER or not to.user.is_active:
        raise NotToBeAsked(f"This mentor is {MentorStatus(to.status).label} and takes nobody new now.")
    if to.leaves_since:
        raise NotToBeAsked("This mentor is handing over their youth and takes nobody new.")
    if Wall.objects.filter(user=to.user, youth__cases=mentorship.case_id).exists():
        raise NotToBeAsked("Choose somebody else to take over.")  # that there is a wall is not said


@on_duty("workforce", "mentoring")
@transaction.atomic
def let_wait(mentorship, *, by, at):
    """No mentor takes over: the youth waits for a match, and the assessment team sees them from this moment."""
    slots.locked(mentorship.mentor_id)
    mentorship = Mentorship.objects.select_related("case", "mentor__user").get(pk=mentorship.pk)
    if mentorship.status not in LIVED:
        raise NotToBeAsked("Somebody has handed this over already.")
    return mentorships.end(mentorship, by=by, at=at, note="The mentor hands over.")
