"""Which column of a file is which of ours: guessed from its heading, remembered from the last time."""

import json

from mlmc.core.bringing.columns import key
from mlmc.core.context import on_duty
from mlmc.core.crypto import blind_index
from mlmc.core.models import ImportColumn

LEFT_OUT = ""
# Headings of our own error files: what stands there is about the row, and not of it.
OURS = {"row", "tomend", "why"}


def marks(kind, headings):
    return {place: blind_index(key(heading), column=f"import.{kind.name}") for place, heading in enumerate(headings)}


@on_duty("bringing")
def guess(kind, headings):
    """{field: place}. What somebody chose for a heading the last time comes before what the heading says."""
    found, by_place = {}, remembered(kind, headings)
    for place, heading in enumerate(headings):
        field = by_place.get(place)
        if field is None:
            field = named_by(kind, heading)
        if field and field not in found:
            found[field] = place
    return found


def named_by(kind, heading):
    word = key(heading)
    if not word or word in OURS:
        return LEFT_OUT
    for column in kind.columns():
        if word in {key(name) for name in (column.field, column.label, *column.also)}:
            return column.field
    return LEFT_OUT


def remembered(kind, headings):
    """{place: field}, of headings that were there before."""
    by_mark = {
        bytes(row.heading): row.field
        for row in ImportColumn.objects.filter(kind=kind.name, heading__in=list(marks(kind, headings).values()))
    }
    known = {column.field for column in kind.columns()} | {LEFT_OUT}
    return {
        place: by_mark[mark]
        for place, mark in marks(kind, headings).items()
        if mark in by_mark and by_mark[mark] in known and key(headings[place])
    }


@on_duty("bringing")
def remember(kind, headings, mapping):
    """What each heading was taken for, for the next file of anybody."""
    by_place = {place: field for field, place in mapping.items()}
    rows = {
        bytes(row.heading): row
        for row in ImportColumn.objects.filter(kind=kind.name, heading__in=list(marks(kind, headings).values()))
    }
    for place, mark in marks(kind, headings).items():
        field = by_place.get(place, LEFT_OUT)
        if not key(headings[place]) or key(headings[place]) in OURS:
            continue
        if mark in rows:
            ImportColumn.objects.filter(pk=rows[mark].pk).update(field=field)
        else:
            ImportColumn.objects.create(kind=kind.name, heading=mark, field=field)


def missing(kind, mapping):
    """The columns a file has to have and does not."""
    return [column for column in kind.columns() if column.required and column.field not in mapping]


def left_out(file):
    """The headings of a file that are taken for none of ours: what stands under them is not brought in."""
    taken = set(file.mapping.values())
    headings = enumerate(json.loads(file.columns))
    return [words for place, words in headings if place not in taken and key(words) and key(words) not in OURS]
