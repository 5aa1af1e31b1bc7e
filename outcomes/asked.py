"""The list of follow-ups as people read it: what each number means, where each one stands, what to do next."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Q

from mlmc.core.counting import counted
from outcomes.followups import Why
from outcomes.models import FollowUp, Status
from outcomes.models.followup import ANSWERED, UNEXPLAINED

PAGE = 25
REACH = 150  # days drawn on either side of today
WIDTH = 300


@dataclass(frozen=True)
class Show:
    """One list: its words, what is in it, and the day it is ordered by, latest first when it is over."""

    tab: str
    words: str
    rule: Q
    by: str = "closes_on"
    over: bool = False


def shows(today):
    return {
        "open": Show("Open", "Open now, next to close first", Q(status=Status.OPEN)),
        "late": Show("Late", "Past their date, still open", Q(status=Status.OPEN, due_on__lt=today)),
        "coming": Show("Coming up", "Coming up, next to close first", Q(status=Status.SCHEDULED)),
        "answered": Show("Answered", "Answered, latest first", Q(status__in=ANSWERED), by="finished_on", over=True),
        "missed": Show("Missed", "Missed, still with us", Q(status=Status.MISSED), over=True),
        "no-why": Show("Missed, no why", "Missed, and nobody has said why", UNEXPLAINED, over=True),
        "declined": Show("Chose not to", "Chose not to take part that time", Q(status=Status.DECLINED), over=True),
    }


def numbers(user, today):
    """What stands above the list, in one query."""
    rows = FollowUp.objects.visible_to(user).filter(respondent__case__isnull=False)
    show = {"late": "late", "open": "open", "no_why": "no-why", "answered": "answered"}
    all_of_them = shows(today)
    numbers = counted(*(rows.filter(all_of_them[name].rule) for name in show.values()))
    return dict(zip(show, numbers, strict=True))


def page_of(user, show, *, after=""):
    """(rows, where the next page begins or an empty text). It continues behind a row, however many came before."""
    found = FollowUp.objects.visible_to(user).filter(show.rule, respondent__case__isnull=False).with_rights(user)
    if spot := _spot(after):
        day, pk = spot
        way = "lt" if show.over else "gt"
        found = found.filter(Q(**{f"{show.by}__{way}": day}) | Q(**{show.by: day, f"pk__{way}": pk}))
    order = [f"-{show.by}", "-pk"] if show.over else [show.by, "pk"]
    rows = list(found.select_related("wave", "respondent").order_by(*order)[: PAGE + 1])
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1]
    return rows[:PAGE], f"{getattr(last, show.by)}_{last.pk}"


def _spot(after):
    day, _, pk = after.partition("_")
    try:
        return datetime.date.fromisoformat(day), uuid.UUID(pk)
    except ValueError:
        return None


@dataclass(frozen=True)
class Standing:
    kind: str
    icon: str
    words: str
    verb: str


def standing(follow_up, today):
    """Where it stands, in colour, mark and words, and the one next action."""
    match follow_up.status:
        case Status.OPEN if follow_up.due_on < today:
            return Standing("attn", "hourglass-split", f"Closes {_in(follow_up.closes_on, today)}", "Make link")
        case Status.OPEN:
            return Standing("info", "door-open", f"Open, closes {_in(follow_up.closes_on, today)}", "Make link")
        case Status.SCHEDULED:
            return Standing("", "calendar3", f"Opens {_day(follow_up.opens_on, today)}", "See dates")
        case Status.COMPLETE:
            return Standing("ok", "check2", f"Answered {_day(follow_up.finished_on, today)}", "See")
        case Status.PARTIAL:
            return Standing("ok", "check2", f"Answered in part {_day(follow_up.finished_on, today)}", "See")
        case Status.DECLINED:
            return Standing("", "hand-thumbs-up", "Chose not to take part that time", "See")
    return Standing("", "x-circle", "Missed, still with us", "See" if follow_up.why_missed else "Say why")


def why_words(follow_up):
    return Why(follow_up.why_missed).label if follow_up.why_missed in Why.values else ""


def _in(day, today):
    days = (day - today).days
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"


def _day(day, today):
    return f"{day:%b} {day.day}" + ("" if day.year == today.year else f", {day.year}")


def drawn(follow_up, today):
    """The window on a line of WIDTH with today in the middle; what lies beyond it ends at the edge."""

    def place(day):
        return max(0, min(WIDTH, round(((day - today).days + REACH) * WIDTH / (2 * REACH))))

    left, right = place(follow_up.opens_on), place(follow_up.closes_on)
    looks = {Status.SCHEDULED: "c-juns", Status.OPEN: "c-jun"}
    return {
        "left": left,
        "width": max(2, right - left),
        "due": max(5, min(WIDTH - 5, place(follow_up.due_on))),
        "look": looks.get(follow_up.status, "c-stone"),
        "words": " to ".join(_day(day, today) for day in (follow_up.opens_on, follow_up.closes_on)),
    }
