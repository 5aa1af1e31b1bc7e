"""Mentorships that run already, or have ended: with their place, stage and first day, and the rows of access that
belong to them. A youth who waits here is matched here, and not by a file."""

import datetime

from django.utils import timezone

from cases import access
from cases import lifecycle as case_lifecycle
from cases.models import Access, As, Case, CaseEvent, CaseStatus, Wall
from mentors import lifecycle, mentorships, slots
from mentors.bringing import whom
from mentors.models import LIVED, TAKES_A_PLACE, Mentorship, MentorStatus, Status
from mlmc.core.bringing import columns
from mlmc.core.bringing.columns import Column
from mlmc.core.bringing.kinds import Kind, Refused
from mlmc.core.context import on_duty
from mlmc.core.models import Role, User

STAGES = {stage: stage.label for stage in Status if stage in LIVED} | {Status.ENDED: "ended"}
BROUGHT_IN = "The mentorship was brought in from earlier records"
CHECK_INS_IN, CHECK_INS_BACK = "Check-ins were brought in", "Check-ins that were brought in were taken back"
OURS = [BROUGHT_IN, CHECK_INS_IN, CHECK_INS_BACK]
BY_ITSELF = [As.MENTOR, As.SUPERVISOR, As.SUPPORT]  # what follows a team follows by itself
STILL_SHADOWING = (
    "This mentor is still shadowing and holds no youth yet. The supervisor of their team marks them as ready for youth"
    " on My team; then upload this row again, as it is."
)
SHADOWING_ALONE = (
    "This mentor is still shadowing, holds no youth yet and is in no team. Choose their team on People; its supervisor"
    " marks them as ready for youth on My team. Then upload this row again, as it is."
)
NOT_THESE = "These two cannot be put together by a file. Match them on the board, or ask the director."


def mentorship_columns():
    return [
        whom.YOUTH,
        whom.MENTOR,
        Column("stage", "Stage", columns.one_of(STAGES), required=True, also=("status", "pace"),
               examples=("weekly", "part of the family"), hint=f"One of: {', '.join(STAGES.values())}."),
        Column("began_on", "Began on", columns.day, required=True, also=("began", "start", "start date", "since"),
               examples=("2024-03-05", "2021-09-20")),
        Column("ended_on", "Ended on", columns.day, empty=None, also=("ended", "end", "end date", "until")),
        Column("accepted_on", "Accepted on", columns.day, empty=None, also=("accepted", "intake date"),
               examples=("2024-02-20", ""), hint="Empty is the day they began."),
        Column("case_manager", "Case manager e-mail", columns.email, also=("case manager",),
               hint="Somebody who is here in that role."),
    ]  # fmt: skip


@on_duty("mentoring", "welcome")
def weigh(lines, *, by, at):
    lines = whom.find(lines, by=by)
    youth = {line.found["youth"].pk for line in lines}
    mentors = {line.found["mentor"].pk: line.found["mentor"] for line in lines}
    used = {pk: slots.taken(mentor) for pk, mentor in mentors.items()}
    cases = Case.objects.filter(youth__in=youth).exclude(status=CaseStatus.ELSEWHERE)
    open_cases = dict(cases.values_list("youth", "status"))
    walls = set(Wall.objects.filter(youth__in=youth).values_list("user", "youth"))
    managers = {user.email: user for user in User.objects.with_role(Role.CASE_MANAGER)}
    for line in lines:
        said, mentor, who = line.values, line.found["mentor"], line.found["youth"]
        line.found["manager"] = managers.get(said["case_manager"])
        check_days(line)
        if said["case_manager"] and line.found["manager"] is None:
            line.refuse("case_manager", "No case manager has this e-mail.")
        if (mentor.user_id, who.pk) in walls:
            line.refuse("mentor", NOT_THESE)
        if said["stage"] in LIVED:
            check_free(line, open_cases.get(who.pk))
            if not line.why and said["stage"] in TAKES_A_PLACE:
                take_place(line, used[mentor.pk])
            if not line.why:
                open_cases[who.pk] = CaseStatus.WITH_MENTOR
        line.words = words_of(line)


def check_days(line):
    said = line.values
    if said["stage"] == Status.ENDED and said["ended_on"] is None:
        line.refuse("ended_on", "It has ended: write on which day.")
    if said["stage"] != Status.ENDED and said["ended_on"] is not None:
        line.refuse("ended_on", "It has a last day, but its stage is not “ended”.")
    if said["ended_on"] and said["ended_on"] < said["began_on"]:
        line.refuse("ended_on", "This is before they began.")
    if said["accepted_on"] and said["accepted_on"] > said["began_on"]:
        line.refuse("accepted_on", "This is after they began.")


def check_free(line, case_status):
    """The youth has no mentor here, and the mentor takes youth."""
    mentor = line.found["mentor"]
    if case_status == CaseStatus.WITH_MENTOR:
        line.refuse("youth", "This youth has a mentor here already.")
    if case_status == CaseStatus.WAITING:
        line.refuse("youth", "This youth waits for a mentor here. Match them on the board.")
    if not mentor.user.is_active or mentor.status == MentorStatus.DEPARTED:
        label = "switched off" if not mentor.user.is_active else MentorStatus(mentor.status).label
        line.refuse("mentor", f"This mentor is {label} and holds no youth.")
    elif mentor.status == MentorStatus.SHADOWING:
        line.refuse("mentor", STILL_SHADOWING if mentor.user.team_id else SHADOWING_ALONE)


def take_place(line, used):
    try:
        line.found["slot"] = slots.free_among(used, line.found["mentor"].places)
    except slots.NoPlaceLeft as problem:
        line.refuse("mentor", str(problem))
    else:
        used.add(line.found["slot"])


def words_of(line):
    said, place = line.values, line.found.get("slot")
    stage = f"{STAGES[said['stage']]} since {said['began_on']}"
    if said["stage"] == Status.ENDED:
        stage = f"ended on {said['ended_on']}, from {said['began_on']}"
    return f"{line.found['youth'].code} with {line.found['mentor'].user.short_name}, {stage}" + (
        f", in place {place}" if place else ""
    )


@on_duty("mentoring", "welcome")
def make(lines, *, by, at):
    mentors = slots.locked_both(*{line.found["mentor"].pk for line in lines})
    used = {pk: slots.taken(mentor) for pk, mentor in mentors.items()}
    for line in lines:
        mentor, slot = mentors[line.found["mentor"].pk], None
        if line.values["stage"] in TAKES_A_PLACE:  # somebody may have taken one since it was weighed
            try:
                slot = slots.free_among(used[mentor.pk], mentor.places)
            except slots.NoPlaceLeft as problem:
                raise Refused(str(problem), "mentor") from None
            used[mentor.pk].add(slot)
        line.made = begin(line, mentor, slot=slot, by=by, at=at)


def begin(line, mentor, *, slot, by, at):
    """The case, the mentorship, and who sees it from now on. Of one that has ended nobody new sees anything."""
    said, youth = line.values, line.found["youth"]
    lives = said["stage"] in LIVED
    case = case_lifecycle.brought_in(
        youth,
        episode=youth.cases.count() + 1,
        accepted_at=midnight(said["accepted_on"] or said["began_on"]),
        with_mentor_at=midnight(said["began_on"]) if lives else None,
        at=at,
    )
    case.save(force_insert=True)
    mentorship = lifecycle.brought_in(
        case, mentor, said["stage"], slot=slot, began_on=said["began_on"], ended_on=said["ended_on"], at=at
    )
    mentorship.save(force_insert=True)
    if lives and mentor.status == MentorStatus.READY:
        lifecycle.move_mentor(mentor, MentorStatus.ACTIVE)
    if lives:
        mentorships.let_the_team_see(mentorship, by=by, at=at)
    if lives and line.found["manager"]:
        access.give(case, user=line.found["manager"], as_what=As.CASE_MANAGER, why="case manager", by=by, at=at)
    case.record(BROUGHT_IN, by=by, at=at)
    return [mentorship.pk, case.pk]


def midnight(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


@on_duty("mentoring", "welcome")
def take_back(ids, *, by, at):
    """As long as nobody wrote anything about it, changed its stage or let anybody else see it."""
    cases = {case.pk: case for case in Case.objects.filter(pk__in=ids)}
    if CaseEvent.objects.filter(case__in=cases).exclude(what__in=OURS).exists():
        raise Refused("Something was written about this since.")
    for row in Access.objects.filter(case__in=cases).exclude(as_what__in=BY_ITSELF):
        if row.begins != cases[row.case_id].brought_at:
            raise Refused("Somebody was given access since.")
    for model in (CaseEvent, Access):
        model.objects.filter(case__in=cases).delete()
    Mentorship.objects.filter(pk__in=ids).delete()
    Case.objects.filter(pk__in=ids).delete()


MENTORSHIPS = Kind(
    name="mentorships",
    label="Mentorships",
    about="Who is with whom, since when, how often they meet. Each takes a place, and the mentor's team sees it.",
    icon="link-45deg",
    may=(Role.DIRECTOR, Role.INTAKE),
    columns=mentorship_columns,
    weigh=weigh,
    make=make,
    take_back=take_back,
    order=3,
)
