"""The program's own settings: what it promises, how long its windows are, who is on call, what it is called."""

import datetime
from dataclasses import asdict, dataclass, field, fields

from mlmc.core.context import on_duty
from mlmc.core.models import ProgramRow


@dataclass
class Program:
    brand: str = "Hearth"
    help_line: str = "617-555-0100"
    # Promises
    reply_working_days: int = 1  # to the referrer, from received
    first_contact_hours: int = 72  # with the youth, from received; nights and weekends count
    mentor_days: int = 10  # from accepted
    # Places
    places: int = 10
    ceiling: int = 12  # with the supervisor's yes, for somebody who comes back
    hold_hours: int = 72  # a place is held this long while both think
    # Contact expected, in days, by the stage of a mentorship
    pace_days: dict = field(default_factory=lambda: {"beginning": 4, "weekly": 7, "fortnightly": 14, "monthly": 31})
    # Danger
    on_call: list = field(default_factory=list)  # ids of supervisors, in the order of the rota
    acknowledge_minutes: int = 30
    # Surveys
    link_start_hours: int = 72
    link_resume_days: int = 14
    people_on_the_line: str = "988"  # a phone line printed on the youth's page
    closures: list = field(default_factory=list)  # ISO dates the office is closed
    small_group: int = 10

    def closed_on(self, day):
        return day.weekday() >= 5 or day.isoformat() in self.closures


def current():
    """The settings in force. One short query; rows of unknown names are left alone."""
    row = ProgramRow.objects.first()
    known = {one.name for one in fields(Program)}
    return Program(**{name: value for name, value in (row.settings if row else {}).items() if name in known})


@on_duty("accounts")
def save(program):
    ProgramRow.objects.update_or_create(only=True, defaults={"settings": asdict(program)})


def next_working_day(day, *, days, program):
    """The day that many working days after `day`."""
    while days:
        day += datetime.timedelta(days=1)
        days -= not program.closed_on(day)
    return day
