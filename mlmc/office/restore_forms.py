"""Which backup comes back, and the whole key sheet typed from paper."""

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError

from mlmc.core.forms import Form, PlainText
from mlmc.core.keys.ring import long_enough, read_ring
from mlmc.core.keys.sheet import Line, WrongLine, typed_back
from mlmc.office import restoring
from mlmc.office.forms import FoundingForm

SAID = 5  # wrong lines at once; who typed more of them looks at the sheet anew


class CodeForm(Form):
    code = FoundingForm.base_fields["code"]


class RestoreForm(Form):
    """`found` is {key: what there is to choose}. Whoever sends a file has chosen it; `wrong` is why what they sent is
    no backup."""

    backup = forms.ChoiceField(
        label="Which backup",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a backup, or send one.", "invalid_choice": "Choose from the list."},
    )
    file = forms.FileField(
        label="Or a file from this computer",
        required=False,
        help_text="Its name ends in .sealed.",
        widget=forms.FileInput(attrs={"accept": ".sealed"}),
    )
    lines = PlainText(
        label="The lines of the key sheet",
        rows=12,
        max_length=12_000,
        missing="Type the lines of its key sheet.",
        help_text="Every line of each data key (D…) and of the index key (X), one below the other.",
    )

    def __init__(self, *args, found, wrong="", **kwargs):
        super().__init__(*args, initial={"backup": next(iter(found), None)}, **kwargs)
        self.found, self.wrong = found, wrong
        self._ask_for_lines(found.get(self.data.get("backup") or self.initial["backup"]))
        self.fields["backup"].choices = [(key, one.words) for key, one in found.items()]
        attrs = {"class": "font-monospace", "spellcheck": "false", "autocapitalize": "characters"}
        self.fields["lines"].widget.attrs.update(attrs)
        if restoring.SENT in found:
            self.fields["file"].label = "Or another file from this computer"
        if not found:
            del self.fields["backup"]
            self.fields["file"].label, self.fields["file"].required = "The file", not wrong
            self.fields["file"].error_messages["required"] = "Choose the file of your backup."

    def _ask_for_lines(self, chosen):
        """They are optional where the keys that are here open what is chosen."""
        lines = self.fields["lines"]
        lines.required = chosen is None or restoring.needs_sheet(chosen.path)
        if chosen and lines.required:
            lines.error_messages["required"] = restoring.NEEDS_SHEET
        else:
            lines.help_text += " On the machine that made the backup, if it still has its keys, none is needed."

    def clean_backup(self):
        try:
            restoring.look_at(self.found[self.cleaned_data["backup"]].path)
        except restoring.CannotAsk as problem:
            raise ValidationError(str(problem)) from None
        return self.cleaned_data["backup"]

    def clean_file(self):
        if self.wrong:
            raise ValidationError(self.wrong)

    def clean_lines(self):
        """The settings that they hold: {name: value}, or nothing where nothing was typed."""
        lines, problems = [], []
        for number, typed in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            try:
                lines += [Line.read(typed)] if typed.strip() else []
            except WrongLine as problem:
                problems.append(f"Line {number}: {problem}")
        if problems:
            raise ValidationError(problems[:SAID])
        return settings_of(lines) if lines else {}


def settings_of(lines):
    try:
        found = typed_back(lines)
        if set(found) != {"MLMC_DATA_KEYS", "MLMC_INDEX_KEY"}:
            raise WrongLine("The sheet has more lines: those of each data key (D…) and of the index key (X).")
        read_ring(found["MLMC_DATA_KEYS"])
        long_enough("MLMC_INDEX_KEY", found["MLMC_INDEX_KEY"])
    except WrongLine as problem:
        raise ValidationError(str(problem)) from None
    except (ImproperlyConfigured, ValueError):
        raise ValidationError("These lines make no key. Look at the numbers of the lines again.") from None
    if not found["MLMC_INDEX_KEY"].isprintable():
        raise ValidationError("These lines make no key. Look at the numbers of the lines again.")
    return found
