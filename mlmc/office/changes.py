"""What somebody changed in the settings, in the words of the forms."""

from dataclasses import dataclass
from datetime import datetime

from mlmc.core.models import SettingChange, User
from mlmc.office.forms import PACE, SECTIONS

LABELS = {
    name: field.label.partition(" (")[0] for _, form in SECTIONS.values() for name, field in form.base_fields.items()
} | {"pace_days": "In touch within", "on_call": "On call", "done": "Steps of the first days"}


@dataclass(frozen=True)
class Changed:
    label: str
    before: str
    after: str
    by: User
    at: datetime


def latest(count=30):
    rows = SettingChange.objects.select_related("by").order_by("-at", "-pk")[:count]
    names = {str(pk): name for pk, name in User.objects.values_list("pk", "name")}
    return [
        Changed(
            LABELS.get(row.name, row.name), in_words(row.before, names), in_words(row.after, names), row.by, row.at
        )
        for row in rows
    ]


def in_words(value, names):
    """A setting as somebody would say it; a person's id is their name."""
    if value in ("", [], {}, None):
        return "nothing"
    if isinstance(value, dict):
        pace = dict(PACE)
        return ", ".join(f"{pace.get(key, key)} {one}" if key in pace else key for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(names.get(one, one) for one in value)
    return str(value)
