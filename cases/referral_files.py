"""A file of referrals, from bytes to rows of named values. Every row comes out: as it is, or with what is wrong."""

import re
from dataclasses import dataclass, field

from cases.reading import NAME_OF
from mlmc.core.bringing.letters import LARGEST, OLDER, NotAFile, decoded, older, rows_of
from mlmc.core.forms import is_odd

LONGEST = 20_000  # letters in one cell


class NotAReferralFile(NotAFile):
    """Nothing of it can be taken. The message says why and what to do."""


@dataclass
class Line:
    """One row of the file: its label, its named values, what is doubtful, or the column and reason it cannot be."""

    label: str
    values: dict = field(default_factory=dict)
    needs: list = field(default_factory=list)
    column: str = ""
    reason: str = ""


def read_file(content):
    """All rows of a file, in its order: [Line, …]. Raises NotAReferralFile when there is nothing to go by."""
    if not content.strip():
        raise NotAReferralFile("The file is empty.")
    if len(content) > LARGEST:
        raise NotAReferralFile("The file is larger than 50 MB. Split it and import the parts.")
    return list(lines_of(decoded(content)))


def lines_of(text):
    rows = rows_of(text)
    names = header(rows)
    for start, cells in rows:
        if cells is None:
            yield Line(f"line {start}", reason="The quotation marks of this row are not closed where they should.")
        elif cells:  # an empty line is no row
            yield line(names, cells, start)


def header(rows):
    """The columns, under our names. Those we do not know keep theirs: they are part of the received text."""
    found = next((cells for _, cells in rows if cells is None or any(cell.strip() for cell in cells)), None) or []
    names = [NAME_OF.get(re.sub(r"[^a-z0-9]", "", cell.casefold()), cell.strip()) for cell in found]
    if "received" not in names or not {"first", "last"} & set(names):
        raise NotAReferralFile(
            "The first line does not name the columns of referrals. It needs received, and first or last."
            " Nothing was stored."
        )
    if len({name for name in names if name}) < len([name for name in names if name]):
        raise NotAReferralFile("Two columns have the same name. Rename one of them; nothing was stored.")
    return names


def line(names, cells, number):
    """One row of the file as named values."""
    label = f"line {number}"
    needs = []
    while len(cells) > len(names) and cells[-1] == "":
        cells = cells[:-1]
    values = dict(zip(names, cells, strict=False))
    for name, cell in values.items():
        if OLDER.search(cell):
            values[name] = older(cell)
            needs = ["letters_unclear"]
    own = (values.get("row") or "").strip()
    if own and not is_odd(own) and len(own) <= 40:
        label = own
    if not any(cell.strip() for cell in cells):
        return Line(label, reason="This row is empty.")
    if len(cells) > len(names):
        return Line(label, reason=f"This row has {len(cells)} cells, but the first line names {len(names)}.")
    for name, cell in values.items():
        if is_odd(cell):
            return Line(label, column=name, reason="There are characters here that nobody can read.")
        if len(cell) > LONGEST:
            return Line(label, column=name, reason=f"This is longer than {LONGEST:,} characters.")
    if len(cells) < len(names):
        needs = [*needs, "row_short"]
    return Line(label, {name: cell for name, cell in values.items() if name}, needs)
