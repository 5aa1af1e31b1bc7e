"""Why the team chose this mentor, and what both said."""

from django import forms

from matching.models import Match
from mlmc.core.forms import Form, PlainText


class ProposeForm(Form):
    mentor = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": "Choose a mentor first.", "invalid": "Choose a mentor first."},
    )
    rationale = PlainText(
        label="Why the team chose this",
        max_length=2000,
        rows=3,
        nudge=True,
        help_text="Kept with the match.",
        missing="Write in a sentence why the team chose this mentor.",
    )


class AnswerForm(Form):
    """Yes, or not this time. A no needs no reason, so there is no field for one."""

    answer = forms.ChoiceField(
        choices=[(Match.Answer.YES.value, "Yes"), (Match.Answer.NO.value, "Not this time")],
        error_messages={"required": "Choose one of the two.", "invalid_choice": "Choose one of the two."},
    )

    @property
    def is_yes(self):
        return self.cleaned_data["answer"] == Match.Answer.YES
