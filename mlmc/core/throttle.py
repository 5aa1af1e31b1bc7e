"""Doors that anybody may knock at: how often is too often. Counted in PostgreSQL, keyed on a blind index."""

from datetime import timedelta

from django.db import connection
from django.db.models import Count, Max

from mlmc.core.context import on_duty
from mlmc.core.crypto import blind_index
from mlmc.core.models import Attempt

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


def key_of(kind, who):
    return blind_index(who, column=f"attempt.{kind}")


def knock(kind, who, *, at):
    """Remember that somebody knocked. `who` is an address or an account; only its blind index is kept."""
    Attempt.objects.create(kind=kind, key=key_of(kind, who), at=at)


def knocks(kind, who, *, at, within):
    """How often somebody knocked in the timedelta before `at`."""
    return Attempt.objects.filter(kind=kind, key=key_of(kind, who), at__gt=at - within, at__lte=at).count()


def too_often(kind, who, *, at, limit, within=timedelta(hours=1)):
    return knocks(kind, who, at=at, within=within) >= limit


def opens_at(kind, who, *, at, free, within=A_DAY):
    """When this door opens again: at once for the first `free` knocks, then 1, 2, 4 … minutes after the last one, and
    never more than an hour."""
    rows = Attempt.objects.filter(kind=kind, key=key_of(kind, who), at__gt=at - within, at__lte=at)
    found = rows.aggregate(many=Count("pk"), last=Max("at"))
    if found["many"] < free:
        return at
    return found["last"] + min(AN_HOUR, timedelta(minutes=2 ** min(found["many"] - free, 6)))


def one_at_a_time(kind, who):
    """Whether nobody else is at this door in this moment. Held until the transaction ends: so a hundred tries sent at
    once are not all made before the first of them is counted."""
    number = int.from_bytes(key_of(kind, who)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]


@on_duty("accounts")
def forgive(kind, who):
    Attempt.objects.filter(kind=kind, key=key_of(kind, who)).delete()


def forget_old(*, at):
    """Nothing here is worth keeping longer than a day."""
    Attempt.objects.filter(at__lt=at - timedelta(days=1)).delete()
