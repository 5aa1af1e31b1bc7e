"""What the walls cost: `make costs` prints ratios, measured in turn in one run; nothing here is a test.

The caseload page, the check-in and a change of pace of a mentor with ten youth and eight hundred meetings, with
everything and with parts taken away: the policies (asked as the keeper, whom they show all, and nobody says who acts),
the line in the trail, the sealed fields, and what a changed row said before. Each way is taken once in each round, in
an order that turns, and compared within the round: so a machine that is busy with something else is busy for all of
them. What counts is the processor's time, ours and that of our process in the database; the clock's is beside it.
"""

import itertools
import statistics
import time
import uuid
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from mlmc.core import audit, crypto
from mlmc.core.context import Actor
from mlmc.core.postgres.base import DatabaseWrapper
from mlmc.core.postgres.roles import APP, KEEPER, OWNER
from tests.conftest import ProvenClient, as_role, raw
from tests.factories import MeetingFactory, MentorFactory, MentorshipFactory
from tests.test_core_plans import mentor  # noqa: F401 (a million meetings)
from tests.test_core_rls import say

ROUNDS, WARM = 150, 10


@contextmanager
def without_trail(patch):
    patch.setattr(audit, "is_worth_a_line", lambda *_: False)
    yield


@contextmanager
def without_sealing(patch):
    patch.setattr(crypto, "seal", lambda text, *, bound_to: crypto.Sealed(text.encode()))
    yield


@contextmanager
def without_context(patch):
    patch.setattr(DatabaseWrapper, "saying_who_acts", lambda _: nullcontext())
    yield


@contextmanager
def without_history(_):
    """As while keys are turned: see postgres/history.py. The keeper alone may say so."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.resealing', 'on', false)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.resealing', '', false)")


def open_either(value, *, bound_to, sealed=crypto.open_sealed):
    return sealed(value, bound_to=bound_to) if value[:1] == b"\x01" else bytes(value).decode()


@contextmanager
def measured(role, *parts):
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for part in parts:
            stack.enter_context(part(patch))
        stack.enter_context(as_role(role))
        yield


WAYS = {
    "all walls": (APP,),
    "no trail": (APP, without_trail),
    "no trail, no policies": (KEEPER, without_trail, without_context),
    "nor history": (KEEPER, without_trail, without_context, without_history),
    "no sealing": (APP, without_sealing),
    "none of them": (KEEPER, without_trail, without_context, without_history, without_sealing),
}


def spent(link):
    """Seconds so far: of the processor, for us and for our process in the database; and of the clock."""
    theirs = Path(f"/proc/{link.info.backend_pid}/schedstat").read_text().split()[0]
    return time.process_time() + int(theirs) / 1e9, time.perf_counter()


@pytest.mark.django_db
def test_what_the_walls_cost(capsys, monkeypatch):
    monkeypatch.setattr(crypto, "open_sealed", open_either)  # rows written with and without a seal lie side by side
    somebody = MentorFactory()
    rows = [MentorshipFactory(mentor=somebody) for _ in range(10)]
    for row in rows:
        MeetingFactory.create_batch(80, mentorship=row, words="We cooked, and it was good.")
    browser = ProvenClient()
    browser.force_login(somebody.user)

    def page():
        assert browser.get(reverse("mentors:my_youth")).status_code == 200

    def check_in():
        said = {"client_key": uuid.uuid4(), "kind": "text", "held_on": timezone.localdate(), "minutes": "15"}
        said |= {"reached": "yes", "words": "A good talk."}
        assert browser.post(reverse("mentors:check_in", args=[rows[0].pk]), said).status_code == 302

    paces = itertools.cycle(["monthly", "fortnightly"])

    def change_pace():
        said = {"to": next(paces)}
        assert browser.post(reverse("mentors:change_pace", args=[rows[1].pk]), said).status_code == 302

    with as_role(OWNER), connection.cursor() as cursor:
        cursor.execute("analyze")  # plans as on a machine that has run for a day
    found = {work.__name__: {way: [] for way in WAYS} for work in (page, check_in, change_pace)}
    for turn in range(WARM + ROUNDS):
        for way in sorted(WAYS, key=lambda way: (list(WAYS).index(way) + turn) % len(WAYS)):
            with measured(*WAYS[way]):
                for work in (page, check_in, change_pace):
                    begun = spent(connection.connection)
                    work()
                    taken = [after - before for before, after in zip(begun, spent(connection.connection), strict=True)]
                    found[work.__name__][way].append(taken)
    with capsys.disabled():
        for name, ways in found.items():
            print(f"\n{name}: {per_thousand(ways['none of them'])} ms of processor, of clock with none of them")
            for way, times in ways.items():
                print(f"  {way:21} × {compared(times[WARM:], ways['none of them'][WARM:])}")


def per_thousand(times):
    return ", ".join(f"{statistics.median(column) * 1000:.1f}" for column in zip(*times, strict=True))


def compared(times, bare):
    """The middle of the rounds, with its quarters, for each kind of time."""
    kinds = zip(zip(*times, strict=True), zip(*bare, strict=True), strict=True)
    ratios = [[one / other for one, other in zip(*both, strict=True)] for both in kinds]
    quarters = [statistics.quantiles(ratio, n=4) for ratio in ratios]
    return ", ".join(f"{middle:.3f} ({low:.2f}–{high:.2f})" for low, middle, high in quarters)


def test_what_the_policies_cost_over_a_million_meetings(mentor, capsys):  # noqa: F811
    """Her fifty latest, by a filter written by hand, as the program and as the keeper, whom no policy asks."""
    sql = """select id, held_on from mentors_meeting where mentorship_id = any (%s) order by held_on desc limit 50"""
    hers = [row.pk for row in mentor.mentor.mentorships.all()]
    times = {APP: [], KEEPER: []}
    for _ in range(ROUNDS):
        for role, taken in times.items():
            with raw(role) as cursor:
                say(cursor, Actor.of(mentor))
                for _ in range(WARM):  # a connection lasts for minutes; what it asks first it also plans
                    cursor.execute(sql, [hers])
                begun = spent(cursor.connection)
                for _ in range(5):
                    cursor.execute(sql, [hers])
                taken.append([after - before for before, after in zip(begun, spent(cursor.connection), strict=True)])
    with capsys.disabled():
        print(f"\nfifty latest of a million: {per_thousand(times[KEEPER])} ms for five, without policies")
        print(f"  with them × {compared(times[APP], times[KEEPER])}")
