"""What is asked before a meeting is planned. The verb keeps what must never happen."""

from django import forms

from mentors.forms import A_DAY, CHOOSE, Taps
from mentors.models import Accompaniment
from mlmc.core.forms import ClientKey, Form, Moment, PlainText

STAYS = [("mentor", "The mentor"), ("chosen", "Somebody they chose")]


class PlanForm(Form):
    client_key = ClientKey()
    kind = Taps(label="What is it?", choices=Accompaniment.Kind.choices)
    begins_at = Moment(label="When does it begin?")
    minutes = forms.IntegerField(
        label="How long, in minutes",
        required=False,
        min_value=1,
        max_value=1440,
        error_messages={"invalid": A_DAY, "min_value": A_DAY, "max_value": A_DAY},
    )
    place_kind = Taps(label="What kind of place?", choices=Accompaniment.PlaceKind.choices)
    place = PlainText(label="Where", max_length=200, required=False, help_text="Such as: courthouse, second floor.")
    provider = Taps(label="Who else will be with them in there?", choices=Accompaniment.Provider.choices)
    stays = forms.MultipleChoiceField(
        label="Who stays with them all the time?",
        choices=STAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
    )
    needs_read = forms.BooleanField(label="I have read this, and the plan keeps to it", required=False)
    wish_why = PlainText(
        label="If a wish cannot be kept, why?",
        max_length=200,
        required=False,
        help_text="A short sentence. It stays with the plan. What must not happen is no wish.",
    )

    def clean(self):
        known = super().clean()
        stays = known.pop("stays", [])
        return known | {"mentor_stays": "mentor" in stays, "chosen_stays": "chosen" in stays}
