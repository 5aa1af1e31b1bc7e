"""A way back for ten minutes, by whoever did it; afterwards there is a correction, which says why."""

from datetime import timedelta

WITHIN = timedelta(minutes=10)


def until(done_at):
    return done_at + WITHIN


def is_open(done_at, done_by_id, *, by, at):
    """Whether this person may still take back what they did at that moment."""
    return done_at is not None and done_by_id == by.pk and at - done_at <= WITHIN
