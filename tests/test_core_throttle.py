"""How often is too often, at doors that anybody may knock at; and who knocked is not written down."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from mlmc.core import throttle
from mlmc.core.models import Attempt

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def knock(times, who="203.0.113.7", kind="referral", at=NOON):
    for _ in range(times):
        throttle.knock(kind, who, at=at)


def full(who="203.0.113.7", kind="referral", at=NOON, **more):
    return throttle.too_often(kind, who, at=at, limit=3, **more)


def test_the_limit_is_reached_with_the_last_knock_allowed():
    knock(2)
    assert not full()
    knock(1)
    assert full()


def test_one_door_and_one_visitor_say_nothing_of_another():
    knock(3)

    assert not full(who="203.0.113.8")
    assert not full(kind="sign_in")


def test_a_visitor_is_the_same_however_they_are_typed():
    knock(3, who="Mia@Example.org")

    assert full(who=" mia@example.ORG ")


@pytest.mark.parametrize(("after", "closed"), [(0, True), (59, True), (60, False), (61, False)])
def test_a_door_opens_again_by_itself(after, closed):
    knock(3)

    assert full(at=NOON + timedelta(minutes=after)) is closed


def test_a_door_may_have_another_window():
    knock(3)

    assert not full(at=NOON + timedelta(minutes=15), within=timedelta(minutes=15))
    assert full(at=NOON + timedelta(hours=2), within=timedelta(hours=3))


def test_what_has_not_happened_yet_does_not_count():
    knock(3, at=NOON + timedelta(minutes=1))

    assert not full()


def test_forgiving_opens_one_door_to_one_visitor():
    knock(3)
    knock(3, who="203.0.113.8")
    throttle.forgive("referral", "203.0.113.7")

    assert not full()
    assert full(who="203.0.113.8")


def test_who_knocked_is_kept_as_a_blind_index_only():
    knock(1, who="mia@example.org")

    with connection.cursor() as cursor:
        cursor.execute("select to_json(core_attempt)::text from core_attempt")
        [[row]] = cursor.fetchall()
    assert "mia" not in row
    assert b"mia@example.org".hex() not in row
    assert len(bytes(Attempt.objects.get().key)) == 16


def test_what_is_older_than_a_day_is_forgotten():
    knock(1, at=NOON - timedelta(hours=25))
    knock(1, at=NOON - timedelta(hours=23))
    throttle.forget_old(at=NOON)

    assert [attempt.at for attempt in Attempt.objects.all()] == [NOON - timedelta(hours=23)]
