"""A file somebody brings, from bytes to headings and rows. Every row comes out: its cells, or what is wrong."""

from dataclasses import dataclass, field

from mlmc.core.bringing import sheets
from mlmc.core.bringing.letters import OLDER, NotAFile, decoded, older, rows_of
from mlmc.core.forms import is_odd

LARGEST = 20_000_000  # bytes
MOST_ROWS, MOST_COLUMNS = 50_000, 200
LONGEST = 20_000  # letters in one cell
LONGEST_HEADING = 80
TOO_LARGE = f"The file is larger than {LARGEST // 1_000_000} MB. Split it and bring in the parts."
UNREADABLE = "There are characters here that nobody can read."
APOSTROPHE = "'"  # before what a spreadsheet would run: our own files have it, and so may theirs
RUN = ("=", "+", "-", "@")


@dataclass
class Record:
    """One row: its number as a spreadsheet counts, its cells, and why it cannot be read: [(column, reason)]."""

    number: int
    cells: list
    reasons: list = field(default_factory=list)


@dataclass
class Table:
    columns: list
    records: list


def read(content):
    """Headings and rows of a CSV file or a workbook, told apart by what they are, never by their names."""
    columns, records = opened(content)
    return Table(columns, list(records))


def opened(content):
    """(headings, records one by one). What is wrong further down is said when it is come to."""
    if not content.strip():
        raise NotAFile("The file is empty.")
    if len(content) > LARGEST:
        raise NotAFile(TOO_LARGE)
    if sheets.is_workbook(content):
        rows = sheets.rows_of(content, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    else:
        rows = ((number, cells) for number, (_, cells) in enumerate(rows_of(decoded(content)), start=1))
    rows = (row for row in rows if row[1] is None or any(cell.strip() for cell in row[1]))
    for _, cells in rows:
        columns = headings(cells)
        return columns, records_of(rows, len(columns))
    raise NotAFile("The file is empty.")


def records_of(rows, width):
    count = 0
    for count, (number, cells) in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise NotAFile(f"The file has more than {MOST_ROWS:,} rows. Split it and bring in the parts.")
        yield record(number, cells, width)
    if not count:
        raise NotAFile("The file has headings but no rows.")


def headings(cells):
    if cells is None:
        raise NotAFile("The first row cannot be read: its quotation marks are not closed where they should.")
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise NotAFile(f"The file has more than {MOST_COLUMNS} columns. Leave out those nobody needs.")
    cells = [" ".join(plain(cell).split()) for cell in cells]
    if any(is_odd(cell) or len(cell) > LONGEST_HEADING for cell in cells):
        raise NotAFile("The first row does not hold headings. Write a short name above each column.")
    return cells


def record(number, cells, width):
    if cells is None:
        return Record(number, [], [(None, "The quotation marks of this row are not closed where they should.")])
    reasons = []
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        reasons.append((None, f"This row has {len(cells)} cells, but the first row names {width}."))
    found = []
    for column, cell in enumerate(cells[:width]):
        cell = plain(cell)
        if is_odd(cell):
            reasons.append((column, UNREADABLE))
            cell = ""
        elif len(cell) > LONGEST:
            reasons.append((column, f"This is longer than {LONGEST:,} characters."))
            cell = cell[:200]
        found.append(cell)
    return Record(number, found + [""] * (width - len(found)), reasons)


def plain(cell):
    """The letters of a cell. The apostrophe that keeps a spreadsheet from running it is not part of what it says."""
    if OLDER.search(cell):
        cell = older(cell)
    cell = cell.strip()
    return cell[1:] if cell.startswith(APOSTROPHE) and cell[1:].lstrip().startswith(RUN) else cell
