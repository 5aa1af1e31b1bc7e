"""The three promises and their clocks. Pure: no queries, no now; local days are those of the program's time zone."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

from mlmc.program import next_working_day

REPLY, CONTACT, MENTOR = "reply", "contact", "mentor"
SOON = datetime.timedelta(hours=24)


@dataclass(frozen=True)
class Clock:
    """One promise: what it is called, when it is due, when it was kept."""

    which: str
    label: str
    due_at: datetime.datetime
    met_at: datetime.datetime | None = None

    def state(self, at):
        """`met`, `late`, `soon` (within a day) or `open`."""
        if self.met_at is not None:
            return "met"
        return "late" if self.due_at <= at else "soon" if self.due_at - at <= SOON else "open"


def local(moment):
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE))


def midnight(day):
    return datetime.datetime.combine(day, datetime.time(), tzinfo=ZoneInfo(settings.TIME_ZONE))


def reply_due(received_at, program):
    """Working days from received, at the hour it came. What comes on a closed day counts from its end."""
    came = local(received_at)
    due_on = next_working_day(came.date(), days=program.reply_working_days, program=program)
    if program.closed_on(came.date()):
        return midnight(due_on + datetime.timedelta(days=1))
    return came.replace(year=due_on.year, month=due_on.month, day=due_on.day)


def contact_due(received_at, program):
    """Clock hours: nights, weekends and the change of the clocks count as they pass."""
    return local(received_at.astimezone(datetime.UTC) + datetime.timedelta(hours=program.first_contact_hours))


def mentor_due(accepted_at, program):
    """Calendar days, at the same hour by the clock on the wall."""
    return local(accepted_at) + datetime.timedelta(days=program.mentor_days)


def clocks(*, received_at, replied_at, reached_at, program, accepted_at=None, mentor_at=None):
    """The clocks of one referral and the case it became, in the order they run."""
    running = []
    if received_at is not None:
        running.append(Clock(REPLY, "Reply", reply_due(received_at, program), replied_at))
        running.append(Clock(CONTACT, "First contact", contact_due(received_at, program), reached_at))
    if accepted_at is not None:
        running.append(Clock(MENTOR, "Mentor", mentor_due(accepted_at, program), mentor_at))
    return running


def that_matters(running):
    """The clock that runs out first among those still running, or none."""
    return min((clock for clock in running if clock.met_at is None), key=lambda clock: clock.due_at, default=None)


def cutoff(which, at, program):
    """What began at this moment or before and is still unkept is late at `at`: the question a query can ask."""
    if which == CONTACT:
        return at.astimezone(datetime.UTC) - datetime.timedelta(hours=program.first_contact_hours)
    if which == MENTOR:
        return local(at) - datetime.timedelta(days=program.mentor_days)
    now = local(at)
    day, left = now.date(), program.reply_working_days
    closed = program.closed_on(day)
    while program.closed_on(day):
        day -= datetime.timedelta(days=1)
    while left > (1 if closed else 0):
        day = previous_working_day(day, program)
        left -= 1
    if closed:  # everything from before that working day has come due by now, nothing since
        return midnight(day) - datetime.timedelta.resolution
    return now.replace(year=day.year, month=day.month, day=day.day)


def previous_working_day(day, program):
    day -= datetime.timedelta(days=1)
    while program.closed_on(day):
        day -= datetime.timedelta(days=1)
    return day
