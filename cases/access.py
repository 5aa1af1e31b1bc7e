"""Giving and ending access: the only code that writes rows of Access and Wall."""

from django.db import transaction
from django.db.models import Q

from cases.models import Access, As, Wall
from mlmc.core.context import on_duty
from mlmc.core.models import Role

# The roles by which somebody holds a row in person; without any of them it ends.
HELD_BY = dict.fromkeys(As, list(Role)) | {
    As.INTAKE: [Role.INTAKE],
    As.ASSESSMENT: [Role.ASSESSMENT],
    As.ASKED: [Role.MENTOR],
    As.MENTOR: [Role.MENTOR],
    As.SUPERVISOR: [Role.SUPERVISOR],
    As.CASE_MANAGER: [Role.CASE_MANAGER],
    As.SUPPORT: [Role.SUPPORT],
    As.ON_CALL: [Role.SUPERVISOR, Role.DIRECTOR],
    As.BREAK_GLASS: [Role.INTAKE, Role.ASSESSMENT, Role.CASE_MANAGER, Role.SUPERVISOR, Role.DIRECTOR],
}


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
def end_all(person, *, at, as_what=tuple(As)):
    """End what somebody holds in person, also what would have ended by itself later."""
    return Access.objects.filter(Q(until=None) | Q(until__gt=at), user=person, as_what__in=as_what).update(until=at)


@on_duty("access")
def end_without_role(person, *, at):
    """A row that was given for a role ends with the role."""
    return end_all(person, at=at, as_what=[row for row, roles in HELD_BY.items() if not person.has_role(*roles)])


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
