"""What a program of somebody else's may do here, and until when."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from mlmc.core.api import keys, scopes
from mlmc.core.forms import Day, Form, PlainText
from mlmc.core.models import Role
from mlmc.core.models.integrations import AGENCY


def latest():
    return timezone.localdate() + keys.LONGEST - timedelta(days=1)


def earliest():
    return timezone.localdate() + timedelta(days=1)


class ProgramForm(Form):
    name = PlainText(max_length=80, label="What is it called?", missing="Give it a name the trail can say.")
    agency = PlainText(
        max_length=120,
        required=False,
        label="It sends referrals for",
        help_text="The name of an agency. Then it may do that and read the stage of its own, and nothing below.",
    )
    roles = forms.MultipleChoiceField(
        label="It sees what these see",
        choices=[(role.value, Role(role).label.capitalize()) for role in keys.ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    scopes = forms.MultipleChoiceField(
        label="It asks for",
        choices=scopes.OFFERED,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What is not ticked is refused, whatever its roles see.",
    )
    ends_on = Day(
        label="Until",
        help_text="A year at most. Then it opens nothing, and you make another.",
        earliest=earliest,
        latest=latest,
        early="Enter a day after today.",
        late="A key ends within a year. Enter a day before that.",
    )

    def clean(self):
        data = super().clean()
        if data.get("agency") and (data.get("roles") or data.get("scopes")):
            self.add_error("agency", "An agency's program does nothing else. Leave the boxes below empty.")
        elif not data.get("agency") and not self.errors and not (data["roles"] and data["scopes"]):
            self.add_error("scopes", "Tick what it sees and what it asks for, or name an agency.")
        return data

    def wanted(self):
        data = self.cleaned_data
        ends_at = timezone.make_aware(timezone.datetime.combine(data["ends_on"], timezone.datetime.max.time()))
        asked = [AGENCY] if data["agency"] else data["scopes"]
        return {"name": data["name"], "roles": data["roles"], "scopes": asked, "ends_at": ends_at}
