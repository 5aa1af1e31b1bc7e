"""The program's own settings: what it promises, how long its windows are, who is on call, what it is called."""

import datetime
from dataclasses import asdict, dataclass, field, fields

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mlmc.core.context import on_duty
from mlmc.core.models import ProgramRow, SettingChange

SERVER_ZONE = settings.TIME_ZONE


@dataclass
class Program:
    brand: str = "Hearth"
    help_line: str = "617-555-0100"
    time_zone: str = ""  # of the office, or the one of the server
    languages: list = field(default_factory=lambda: ["en", "es"])  # of the survey and of the form agencies use
    # Letters to staff. They say that there is news, and nothing of what we do.
    sender: str = "Notices"
    mail_from: str = ""
    mail_host: str = ""
    mail_port: int = 587
    mail_user: str = ""
    mail_security: str = "starttls"  # or tls, or none
    # What the first day asked for, and when it was done (ISO moments)
    done: dict = field(default_factory=dict)
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

    @property
    def in_first_days(self):
        """Begun by somebody, and the list of what a program settles first is not put away."""
        return "begun" in self.done and "settled" not in self.done

    def closed_on(self, day):
        return day.weekday() >= 5 or day.isoformat() in self.closures


def current():
    """The settings in force. One short query; rows of unknown names are left alone."""
    row = ProgramRow.objects.first()
    known = {one.name for one in fields(Program)}
    program = Program(**{name: value for name, value in (row.settings if row else {}).items() if name in known})
    keep_time_of(program)
    return program


def of(request):
    """The settings in force, read once for each request."""
    if not hasattr(request, "program"):
        request.program = current()
    return request.program


def keep_time_of(program):
    """This process tells the time of the office. It learns of another one with the next look at the settings."""
    zone = program.time_zone or SERVER_ZONE
    if zone != settings.TIME_ZONE:
        settings.TIME_ZONE = zone
        timezone.get_default_timezone.cache_clear()


@on_duty("accounts")
@transaction.atomic
def save(program, *, by=None, at=None, mail_password=None):
    """Everything at once, and a line for each setting that is another now. The mail password is kept when None."""
    row, _ = ProgramRow.objects.select_for_update().get_or_create(only=True)
    before, after = asdict(current()), asdict(program)
    row.settings = after
    if mail_password is not None:
        row.mail_password = mail_password
    row.save(update_fields=["settings", "mail_password"])
    if by is not None:
        other = [name for name in after if before[name] != after[name]]
        SettingChange.objects.bulk_create(
            SettingChange(name=name, before=before[name], after=after[name], by=by, at=at) for name in other
        )
    keep_time_of(program)


@on_duty("accounts")
@transaction.atomic
def mark(kind):
    """This database holds the demo, or a real program: said once, when the first people come, and never turned."""
    ProgramRow.objects.get_or_create(only=True)
    if not ProgramRow.objects.filter(kind__in=["", kind]).update(kind=kind):
        raise ValueError("A database that held one kind of program never holds another.")


@on_duty("accounts")
def mail_password():
    row = ProgramRow.objects.first()
    return (row and row.mail_password) or ""


def next_working_day(day, *, days, program):
    """The day that many working days after `day`."""
    while days:
        day += datetime.timedelta(days=1)
        days -= not program.closed_on(day)
    return day
