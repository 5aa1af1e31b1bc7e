"""The only code that changes the status of a referral or of a case."""

from django.db import transaction

from cases.models import CASE_MOVES, REFERRAL_MOVES, Case, CaseStatus, Referral, ReferralStatus
from cases.models.referral import DECIDED
from mlmc.core import undo
from mlmc.core.context import on_duty

MOVED = ["status", "decided_at", "decided_by", "status_before", "moved_at", "moved_by"]
# The moves that owe an explanation to whoever looks at the referral later.
NEEDS_A_REASON = {ReferralStatus.GROUP, ReferralStatus.ELSEWHERE, ReferralStatus.WITHDRAWN, ReferralStatus.MERGED}


class MoveNotAllowed(Exception):
    """It cannot take this step from where it is. The message is fit for the user."""


def begin(referral, *, asks, exception):
    """The first status of a referral that was just received: what is missing does not wait to be noticed."""
    if exception:
        referral.status = ReferralStatus.EXCEPTION
    else:
        referral.status = ReferralStatus.NEEDS_INFORMATION if asks else ReferralStatus.RECEIVED
    return referral


def brought_in(youth, *, episode, accepted_at, with_mentor_at, at):
    """An episode of earlier records, not saved yet: with a mentor since a day, or one that lies behind."""
    return Case(
        youth=youth,
        episode=episode,
        status=CaseStatus.WITH_MENTOR if with_mentor_at else CaseStatus.ELSEWHERE,
        accepted_at=accepted_at,
        with_mentor_at=with_mentor_at,
        brought_at=at,
    )


@on_duty("welcome")
@transaction.atomic
def move_referral(referral, to, *, by, at, reason=""):
    """Move a referral through its life. A decision says who, when and why."""
    to = ReferralStatus(to)
    fresh = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    current = ReferralStatus(fresh.status)
    if to not in REFERRAL_MOVES[current]:
        raise MoveNotAllowed(f"This referral is {current.label}, so it cannot become {to.label}.")
    if to in NEEDS_A_REASON and not reason.strip():
        raise MoveNotAllowed(f"Say in a few words how it came to be {to.label}.")
    referral.status = to
    # what was said to an earlier decision stays until the next one: a move by mistake can be taken back
    referral.reason = reason or ("" if to in DECIDED else fresh.reason)
    referral.decided_at, referral.decided_by = (at, by) if to in DECIDED else (None, None)
    referral.status_before, referral.moved_at, referral.moved_by = current, at, by
    referral.save(update_fields=[*MOVED, "reason"])
    return referral


@on_duty("welcome")
@transaction.atomic
def undo_move(referral, *, by, at):
    """Back to where it stood, for ten minutes and by whoever moved it. A welcome has begun a case, and stays."""
    fresh = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if not may_undo(fresh, by=by, at=at):
        raise MoveNotAllowed("A move can be taken back for ten minutes, by whoever made it.")
    fresh.status, fresh.status_before = fresh.status_before, ""
    fresh.decided_at, fresh.decided_by = (at, by) if fresh.status in DECIDED else (None, None)
    fresh.moved_at = fresh.moved_by = fresh.merged_into = None
    fresh.save(update_fields=[*MOVED, "merged_into"])
    return fresh


def may_undo(referral, *, by, at):
    """Whether this person may take the last move back."""
    mine = undo.is_open(referral.moved_at, referral.moved_by_id, by=by, at=at)
    return mine and bool(referral.status_before) and referral.status != ReferralStatus.ACCEPTED


@transaction.atomic
def move_case(case, to, *, by, at, note=""):
    """Move a case through its life, with a line on its timeline."""
    to = CaseStatus(to)
    current = CaseStatus(Case.objects.select_for_update(of=("self",)).get(pk=case.pk).status)
    if to not in CASE_MOVES[current]:
        raise MoveNotAllowed(f"This case is {current.label}, so it cannot become {to.label}.")
    case.status = to
    case.with_mentor_at = at if to == CaseStatus.WITH_MENTOR else case.with_mentor_at
    case.save(update_fields=["status", "with_mentor_at"])
    case.record(to.label, by=by, at=at, note=note)
    return case
