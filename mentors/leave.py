"""Time away with cover: rows of access with dates, so that in no moment a youth or a mentor is unwatched."""

import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from cases import access
from cases.models import Access, As, Case
from mentors import concerns, lifecycle
from mentors.models import LIVED, Concern, ConcernStatus, Cover, Leave, Mentor, MentorStatus
from mentors.watching import WORKS, NotCovered, check, fits, kept_away, open_with
from mlmc.core import outbox
from mlmc.core.context import on_duty
from mlmc.core.models import Role, User
from mlmc.core.postgres.looking import before_an_answer_tells
from mlmc.core.raising import NEVER_NONE

WHY = "covers for a colleague on leave"


def moments(first, last):
    """From the midnight a day begins to the midnight the last day ends."""
    begins, until = (datetime.datetime.combine(day, datetime.time()) for day in (first, last + datetime.timedelta(1)))
    return timezone.make_aware(begins), timezone.make_aware(until)


def may_grant(user, person):
    """The director's word, and a supervisor's about her own team's mentors and support, but not about herself."""
    ours = person.team_id is not None and person.team_id == user.team_id and user.pk != person.pk
    return user.has_role(Role.DIRECTOR) or (user.has_role(Role.SUPERVISOR) and ours and not person.has_role(*PEERS))


PEERS = [Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN]


def granted_by(user):
    """`may_grant` as a question to the database."""
    if user.has_role(Role.DIRECTOR):
        return Q()
    ours = Q(team=user.team_id, team__isnull=False) & ~Q(pk=user.pk) & ~Q(roles__overlap=PEERS)
    return ours if user.has_role(Role.SUPERVISOR) else Q(pk__in=[])


@on_duty("workforce")
def refuse_if_covering(person, begins, until=None):
    """Whoever covers for somebody is not away, or gone, in the same days."""
    rows = Leave.objects.filter(answered_no_at=None, until__gt=begins)
    rows = rows.filter(begins__lt=until) if until else rows
    rows = rows.filter(cover=person) | rows.filter(covers__user=person, covers__ended_at=None)
    if other := rows.select_related("person").first():
        day = f"{other.last_day:%B} {other.last_day.day}"
        raise NotCovered(
            f"{person.short_name} covers for {other.person.short_name} until {day}. "
            "Let somebody else cover there first."
        )


@on_duty("workforce")
def keep_one(person, begins, until=None, *, roles=NEVER_NONE):
    """There is always a director and an admin who is here, neither away nor switched off."""
    away = Leave.objects.within(begins, until) if until else Leave.objects.current(begins)
    for role in roles:
        others = User.objects.with_role(role).exclude(pk=person.pk)
        if person.has_role(role) and not others.exclude(pk__in=away.values("person")).exists():
            raise NotCovered(f"Nobody else would be here as {Role(role).label}. Give somebody else the role first.")


def one_after_the_other():
    """Of two who plan or grant at once the second sees the first: two last admins do not leave each other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('mentors.leave'))")


@on_duty("workforce")
@transaction.atomic
def plan(person, *, begins, until, kind, cover, by, at, instead=None):
    """Somebody asks, or whoever may enters it: then it is granted at once."""
    before_an_answer_tells()
    one_after_the_other()
    if until <= at or until <= begins:
        raise NotCovered("Choose days that are not over.")
    if Leave.objects.within(begins, until).filter(person=person).exists():
        raise NotCovered("Time away is entered for some of these days already.")
    refuse_if_covering(person, begins, until)
    keep_one(person, begins, until)
    chosen = check(person, begins, until, cover=cover, instead=instead or {})
    leave = Leave.objects.create(
        person=person, begins=max(begins, at), until=until, kind=kind, cover=cover, asked_by=by, asked_at=at
    )
    Cover.objects.bulk_create(Cover(leave=leave, case_id=case, user=user) for case, user in chosen.items())
    return grant(leave, by=by, at=at) if may_grant(by, person) else leave


@on_duty("workforce")
@transaction.atomic
def grant(leave, *, by, at):
    """From now on the rows stand there with their dates. Who covers is told that there is news."""
    one_after_the_other()
    leave = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
    if leave.granted_at or leave.answered_no_at or leave.until <= at:
        raise NotCovered("This was answered already, or its days are over.")
    instead = {row.case_id: row.user for row in leave.covers.filter(ended_at=None).select_related("user")}
    refuse_if_covering(leave.person, leave.begins, leave.until)
    keep_one(leave.person, leave.begins, leave.until)
    check(leave.person, leave.begins, leave.until, cover=leave.cover, instead=instead)
    leave.granted_by, leave.granted_at, leave.begins = by, at, max(leave.begins, at)
    leave.save(update_fields=["granted_by", "granted_at", "begins"])
    keep_covered(leave, at=at, by=by)
    people = User.objects.filter(pk__in=leave.covers.filter(ended_at=None).values("user"))
    for user in {leave.person, leave.cover, *people} - {None, by}:
        outbox.enqueue("news", to=user, about=leave.pk, due_at=at)
    return leave


@on_duty("workforce")
@transaction.atomic
def say_no(leave, *, at):
    """Not in these days; or whoever asked takes it back."""
    leave = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
    if leave.granted_at is None:
        leave.answered_no_at = leave.answered_no_at or at
        leave.save(update_fields=["answered_no_at"])
    return leave


@on_duty("workforce", "access")
@transaction.atomic
def change_until(leave, until, *, at):
    """Longer, shorter, or back now: every row of it ends at the same moment."""
    leave = Leave.objects.select_for_update(of=("self",)).select_related("person", "cover").get(pk=leave.pk)
    if leave.granted_at is None or leave.until <= at:
        raise NotCovered("This time away is over.")
    until = max(until, at)
    if until > leave.until:
        refuse_if_covering(leave.person, leave.begins, until)
        keep_one(leave.person, leave.begins, until)
        away = Leave.objects.within(leave.begins, until).exclude(pk=leave.pk)
        covers = leave.covers.filter(ended_at=None)
        if away.filter(person__in={leave.person_id, leave.cover_id, *covers.values_list("user", flat=True)}).exists():
            raise NotCovered("Whoever covers is away in these days, or time away is entered already. Choose others.")
    leave.begins, leave.until = min(leave.begins, until), until
    leave.save(update_fields=["begins", "until"])
    for row in Access.objects.filter(pk__in=leave.covers.filter(ended_at=None).values("access")):
        row.begins, row.until = min(row.begins, until), until
        row.save(update_fields=["begins", "until"])
    if until <= at:
        come_back(leave, at=at)
    return leave


@on_duty("workforce", "access")
def end_cover(row, *, at):
    """Whoever covered with this row no longer does, whether the leave has begun or not."""
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    if row.access:
        row.access.begins = min(row.access.begins, at)
        row.access.save(update_fields=["begins"])
        access.end_early(row.access, at=at)


@transaction.atomic
def keep_covered(leave, *, at, by=None):
    """Youth who came to the covered person since are covered, too; who is no longer with them no longer is."""
    if leave.granted_at is None or leave.until <= at:
        return
    held = open_with(leave.person)
    rows = {row.case_id: row for row in leave.covers.filter(ended_at=None).select_related("access", "user")}
    for case, row in rows.items():
        if case not in held or kept_away(row.user, case):
            end_cover(row, at=at)
    rows = {case: row for case, row in rows.items() if row.ended_at is None}
    for case in Case.objects.filter(pk__in=held.keys()):
        row = rows.get(case.pk) or newly(leave, case, held[case.pk])
        if row is not None and row.access_id is None:
            row.access = access.give(
                case, user=row.user, as_what=As.COVER, why=WHY, by=by, at=max(leave.begins, at), until=leave.until
            )
            row.save(update_fields=["access"])
            case.record("Somebody covers while a colleague is on leave", by=by, at=at)


def newly(leave, case, kinds):
    """A row for somebody who came since: with who covers, or else who would be told of a concern."""
    others = [leave.cover, *concerns.rota(case, but=leave.person)]
    for user in [one for one in others if one is not None and one.pk != leave.person_id]:
        if fits(user, kinds) and not kept_away(user, case.pk):
            return Cover.objects.create(leave=leave, case=case, user=user)
    return None


@on_duty("workforce")
def follow(*people, at):
    """What is open with these people changed: whoever of them is or will be on leave stays covered, all of it."""
    for leave in Leave.objects.current(at).filter(granted_at__isnull=False, person__in=people):
        keep_covered(leave, at=at)


@on_duty("workforce", "mentoring", "concern")
@transaction.atomic
def keep(*, at):
    """The clock: who is away from today, who is back, and whoever came to them in between."""
    ours = Leave.objects.filter(granted_at__isnull=False, over_at=None, begins__lte=at)
    for leave in ours.select_for_update(of=("self",), skip_locked=True).select_related("person", "cover"):
        if leave.until <= at:
            come_back(leave, at=at)
            continue
        if leave.begun_at is None:
            go(leave, at=at)
        keep_covered(leave, at=at)


@on_duty("workforce", "mentoring", "concern")
def go(leave, *, at):
    """The first day: no new youth for a mentor, and what waits for an answer goes to who is here."""
    leave.begun_at = at
    leave.save(update_fields=["begun_at"])
    mentor = Mentor.objects.filter(user=leave.person, status__in=WORKS).first()
    if mentor is not None:
        lifecycle.move_mentor(mentor, MentorStatus.ON_LEAVE)
    for concern in Concern.objects.filter(status=ConcernStatus.TOLD, told=leave.person).select_related("case"):
        concerns.tell(concern, next(iter(concerns.rota(concern.case, but=concern.raised_by)), None), at=at)


@on_duty("workforce", "mentoring")
def come_back(leave, *, at):
    leave.over_at = at
    leave.save(update_fields=["over_at"])
    mentor = Mentor.objects.filter(user=leave.person, status=MentorStatus.ON_LEAVE).first()
    if mentor is not None and not Leave.objects.in_force(at).filter(person=leave.person).exists():
        lived = mentor.mentorships.filter(status__in=LIVED).exists()
        lifecycle.move_mentor(mentor, MentorStatus.ACTIVE if lived else MentorStatus.READY)


@on_duty("workforce")
@transaction.atomic
def end_all(person, *, at):
    """Somebody is gone for good: their leave is over, and what was covered has gone to whoever took over."""
    for leave in Leave.objects.current(at).filter(person=person):
        if leave.granted_at is None:
            say_no(leave, at=at)
        else:
            change_until(leave, at, at=at)
