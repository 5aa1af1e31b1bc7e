"""Asking takes a place with a mentor; it is held while both think, and given back by itself."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Q

from cases import access
from cases.models import As, Case, CaseStatus
from mentors import mentorships, slots
from mentors.models import OPEN, Mentor, Mentorship, MentorStatus, Status
from mentors.slots import NoPlaceLeft
from mlmc import program
from mlmc.core.context import on_duty

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
    """The mentors with the most open places; how many others there are; how many places are open with all of them."""

    mentors: list
    others: int
    open: int


@on_duty("mentoring")
def room(limit):
    """Of every mentor who works here; whoever cannot be asked stands last, with none open."""
    ask = Q(pk__in=Mentor.objects.can_be_asked().values("pk"))
    left = models.Case(models.When(ask & Q(taken__lt=F("places")), then=F("places") - F("taken")), default=0)
    rows = Mentor.objects.exclude(status=MentorStatus.DEPARTED).with_places()
    rows = rows.annotate(can_be_asked=models.Case(models.When(ask, then=True), default=False), open=left)
    counts = rows.aggregate(mentors=models.Count("pk"), places=models.Sum("open"))
    mentors = list(rows.select_related("user").order_by("-can_be_asked", "-open", "pk")[:limit])
    return Room(mentors, counts["mentors"] - len(mentors), counts["places"] or 0)


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
