"""What every form asks in the same way: words without tricks, days and moments in sensible years, one key per form."""

import datetime
import re
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

# What no keyboard writes: NUL, control characters, halves of a character. Tab, new line, emoji and the marks of
# right-to-left writing are words like any other.
ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)
DAYS = ["%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%B %d, %Y", "%b %d, %Y"]
HOURS = ["%H:%M", "%H:%M:%S", "%I:%M %p"]

PLAIN = {
    "invalid_choice": "Choose from the list.",
    "invalid_pk_value": "Choose from the list.",
    "invalid_list": "Choose from the list.",
}


def is_odd(text):
    """Whether it holds what nobody can read or write."""
    return ODD.search(text) is not None


class Form(forms.Form):
    """The base of every form: the browser never stops anybody; our own sentence beside the field does."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        for field in self.fields.values():
            for problem, words in PLAIN.items():
                if "%(" in str(field.error_messages.get(problem, "")):  # Django's words would repeat what was sent
                    field.error_messages[problem] = words


class PlainText(forms.CharField):
    """Words as somebody typed them. `rows` makes a box of it; `nudge` offers another wording and never insists."""

    def __init__(self, *, max_length=200, rows=0, nudge=False, missing="Write something here.", **kwargs):
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        self.nudge = nudge
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages["required"] = missing
        self.error_messages["max_length"] = f"Keep this under {max_length:,} characters."

    def widget_attrs(self, widget):
        attrs = {"autocomplete": "off"}  # a browser on a shared desk remembers nobody
        return attrs | ({"data-nudge": f"nudge-{uuid.uuid4().hex[:8]}"} if self.nudge else {})

    def run_validators(self, value):
        if is_odd(value):
            raise ValidationError("Some characters here cannot be read. Type the words again, or paste plain text.")
        if len(value) > self.max_length:
            raise ValidationError(self.error_messages["max_length"])
        super().run_validators(value)


class Phone(PlainText):
    """A number as people write one, words allowed: "617-555-0155, text after 6"."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 60, "missing": "Enter a phone number."} | kwargs)

    def run_validators(self, value):
        super().run_validators(value)
        if value and sum(letter.isdigit() for letter in value) < 7:
            raise ValidationError("Enter a phone number with its area code, for example 617-555-0142.")


class Email(forms.EmailField):
    default_error_messages = {
        "required": "Enter an e-mail address.",
        "invalid": "Enter an e-mail address, for example name@agency.org.",
    }

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 254} | kwargs)
        self.error_messages["max_length"] = "Keep this under 254 characters."

    def run_validators(self, value):
        if is_odd(value):
            raise ValidationError(self.error_messages["invalid"])
        super().run_validators(value)


class Day(forms.DateField):
    """A day between two days, said in words when it is not. `latest` and `earliest` may be functions, asked anew."""

    default_error_messages = {
        "required": "Enter a date.",
        "invalid": "Enter a real date, for example 2026-01-28.",
    }
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, *, earliest=FIRST_DAY, latest=LAST_DAY, early=None, late=None, **kwargs):
        self.earliest, self.latest, self.early, self.late = earliest, latest, early, late
        super().__init__(**{"input_formats": DAYS} | kwargs)

    def clean(self, value):
        day = super().clean(str(value).strip() if value else value)
        if day is not None:
            check_between(day, self.earliest, self.latest, self.early, self.late)
        return day


class Moment(forms.DateTimeField):
    """A day and an hour in the program's time zone, between two moments."""

    default_error_messages = {
        "required": "Enter a date and a time.",
        "invalid": "Enter a real date and time, for example 2026-01-28 16:52.",
    }
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, *, earliest=FIRST_DAY, latest=LAST_DAY, early=None, late=None, **kwargs):
        self.earliest, self.latest, self.early, self.late = earliest, latest, early, late
        formats = [f"{day}{gap}{hour}" for day in DAYS for gap in ("T", " ") for hour in HOURS]
        super().__init__(**{"input_formats": formats} | kwargs)

    def clean(self, value):
        try:
            moment = super().clean(str(value).strip() if value else value)
        except OverflowError:  # the first and the last year have no time zones
            raise ValidationError(self.error_messages["invalid"]) from None
        if moment is not None:
            check_between(moment, self.earliest, self.latest, self.early, self.late)
        return moment


def check_between(value, earliest, latest, early, late):
    earliest, latest = (limit() if callable(limit) else limit for limit in (earliest, latest))
    day = timezone.localdate(value) if isinstance(value, datetime.datetime) else value
    if (value if isinstance(earliest, datetime.datetime) else day) < earliest:
        raise ValidationError(early or f"Enter a date after {words(earliest)}.")
    if (value if isinstance(latest, datetime.datetime) else day) > latest:
        raise ValidationError(late or f"Enter a date up to {words(latest)}.")


def words(day):
    return f"{day:%B} {day.day}, {day.year}"


class OneOf(forms.ModelChoiceField):
    """One of some rows. What is no id at all is answered like an id of nobody."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class ClientKey(forms.UUIDField):
    """One per form shown, so that a form sent twice is one. A broken key is answered like an old page."""

    default_error_messages = {
        "required": "This page was open too long. Load it again, then send it once more.",
        "invalid": "This page was open too long. Load it again, then send it once more.",
    }

    def __init__(self, **kwargs):
        super().__init__(**{"widget": forms.HiddenInput(), "initial": uuid.uuid4} | kwargs)
