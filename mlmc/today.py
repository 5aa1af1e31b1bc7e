"""Today: demand against room to welcome; what is overdue, uncovered, unsafe. For the director and for intake."""

from dataclasses import dataclass
from datetime import timedelta

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import promises
from cases.models import Case, Referral
from mentors import places
from mentors.models import Concern
from mlmc import program
from mlmc.core import audit, harvest, holding
from mlmc.core.access import only
from mlmc.core.context import on_duty
from mlmc.core.counting import counted
from mlmc.core.models import FurtherLook, Role, User
from mlmc.core.templatetags.ui import ago, short_when
from outcomes.models import FollowUp
from outcomes.models import Status as FollowUpStatus

A_DAY = timedelta(days=1)
SHOWN = 8  # of each list; the number beside it opens the rest
LISTED = 25  # youth who wait, and mentors with room


LATE = [
    (promises.REPLY, "referrals late for a first reply", "reply"),
    (promises.CONTACT, "youth late for a first contact", "telephone-x"),
]
NEXT_STEP = {
    promises.REPLY: ("Answer the referrer of", "Reply"),
    promises.CONTACT: ("Make first contact with", "Open"),
}


@dataclass(frozen=True)
class Stat:
    url: str
    number: int
    words: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Need:
    """One thing that needs somebody: what, whose, by which clock, and the one next step."""

    title: str
    url: str
    verb: str
    icon: str
    tone: str = ""
    youth: object = None
    detail: str = ""


@require_safe
@only(Role.DIRECTOR, Role.INTAKE)
def today(request):
    user, now, ours = request.user, timezone.now(), program.current()
    late_referrals = broken(user, at=now, settings=ours)
    longest = waits(user, at=now, settings=ours)
    numbers = counts(user, at=now, settings=ours)
    concerns, late_follow_ups, late, stopped, left_behind, room = [], [], 0, [], [], None
    if user.has_role(Role.DIRECTOR):
        rows = Concern.objects.visible_to(user).unresolved().select_related("case__youth", "told")
        concerns = list(rows.order_by("raised_at"))
        late_follow_ups, late = overdue(timezone.localdate(now))
        room = places.room(LISTED)
        left_behind = holding.left_behind(user)
        stopped = looked_through_many(at=now)
    context = {
        "now": now,
        "part_of_day": part_of_day(timezone.localtime(now).hour),
        "stats": list(stats(user, concerns, numbers, late)),
        "needs": [*concern_needs(concerns), *referral_needs(late_referrals), *waiting_needs(longest)][:SHOWN],
        "concerns": concerns,
        "stopped": stopped,
        "left_behind": left_behind,
        "waiting": numbers["waiting"],
        "longest": longest,
        "promise": ours.mentor_days,
        "room": room,
        "late_follow_ups": late_follow_ups,
        "first_days": ours.in_first_days and user.has_role(Role.DIRECTOR),
        "is_director": user.has_role(Role.DIRECTOR),
    }
    return render(request, "mlmc/today.html", context)


def part_of_day(hour):
    return "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"


def broken(user, *, at, settings):
    """Open referrals whose promise is broken, the clock that ran out first on top; as many as are shown. Of those with
    the same promise broken it ran out first for whoever came first."""
    rows, found = Referral.objects.visible_to(user).with_rights(user).open().select_related("agency"), {}
    for which in NEXT_STEP:
        late = rows.late(which, at=at, program=settings).order_by("received_at", "pk")
        found |= {row.pk: row for row in late[:SHOWN]}
    for row in found.values():
        row.clocks = promises.clocks(
            received_at=row.received_at, replied_at=row.replied_at, reached_at=row.reached_at, program=settings
        )
        row.clock = promises.that_matters(row.clocks)
        row.late = {clock.which for clock in row.clocks if clock.state(at) == "late"}
    return sorted(found.values(), key=lambda row: (row.clock.due_at, row.received_at, row.pk))[:SHOWN]


def waits(user, *, at, settings):
    """Youth without a mentor, those who wait longest; as many as are listed."""
    rows = list(Case.objects.visible_to(user).with_rights(user).waiting().select_related("youth")[:LISTED])
    for row in rows:
        row.days = (timezone.localdate(at) - timezone.localdate(row.accepted_at)).days
        row.is_late = row.days > settings.mentor_days
    return rows


def counts(user, *, at, settings):
    """The numbers on top, in one statement. See mlmc.core.counting."""
    referrals = Referral.objects.visible_to(user)
    rows = {which: referrals.late(which, at=at, program=settings) for which, *_ in LATE}
    rows["waiting"] = Case.objects.visible_to(user).waiting()
    return dict(zip(rows, counted(*rows.values()), strict=True))


@on_duty("follow_ups")
def overdue(day):
    """Follow-ups whose day has passed while their window is open, those that close first, and how many there are:
    respondent codes, never whose they are."""
    late = FollowUp.objects.filter(status=FollowUpStatus.OPEN, due_on__lt=day)
    rows = list(late.select_related("respondent", "wave").order_by("closes_on", "pk")[:SHOWN])
    for row in rows:
        audit.note(row.whose)  # by code, but it is somebody's
        row.closing = f"Window closes {ago(row.closes_on)}"
    return rows, len(rows) if len(rows) < SHOWN else counted(late)[0]


def looked_through_many(*, at):
    """Who was asked today why they open so many youth, when, and what they answered."""
    found = harvest.noticed(since=at - A_DAY)
    said = FurtherLook.objects.filter(user__in=found, at__gt=at - A_DAY).order_by("at")
    people = User.objects.filter(pk__in=found).order_by("pk")
    return [(user, found[user.pk], [one.words for one in said if one.user_id == user.pk]) for user in people]


def stats(user, concerns, numbers, late_follow_ups):
    """The numbers on top; each opens its list."""
    queue = reverse("cases:referrals")
    if user.has_role(Role.DIRECTOR):
        tone = "safety" if concerns else "ok"
        yield Stat("#safety", len(concerns), "safety concerns open", "shield-exclamation", tone)
    for which, words, icon in LATE:
        yield Stat(f"{queue}?late={which}", numbers[which], words, icon, "attn" if numbers[which] else "ok")
    yield Stat("#room", numbers["waiting"], "youth waiting for a mentor", "hourglass-split", "info")
    if user.has_role(Role.DIRECTOR):
        tone = "attn" if late_follow_ups else "ok"
        yield Stat("#follow-ups", late_follow_ups, "follow-ups past their date", "arrow-repeat", tone)


def concern_needs(concerns):
    for concern in concerns:
        if concern.acknowledged_at is None:
            told = f"told {concern.told.first_name}" if concern.told else "nobody on call could be told"
            yield Need(
                "A safety concern nobody has taken on yet:",
                "#safety",
                "See who was told",
                "shield-exclamation",
                "safety",
                concern,
                f"Raised {short_when(concern.raised_at)}; {told}.",
            )


def referral_needs(referrals):
    for row in referrals:
        which = next((which for which in NEXT_STEP if which in row.late), None)
        if which:
            title, verb = NEXT_STEP[which]
            agency = row.agency.name if row.agency else "an agency not named"
            yield Need(title, row.get_absolute_url(), verb, "clock", "attn", row, f"From {agency}.")


def waiting_needs(waiting):
    for row in waiting:
        if row.is_late:
            yield Need(
                f"{row.days} days without a mentor:",
                row.get_absolute_url(),
                "Open",
                "people",
                "info",
                row,
                "Past our promise.",
            )
