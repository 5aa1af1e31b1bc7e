"""Whom a row means: a youth by code or number, a mentor by e-mail."""

from cases.bringing import youth_called
from mentors.models import Mentor
from mlmc.core.bringing import columns
from mlmc.core.bringing.columns import Column

YOUTH = Column(
    "youth",
    "Youth",
    columns.text(40),
    required=True,
    also=("youth number", "youth code", "number", "code", "case number"),
    examples=("A-17", "Y-0412"),
    hint="Their code here, or the number they had in your file of youth.",
)
MENTOR = Column(
    "mentor",
    "Mentor e-mail",
    columns.email,
    required=True,
    also=("mentor", "e-mail", "email", "mentor's e-mail"),
    examples=("ines@example.org", "bea@example.org"),
)


def find(lines, *, by):
    """Puts `youth` and `mentor` into what was found of each line, or refuses it."""
    youth = youth_called({line.values["youth"] for line in lines}, by=by)
    rows = Mentor.objects.filter(user__email__in={line.values["mentor"] for line in lines}).select_related("user")
    mentors = {mentor.user.email: mentor for mentor in rows}
    for line in lines:
        line.found["youth"] = youth.get(line.values["youth"])
        line.found["mentor"] = mentors.get(line.values["mentor"])
        if line.found["youth"] is None:
            line.refuse("youth", "No youth has this code or number. Bring in the youth first.")
        if line.found["mentor"] is None:
            line.refuse("mentor", "No mentor has this e-mail. Bring in the mentors first.")
    return [line for line in lines if not line.why]
