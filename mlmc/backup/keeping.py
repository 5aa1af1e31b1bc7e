"""Which backups stay: the last seven days, four weeks and twelve months. Pure."""

import datetime

from mlmc.backup.places import NAME

DAYS, WEEKS, MONTHS = 7, 4, 12


def made_at(name):
    """When the backup of this name was made, or None for a file that is none of ours."""
    try:
        return datetime.datetime.strptime(name, NAME).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None


def kept(names):
    """The newest of each of the last seven days, four weeks and twelve months that have one. The newest stays."""
    newest_first = sorted((name for name in names if made_at(name)), key=made_at, reverse=True)
    stay = set()
    for spans, span in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        of_span = {}
        for name in newest_first:
            of_span.setdefault(made_at(name).strftime(span), name)
        stay |= set(list(of_span.values())[:spans])
    return stay


def may_go(names):
    """Backups that no rule keeps. A file with another name is somebody else's, and stays."""
    ours = {name for name in names if made_at(name)}
    return sorted(ours - kept(ours))
