"""Asking takes a place with a mentor; it is held while both think, and given back by itself."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models, transaction

from cases import access
from cases.models import As, Case, CaseStatus
from mentors import mentorships, slots
from mentors.models import OPEN, Mentor, Mentorship, MentorStatus, Status
from mentors.models.mentor import CAN_BE_ASKED, in_places
from mentors.slots import NoPlaceLeft
from mlmc import program
from mlmc.core.context import on_duty
from mlmc.core.counting import MANY

__all__ = ["NoPlaceLeft", "NotToBeAsked", "ask", "give_back_expired"]


class NotToBeAsked(Exception):
    """This pair is not to be asked now. The message is fit for the user."""


@on_duty("mentoring")
@transaction.atomic
def ask(mentor, case, *, by, at):
    """Hold the lowest free place for them while both think. Of fifty who ask at once, those with a place get one."""
    mentor = slots.locked(mentor.pk)
    if mentor.status not in (MentorStatus.READY, MentorStatus.ACTIVE) or not mentor.user.is_active:
        raise NotToBeAsked(f"This mentor is {MentorStatus(mentor.status).label} and takes nobody new now.")
    if mentor.leaves_since:
        raise NotToBeAsked("This mentor is handing over their youth and takes nobody new.")
    # no_key: whoever writes a line about this case meanwhile does not have to wait for us, nor we for them
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("youth").get(pk=case.pk)
    if case.status != CaseStatus.WAITING:
        raise NotToBeAsked("This youth is not waiting for a mentor.")
    if Mentorship.objects.filter(case=case, status__in=OPEN).exists():
        raise NotToBeAsked("Somebody has been asked for this youth already.")

    mentorship = Mentorship.objects.create(
        case=case,
        mentor=mentor,
        slot=slots.free(mentor),
        asked_at=at,
        held_until=at + timedelta(hours=program.current().hold_hours),
    )
    access.give(case, user=mentor.user, as_what=As.ASKED, why="asked to be the mentor", by=by, at=at)
    case.record("Both were asked", by=by, at=at)
    return mentorship


@on_duty("mentoring")
def counted(mentors):
    """These mentors, with how many of their places are taken. Counting is no look at whose they are."""
    return list(mentors.with_places())


@dataclass(frozen=True)
class Room:
    """The mentors with the most open places; how many others were compared with them; how many places are open with
    all of these; and whether there are mentors who were not looked at."""

    mentors: list
    others: int
    open: int
    more: bool


@on_duty("mentoring")
def room(limit):
    """Of every mentor who works here, or of the thousand who have been here longest; whoever cannot be asked stands
    last, with none open."""
    working = Mentor.objects.exclude(status=MentorStatus.DEPARTED).annotate(
        can_be_asked=models.Case(models.When(CAN_BE_ASKED, then=True), default=False)
    )
    rows = working.annotate(taken=in_places()).order_by("pk").values_list("pk", "can_be_asked", "places", "taken")
    rows = list(rows[: MANY + 1])
    left = {pk: (asked, max(0, places - taken) if asked else 0) for pk, asked, places, taken in rows[:MANY]}
    most = sorted(left, key=lambda pk: (not left[pk][0], -left[pk][1], pk))[:limit]
    found = {mentor.pk: mentor for mentor in working.filter(pk__in=most).with_places().select_related("user")}
    for pk, mentor in found.items():
        mentor.open = left[pk][1]
    places = sum(open_ for _, open_ in left.values())
    return Room([found[pk] for pk in most], len(left) - len(most), places, more=len(rows) > MANY)


@on_duty("mentoring")
@transaction.atomic
def give_back_expired(*, at):
    """Places held past their time are free again. A mentor somebody is deciding about waits for the next round."""
    late = Mentorship.objects.filter(status=Status.ASKING, held_until__lte=at)
    mentors = Mentor.objects.filter(pk__in=late.values("mentor"))
    locked = [mentor.pk for mentor in mentors.select_for_update(of=("self",), skip_locked=True).order_by("pk")]
    given_back = list(late.filter(mentor__in=locked).select_related("case", "mentor__user").order_by("held_until"))
    for mentorship in given_back:
        mentorships.not_this_time(mentorship, by=None, at=at)
    return len(given_back)
