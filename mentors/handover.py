"""When somebody leaves: their youth get another mentor, their cases another colleague, before the sign-in is off."""

from django.db import transaction
from django.utils import timezone

from cases import access
from cases.lifecycle import move_case
from cases.models import Access, As, CaseStatus, Wall
from mentors import concerns, lifecycle, mentorships, slots
from mentors.models import LIVED, Concern, ConcernStatus, Mentorship, MentorStatus, Status
from mentors.places import NotToBeAsked
from mlmc import program
from mlmc.core.context import on_duty
from mlmc.core.models import Role

ROLE_FOR = {
    As.CASE_MANAGER: Role.CASE_MANAGER,
    As.SUPERVISOR: Role.SUPERVISOR,
    As.SUPPORT: Role.SUPPORT,
    As.ON_CALL: Role.SUPERVISOR,
}


@on_duty("workforce", "mentoring")
@transaction.atomic
def hand_over(mentor, to, *, by, at):
    """Every youth of a mentor goes to another, as many as there are, or none; with `to` None they wait for a match.

    Who is still thinking about a yes is asked anew by the team. The old mentor loses the history with the access.
    """
    if to is not None and to.pk == mentor.pk:
        raise NotToBeAsked("Choose somebody else to take over.")
    slots.locked_both(*[one.pk for one in (mentor, to) if one is not None])
    if to is not None:
        to.refresh_from_db()
        if to.status not in (MentorStatus.READY, MentorStatus.ACTIVE) or not to.user.is_active:
            raise NotToBeAsked(f"This mentor is {MentorStatus(to.status).label} and takes nobody new now.")
    rows = Mentorship.objects.filter(mentor=mentor).select_related("case", "mentor__user").order_by("asked_at")
    for asked in rows.filter(status=Status.ASKING):
        mentorships.not_this_time(asked, by=by, at=at)
    lived = list(rows.filter(status__in=LIVED))
    if to is not None and (room := to.places - len(slots.taken(to))) < len(lived):
        raise slots.NoPlaceLeft(
            f"{len(lived)} youth need a mentor, and this one has {max(room, 0)} free places. "
            "Choose another, or let the youth wait for a new match."
        )
    if to is not None:
        not_behind_a_wall(to.user, [one.case_id for one in lived])
    if to is None:
        return [mentorships.end(one, by=by, at=at, note="The mentor hands over.") for one in lived]
    return [pass_on(one, to, by=by, at=at) for one in lived]


def not_behind_a_wall(person, cases):
    """A youth would have somebody who never sees them. Which of them it is, and that there is a wall, is not said."""
    if Wall.objects.filter(user=person, youth__cases__in=cases).exists():
        raise NotToBeAsked("They cannot take over everybody who is open here. Choose somebody else.")


@on_duty("workforce", "mentoring")
def pass_on(mentorship, to, *, by, at):
    """One goodbye and one beginning, so that the youth is never without somebody."""
    day, case = timezone.localdate(at), mentorship.case
    lifecycle.move(mentorship, Status.ENDED, by=by, on=day)
    mentorships.step_back(mentorship, at=at)
    successor = Mentorship.objects.create(case=case, mentor=to, slot=slots.free(to), asked_at=at)
    lifecycle.move(successor, Status.BEGINNING, by=by, on=day)
    if to.status == MentorStatus.READY:
        lifecycle.move_mentor(to, MentorStatus.ACTIVE)
    if case.status != CaseStatus.WITH_MENTOR:
        move_case(case, CaseStatus.WITH_MENTOR, by=by, at=at)
    mentorships.let_the_team_see(successor, by=by, at=at)
    case.record("Handed over to another mentor", by=by, at=at)
    return successor


@on_duty("workforce", "mentoring")
@transaction.atomic
def hand_over_cases(person, to, *, by, at):
    """What somebody sees as case manager, supervisor, support or on call goes to a colleague in the same role."""
    rows = Access.objects.filter(user=person, as_what__in=list(ROLE_FOR), until=None).select_related("case")
    moved = list(rows.order_by("pk"))
    if lacking := {ROLE_FOR[As(row.as_what)] for row in moved if not to.has_role(ROLE_FOR[As(row.as_what)])}:
        words = ", ".join(sorted(Role(role).label for role in lacking))
        raise NotToBeAsked(f"Choose a colleague who can take this over as: {words}.")
    not_behind_a_wall(to, [row.case_id for row in moved])
    for row in moved:
        access.end(row.case, at=at, as_what=[row.as_what], user=person)
        access.give(row.case, user=to, as_what=row.as_what, why="handed over", by=by, at=at)
    for concern in Concern.objects.filter(status=ConcernStatus.TOLD, told=person).select_related("case"):
        concerns.tell(concern, to, at=at)
    settings = program.current()
    if str(person.pk) in settings.on_call:
        settings.on_call = [one for one in settings.on_call if one != str(person.pk)]
        program.save(settings)
    return len(moved)
