"""What a mentor taps and what a supervisor writes. Forms clean; the verbs keep the rules."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases import codes
from cases.told_forms import Some
from mentors.mentorships import STAGES
from mentors.models import MOVES, Meeting, Mentorship, Status
from mlmc.core.forms import ClientKey, Day, Form, OneOf, PlainText
from mlmc.core.models import Role, User
from mlmc.core.templatetags.ui import youth_name

CHOOSE = {"required": "Choose one of these.", "invalid_choice": "Choose one of these."}
MINUTES = {"15": "15 min", "30": "30 min", "60": "1 h", "120": "2 h"}
A_DAY = "Enter minutes from 1 to 1,440. That is a whole day."


class Taps(forms.ChoiceField):
    """One of a few, as taps. `icons` names an icon for each."""

    widget = forms.RadioSelect

    def __init__(self, *, icons=None, **kwargs):
        self.icons = icons or {}
        super().__init__(**{"error_messages": CHOOSE} | kwargs)


class CheckInForm(Form):
    client_key = ClientKey()
    kind = Taps(
        label="How did you connect?",
        choices=Meeting.Kind.choices,
        icons={
            "in_person": "people",
            "text": "chat-dots",
            "call": "telephone",
            "went_with": "signpost-split",
            "dinner": "cup-hot",
        },
    )
    reached = Taps(
        label="Did you reach each other?",
        choices=[("yes", "Yes"), ("tried", "Tried")],
        icons={"yes": "check2-circle", "tried": "telephone-x"},
        initial="yes",
        help_text="Trying counts.",
    )
    held_on = Day(label="When?", late="Enter today or a day before it.", latest=timezone.localdate)
    minutes = Taps(label="How long?", choices=list(MINUTES.items()), required=False)
    more_minutes = forms.IntegerField(
        label="Or another length, in minutes",
        required=False,
        min_value=1,
        max_value=1440,
        error_messages={"invalid": A_DAY, "min_value": A_DAY, "max_value": A_DAY},
    )
    mood = Taps(
        choices=Meeting.Mood.choices,
        required=False,
        icons={"1": "cloud-lightning", "2": "cloud", "3": "cloud-sun", "4": "sun", "5": "stars"},
    )
    topics = forms.MultipleChoiceField(
        label="What came up?",
        choices=Meeting.Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
    )
    words = PlainText(label="A few words", max_length=2000, rows=3, required=False, nudge=True)
    safety = forms.BooleanField(label="Something about safety", required=False)
    safety_words = PlainText(label="What should they know?", max_length=2000, rows=2, required=False)
    handed_over = forms.BooleanField(label="Support turns this into paperwork", required=False, initial=True)

    def clean(self):
        known = super().clean()
        known["reached"] = known.get("reached") != "tried"
        more = known.pop("more_minutes", None)
        known["minutes"] = more or int(known.get("minutes") or 0) or None
        known["mood"] = int(known["mood"]) if known.get("mood") and known["reached"] else None
        return known


class WhoseForm(Form):
    """Which of a mentor's other youth it was about. `others` are Mentorships with rights."""

    to = OneOf(
        Mentorship.objects.none(),
        label="It was about",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages=CHOOSE,
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = others
        self.fields["to"].label_from_instance = youth_name


class PaceForm(Form):
    """The stages a mentorship may move to from where it is."""

    to = Taps(label="From now on")

    def __init__(self, *args, mentorship, **kwargs):
        super().__init__(*args, **kwargs)
        following = [stage for stage in STAGES if stage in MOVES[mentorship.status]]
        self.fields["to"].choices = [(stage.value, Status(stage).label.capitalize()) for stage in following]


class MistakenForm(Form):
    note = PlainText(
        label="How did it come about?", rows=2, max_length=1000, nudge=True, missing="Say it in a few words."
    )


class FirstMeetingForm(Form):
    met_on = Day(label="The day you met", late="Enter today or a day before it.", latest=timezone.localdate)
    place_kind = Taps(label="Where", choices=Meeting.PlaceKind.choices)
    expectations_agreed = Taps(
        label="Did you agree on what you can expect of each other?", choices=[("yes", "Yes"), ("no", "Not yet")]
    )

    def clean_expectations_agreed(self):
        return self.cleaned_data["expectations_agreed"] == "yes"


class ResolveForm(Form):
    resolution = PlainText(
        label="What was done, and how is it now?",
        max_length=4000,
        rows=4,
        nudge=True,
        missing="Write what was done, so that the next person knows.",
    )


class OnCallForm(Form):
    """Who is told first, second, third. As many lines as there are supervisors, up to five."""

    def __init__(self, *args, on_call=(), **kwargs):
        super().__init__(*args, **kwargs)
        people = list(User.objects.with_role(Role.SUPERVISOR).order_by("pk"))
        listed = [str(person.pk) for person in people]
        kept = [one for one in on_call if one in listed]
        for number in range(min(5, len(people))):
            self.fields[f"place_{number + 1}"] = forms.ChoiceField(
                label="Told first" if not number else f"After that, number {number + 1}",
                choices=[("", "Nobody"), *((str(person.pk), person.name) for person in people)],
                required=False,
                initial=kept[number] if number < len(kept) else "",
                error_messages={"invalid_choice": "Choose a supervisor from the list."},
            )

    def clean(self):
        chosen = [one for one in super().clean().values() if one]
        if len(chosen) != len(set(chosen)):
            raise ValidationError("Somebody stands here twice. Each person has one place.")
        return {"on_call": chosen}


class AboutMeForm(Form):
    """What a mentor chooses to tell, for matching. `told` is a Mentor; empty is *not known yet*."""

    languages = Some("Languages", codes.LANGUAGES)
    areas = Some("Where I can be", codes.AREAS)
    interests = Some("I like", codes.INTERESTS)
    experiences = Some("I have been through, and would share", codes.EXPERIENCES)
    backgrounds = Some("Race or ethnicity", codes.BACKGROUNDS)
    gender = forms.ChoiceField(
        label="I am a", required=False, choices=[("", "Rather not say"), *codes.GENDERS.items()]
    )
    texts = forms.TypedChoiceField(
        label="I text",
        required=False,
        choices=[("", "Not said yet"), ("yes", "Yes"), ("no", "Rather not")],
        coerce=lambda said: said == "yes",
        empty_value=None,
    )

    def __init__(self, *args, told, **kwargs):
        known = {name: getattr(told, name) for name in self.base_fields}
        known["texts"] = {True: "yes", False: "no", None: ""}[told.texts]
        super().__init__(*args, initial=known, **kwargs)
