"""The key sheet for a browser, and which lines of it somebody types back."""

from django.conf import settings

from mlmc.core.door.recovery import recovery_words
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sheet import INDEX
from mlmc.core.keys.sheet import sheet as lines_of_all


def by_label():
    return lines_of_all(read_ring(settings.MLMC_DATA_KEYS), settings.MLMC_INDEX_KEY)


def sheet():
    """{"data_keys": [(number, lines)], "index_lines", "recovery_words", "site"}"""
    found = by_label()
    return {
        "data_keys": [(label[1:], lines) for label, lines in found.items() if label != INDEX],
        "index_lines": found[INDEX],
        "recovery_words": recovery_words(),
        "site": settings.SITE_URL,
    }


def asked():
    """{head: Line} of the last line of each key: whoever has it has the whole sheet."""
    return {lines[-1].head: lines[-1] for lines in by_label().values()}
