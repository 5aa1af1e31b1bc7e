"""Doors that anybody may knock at: how often is too often. Counted in PostgreSQL, keyed on a blind index."""

from datetime import timedelta

from mlmc.core.crypto import blind_index
from mlmc.core.models import Attempt


def knock(kind, who, *, at):
    """Remember that somebody knocked. `who` is an address or an account; only its blind index is kept."""
    Attempt.objects.create(kind=kind, key=blind_index(who, column=f"attempt.{kind}"), at=at)


def knocks(kind, who, *, at, within):
    """How often somebody knocked in the timedelta before `at`."""
    key = blind_index(who, column=f"attempt.{kind}")
    return Attempt.objects.filter(kind=kind, key=key, at__gt=at - within, at__lte=at).count()


def too_often(kind, who, *, at, limit, within=timedelta(hours=1)):
    return knocks(kind, who, at=at, within=within) >= limit


def forgive(kind, who):
    Attempt.objects.filter(kind=kind, key=blind_index(who, column=f"attempt.{kind}")).delete()


def forget_old(*, at):
    """Nothing here is worth keeping longer than a day."""
    Attempt.objects.filter(at__lt=at - timedelta(days=1)).delete()
