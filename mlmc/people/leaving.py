"""Somebody leaves: what they have in hand goes to somebody else first, then they are switched off.

An account that has to end at once ends at once; what is left with it stands on the page until somebody has it.
"""

from django.db import transaction

from cases import access
from cases.holding import left_without
from cases.models import As
from mentors import concerns
from mentors import leave as time_away
from mentors.lifecycle import move_mentor
from mentors.models import Mentor, MentorStatus
from mlmc import program
from mlmc.core import holding, people
from mlmc.core.context import on_duty
from mlmc.core.models import Role

# What is not handed over ends with the account, whatever is left
ENDS_AT_ONCE = [As.ASKED, As.ON_CALL, As.COVER, As.BREAK_GLASS, As.PRACTICE]


class StillOpen(Exception):
    """Somebody would be left without anybody. The message is fit for the user."""


@on_duty("workforce", "access")
@transaction.atomic
def leave(person, *, by, at, anyway=False):
    """Switch off somebody who has nothing in hand any more; or `anyway`, at once, and what is left says so. While
    somebody is switched off nobody hands anything over to them: of the two, one sees what the other did."""
    time_away.one_after_the_other()
    try:
        if not anyway:
            time_away.refuse_if_covering(person, at)
        time_away.keep_one(person, at)
    except time_away.NotCovered as problem:
        raise StillOpen(str(problem)) from None
    give_back_what_waits(person, by=by, at=at)
    if anyway:
        leave_the_rota(person, by=by, at=at)
    if not anyway:
        refuse_the_last(person, person.roles)
    if not anyway and (left := holding.left_with(person)):
        raise StillOpen(f"{left} {'thing is' if left == 1 else 'things are'} still with them. Hand over first.")
    if (mentor := Mentor.objects.filter(user=person).first()) and mentor.status != MentorStatus.DEPARTED:
        move_mentor(mentor, MentorStatus.DEPARTED)
    access.end_all(person, at=at, as_what=ENDS_AT_ONCE)
    people.switch_off(person, at=at)
    tell_the_next(person, by=by, at=at)
    finish(person, at=at)


def refuse_the_last(person, roles):
    """Youth who wait for everybody in a role are with nobody once the last of them is gone, or holds it no longer."""
    for role, count in left_without(person, roles).items():
        raise StillOpen(
            f"{count} youth wait for whoever is {Role(role).label}, and nobody else who may see them is. "
            "Give somebody the role first."
        )


def give_back_what_waits(person, *, by, at):
    """Asked about a match: the place is free again, and the youth waits where they stood."""
    kind = holding.named("asked")
    for line in kind.find([person.pk]):
        holding.hand_over(kind, line, None, person=person, by=by, at=at)


def leave_the_rota(person, *, by, at):
    settings = program.current()
    if str(person.pk) in settings.on_call:
        settings.on_call = [one for one in settings.on_call if one != str(person.pk)]
        program.save(settings, by=by, at=at)


@on_duty("concern")
def tell_the_next(person, *, by, at):
    """Danger waits for no hand-over: whoever stands next on the rota is told now."""
    for concern in concerns.held_by([person.pk]).select_related("case").order_by("raised_at"):
        concerns.pass_to(concern, None, person=person, by=by, at=at)


@on_duty("workforce", "access")
@transaction.atomic
def finish(person, *, at):
    """Of somebody who is gone nothing is left: what others have in hand, too, ends for them, and so does their own
    leave. Until then whoever covered for them goes on."""
    if person.is_active or holding.left_with(person):
        return
    access.end_all(person, at=at)
    time_away.end_all(person, at=at)
