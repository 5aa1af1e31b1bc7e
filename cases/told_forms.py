"""The taps behind what somebody chooses to tell: a youth on the case page, a mentor on her own phone."""

from django import forms

from cases import codes
from cases.forms import NOT_YET
from mlmc.core.forms import Form, PlainText


class Some(forms.MultipleChoiceField):
    """Any of a short list, or none of it."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, label, vocabulary, **kwargs):
        choices = [(code, words[:1].upper() + words[1:]) for code, words in vocabulary.items()]
        super().__init__(label=label, choices=choices, required=False, **kwargs)
        self.error_messages["invalid_choice"] = "Choose from the list."


class ToldForm(Form):
    """Starts from what is known. `told` is a Youth."""

    languages = Some("Languages", codes.LANGUAGES)
    area = forms.ChoiceField(label="Area", required=False, choices=[("", NOT_YET), *codes.AREAS.items()])
    wishes = Some("Who would feel right", codes.WISHES)
    hard_nos = Some("Never", codes.HARD_NOS, help_text="This comes before everything else.")
    interests = Some("Likes", codes.INTERESTS)
    experiences = Some("Has been through, and would like to share with a mentor", codes.EXPERIENCES)
    backgrounds = Some("Race or ethnicity", codes.BACKGROUNDS)
    background_words = PlainText(label="In their own words", max_length=200, required=False)

    def __init__(self, *args, told, **kwargs):
        known = {name: getattr(told, name) for name in self.base_fields}
        super().__init__(*args, initial=known, **kwargs)
