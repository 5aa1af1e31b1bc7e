"""Months as people count them, and the window a follow-up is asked in. Pure: local dates in, local dates out."""

import calendar
import datetime
from dataclasses import dataclass

HALF_A_MONTH = 15  # days
DAYS_TO_BASELINE = 14  # a youth who has just arrived is not late on the first day


@dataclass(frozen=True)
class Window:
    opens_on: datetime.date
    due_on: datetime.date
    closes_on: datetime.date


def after_months(day: datetime.date, months) -> datetime.date:
    """The same day of a later month, or that month's last; half a month is fifteen days."""
    whole, rest = divmod(months * 2, 2)
    year, month = divmod(day.year * 12 + day.month - 1 + int(whole), 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last)) + datetime.timedelta(days=HALF_A_MONTH * int(rest))


def window(anchor: datetime.date, *, months, opens_months, closes_months) -> Window:
    due = after_months(anchor, months) if months else anchor + datetime.timedelta(days=DAYS_TO_BASELINE)
    return Window(after_months(anchor, opens_months), due, after_months(anchor, closes_months))
