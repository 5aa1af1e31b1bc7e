"""The program's settings, section by section. Forms clean; mlmc.program saves."""

import datetime
import zoneinfo

from django import forms
from django.core.exceptions import ValidationError

from mlmc.core.forms import Email, Form, Phone, PlainText
from mlmc.core.keys.sheet import Line, WrongLine
from outcomes.instruments import LANGUAGES

ZONES = [
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Puerto Rico"),
]
ELSEWHERE = sorted(zoneinfo.available_timezones() - {zone for zone, _ in ZONES})
PACE = [
    ("beginning", "Beginning"),
    ("weekly", "Weekly"),
    ("fortnightly", "Every two weeks"),
    ("monthly", "Monthly"),
]


def number(label, *, least, most, unit, help_text=""):
    return forms.IntegerField(
        label=f"{label} ({unit})",
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages={
            "required": "Write a number.",
            "invalid": "Write a whole number.",
            "min_value": f"{least} is the least.",
            "max_value": f"{most} is the most.",
        },
    )


class NamesForm(Form):
    brand = PlainText(
        label="Name on staff pages",
        max_length=40,
        help_text="Staff see it. A youth's page carries no name at all, and letters carry the sender below.",
    )
    help_line = Phone(label="Help line", help_text="Agencies who refer are told to call it in a hurry.")
    time_zone = forms.ChoiceField(
        label="Time zone of the office",
        choices=[("United States", ZONES), ("Elsewhere", [(zone, zone) for zone in ELSEWHERE])],
        error_messages={"required": "Choose a time zone."},
    )
    languages = forms.MultipleChoiceField(
        label="Languages of the survey",
        choices=LANGUAGES.items(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )


class PromisesForm(Form):
    reply_working_days = number("Reply to whoever refers", least=1, most=10, unit="working days from received")
    first_contact_hours = number(
        "First contact with the youth", least=1, most=720, unit="hours from received", help_text="Nights count, too."
    )
    mentor_days = number("A mentor", least=1, most=90, unit="days from accepted")
    acknowledge_minutes = number(
        "A worry that nobody takes goes to the next on call", least=5, most=240, unit="after minutes"
    )


class PlacesForm(Form):
    places = number("Places of a new mentor", least=1, most=30, unit="youth")
    ceiling = number("At most, for somebody who comes back", least=1, most=40, unit="youth")
    hold_hours = number("A place is held while both think", least=1, most=336, unit="hours")

    def __init__(self, *args, initial=None, **kwargs):
        pace = (initial or {}).get("pace_days", {})
        super().__init__(*args, initial=(initial or {}) | {f"pace_{key}": pace.get(key) for key, _ in PACE}, **kwargs)
        for key, label in PACE:
            self.fields[f"pace_{key}"] = number(f"{label}: in touch within", least=1, most=92, unit="days")

    def clean(self):
        given = super().clean()
        if given.get("ceiling", 99) < given.get("places", 1):
            raise ValidationError("The most cannot be less than the places of a new mentor.")
        pace = {key: given.pop(f"pace_{key}") for key, _ in PACE if f"pace_{key}" in given}
        return given | {"pace_days": pace}


class SurveysForm(Form):
    link_start_hours = number("A survey link waits to be started", least=1, most=336, unit="hours")
    link_resume_days = number("Once started it can be taken up again", least=1, most=60, unit="days")
    people_on_the_line = PlainText(
        label="A line to talk to somebody", max_length=30, help_text="Printed on the youth's page, such as 988."
    )
    small_group = number(
        "Groups smaller than this are not shown in reports",
        least=5,
        most=50,
        unit="youth",
        help_text="So that a figure never points at one person.",
    )


class DaysOffForm(Form):
    closures = PlainText(
        label="Days on which the office is closed",
        rows=8,
        max_length=4000,
        required=False,
        help_text="One date a line, such as 2026-12-25. Saturdays and Sundays need none.",
    )

    def __init__(self, *args, initial=None, **kwargs):
        days = (initial or {}).get("closures", [])
        super().__init__(*args, initial={"closures": "\n".join(days)}, **kwargs)

    def clean_closures(self):
        found = set()
        for line in self.cleaned_data["closures"].split():
            try:
                found.add(datetime.date.fromisoformat(line).isoformat())
            except ValueError:
                raise ValidationError("One of the lines is no date. Write each like 2026-12-25.") from None
        return sorted(found)


class LettersForm(Form):
    sender = PlainText(
        label="Sender",
        max_length=40,
        help_text="Letters say only that there is something new. Choose words that say nothing of your work.",
    )
    mail_from = Email(label="Sent from this address")
    mail_host = PlainText(label="Mail server", max_length=120, help_text="Such as smtp.example.org.")
    mail_port = number("Its port", least=1, most=65535, unit="587, 465 or 25")
    mail_security = forms.ChoiceField(
        label="Sealed on the way",
        choices=[
            ("starttls", "STARTTLS, as port 587 asks for"),
            ("tls", "TLS, as port 465 asks for"),
            ("none", "No: only within your own office"),
        ],
    )
    mail_user = PlainText(label="Name to sign in with", max_length=120, required=False)
    mail_password = forms.CharField(
        label="Password",
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept sealed and never shown. Left empty, the one that is kept stays.",
    )


class FoundingForm(Form):
    code = PlainText(
        label="Code from the terminal",
        max_length=40,
        help_text="It stands below the address of this page, where the program was started.",
    )
    brand = NamesForm.base_fields["brand"]
    sender = LettersForm.base_fields["sender"]
    time_zone = NamesForm.base_fields["time_zone"]
    languages = NamesForm.base_fields["languages"]
    admin_name = PlainText(
        label="Name of the system admin", max_length=80, help_text="Looks after the program itself, and reads no case."
    )
    admin_email = Email(label="Their e-mail")
    director_name = PlainText(label="Name of the program director", max_length=80)
    director_email = Email(label="Their e-mail, another one")

    def clean(self):
        given = super().clean()
        one, other = given.get("admin_email", ""), given.get("director_email", "")
        if one and one.lower() == other.lower():
            self.add_error("director_email", "Two people, two addresses: nobody lets everybody in alone.")
        return given


class KeyLinesForm(Form):
    """One line of each key, typed from the paper."""

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = asked
        for head in asked:
            self.fields[head] = PlainText(label=f"Line {head}", max_length=80)

    def clean(self):
        given = super().clean()
        for head, line in self.asked.items():
            if typed := given.get(head):
                self.compare(head, line, typed if "/" in typed else f"{head} {typed}")
        return given

    def compare(self, head, line, typed):
        try:
            if str(Line.read(typed)) != str(line):
                self.add_error(head, "This is a line, but not of a key of this program. Is it an older sheet?")
        except WrongLine as problem:
            self.add_error(head, str(problem))


# section: (heading, form)
SECTIONS = {
    "names": ("Names, time and languages", NamesForm),
    "promises": ("Promises", PromisesForm),
    "places": ("Places and pace", PlacesForm),
    "surveys": ("Surveys and reports", SurveysForm),
    "days-off": ("Days off", DaysOffForm),
    "letters": ("Letters", LettersForm),
}
