"""A file, and which of its columns is which. Forms clean; mlmc.core.bringing holds the rules."""

import json

from django import forms

from mlmc.core.bringing import reading
from mlmc.core.forms import Form

LARGEST = reading.LARGEST // 1_000_000


class FileForm(Form):
    kind = forms.ChoiceField(
        label="What it holds", widget=forms.RadioSelect, error_messages={"required": "Choose what it holds."}
    )
    file = forms.FileField(
        label="The file",
        allow_empty_file=True,
        help_text=f"CSV or XLSX, up to {LARGEST} MB and {reading.MOST_ROWS:,} rows.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": f"Choose a file of at most {LARGEST} MB.",
            "invalid": f"Choose a file of at most {LARGEST} MB.",
            "max_length": "Give the file a shorter name.",
        },
    )

    def __init__(self, *args, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.name, kind.label) for kind in kinds]
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0].name


class ColumnsForm(Form):
    """For each of our columns, which one of the file it is."""

    def __init__(self, *args, file, kind, **kwargs):
        headings = json.loads(file.columns)
        super().__init__(*args, **kwargs)
        choices = [("", "Not in this file")]
        choices += [(str(place), heading or f"Column {place + 1}") for place, heading in enumerate(headings)]
        for column in kind.columns():
            self.fields[column.field] = forms.TypedChoiceField(
                choices=choices,
                coerce=int,
                empty_value=None,
                required=column.required,
                label=column.label,
                help_text=column.hint,
                initial=str(file.mapping.get(column.field, "")),
                error_messages={"required": "Choose its column.", "invalid_choice": "Choose a column."},
            )

    def clean(self):
        given = super().clean()
        taken = {}
        for field, place in list(given.items()):
            if place is not None and taken.setdefault(place, field) != field:
                other = self.fields[taken[place]].label
                self.add_error(field, f"This column is taken for “{other}” already.")
        return given
