"""The only code that changes the status of a mentorship, a mentor, a concern or a plan, and so who takes a place."""

import datetime

from django.db import transaction
from django.utils import timezone

from mentors import slots
from mentors.models import (
    ACCOMPANIMENT_MOVES,
    CONCERN_MOVES,
    MENTOR_MOVES,
    MOVES,
    OPEN,
    TAKES_A_PLACE,
    Accompaniment,
    AccompanimentStatus,
    Concern,
    ConcernStatus,
    Mentorship,
    MentorStatus,
    Status,
)
from mlmc import program
from mlmc.core.context import on_duty
from mlmc.core.models import Role


class MoveNotAllowed(Exception):
    """It cannot take this step from where it is. The message is fit for the user."""


@on_duty("mentoring")
@transaction.atomic
def move(mentorship, to, *, by, on):
    """The next stage of a mentorship. It takes a place, keeps it, or gives it back as the stage needs."""
    mentor = slots.locked(mentorship.mentor_id)
    fresh = Mentorship.objects.select_for_update(of=("self",)).get(pk=mentorship.pk)
    if to not in MOVES[fresh.status]:
        raise MoveNotAllowed(f"It is {Status(fresh.status).label} now, so it cannot become {Status(to).label}.")
    mentorship.slot = place_for(fresh, to, mentor=mentor, by=by)
    if to == Status.BEGINNING:
        mentorship.began_on = on
    lived = mentorship.began_on is not None
    mentorship.ended_on = on if to == Status.ENDED or (to == Status.MISTAKEN and lived) else None
    mentorship.status, mentorship.held_until = to, held_until(to, on)
    mentorship.save(update_fields=["status", "slot", "began_on", "ended_on", "held_until"])
    return mentorship


def brought_in(case, mentor, stage, *, slot, began_on, ended_on, at):
    """A mentorship of earlier records, not saved yet, in the stage it has."""
    return Mentorship(
        case=case, mentor=mentor, status=stage, slot=slot, began_on=began_on, ended_on=ended_on, asked_at=at
    )


def held_until(to, on):
    """Asked once more, they have the hours of the program from the beginning of that day."""
    if to != Status.ASKING:
        return None
    midnight = timezone.make_aware(datetime.datetime.combine(on, datetime.time()))
    return midnight + datetime.timedelta(hours=program.current().hold_hours)


def place_for(mentorship, to, *, mentor, by):
    """The number this mentorship has in the stage it moves to."""
    if to not in TAKES_A_PLACE:
        return None
    if mentorship.slot is not None:
        return mentorship.slot
    if mentorship.status in OPEN or mentorship.status == Status.ENDED:  # somebody who was here before
        supervisor = by is not None and by.has_role(Role.SUPERVISOR)
        return slots.free_for_coming_back(mentor, ceiling=program.current().ceiling, supervisor=supervisor)
    return slots.free(mentor)


@on_duty("mentoring")
@transaction.atomic
def move_mentor(mentor, to):
    """The next step of a mentor's own working life."""
    fresh = slots.locked(mentor.pk)
    if to not in MENTOR_MOVES[fresh.status]:
        raise MoveNotAllowed(f"This mentor is {MentorStatus(fresh.status).label} now.")
    mentor.status = to
    mentor.save(update_fields=["status"])
    return mentor


@on_duty("concern")
@transaction.atomic
def move_concern(concern, to):
    """From told to somebody has it to in hand. Who and when are written by mentors.concerns."""
    fresh = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    if to not in CONCERN_MOVES[fresh.status]:
        raise MoveNotAllowed(
            "Somebody has it already."
            if fresh.status == ConcernStatus.ACKNOWLEDGED
            else f"This concern is: {ConcernStatus(fresh.status).label}."
        )
    concern.status = to
    concern.save(update_fields=["status"])
    return concern


@transaction.atomic
def move_plan(plan, to, *, by, at):
    """From planned to held or called off, by whom and when, and back."""
    fresh = Accompaniment.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if to not in ACCOMPANIMENT_MOVES[fresh.status]:
        raise MoveNotAllowed(f"This plan is now: {AccompanimentStatus(fresh.status).label}.")
    closed = to != AccompanimentStatus.PLANNED
    plan.status, plan.closed_at, plan.closed_by = to, at if closed else None, by if closed else None
    plan.save(update_fields=["status", "closed_at", "closed_by"])
    return plan
