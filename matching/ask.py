"""Asking both, and what each of them says. Nothing is final until both say yes; a no needs no reason."""

from django.db import transaction
from django.db.models import Q

from matching.models import Match
from matching.suggest import Candidate, suggest
from mentors import mentorships, places, slots
from mentors.models import Mentorship, Status
from mentors.places import NotToBeAsked
from mlmc.core import outbox, undo
from mlmc.core.context import on_duty


class NoLongerAsked(Exception):
    """The question is closed. The message is fit for the user."""


def looked_at(found):
    """Who stood before the team as it chose, best first."""
    among = any(one.mentor.pk == found.chosen.mentor.pk for one in found.candidates)
    stood = found.candidates if among else [*found.candidates, found.chosen]
    return [{"mentor": str(one.mentor.pk), "points": one.fit.points} for one in stood]


@on_duty("matching", "mentoring")
@transaction.atomic
def ask_both(case, mentor, *, rationale, by, at):
    """Hold a place, keep what the team looked at and why it chose this mentor, and tell the mentor there is news."""
    slots.locked(mentor.pk)  # what is read now is still true when the place is taken
    found = suggest(case, at=at, chosen=mentor.pk)
    if not isinstance(found.chosen, Candidate):
        why = found.chosen.why if found.chosen else "This mentor has left."
        raise NotToBeAsked(f"This mentor cannot be asked now. {why}")
    mentorship = places.ask(mentor, case, by=by, at=at)
    match = Match.objects.create(
        mentorship=mentorship,
        criteria_version=found.version,
        candidates=looked_at(found),
        reasons=[reason.as_row() for reason in found.chosen.fit.reasons],
        rationale=rationale,
        decided_by=by,
        decided_at=at,
    )
    outbox.enqueue("news", to=mentor.user, about=match.pk, due_at=at)
    return match


@on_duty("matching", "mentoring")
@transaction.atomic
def answer_as_mentor(match, yes, *, by, at):
    """What the mentor herself says."""
    match = still_asked(match)
    match.mentor_answer, match.mentor_answered_at = said(yes), at
    match.save(update_fields=["mentor_answer", "mentor_answered_at"])
    match.mentorship.case.record("The mentor answered", by=by, at=at)
    return settle(match, by=by, at=at)


@on_duty("matching", "mentoring")
@transaction.atomic
def answer_for_youth(match, yes, *, by, at):
    """What the youth said, written down by somebody of the team."""
    match = still_asked(match)
    match.youth_answer, match.youth_answered_at, match.youth_answer_by = said(yes), at, by
    match.save(update_fields=["youth_answer", "youth_answered_at", "youth_answer_by"])
    match.mentorship.case.record("The youth answered", by=by, at=at)
    return settle(match, by=by, at=at)


def still_asked(match):
    """The match, held until the end of the transaction: two answers at once are two answers one after the other."""
    mentor_id = Mentorship.objects.values_list("mentor", flat=True).get(match=match.pk)
    slots.locked(mentor_id)
    fresh = Match.objects.select_for_update(of=("self",)).select_related(
        "mentorship__case", "mentorship__mentor__user"
    )
    fresh = fresh.get(pk=match.pk)
    if fresh.mentorship.status != Status.ASKING:
        raise NoLongerAsked("This question is closed: both have answered, or the time to think is over.")
    return fresh


@on_duty("matching")
def to_take_back(user, *, at):
    """The last match this person asked for, or wrote the youth's yes to, within ten minutes; or None."""
    mine = Q(decided_by=user, decided_at__gt=at - undo.WITHIN)
    mine |= Q(youth_answer_by=user, youth_answered_at__gt=at - undo.WITHIN)
    open_now = Q(mentorship__status=Status.ASKING) | Q(mentorship__status=Status.BEGINNING)
    rows = Match.objects.filter(mine, open_now).select_related("mentorship__case__youth", "mentorship__mentor__user")
    return rows.order_by("-decided_at").first()


@on_duty("matching", "mentoring")
@transaction.atomic
def take_back(match, *, by, at):
    """The wrong mentor was asked, or the yes was written down by mistake. Afterwards a supervisor says so."""
    slots.locked(match.mentorship.mentor_id)
    found = to_take_back(by, at=at)
    if found is None or found.pk != match.pk:
        raise NoLongerAsked("A match can be taken back for ten minutes, by whoever made it.")
    mentorships.mistaken(found.mentorship, by=by, at=at)
    return found


def said(yes):
    return Match.Answer.YES if yes else Match.Answer.NO


def settle(match, *, by, at):
    """One no gives the place back; two yeses begin."""
    answers = {match.mentor_answer, match.youth_answer}
    if Match.Answer.NO in answers:
        mentorships.not_this_time(match.mentorship, by=by, at=at)
    elif answers == {Match.Answer.YES}:
        mentorships.begin(match.mentorship, by=by, at=at)
    return match
