"""What the walls cost: `make costs` prints ratios, measured in turn in one run; nothing here is a test.

The caseload page and the check-in of a mentor with ten youth and eight hundred meetings, with everything and with
parts taken away: the policies (asked as the keeper, whom they show all), the line in the trail, the sealed fields.
"""

import statistics
import time
import uuid
from contextlib import ExitStack, contextmanager

import pytest
from django.urls import reverse
from django.utils import timezone

from mlmc.core import audit, crypto
from mlmc.core.context import Actor
from mlmc.core.postgres.roles import APP, KEEPER
from tests.conftest import ProvenClient, as_role, raw
from tests.factories import MeetingFactory, MentorFactory, MentorshipFactory
from tests.test_core_plans import mentor  # noqa: F401 (a million meetings)
from tests.test_core_rls import say

ROUNDS, EACH = 15, 12


@contextmanager
def without_trail(patch):
    patch.setattr(audit, "is_worth_a_line", lambda *_: False)
    yield


@contextmanager
def without_sealing(patch):
    patch.setattr(crypto, "seal", lambda text, *, bound_to: crypto.Sealed(text.encode()))
    yield


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
    "no trail, no policies": (KEEPER, without_trail),
    "no sealing": (APP, without_sealing),
    "none of them": (KEEPER, without_trail, without_sealing),
}


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

    found = {work.__name__: {way: [] for way in WAYS} for work in (page, check_in)}
    for _ in range(ROUNDS):
        for way, how in WAYS.items():
            with measured(*how):
                for work in (page, check_in):
                    begun = time.perf_counter()
                    for _ in range(EACH):
                        work()
                    found[work.__name__][way].append((time.perf_counter() - begun) / EACH)
    with capsys.disabled():
        for name, times in found.items():
            bare = times["none of them"]
            print(f"\n{name}: {statistics.median(bare) * 1000:.1f} ms with none of them")
            for way, all_of_them in times.items():
                ratios = sorted(one / other for one, other in zip(all_of_them, bare, strict=True))
                middle = statistics.median(ratios)
                print(f"  {way:21} × {middle:.2f}  (quarters {ratios[len(ratios) // 4]:.2f}–{ratios[-4]:.2f})")


def test_what_the_policies_cost_over_a_million_meetings(mentor, capsys):  # noqa: F811
    """Her fifty latest, by a filter written by hand, as the program and as the keeper, whom no policy asks."""
    sql = """select id, held_on from mentors_meeting where mentorship_id = any (%s) order by held_on desc limit 50"""
    hers = [row.pk for row in mentor.mentor.mentorships.all()]
    times = {APP: [], KEEPER: []}
    for _ in range(200):
        for role, taken in times.items():
            with raw(role) as cursor:
                say(cursor, Actor.of(mentor))
                cursor.execute("select 1")
                begun = time.perf_counter()
                for _ in range(5):
                    cursor.execute(sql, [hers])
                taken.append((time.perf_counter() - begun) / 5)
    with capsys.disabled():
        with_them, without = (statistics.median(times[role]) for role in (APP, KEEPER))
        ratio = with_them / without
        print(f"\nfifty latest of a million: {without * 1000:.1f} ms, with policies × {ratio:.2f}")
