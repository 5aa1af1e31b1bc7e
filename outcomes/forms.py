"""What staff say about a follow-up."""

from django import forms

from outcomes.followups import Why


class MissForm(forms.Form):
    use_required_attribute = False

    why = forms.ChoiceField(
        label="Why was it missed?",
        choices=Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a reason.", "invalid_choice": "Choose a reason from the list."},
    )
