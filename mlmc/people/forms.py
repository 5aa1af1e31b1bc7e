"""Who somebody is here. Forms clean; mlmc.core.people holds the rules."""

from django import forms

from mlmc.core.forms import Email, Form, OneOf, PlainText
from mlmc.core.models import Role, Team, User


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


class TeamForm(Form):
    name = PlainText(max_length=60, label="Name of the team")


class LeaveForm(Form):
    to = OneOf(
        User.objects.none(),
        required=False,
        empty_label="Nobody",
        label="Who takes over",
    )

    def __init__(self, *args, leaving, **kwargs):
        super().__init__(*args, **kwargs)
        others = User.objects.filter(is_active=True, roles__overlap=leaving.roles).exclude(pk=leaving.pk)
        self.fields["to"].queryset = others.order_by("name")
        self.fields["to"].label_from_instance = lambda user: f"{user.name}, {user.role_words}"
