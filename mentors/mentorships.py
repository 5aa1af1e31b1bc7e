"""How a mentorship begins, changes its pace, and ends with a goodbye. Nobody is cut off."""

from django.db import transaction
from django.utils import timezone

from cases import access
from cases.lifecycle import move_case
from cases.models import Access, As, Case, CaseStatus
from mentors import accompaniment, leave, lifecycle, slots
from mentors.models import LIVED, OPEN, Mentorship, MentorStatus, Status
from mlmc.core.context import on_duty
from mlmc.core.models import Role, User

# Who of a mentor's team sees the youth, and why; the roles have the same names
WHY = {As.SUPERVISOR: "supervises the mentor", As.SUPPORT: "takes paperwork off the mentor"}

# How a stage is said on the timeline
STAGES = {
    Status.WEEKLY: "They meet weekly",
    Status.FORTNIGHTLY: "They meet every two weeks",
    Status.MONTHLY: "They meet monthly",
    Status.AS_WANTED: "They meet as wanted",
    Status.FAMILY: "Part of the family",
}


@on_duty("mentoring")
@transaction.atomic
def begin(mentorship, *, by, at):
    """Both said yes. Who welcomed the youth steps back; the mentor's team steps in."""
    lifecycle.move(mentorship, Status.BEGINNING, by=by, on=timezone.localdate(at))
    mentor, case = mentorship.mentor, mentorship.case
    if mentor.status == MentorStatus.READY:
        lifecycle.move_mentor(mentor, MentorStatus.ACTIVE)
    move_case(case, CaseStatus.WITH_MENTOR, by=by, at=at)
    access.end(case, at=at, as_what=[As.INTAKE, As.ASSESSMENT, As.ASKED])
    let_the_team_see(mentorship, by=by, at=at)
    case.record("The mentorship begins", by=by, at=at)
    return mentorship


@on_duty("mentoring")
def let_the_team_see(mentorship, *, by, at, only=None):
    """The mentor, and from the mentor's team those who supervise and those who take paperwork off the mentor; `only`
    one of these, who joined: what another of them handed over does not come back to them by that."""
    mentor, case = mentorship.mentor, mentorship.case
    access.give(case, user=mentor.user, as_what=As.MENTOR, why="mentor of this youth", by=by, at=at)
    if mentor.user.team_id is None:
        leave.follow(mentor.user, at=at)
        return
    team = User.objects.filter(team=mentor.user.team_id, **({"pk": only.pk} if only else {}))
    for as_what, why in WHY.items():
        for person in team.with_role(as_what):
            access.give(case, user=person, as_what=as_what, why=why, by=by, at=at)
    leave.follow(mentor.user, *team, at=at)


@on_duty("mentoring")
@transaction.atomic
def not_this_time(mentorship, *, by, at):
    """One of them said no, or nobody said anything in time. The place is free again; no reason is owed."""
    lifecycle.move(mentorship, Status.NOT_THIS_TIME, by=by, on=timezone.localdate(at))
    access.end(mentorship.case, at=at, as_what=[As.ASKED], user=mentorship.mentor.user)
    mentorship.case.record("Not this time; the place is free again", by=by, at=at)
    return mentorship


@on_duty("mentoring")
@transaction.atomic
def change_pace(mentorship, to, *, by, at):
    """How often they meet from now on, as far as part of the family, and back to weekly from anywhere."""
    if mentorship.status not in LIVED or to not in STAGES:
        raise lifecycle.MoveNotAllowed("This is not a pace they can change to.")
    lifecycle.move(mentorship, to, by=by, on=timezone.localdate(at))
    mentorship.case.record(STAGES[to], by=by, at=at, note=above_places(mentorship))
    return mentorship


def above_places(mentorship):
    """What the timeline keeps when somebody who came back is above the usual number of places."""
    if mentorship.slot is None or mentorship.mentor.mentorships.filter(slot__isnull=False).count() <= (
        mentorship.mentor.places
    ):
        return ""
    return f"Above the usual {mentorship.mentor.places} places, with the supervisor's yes."


@on_duty("mentoring")
@transaction.atomic
def end(mentorship, *, by, at, note=""):
    """A goodbye, and a new match offered: the youth waits again, and the assessment team sees them again."""
    lifecycle.move(mentorship, Status.ENDED, by=by, on=timezone.localdate(at))
    case = mentorship.case
    step_back(mentorship, at=at)
    move_case(case, CaseStatus.WAITING, by=by, at=at)
    access.give(case, role=Role.ASSESSMENT, as_what=As.ASSESSMENT, why="a new match is offered", by=by, at=at)
    case.record("The mentorship ends with a goodbye", by=by, at=at, note=note)
    accompaniment.call_off_all(mentorship, by=by, at=at)
    return mentorship


@on_duty("mentoring", "access")
@transaction.atomic
def mistaken(mentorship, *, by, at, note=""):
    """This match was a mistake, and nobody's wish: place and access return, and the youth waits where they stood."""
    was_asking = mentorship.status == Status.ASKING
    lifecycle.move(mentorship, Status.MISTAKEN, by=by, on=timezone.localdate(at))
    case = mentorship.case
    access.end(case, at=at, as_what=[As.ASKED], user=mentorship.mentor.user)
    if not was_asking:
        step_back(mentorship, at=at)
        welcome_back(case, by=by, at=at)
        move_case(case, CaseStatus.WAITING, by=by, at=at)
    case.record("A match was made by mistake; the place is free again", by=by, at=at, note=note)
    accompaniment.call_off_all(mentorship, by=by, at=at)
    return mentorship


def welcome_back(case, *, by, at):
    """Those who stepped back when it began see the youth again; in any case the team that looks for a match."""
    why = "a match was made by mistake"
    for row in case.access.filter(as_what__in=[As.INTAKE, As.ASSESSMENT], until=case.with_mentor_at):
        access.give(case, user=row.user, role=row.role, as_what=row.as_what, why=why, by=by, at=at)
    access.give(case, role=Role.ASSESSMENT, as_what=As.ASSESSMENT, why=why, by=by, at=at)


@on_duty("mentoring")
def step_back(mentorship, *, at):
    """The mentor who leaves no longer sees the youth, nor does whoever supervised this mentorship or did its
    paperwork: the mentor's team, and a colleague it was handed over to."""
    case, mentor = mentorship.case, mentorship.mentor
    around = list(User.objects.filter(pk__in=watching(case, *WHY).values("user")))
    access.end(case, at=at, as_what=[As.MENTOR], user=mentor.user)
    access.end(case, at=at, as_what=list(WHY))
    leave.follow(mentor.user, *around, at=at)


@on_duty("mentoring")
def keep_watched(case, before, *, by, at):
    """Where the new mentor's team has no supervisor, whoever had taken this youth over from a colleague watches on."""
    if not watching(case, As.SUPERVISOR).exists():
        for row in before:
            access.give(case, user=row.user, as_what=As.SUPERVISOR, why=row.why, by=by, at=at)
        leave.follow(*(row.user for row in before), at=at)


def watching(case, *as_what):
    return Access.objects.filter(case=case, as_what__in=as_what, until=None)


@on_duty("mentoring")
def taken_over(case):
    """Who supervises this youth because a colleague handed them over, and by no team."""
    rows = watching(case, As.SUPERVISOR).exclude(why__in=WHY.values()).select_related("user")
    return [row for row in rows if row.user_id and row.user.is_active and row.user.has_role(Role.SUPERVISOR)]


@on_duty("mentoring")
@transaction.atomic
def come_back(mentorship, *, by, at):
    """Back to weekly after a goodbye: the same mentor, a place again, and the history they had."""
    slots.locked(mentorship.mentor_id)
    Case.objects.select_for_update(of=("self",), no_key=True).get(pk=mentorship.case_id)
    if Mentorship.objects.filter(case=mentorship.case, status__in=OPEN).exclude(pk=mentorship.pk).exists():
        raise lifecycle.MoveNotAllowed("This youth has another mentor now.")
    lifecycle.move(mentorship, Status.WEEKLY, by=by, on=timezone.localdate(at))
    case = mentorship.case
    move_case(case, CaseStatus.WITH_MENTOR, by=by, at=at)
    access.end(case, at=at, as_what=[As.INTAKE, As.ASSESSMENT])
    let_the_team_see(mentorship, by=by, at=at)
    case.record("They are back, weekly", by=by, at=at, note=above_places(mentorship))
    return mentorship
