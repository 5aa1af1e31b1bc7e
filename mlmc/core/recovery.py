"""When nobody is left who can let anybody in: words on paper, made from a key, that prove whoever runs the machine
also holds what is locked away."""

import hashlib
import hmac

from django.conf import settings

LETTERS = "abcdefghjkmnpqrstuvwxyz"  # none of them looks like another on paper
GROUPS, SIZE = 6, 4


def recovery_words():
    """Six groups of four letters for the key sheet. From the index key, which is never turned with the data keys."""
    digest = hmac.new(settings.MLMC_INDEX_KEY.encode(), b"the words of a key sheet", hashlib.sha512).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(GROUPS * SIZE):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return " ".join("".join(letters[start : start + SIZE]) for start in range(0, len(letters), SIZE))
