"""What is asked about safety: what a text means, how somebody may be reached, and from which day nobody is."""

from django import forms
from django.utils import timezone

from cases.models import SafeContact, SafetyNeed
from mlmc.core.forms import Day, Form, PlainText

HARD = [("hard", "It must never happen"), ("wish", "Better so, if it can be")]


def kind_field():
    choices = [(value, label[:1].upper() + label[1:]) for value, label in SafetyNeed.Kind.choices]
    return forms.ChoiceField(
        label="What it is about", choices=choices, error_messages={"required": "Choose what it is about."}
    )


class NeedForm(Form):
    """What a need is about, how hard it is, and in words. `need` is what is confirmed, or none for a new one."""

    kind = kind_field()
    hard = forms.ChoiceField(
        label="How hard", choices=HARD, initial="hard", error_messages={"required": "Choose how hard it is."}
    )
    words = PlainText(
        label="In plain words",
        rows=2,
        max_length=1000,
        missing="Say it in a sentence: it stands on every page about this youth.",
        nudge=True,
    )

    def __init__(self, *args, need=None, **kwargs):
        if need is not None:
            said = {"kind": need.kind, "hard": "hard" if need.is_hard else "wish", "words": need.said}
            kwargs = {"initial": said, "auto_id": f"need-{need.pk}-%s"} | kwargs
        super().__init__(*args, **kwargs)


class LiftForm(Form):
    why = PlainText(label="Why it no longer holds", max_length=500, missing="Say why, in a few words.")

    def __init__(self, *args, need, **kwargs):
        super().__init__(*args, auto_id=f"lift-{need.pk}-%s", **kwargs)


class SafeContactForm(Form):
    """How the youth said they may be reached. `contact` is what is known, or none."""

    channel = forms.ChoiceField(
        label="The way that is safe",
        choices=[(value, label[:1].upper() + label[1:]) for value, label in SafeContact.Channel.choices],
        error_messages={"required": "Choose a way."},
    )
    number = PlainText(label="Number or address", max_length=120, required=False)
    hours = PlainText(label="Good times", max_length=200, required=False, help_text="Such as: weekdays after 4.")
    device_watched = forms.BooleanField(label="Somebody else may read this phone", required=False)
    voicemail_ok = forms.BooleanField(label="A voicemail is all right", required=False)
    asked = forms.BooleanField(
        label="I have asked the youth, and nobody else was listening",
        error_messages={"required": "Ask them first: nobody else can say what is safe."},
    )

    def __init__(self, *args, contact=None, **kwargs):
        if contact is not None:
            known = ("channel", "number", "hours", "device_watched", "voicemail_ok")
            kwargs = {"initial": {name: getattr(contact, name) for name in known}} | kwargs
        super().__init__(*args, **kwargs)

    def clean(self):
        given = super().clean()
        needs_number = given.get("channel") in ("text", "call", "email")
        if needs_number and not given.get("number"):
            self.add_error("number", "Write the number or the address that is safe.")
        given.pop("asked", None)
        return given


class FlagForm(Form):
    """A day from which one of cases.whereabouts.FLAGS holds, or that it is `over`."""

    since = Day(
        label="Since",
        required=False,
        latest=timezone.localdate,
        late="Enter a day up to today.",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control form-control-sm"}, format="%Y-%m-%d"),
    )
    over = forms.BooleanField(required=False)

    def __init__(self, *args, name, **kwargs):
        super().__init__(*args, auto_id=f"{name}-%s", **kwargs)
        self.name = name

    def clean(self):
        given = super().clean()
        if not given.get("over") and not given.get("since") and "since" not in self.errors:
            self.add_error("since", "Enter since which day.")
        return given
