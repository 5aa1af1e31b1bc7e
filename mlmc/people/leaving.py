"""Somebody leaves: what is open with them goes to somebody else first, then they are switched off."""

from dataclasses import dataclass

from django.db import transaction

from cases import access
from cases.models import Access, Referral
from cases.models.referral import OPEN
from mentors import handover
from mentors import leave as time_away
from mentors.lifecycle import move_mentor
from mentors.models import LIVED, Mentor, Mentorship, MentorStatus
from mentors.places import NotToBeAsked
from mentors.slots import NoPlaceLeft
from mlmc import program
from mlmc.core import people
from mlmc.core.context import on_duty
from mlmc.core.models import Role


class StillOpen(Exception):
    """Work is open with this person and cannot go to whoever was named. The message is fit for the user."""


@dataclass(frozen=True)
class Open:
    mentorships: int
    cases: int
    referrals: int

    def __bool__(self):
        return any((self.mentorships, self.cases, self.referrals))


@on_duty("workforce")
def what_is_open(user):
    """Counts only: whoever manages people does not read cases."""
    rows = Access.objects.filter(user=user, until=None, as_what__in=list(handover.ROLE_FOR))
    return Open(
        mentorships=Mentorship.objects.filter(mentor__user=user, status__in=LIVED).count(),
        cases=rows.values("case").distinct().count(),
        referrals=Referral.objects.filter(taken_by=user, status__in=OPEN).count(),
    )


@on_duty("workforce", "access")
@transaction.atomic
def leave(user, *, to, by, at):
    """Hand over and switch off. All or nothing. A mentor's youth wait for a match where no mentor takes over."""
    try:
        time_away.refuse_if_covering(user, at)
        time_away.keep_one(user, at)
    except time_away.NotCovered as problem:
        raise StillOpen(str(problem)) from None
    still = what_is_open(user)
    if (still.cases or still.referrals) and to is None:
        raise StillOpen("Work is open with this person. Choose who takes over.")
    try:
        if mentor := Mentor.objects.filter(user=user).first():
            successor = to.mentor if to and to.has_role(Role.MENTOR) else None
            handover.hand_over(mentor, successor, by=by, at=at)
            mentor.refresh_from_db()
            if mentor.status != MentorStatus.DEPARTED:
                move_mentor(mentor, MentorStatus.DEPARTED)
        if to is not None:
            handover.hand_over_cases(user, to, by=by, at=at)
    except (NotToBeAsked, NoPlaceLeft) as problem:
        raise StillOpen(str(problem)) from None
    time_away.end_all(user, at=at)
    access.end_all(user, at=at)
    Referral.objects.filter(taken_by=user, status__in=OPEN).update(taken_by=to)
    leave_the_rota(user)
    people.switch_off(user, at=at)


def leave_the_rota(user):
    settings = program.current()
    if str(user.pk) in settings.on_call:
        settings.on_call.remove(str(user.pk))
        program.save(settings)
