"""Danger is never only stored: somebody is told at once, and the next one if nobody answers."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases import access
from cases.models import As, Wall
from mentors.lifecycle import move_concern
from mentors.models import OPEN, Concern, ConcernStatus, Leave, Mentorship
from mlmc import program
from mlmc.core import outbox
from mlmc.core.context import on_duty
from mlmc.core.models import Role, User


@on_duty("concern")
def rota(case, *, but=None, leaves=None):
    """Who may be told about this case, in order: the supervisors on call, else the mentor's own, else any, else the
    director. Never somebody behind a wall or who leaves, and not who raised it (`but`) while there is anybody else."""
    here = ({leaves.pk: None} if leaves else {}) | stand_ins()
    walled = set(Wall.objects.filter(youth=case.youth_id).values_list("user", flat=True))
    people = User.objects.exclude(pk__in=walled)
    supervisors = list(people.with_role(Role.SUPERVISOR).order_by("pk"))
    by_id = {str(person.pk): person for person in supervisors}
    teams = Mentorship.objects.filter(case=case, status__in=OPEN).values_list("mentor__user__team", flat=True)
    teams = {team for team in teams if team}
    ways = [
        lambda: [by_id[one] for one in program.current().on_call if one in by_id],
        lambda: [person for person in supervisors if person.team_id in teams],
        lambda: supervisors,
        lambda: list(people.with_role(Role.DIRECTOR).order_by("pk")),
    ]
    for way in ways:
        standing = dict.fromkeys(here.get(person.pk, person) for person in way())
        out = walled | here.keys()
        if found := [person for person in standing if person not in (None, but) and person.pk not in out]:
            return found
    return [person for person in supervisors if person == but and person != leaves]


def stand_ins():
    """{id of who is on leave: who covers as a supervisor or director, or None}: the rota turns to who is here."""
    rows = Leave.objects.in_force(timezone.now()).select_related("cover")
    by_role = (Role.SUPERVISOR, Role.DIRECTOR)
    return {row.person_id: row.cover if row.cover and row.cover.has_role(*by_role) else None for row in rows}


@on_duty("concern")
@transaction.atomic
def raise_concern(case, *, source, at, by=None, words="", meeting=None):
    """Open a concern and tell who is on call, all in the transaction of its reason. One check-in raises one."""
    if meeting is not None and (known := Concern.objects.filter(meeting=meeting).first()):
        return known
    concern = Concern.objects.create(
        case=case, source=source, meeting=meeting, words=words, raised_by=by, raised_at=at, status=ConcernStatus.TOLD
    )
    case.record("A safety concern was raised", by=by, at=at)
    tell(concern, next(iter(rota(case, but=by)), None), at=at)
    return concern


@on_duty("concern")
def tell(concern, person, *, at):
    """It stands with this person now: they may open the case, and a message that says nothing is on its way."""
    concern.told, concern.told_at = person, at
    concern.save(update_fields=["told", "told_at"])
    if person is not None:
        access.give(concern.case, user=person, as_what=As.ON_CALL, why="on call for a concern", by=None, at=at)
        outbox.enqueue("concern", to=person, about=concern.pk, due_at=at)


@on_duty("concern")
@transaction.atomic
def move_to(concern, case, *, by, at):
    """It was about another youth. Whoever has it, or was told, has it there; a wall finds the next on call."""
    before, here = concern.case, rota(case, but=concern.raised_by)
    holder = concern.acknowledged_by or concern.told
    walled = holder is not None and Wall.objects.filter(user=holder, youth=case.youth_id).exists()
    concern.case = case
    concern.save(update_fields=["case"])
    if not Concern.objects.unresolved().filter(case=before).exists():
        access.end(before, at=at, as_what=[As.ON_CALL])
    before.record("A safety concern here was about somebody else", by=by, at=at)
    case.record("A safety concern was moved here", by=by, at=at)
    if concern.status == ConcernStatus.RESOLVED:
        return
    person = next(iter(here), None) if walled else holder
    if walled and concern.status == ConcernStatus.ACKNOWLEDGED:
        move_concern(concern, ConcernStatus.TOLD)
        concern.acknowledged_by = concern.acknowledged_at = None
        concern.save(update_fields=["acknowledged_by", "acknowledged_at"])
    if concern.status == ConcernStatus.TOLD:
        tell(concern, person, at=at)
    elif person is not None:
        access.give(case, user=person, as_what=As.ON_CALL, why="on call for a concern", by=None, at=at)
    if person is not None:
        outbox.enqueue("news", to=person, about=f"{concern.pk} {at:%Y%m%d%H%M%S}", due_at=at)


@on_duty("concern")
@transaction.atomic
def acknowledge(concern, *, by, at):
    """Somebody has it. The clock of the rota stops."""
    move_concern(concern, ConcernStatus.ACKNOWLEDGED)
    concern.acknowledged_by, concern.acknowledged_at = by, at
    concern.save(update_fields=["acknowledged_by", "acknowledged_at"])
    concern.case.record("Somebody has the safety concern in hand", by=by, at=at)
    return concern


def held_by(people):
    """What one of these people was told of and nobody has taken since, or has taken on."""
    told = Q(status=ConcernStatus.TOLD, told__in=people)
    return Concern.objects.filter(told | Q(status=ConcernStatus.ACKNOWLEDGED, acknowledged_by__in=people))


AWAY, RAISED_IT = "Is on leave.", "Raised it."


@on_duty("concern")
def cannot_take(found, people, *, person):
    """{(concern, user id): why not}: who is on leave now, and who raised it, while the rota has anybody else."""
    away = set(Leave.objects.in_force(timezone.now()).filter(person__in=people).values_list("person", flat=True))
    why = {}
    for concern in found:
        for one in people:
            if one.pk in away:
                why[concern.pk, one.pk] = AWAY
            elif one.pk == concern.raised_by_id and rota(concern.case, but=one, leaves=person) != [one]:
                why[concern.pk, one.pk] = RAISED_IT
    return why


@on_duty("concern")
@transaction.atomic
def pass_to(concern, to, *, person, by, at):
    """Whoever had it, or was told, leaves: it stands with somebody else, who is told now and has it once they say so.
    `to` may be nobody, or be away or have raised it: then whoever stands first on the rota is told."""
    if to is not None and cannot_take([concern], [to], person=person):
        to = None
    if concern.status == ConcernStatus.ACKNOWLEDGED:
        move_concern(concern, ConcernStatus.TOLD)
        concern.acknowledged_by = concern.acknowledged_at = None
        concern.save(update_fields=["acknowledged_by", "acknowledged_at"])
    people = [to] if to else rota(concern.case, but=concern.raised_by, leaves=person)
    tell(concern, next(iter(people), None), at=at)
    if not held_by([person.pk]).filter(case=concern.case_id).exists():
        access.end(concern.case, at=at, as_what=[As.ON_CALL], user=person)
    concern.case.record("The safety concern went to somebody else", by=by, at=at)


@on_duty("concern")
@transaction.atomic
def resolve(concern, *, by, at, resolution):
    """What was done about it, in words. Who was only called in for it steps back."""
    move_concern(concern, ConcernStatus.RESOLVED)
    concern.resolved_by, concern.resolved_at, concern.resolution = by, at, resolution
    concern.save(update_fields=["resolved_by", "resolved_at", "resolution"])
    if not Concern.objects.unresolved().filter(case=concern.case_id).exists():
        access.end(concern.case, at=at, as_what=[As.ON_CALL])
    concern.case.record("The safety concern was resolved", by=by, at=at)
    return concern


@on_duty("concern")
@transaction.atomic
def pass_on_unacknowledged(*, at):
    """Nobody has taken it in time: the next on the rota is told, round and round. Who was told before keeps access."""
    late = at - timedelta(minutes=program.current().acknowledge_minutes)
    waiting = Concern.objects.filter(status=ConcernStatus.TOLD, told_at__lte=late).select_related("case", "told")
    concerns = list(waiting.select_for_update(of=("self",), skip_locked=True).order_by("told_at"))
    for concern in concerns:
        people = rota(concern.case, but=concern.raised_by)
        place = people.index(concern.told) + 1 if concern.told in people else 0
        concern.turns += 1
        concern.save(update_fields=["turns"])
        tell(concern, people[place % len(people)] if people else None, at=at)
        concern.case.record("The safety concern went to the next on call", by=None, at=at)
    return len(concerns)
