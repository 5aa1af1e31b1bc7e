"""What people who work here type about a referral and about the first contacts."""

import datetime
import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases import codes
from cases.models import Contact, Precision, Referral
from mlmc.core.forms import ClientKey, Email, Form, Moment, Phone, PlainText

NOT_YET = "Not known yet"
NOT_TYPED = ("public_form", "staff_form", "program")
STAFF_CHANNELS = [choice for choice in Referral.Channel.choices if choice[0] not in NOT_TYPED]


def now():
    return timezone.now() + datetime.timedelta(minutes=1)  # a form says minutes, a clock has seconds


def part_of_date(label, width):
    attrs = {"inputmode": "numeric", "size": width, "autocomplete": "off", "class": "form-control"}
    return PlainText(label=label, required=False, max_length=10, widget=forms.TextInput(attrs=attrs))


class BirthForm(Form):
    """A birth date in three boxes, of which some may stay empty: what is known is kept with its precision."""

    born_month = part_of_date("Month", 4)
    born_day = part_of_date("Day", 4)
    born_year = part_of_date("Year", 6)
    about_age = PlainText(label="Or about how old?", required=False, max_length=40, help_text="For example: about 14")

    @property
    def birth_boxes(self):
        return [self[name] for name in ("born_month", "born_day", "born_year")]

    def clean(self):
        data = super().clean()
        numbers = {name: self.number(name) for name in ("born_year", "born_month", "born_day")}
        if not self.errors:
            data["born_on"], data["born_precision"] = self.born(*numbers.values(), data.get("about_age"))
        return data

    def number(self, name):
        words = (self.cleaned_data.get(name) or "").strip()
        if not words or words in ("?", "??"):
            return None
        if not (words.isascii() and words.isdigit()):
            self.add_error(name, "Write this as a number, or leave it empty.")
            return None
        return int(words)

    def born(self, year, month, day, about_age):
        if year is None:
            if month is not None or day is not None:
                self.add_error("born_year", "Add the year, or leave all three boxes empty.")
            return None, Precision.ABOUT if about_age else Precision.UNKNOWN
        today = timezone.localdate()
        if not today.year - 30 <= year <= today.year:
            self.add_error("born_year", f"Enter a year between {today.year - 30} and {today.year}.")
            return None, Precision.UNKNOWN
        if day is not None and month is None:
            self.add_error("born_month", "Add the month, or leave the day empty too.")
            return None, Precision.UNKNOWN
        precision = Precision.YEAR if month is None else Precision.MONTH if day is None else Precision.DAY
        try:
            born_on = datetime.date(year, 1 if month is None else month, 1 if day is None else day)
        except ValueError:
            name = "born_month" if not 1 <= month <= 12 else "born_day"
            self.add_error(
                name, "That month has no such day." if name == "born_day" else "Enter a month from 1 to 12."
            )
            return None, Precision.UNKNOWN
        if born_on > today:
            self.add_error("born_year", "This date is still to come. Enter the day they were born.")
        return born_on, precision


class ReferralForm(BirthForm):
    """A referral typed in by staff. Who refers and what the youth is called are enough to begin."""

    field_order = ["client_key", "channel", "received_at", "referrer", "agency_name", "referrer_phone"] + [
        *("referrer_email", "first_name", "last_name", "also_known_as", "pronouns", "born_month", "born_day"),
        *("born_year", "about_age", "languages"),
    ]

    client_key = ClientKey()
    # Who is referring
    channel = forms.ChoiceField(label="How did it come?", choices=STAFF_CHANNELS, initial="phone")
    received_at = Moment(
        label="When did it come?",
        help_text="Our promises run from here.",
        latest=now,
        late="This is still to come. Enter when it was received.",
    )
    referrer = PlainText(label="Who is referring?", required=False, help_text="A name; “self” if the youth calls.")
    agency_name = PlainText(label="Agency or office", required=False, max_length=120)
    referrer_phone = Phone(label="Their phone", required=False)
    referrer_email = Email(label="Their e-mail", required=False)
    # The youth
    first_name = PlainText(label="First name they go by", required=False, max_length=80)
    last_name = PlainText(label="Last name", required=False, max_length=80)
    also_known_as = PlainText(label="Also known as", required=False)
    pronouns = PlainText(label="Pronouns", required=False, max_length=40)
    languages = forms.MultipleChoiceField(
        label="Languages they are most at home in",
        choices=list(codes.LANGUAGES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    area = forms.ChoiceField(label="Area", required=False, choices=[("", NOT_YET), *codes.AREAS.items()])
    town = PlainText(label="Town, if it is not in the list", required=False, max_length=80)
    phone = Phone(
        label="Phone of the youth", required=False, help_text="Nobody uses it until the youth says it is safe."
    )
    # What led here
    received_text = PlainText(
        label="The message, as it came",
        required=False,
        rows=5,
        max_length=20_000,
        strip=False,
        help_text="Paste it whole. It is kept word for word, and nothing in it is corrected.",
    )
    why = PlainText(
        label="What led here, in plain words",
        required=False,
        rows=4,
        max_length=5000,
        nudge=True,
        help_text="You do not need details of harm; the youth decides what to tell, and to whom.",
    )
    strengths = PlainText(
        label="What is going well for this youth?", required=False, rows=2, max_length=2000, nudge=True
    )
    living_with = PlainText(label="Where and with whom are they living?", required=False)
    custody = PlainText(label="Who has custody?", required=False)
    filed_51a = PlainText(label="51A report filed?", required=False)
    # Safety right now
    missing = forms.ChoiceField(
        label="Are they missing from care?",
        choices=[("unknown", NOT_YET), ("no", "No"), ("yes", "Yes")],
        initial="unknown",
        widget=forms.RadioSelect,
    )
    missing_words = PlainText(label="Since when, and what is known", required=False)
    safety_words = PlainText(
        label="What must we know before meeting or calling?",
        required=False,
        rows=3,
        max_length=3000,
        help_text="For example: please do not call the house line. It stands first on every page about this youth.",
    )
    consent_words = PlainText(label="What have the youth and the guardian agreed to?", required=False)

    def clean(self):
        data = super().clean()
        if not (data.get("first_name") or data.get("last_name") or (data.get("received_text") or "").strip()):
            self.add_error("first_name", "Write a name they go by, or paste the message below.")
        return data

    def parsed(self):
        """What `intake.receive` wants to know. Without a message, what was typed is what was received."""
        data = dict(self.cleaned_data)
        for name in ("born_month", "born_day", "born_year"):
            data.pop(name)
        typed = {name: self[name].data for name in self.fields if self[name].data and name != "client_key"}
        typed = {name: ", ".join(said) if isinstance(said, list) else said for name, said in typed.items()}
        if not data["received_text"].strip():
            data["received_text"] = json.dumps(typed, ensure_ascii=False)
        if data["referrer"].casefold() == "self" and not data["phone"]:
            data["phone"] = data["referrer_phone"]
        return data


class ContactForm(Form):
    at = Moment(label="When", latest=now, late="This is still to come. Enter when it was.")
    way = forms.ChoiceField(
        label="How",
        choices=[(value, label.capitalize()) for value, label in Contact.Way.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how."},
    )
    reached = forms.TypedChoiceField(
        label="Did you reach the youth?",
        choices=[("yes", "Yes"), ("no", "Tried")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose “Yes” or “Tried”. Trying counts."},
    )
    note = PlainText(label="A few words", required=False, rows=2, max_length=2000, nudge=True)

    def __init__(self, *args, received_at, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].earliest = received_at.replace(second=0, microsecond=0)  # a form says minutes
        self.fields["at"].early = "This is before the referral came. Enter when it was."


class MoveForm(Form):
    """Where a referral goes from here, with what whoever looks at it later needs to know."""

    WHERE = {
        "elsewhere": "Where were they connected?",
        "group": "Which group, and when does it meet?",
        "withdrawn": "Who withdrew it, and why?",
        "merged": "What showed that it is the same youth?",
        "in_review": "What showed that these are two youth?",
    }
    where = PlainText(rows=2, max_length=2000, missing="Say it in a few words.")
    told = PlainText(
        label="How was the youth told, and by whom?",
        rows=2,
        max_length=2000,
        missing="Say how the youth was told, or why nobody could tell them yet.",
        help_text="Nobody is turned away without a word: a warm hand-off, and the door stays open.",
    )

    def __init__(self, *args, to, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["where"].label = self.WHERE[to]
        if to not in ("elsewhere", "group"):
            del self.fields["told"]

    def reason(self):
        told = self.cleaned_data.get("told")
        return self.cleaned_data["where"] + (f"\nHow the youth was told: {told}" if told else "")


class AcceptForm(Form):
    """A new youth, or one we know already: only those who look alike can be chosen here."""

    who = forms.ChoiceField(label="Who is this?", widget=forms.RadioSelect, initial="new")

    def __init__(self, *args, known, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = {str(youth.pk): youth for youth in known}
        self.fields["who"].choices = [("new", "A youth who is new to us")] + [
            (key, f"{youth.code}, known from before") for key, youth in self.known.items()
        ]

    def clean_who(self):
        return self.known.get(self.cleaned_data["who"])


class LinkForm(Form):
    """A person's answer to a suggestion."""

    other = forms.UUIDField(error_messages={"invalid": "That referral is no longer here."})
    kind = forms.ChoiceField(choices=[("duplicate", ""), ("sibling", "")])
    answer = forms.ChoiceField(choices=[("yes", ""), ("no", "")])

    def clean_other(self):
        other = Referral.objects.filter(pk=self.cleaned_data["other"]).first()
        if other is None:
            raise ValidationError("That referral is no longer here.")
        return other


class QueueForm(Form):
    """The filters of the queue, in the address: they name channels, areas and clocks, never anybody."""

    source = PlainText(required=False, max_length=60)
    area = forms.ChoiceField(required=False, choices=[("", "All areas"), *codes.AREAS.items()], label="Area")
    mine = forms.BooleanField(required=False, label="Only mine")
    late = forms.ChoiceField(
        required=False,
        label="Promise",
        choices=[("", "All promises"), ("reply", "Late: first reply"), ("contact", "Late: first contact")]
        + [("mentor", "Late: a mentor")],
    )

    def filter(self, referrals, *, user, at, program):
        """The referrals these filters leave. What is not understood filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        kind, _, value = data.get("source", "").partition(":")
        if kind == "how" and value in Referral.Channel.values:
            referrals = referrals.filter(channel=value)
        elif kind == "agency" and (agency := uuid_or_none(value)):
            referrals = referrals.filter(agency=agency)
        if data.get("area"):
            referrals = referrals.filter(area=data["area"])
        if data.get("mine"):
            referrals = referrals.filter(taken_by=user)
        if data.get("late"):
            referrals = referrals.late(data["late"], at=at, program=program)
        return referrals


def uuid_or_none(words):
    try:
        return forms.UUIDField().clean(words)
    except ValidationError:
        return None
