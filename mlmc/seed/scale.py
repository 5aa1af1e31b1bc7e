"""A state's worth of made-up youth, in bulk, into an empty database: `manage.py seed_scale`."""

import datetime
import os
import random
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

from django.db import connection, transaction

from cases.models import Agency
from mentors.models import Mentor, MentorStatus
from mlmc import program
from mlmc.core import audit
from mlmc.core.context import Actor, acting_as
from mlmc.core.keys import proof
from mlmc.core.models import Role, Team, User
from mlmc.core.postgres.catalog import somebody_is_there
from mlmc.seed import lives, names, staff, trail
from mlmc.seed.lines import Lines, day_of, id_at, moment_of, nothing_in_the_way
from outcomes import instruments
from outcomes.models import Wave

MENTORS_OF_A_TEAM = 10
PLACES = 10
AT_ONCE = 200  # youth


class NotPossible(Exception):
    """This cannot be filled in. The message is fit for the user."""


def fill(*, cases, meetings, mentors, lines, answered, number, at, say):
    """As the owner, into an empty database. `lines` is how many lines of the trail each check-in left, at most four;
    `say` is told how far it is."""
    if cases > mentors * PLACES:
        raise NotPossible(f"{mentors} mentors have {mentors * PLACES} places, and there are {cases} youth.")
    if somebody_is_there():
        raise NotPossible("There are people here already: this fills an empty database only.")
    first = day_of(at.timestamp() - lives.LONGEST)
    audit.prepare_months(first, count=(at.year - first.year) * 12 + at.month - first.month + 24)
    with connection.cursor() as cursor, nothing_in_the_way(cursor):
        with acting_as(Actor.system("seed")):
            scale = people(cases, meetings, mentors, answered, number, at)
        for done, of in each(youth, [(scale, first) for first in range(0, cases, AT_ONCE)]):
            say(f"youth and meetings: {done * 100 // of} %")
        cursor.execute("analyze")
        for done, of in each(month, [(*days, lines) for days in months(first, at.date())] if lines else []):
            say(f"the trail: {done * 100 // of} %")
        cursor.execute("select setval('cases_youth_code', %s)", [cases])
        cursor.execute("select setval('guard.audit_lane_number', %s)", [trail.LANES])
        say("keys, foreign keys and indexes")
    with connection.cursor() as cursor:
        say("counting, for PostgreSQL's plans")
        cursor.execute("vacuum analyze")


def people(cases, meetings, mentors, answered, number, at):
    """Those of the demo, and as many teams more as it takes. Returns what `lives` wants to know."""
    rng = random.Random(number)
    proof.prove()
    program.mark("demo")
    known = staff.make(at=at)
    agencies = [Agency.objects.create(name=name) for name in names.AGENCIES]
    there = [
        (str(one.pk), str(one.user_id), one.user.team_id)
        for one in Mentor.objects.filter(status=MentorStatus.READY).select_related("user").order_by("user__email")
    ][:mentors]
    teams = {team.pk: team_of(known.values(), team.pk) for team in Team.objects.all()}
    with connection.cursor() as cursor:
        lines = Lines(cursor)
        found = [(mentor, user, teams[team]) for mentor, user, team in there]
        found += strangers(lines, rng, range(len(there), mentors), at.timestamp())
        lines.close()
    Mentor.objects.filter(status=MentorStatus.READY).update(status=MentorStatus.ACTIVE)
    instrument = instruments.newest()
    return lives.Scale(
        number=number,
        cases=cases,
        meetings=meetings,
        answered=answered,
        now=at.timestamp(),
        intake=str(known["priya"].pk),
        assessment=str(known["ana"].pk),
        mentors=found,
        agencies=[str(agency.pk) for agency in agencies],
        waves=[(str(w.pk), w.months, w.opens_months, w.closes_months) for w in Wave.objects.order_by("months")],
        instrument=str(instrument.pk),
        items=list(instruments.questions(instrument).items),
    )


def team_of(everybody, team):
    first = {role: str(one.pk) for one in everybody if one.team_id == team for role in one.roles}
    return lives.Team(*(first[role] for role in (Role.SUPERVISOR, Role.SUPPORT, Role.CASE_MANAGER)))


def strangers(lines, rng, numbers, now):
    """Mentors nobody knows by name, in teams of ten, each with who supervises and who helps."""
    began, team = now - lives.LONGEST, None

    def somebody(role, number, team):
        person = id_at(began, rng)
        lines.add(
            User,
            id=person,
            password="!",
            email=f"{role}-{number}@scale.example",
            name=f"{rng.choice(lives.FIRST)} {rng.choice(lives.LAST)}",
            roles=[role],
            team_id=team,
            invited_at=moment_of(began),
        )
        return person

    for turn, number in enumerate(numbers):
        if turn % MENTORS_OF_A_TEAM == 0:
            team = id_at(began, rng)
            lines.add(Team, id=team, name=f"Team {turn // MENTORS_OF_A_TEAM + 1}")
            watch = lives.Team(
                *(somebody(role, number, team) for role in (Role.SUPERVISOR, Role.SUPPORT, Role.CASE_MANAGER))
            )
        user, mentor = somebody(Role.MENTOR, number, team), id_at(began, rng)
        told = {name: rng.choice(names.MENTORS)[name] for name in staff.TOLD}
        lines.add(Mentor, id=mentor, user_id=user, status=MentorStatus.READY, **told)
        yield mentor, user, watch


def each(work, tasks):
    """Every task in as many processes as there are cores; yields (done, of) as they go."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("fork"), initializer=begin_anew) as pool:
        for done, _ in enumerate(pool.map(work, tasks), start=1):
            yield done, len(tasks)


def months(first, last):
    """(first day, first day of the next) of every month from the one to the other."""
    begun = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return pairwise(datetime.date(n // 12, n % 12 + 1, 1) for n in [*begun, begun.stop])


def begin_anew():
    """A process of its own has a connection of its own; the one it was forked with stays its parent's."""
    connection.connection = None


def youth(task):
    scale, first = task
    rng = random.Random(f"{scale.number}:{first}")
    with transaction.atomic(), connection.cursor() as cursor:
        lines = Lines(cursor)
        for n in range(first, min(first + AT_ONCE, scale.cases)):
            lives.tell(scale, n, rng, lines)
        lines.close()


def month(task):
    begin, end, lines = task
    with transaction.atomic(), connection.cursor() as cursor:
        trail.fill(cursor, begin, end, lines=lines)
