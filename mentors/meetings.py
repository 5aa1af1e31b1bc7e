"""Writing down that a mentor showed up, or tried to; taking it back within ten minutes."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from mentors import concerns
from mentors.models import LIVED, Concern, Meeting
from mlmc.core import outbox
from mlmc.core import undo as way_back
from mlmc.core.context import on_duty

UNDO_WITHIN = way_back.WITHIN
KINDS_SAID = {
    Meeting.Kind.IN_PERSON: "Met in person",
    Meeting.Kind.TEXT: "Wrote to each other",
    Meeting.Kind.CALL: "Talked on the phone",
    Meeting.Kind.WENT_WITH: "Went with",
    Meeting.Kind.DINNER: "Had dinner together",
}


class NotDuringMentorship(Exception):
    """The day does not lie between the first day of the mentorship and today. The message is fit for the user."""


class CannotUndo(Exception):
    """It can no longer be taken back. The message is fit for the user."""


def said(meeting):
    return KINDS_SAID[meeting.kind] if meeting.reached else "Tried to reach each other"


def log(
    mentorship,
    *,
    by,
    at,
    client_key,
    kind,
    held_on,
    minutes,
    reached,
    mood,
    topics,
    words,
    handed_over,
    place_kind="",
):
    """One meeting, with a line on the timeline. A form that is sent twice is one meeting: the first."""
    check_day(mentorship, held_on, today=timezone.localdate(at))
    meeting = Meeting(
        mentorship=mentorship,
        client_key=client_key,
        kind=kind,
        held_on=held_on,
        minutes=minutes,
        place_kind=place_kind,
        reached=reached,
        mood=mood,
        topics=topics,
        words=words,
        handed_over=handed_over,
        logged_at=at,
        logged_by=by,
    )
    try:
        with transaction.atomic():  # of two at once the second waits here for the first, and then finds it
            meeting.save(force_insert=True)
            mentorship.case.record(said(meeting), by=by, at=at)
    except IntegrityError:
        kept = Meeting.objects.filter(client_key=client_key, mentorship=mentorship, logged_by=by).first()
        if kept is None:
            raise NotDuringMentorship("This form was used before. Open it anew.") from None
        return kept
    return meeting


def check_day(mentorship, day, *, today):
    if mentorship.status not in LIVED:
        raise NotDuringMentorship("You do not meet with this youth at present, so there is nothing to check in.")
    if day > today:
        raise NotDuringMentorship("Enter today or a day before it.")
    if day < mentorship.began_on:
        raise NotDuringMentorship(
            f"Enter a day on or after {mentorship.began_on:%B} {mentorship.began_on.day}, {mentorship.began_on.year}: "
            "that is when you began."
        )


@transaction.atomic
def undo(meeting, *, by, at):
    """Take a check-in back. A worry about safety is never taken back: a person has it by now."""
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.undone_at is not None:
        return meeting
    if not way_back.is_open(meeting.logged_at, meeting.logged_by_id, by=by, at=at):
        raise CannotUndo("A check-in can be taken back for ten minutes, by whoever saved it.")
    if hasattr(meeting, "concern"):
        raise CannotUndo("Somebody has been told about safety, so this check-in stays. Tell them what has changed.")
    if meeting.taken_up_at is not None:
        raise CannotUndo("Support has taken this check-in up already.")
    meeting.undone_at = at
    meeting.save(update_fields=["undone_at"])
    meeting.mentorship.case.record("A check-in was taken back", by=by, at=at)
    return meeting


@on_duty("mentoring")
@transaction.atomic
def move(meeting, to, *, by, at):
    """It was about another youth: there it stands from now on, with its concern. Both timelines say so, without its
    words; support takes it up anew where it belongs."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("mentorship__case").get(pk=meeting.pk)
    if meeting.undone_at is not None or meeting.logged_by_id != by.pk:
        raise CannotUndo("Only whoever saved a check-in can say whom it was about.")
    if to.pk == meeting.mentorship_id:
        return meeting
    check_day(to, meeting.held_on, today=timezone.localdate(at))
    before, concern = meeting.mentorship.case, Concern.objects.filter(meeting=meeting).first()
    if meeting.taken_up_by is not None:
        outbox.enqueue("news", to=meeting.taken_up_by, about=f"{meeting.pk} {at:%Y%m%d%H%M%S}", due_at=at)
    meeting.mentorship, meeting.taken_up_at, meeting.taken_up_by = to, None, None
    meeting.save(update_fields=["mentorship", "taken_up_at", "taken_up_by"])
    before.record("A check-in here was about somebody else", by=by, at=at)
    to.case.record("A check-in was moved here", by=by, at=at)
    if concern is not None:
        concerns.move_to(concern, to.case, by=by, at=at)
    return meeting


@transaction.atomic
def take_up(meeting, *, by, at):
    """Support turns this one into paperwork. Whoever takes it first has it."""
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.taken_up_at is None:
        meeting.taken_up_at, meeting.taken_up_by = at, by
        meeting.save(update_fields=["taken_up_at", "taken_up_by"])
        meeting.mentorship.case.record("Support took the paperwork of a check-in", by=by, at=at)
    return meeting


@on_duty("mentoring")
@transaction.atomic
def first_meeting(mentorship, *, by, at, met_on, place_kind, expectations_agreed):
    """The first meeting is the mentor's story, not questions: only that it was, where, and what they agreed."""
    check_day(mentorship, met_on, today=timezone.localdate(at))
    mentorship.first_met_on = met_on
    mentorship.first_place_kind = place_kind
    mentorship.expectations_agreed = expectations_agreed
    mentorship.save(update_fields=["first_met_on", "first_place_kind", "expectations_agreed"])
    mentorship.case.record("They met for the first time", by=by, at=at)
    return mentorship
