"""The only code that changes a follow-up's status."""

from django.db import transaction

from outcomes.models import MOVES, FollowUp, Status


class MoveNotAllowed(Exception):
    """The follow-up cannot take this step from where it is. The message is fit for the user."""


@transaction.atomic
def move(follow_up, to, *, on, why=""):
    """Take one step. `on` is the local day, kept as the day it finished; `why` is for a missed one."""
    current = Status(FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk).status)
    if to not in MOVES[current]:
        raise MoveNotAllowed(f"This follow-up is “{current.label}”, so it cannot become “{Status(to).label}”.")
    follow_up.status = to
    follow_up.finished_on = None if to in (Status.SCHEDULED, Status.OPEN) else on
    follow_up.why_missed = why
    follow_up.save(update_fields=["status", "finished_on", "why_missed"])
    return follow_up


def brought_in(respondent, wave, *, on, answered):
    """A follow-up that was asked elsewhere: made, not yet saved, as it went there."""
    return FollowUp(
        respondent=respondent,
        wave=wave,
        due_on=on,
        opens_on=on,
        closes_on=on,
        finished_on=on,
        anchored=True,
        status=Status.COMPLETE if answered else Status.MISSED,
    )
