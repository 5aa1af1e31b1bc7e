"""The keys as they stand in the environment or in a file: read, looked at, and refused in one sentence.

Pure, and without a database: the settings read it before anything else is there.
"""

import base64
import binascii
import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_SIZE = 32  # AES-256
SHORTEST = 32  # of the keys that are words: fewer letters than this were typed by somebody, not made
FORM = 'Write it like "2:base64,1:base64"; the first key seals, all of them open'


def read_ring(words):
    """{number: 32 bytes}, in the order they stand: the first seals. What is wrong never repeats a key."""
    ring = {}
    for place, pair in enumerate(words.split(","), 1):
        number, colon, text = pair.strip().partition(":")
        if not (colon and number.isdecimal() and number.isascii() and 1 <= int(number) <= 255):
            raise ImproperlyConfigured(f"MLMC_DATA_KEYS cannot be read at its key {place}. {FORM}.")
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ImproperlyConfigured(f"Key {int(number)} of MLMC_DATA_KEYS is no base64. {FORM}.") from None
        if len(key) != KEY_SIZE:
            size = f"{len(key)} bytes long instead of {KEY_SIZE}"
            raise ImproperlyConfigured(f"Key {int(number)} of MLMC_DATA_KEYS is {size}: it was cut off, or is no key.")
        if int(number) in ring:
            raise ImproperlyConfigured(f"MLMC_DATA_KEYS has two keys with the number {int(number)}. Which one is it?")
        ring[int(number)] = key
    return ring


def long_enough(name, words):
    if len(words) < SHORTEST:
        raise ImproperlyConfigured(f"{name} is too short to be a key: it needs {SHORTEST} letters or more, by chance.")
    return words


def kept_in(path):
    """What MLMC_SECRETS_FILE holds, one NAME=value a line. The environment of a process can be read by whoever
    runs as its user; a file only while it is opened, and only by its owner."""
    try:
        if stat.S_IMODE(os.stat(path).st_mode) & 0o077:
            raise ImproperlyConfigured(
                f"MLMC_SECRETS_FILE can be read by others, and it holds the keys: `chmod 600 {path}`."
            )
        lines = Path(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise ImproperlyConfigured("MLMC_SECRETS_FILE names a file that cannot be read.") from None
    named = (line.partition("=") for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in named}


@contextmanager
def said_plainly():
    """What stops a start is one sentence and no traceback. 3 is what gunicorn takes for: do not try again."""
    try:
        yield
    except ImproperlyConfigured as problem:
        print(f"\n{problem}\n", file=sys.stderr, flush=True)
        sys.exit(3)


def settings_or_stop():
    """Read the settings now: what is wrong with them is said before anything else begins."""
    with said_plainly():
        return settings.INSTALLED_APPS
