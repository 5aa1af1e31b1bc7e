"""Who somebody is here. Forms clean; mlmc.core.people holds the rules."""

from django import forms

from mlmc.core.colleagues import Colleague
from mlmc.core.forms import Email, Form, OneOf, PlainText
from mlmc.core.models import Role, Team


class PersonForm(Form):
    roles = forms.MultipleChoiceField(
        choices=[(role, label.capitalize()) for role, label in Role.choices],
        widget=forms.CheckboxSelectMultiple,
        help_text="A person may hold several; the rights add up.",
        error_messages={"required": "Choose at least one role."},
    )
    team = OneOf(
        Team.objects.order_by("name"),
        required=False,
        empty_label="No team",
        help_text="A supervisor, the mentors she supports and the staff who take paperwork off them.",
    )
    on_council = forms.BooleanField(required=False, label="Survivor council member")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].label_from_instance = lambda team: team.name


class InviteForm(PersonForm):
    name = PlainText(max_length=80, label="Name")
    email = Email(label="E-mail")
    field_order = ["name", "email", "roles", "team", "on_council"]


class FindForm(Form):
    """Somebody who works here, or did, where there are many."""

    person = Colleague(label="Find somebody", error_messages={"required": "Type a name."})

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].offers(people, many=True)


class TeamForm(Form):
    name = PlainText(max_length=60, label="Name of the team")


class HandOverForm(Form):
    """One subject of the page of a leaver: each line to somebody, or all that is left to one person."""

    def __init__(self, *args, section, **kwargs):
        super().__init__(*args, **kwargs)
        self.section = section
        for line in section.lines:
            self.fields[f"line_{line.pk}"] = whom("Goes to", line.choices, only=not section.takers)
        if section.count > 1 or section.unseen:
            self.fields["rest"] = whom("All that is left goes to", section.rest, only=not section.takers)

    def chosen(self):
        """[(what, to whom)]: what was chosen line by line, then the rest. Nobody is None."""
        known, people = self.cleaned_data, {str(one.pk): one for one in self.section.takers}
        by_line = self.by_line()
        rest = known.get("rest")
        chosen = [(held, by_line[held.pk]) for held in self.section.helds if held.pk in by_line]
        chosen += [(held, rest) for held in self.section.helds if rest and held.pk not in by_line]
        return [(held, people.get(to)) for held, to in chosen]

    def by_line(self):
        known = self.cleaned_data
        return {line.pk: to for line in self.section.lines if (to := known[f"line_{line.pk}"])}

    def clean(self):
        known = super().clean()
        if not any(known.values()) and not self.errors:
            raise forms.ValidationError("Choose who takes over.")
        return known


def whom(label, choices, *, only=False):
    """`only`: there is one thing to choose, so it is chosen."""
    wrong = {"invalid_choice": "Choose from the list: they cannot take this over, or not any more."}
    nobody = [("", "Not yet" if only else "Choose somebody")]
    return forms.ChoiceField(
        label=label,
        choices=[*nobody, *choices],
        initial=choices[0][0] if only and choices else "",
        required=False,
        error_messages=wrong,
    )


class SwitchOffForm(Form):
    anyway = forms.BooleanField(
        required=False, label="I know that nobody has this in hand until it is handed over on this page"
    )
