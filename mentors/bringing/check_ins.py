"""Past check-ins of mentorships that are here: they tell when somebody was last met, and are read as others are."""

import uuid

from cases.models import CaseEvent
from mentors.bringing import whom
from mentors.bringing.mentorships import CHECK_INS_BACK, CHECK_INS_IN
from mentors.models import LIVED, Meeting, Mentorship, Status
from mlmc.core import audit, bulk
from mlmc.core.bringing import columns
from mlmc.core.bringing.columns import Column
from mlmc.core.bringing.kinds import Kind, Refused
from mlmc.core.context import on_duty
from mlmc.core.models import Role


def check_in_columns():
    return [
        whom.YOUTH,
        whom.MENTOR,
        Column("held_on", "Day", columns.day, required=True, also=("date", "held on", "when", "met on"),
               examples=("2024-04-02", "2024-04-09")),
        Column("kind", "Kind", columns.one_of(dict(Meeting.Kind.choices)), required=True, also=("type", "how"),
               examples=("In person", "Text"), hint=f"One of: {', '.join(Meeting.Kind.labels)}."),
        Column("minutes", "Minutes", columns.number(1, 1440), empty=None, also=("duration", "length"),
               examples=("90", "")),
        Column("reached", "Reached", columns.yes_or_no, empty=True, examples=("yes", "no"),
               hint="No is a try, and counts as one. Empty is yes."),
        Column("mood", "Mood", columns.one_of(dict(Meeting.Mood.choices)), empty=None, examples=("Good", ""),
               hint="As the mentor saw it, from 1, rough, to 5, shining."),
        Column("topics", "Topics", columns.some_of(dict(Meeting.Topic.choices)), empty=list, also=("topic",),
               examples=("School; Family", "")),
        Column("place_kind", "Kind of place", columns.one_of(dict(Meeting.PlaceKind.choices)), also=("place",),
               examples=("over a meal", "")),
        Column("words", "A few words", columns.paragraphs(2000), also=("words", "notes", "note"),
               examples=("We cooked.", "")),
    ]  # fmt: skip


NOT_THEN = "No mentorship of these two on this day is known here. Look at the day, or bring in the mentorship first."


@on_duty("mentoring", "welcome")
def weigh(lines, *, by, at):
    lines = whom.find(lines, by=by)
    pairs = Mentorship.objects.filter(
        case__youth__in={line.found["youth"].pk for line in lines},
        mentor__in={line.found["mentor"].pk for line in lines},
        status__in=[*LIVED, Status.ENDED],
    ).select_related("case")
    theirs = {}
    for mentorship in pairs:
        theirs.setdefault((mentorship.case.youth_id, mentorship.mentor_id), []).append(mentorship)
    for line in lines:
        day = line.values["held_on"]
        both = theirs.get((line.found["youth"].pk, line.found["mentor"].pk), [])
        line.found["mentorship"] = next((one for one in both if covers(one, day)), None)
        if line.found["mentorship"] is None:  # who is with whom is not told to who brings in a file
            line.refuse("held_on", NOT_THEN)
        said = Meeting.Kind(line.values["kind"]).label if line.values["reached"] else "Tried to reach each other"
        line.words = f"{said} on {day}, {line.found['youth'].code} and {line.found['mentor'].user.short_name}"


def covers(mentorship, day):
    return mentorship.began_on <= day and (mentorship.ended_on is None or day <= mentorship.ended_on)


@on_duty("mentoring", "bringing")
def make(lines, *, by, at):
    """Written down by whoever brings them in; nothing of it is handed over to support."""
    meetings = [meeting_of(line, by=by, at=at) for line in lines]
    bulk.insert(meetings)
    for line, meeting in zip(lines, meetings, strict=True):
        line.made = [meeting.pk]
    say({line.found["mentorship"].case_id for line in lines}, CHECK_INS_IN, by=by, at=at)


def meeting_of(line, *, by, at):
    said = {name: line.values[name] for name in ("held_on", "kind", "minutes", "reached", "mood", "topics", "words")}
    return Meeting(
        mentorship=line.found["mentorship"],
        client_key=uuid.uuid4(),
        place_kind=line.values["place_kind"],
        logged_at=at,
        logged_by=by,
        **said,
    )


def say(cases, what, *, by, at):
    """One line on the timeline of each, however many check-ins they are."""
    audit.note(*cases)
    bulk.insert([CaseEvent(case_id=case, what=what, by=by, at=at) for case in cases])


@on_duty("mentoring", "bringing")
def take_back(ids, *, by, at):
    meetings = Meeting.objects.filter(pk__in=ids)
    if meetings.exclude(taken_up_at=None).exists():
        raise Refused("Support has taken this check-in up.")
    mentorships = meetings.values_list("mentorship", flat=True).distinct()
    cases = set(Mentorship.objects.filter(pk__in=list(mentorships)).values_list("case", flat=True))
    meetings.delete()
    say(cases, CHECK_INS_BACK, by=by, at=at)


CHECK_INS = Kind(
    name="check-ins",
    label="Past check-ins",
    about="When a mentor showed up, or tried to. They belong to a mentorship that is here.",
    icon="calendar2-check",
    may=(Role.DIRECTOR, Role.INTAKE),
    columns=check_in_columns,
    weigh=weigh,
    make=make,
    take_back=take_back,
    order=4,
    at_once=1000,
)
