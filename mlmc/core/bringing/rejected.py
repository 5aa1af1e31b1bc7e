"""The rows that were not taken, as a file: the columns they came in, what is to be mended in front. Mended, it can be
uploaded as it is, for nobody takes the first three columns for anything else."""

import json

from mlmc.core.models import RowStatus

SHOWN = 20  # rows of a page; the file has all of them
HEAD = ["Row", "To mend", "Why"]


def table(file):
    """Headings, then one row for each rejected one."""
    headings = json.loads(file.columns)
    ours = len(HEAD) if headings[: len(HEAD)] == HEAD else 0  # a file of ours that came back
    yield [*HEAD, *headings[ours:]]
    for row in one_by_one(file.rows.filter(status=RowStatus.REJECTED)):
        where, why = told(row, headings)
        yield [row.number, where, why, *json.loads(row.cells or "[]")[ours:]]


def one_by_one(rows, size=1000):
    """In the order of the file, so many held at a time: `iterator()` would hold them all, for behind a pool of
    connections there are no cursors."""
    last = 0
    while some := list(rows.filter(number__gt=last).order_by("number")[:size]):
        yield from some
        last = some[-1].number


def told(row, headings):
    """(names of the columns, reasons) of a row that was not taken; of several columns each reason names its own."""
    by_column = each_reason(row, headings)
    columns = list(dict.fromkeys(column for column, _ in by_column if column))
    said = [f"{column}: {reason}" if column and len(columns) > 1 else reason for column, reason in by_column]
    return ", ".join(columns), " ".join(dict.fromkeys(said))


def each_reason(row, headings):
    """[(column or an empty text, reason)] of a row that was not taken."""
    reasons = json.loads(row.reasons or "[]")
    return [(headings[at] if at is not None and at < len(headings) else "", reason) for at, reason in reasons]


def for_page(file, most=SHOWN):
    """The first of them, as a page shows them: (number, [(column, reason)]). What the cells say is not shown."""
    headings = json.loads(file.columns)
    rows = file.rows.filter(status__in=[RowStatus.REJECTED, RowStatus.KEPT]).order_by("number")[:most]
    return [(row.number, each_reason(row, headings)) for row in rows]
