"""Somebody else answered: it leaves the figures, stays sealed in the history, and the youth may be asked anew."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from mentors.models import Concern
from mlmc.core import outbox
from mlmc.core.context import on_duty
from outcomes import lifecycle
from outcomes.models import Answer, FollowUp, Response, Status, SurveyLink


class NothingAnswered(Exception):
    """There is nothing to take out. The message is fit for the user."""


def sitting_of(follow_up):
    """The sitting that counts as theirs, or None."""
    theirs = Response.objects.filter(informant=Response.Informant.YOUTH, not_theirs_at=None)
    return theirs.filter(follow_up=follow_up).first()


@on_duty("follow_ups")
def has_answers(follow_up):
    return sitting_of(follow_up) is not None


@on_duty("follow_ups", "concern")
@transaction.atomic
def not_theirs(follow_up, *, by, at):
    """The answers are somebody else's. Links end, the follow-up is open again while its window is, and a worry that
    came of an answer stays with whoever has it: they are told that there is news."""
    follow_up = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    sitting = sitting_of(follow_up)
    if sitting is None:
        raise NothingAnswered("Nobody has answered here yet.")
    links = SurveyLink.objects.filter(follow_up=follow_up, finished_at=None)
    links.filter(started_at=None, start_by__gt=at).update(start_by=at)
    links.filter(resume_by__gt=at).update(resume_by=at)
    Answer.objects.filter(response=sitting).delete()  # the history keeps them, sealed as they were
    sitting.not_theirs_at, sitting.not_theirs_by = at, by
    sitting.finished_at = sitting.finished_at or at
    sitting.save(update_fields=["not_theirs_at", "not_theirs_by", "finished_at"])
    ask_again(follow_up, on=timezone.localdate(at))
    case = Case.objects.filter(pk=follow_up.respondent.case_id).first()
    if case is not None:
        case.record("A survey was answered by somebody else", by=by, at=at)
    for concern in Concern.objects.filter(case=case, source=Concern.Source.SURVEY, raised_at=sitting.danger_at):
        if person := concern.acknowledged_by or concern.told:
            outbox.enqueue("news", to=person, about=f"{concern.pk} {at:%Y%m%d%H%M%S}", due_at=at)


def ask_again(follow_up, *, on):
    """Open while its window is; later waves are counted anew from the day the youth answers."""
    if follow_up.status in (Status.COMPLETE, Status.PARTIAL):
        lifecycle.move(follow_up, Status.OPEN if on <= follow_up.closes_on else Status.MISSED, on=on)
    if follow_up.wave.months == 0:
        again = Q(pk=follow_up.pk) | Q(status__in=[Status.SCHEDULED, Status.OPEN])
        FollowUp.objects.filter(again, respondent=follow_up.respondent_id).update(anchored=False)
