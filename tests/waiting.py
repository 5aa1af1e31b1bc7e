"""Patience with real processes: look again until it is so, and say what they said if it never is."""

import time


def wait_for(true, *, within=60, why=str, process=None):
    """Until it is true, or the process that should make it so has died, or the patience is spent."""
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end or (process and process.poll() is not None):
            raise AssertionError(why() or "It never came true.")
        time.sleep(0.05)
