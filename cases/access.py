"""Giving and ending access: the only code that writes rows of Access and Wall."""

from django.db import transaction

from cases.models import Access, Wall
from mlmc.core.context import on_duty


@on_duty("access")
def give(case, *, as_what, why, by, at, user=None, role="", until=None):
    """Let a person, or everybody in a role, see a case from now on. Giving what is open already adds nothing."""
    open_now = Access.objects.filter(case=case, user=user, role=role, as_what=as_what, until=None)
    if until is None and (row := open_now.first()):
        return row
    return Access.objects.create(
        case=case, user=user, role=role, as_what=as_what, begins=at, until=until, why=why, given_by=by
    )


@on_duty("access")
def end(case, *, at, as_what, user=None):
    """End the open rows of these kinds, of everybody or of one person. What was is kept: rows are never deleted."""
    rows = Access.objects.filter(case=case, as_what__in=as_what, until=None)
    if user is not None:
        rows = rows.filter(user=user)
    return rows.update(until=at)


@on_duty("access")
def end_all(user, *, at):
    """Somebody leaves: none of their rows stays open."""
    return Access.objects.filter(user=user, until=None).update(until=at)


@on_duty("access")
def end_early(row, *, at):
    """A row that would have ended by itself ends now."""
    if row.until > at:
        row.until = at
        row.save(update_fields=["until"])


@on_duty("access")
@transaction.atomic
def keep_away(case, person, *, by, at):
    """A conflict of interest. From now on this person never sees this youth, whatever else allows it."""
    case.record("Somebody is kept away from this youth", by=by, at=at)
    return wall(case.youth, person)


@on_duty("access")
@transaction.atomic
def take_down(case, wall, *, by, at):
    """There is no conflict, or none any more. Rights that were given before count again; the history keeps it."""
    wall.delete()
    case.record("A wall was taken down", by=by, at=at)


@on_duty("access")
def wall(youth, user):
    return Wall.objects.get_or_create(user=user, youth=youth)[0]
