"""Somebody gets other roles or another team. What they could see by a role that is gone ends in the same moment."""

from django.db import transaction

from cases import access
from cases.models import Access, As
from mentors import leave, workforce
from mentors.models import OPEN, Mentorship
from mlmc.core import people
from mlmc.core.context import on_duty
from mlmc.core.models import Role
from mlmc.people import leaving


@on_duty("workforce", "access")
@transaction.atomic
def change(someone, *, roles, team, on_council, by, at):
    """All or nothing. Youth are with a mentor and a case manager in person: those hand over first; the last who
    welcomes or finds mentors stays while youth wait. A role does not end while something is handed over to it: of the
    two, one sees what the other did."""
    leave.one_after_the_other()
    someone.refresh_from_db(fields=["roles", "team", "is_active"])
    for role, held in by_hand(someone).items():
        if role in someone.roles and role not in roles and (count := held.values("case").distinct().count()):
            raise people.NotPossible(
                f"{count} youth are with them as {role.label}. Hand over first, on the page of somebody who leaves the"
                " program; the account need not end there."
            )
    gone = set(someone.roles) - set(roles)
    before, moves = list(someone.roles), someone.team_id != (team.pk if team else None)
    try:
        if gone:
            leave.refuse_if_covering(someone, at)
        leave.keep_one(someone, at, roles=[role for role in leave.NEVER_NONE if role in gone])
        leaving.refuse_the_last(someone, gone)
    except (leave.NotCovered, leaving.StillOpen) as problem:
        raise people.NotPossible(str(problem)) from None
    people.change(someone, roles=roles, team=team, on_council=on_council, by=by, at=at)
    access.end_without_role(someone, at=at)
    workforce.welcome(someone, by=by, at=at, moves=moves, before=before)


def by_hand(someone):
    return {
        Role.MENTOR: Mentorship.objects.filter(mentor__user=someone, status__in=OPEN),
        Role.CASE_MANAGER: Access.objects.filter(user=someone, as_what=As.CASE_MANAGER, until=None),
    }
