"""Today shows as much as somebody reads, the most urgent first, however much there is; its numbers are exact up to a
thousand."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from cases import promises
from cases.models import Referral
from mentors import places
from mlmc import program, today
from mlmc.core import counting
from mlmc.core.templatetags.ui import many
from tests.factories import CaseFactory, MentorFactory, MentorshipFactory, ReferralFactory
from tests.pages import sign_in, text

pytestmark = pytest.mark.django_db


def some_referrals(dice, now, count):
    for _ in range(count):
        came = now - timedelta(hours=dice.randint(0, 24 * 12))
        said, reached = (dice.choice([None, None, came + timedelta(hours=1)]) for _ in range(2))
        ReferralFactory(received_at=came, replied_at=said, reached_at=reached)


def by_each_clock(now, settings):
    """The late ones, read whole and sorted: what the page has to show the beginning of."""
    for row in Referral.objects.open():
        running = promises.clocks(
            received_at=row.received_at, replied_at=row.replied_at, reached_at=row.reached_at, program=settings
        )
        if any(clock.state(now) == "late" for clock in running):
            yield promises.that_matters(running).due_at, row.received_at, row.pk


@pytest.mark.parametrize("seed", range(4))
def test_the_referrals_whose_promise_broke_first_stand_first(seed, client):
    user, now, ours = sign_in(client, intake=True), timezone.now(), program.current()
    some_referrals(random.Random(seed), now, 40)

    shown = today.broken(user, at=now, settings=ours)

    assert [row.pk for row in shown] == [pk for *_, pk in sorted(by_each_clock(now, ours))][: today.SHOWN]


def test_the_numbers_are_those_of_the_lists_and_end_at_a_thousand(client):
    user, now = sign_in(client, intake=True), timezone.now()
    CaseFactory.create_batch(3)
    ReferralFactory.create_batch(2, received_at=now - timedelta(days=9))
    ReferralFactory(received_at=now)

    assert today.counts(user, at=now, settings=program.current()) == {"reply": 2, "contact": 2, "waiting": 3}
    assert counting.counted(Referral.objects.all(), Referral.objects.filter(pk__in=[]), enough=2) == [2, 0]


def test_a_number_past_a_thousand_says_that_there_are_more():
    assert [many(number) for number in (0, 999, 1000, 1001)] == [0, 999, 1000, "1,000+"]


def test_room_names_those_with_the_most_open_places_and_counts_them_all(client):
    few, many_places, full = MentorFactory(places=2), MentorFactory(places=9), MentorFactory(places=1)
    away = MentorFactory(status="on_leave", places=10)
    MentorshipFactory(mentor=full)

    room = places.room(3)

    assert [(one, one.open) for one in room.mentors] == [(many_places, 9), (few, 2), (full, 0)]
    assert (room.others, room.open, room.more) == (1, 11, False)
    assert away in places.room(4).mentors


def test_of_very_many_mentors_those_here_longest_are_compared_and_the_page_says_so(client, monkeypatch):
    monkeypatch.setattr(places, "MANY", 2)
    sign_in(client, director=True)
    first, second, _ = MentorFactory(places=2), MentorFactory(places=9), MentorFactory(places=10)

    page = text(client.get("/today/"))

    room = places.room(25)
    assert (room.mentors, room.open, room.more) == ([second, first], 11, True)
    assert "11+ places open now" in page and "Of the thousand mentors who have been here longest" in page
