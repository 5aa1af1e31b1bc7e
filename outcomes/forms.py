"""What staff say about a follow-up."""

from django import forms

from mlmc.core.forms import Form
from outcomes.followups import Why


class MissForm(Form):
    why = forms.ChoiceField(
        label="Why was it missed?",
        choices=Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a reason.", "invalid_choice": "Choose a reason from the list."},
    )
