"""A file of referrals, from bytes to rows of named values. Every row comes out: as it is, or with what is wrong."""

import csv
import io
import re
from dataclasses import dataclass, field

from cases.reading import NAME_OF
from mlmc.core.forms import is_odd

LARGEST = 50_000_000  # bytes
LONGEST = 20_000  # letters in one cell
HALF_A_LETTER = re.compile(b"\xed[\xa0-\xbf][\x80-\xbf]")


class NotAReferralFile(Exception):
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
    limit = csv.field_size_limit(LARGEST)  # of the whole process, so only for as long as we read
    try:
        return list(lines_of(decoded(content)))
    finally:
        csv.field_size_limit(limit)


def lines_of(text):
    reader = csv.reader(io.StringIO(text, newline=""), dialect=dialect_of(text), strict=True)
    names = header(reader)
    before = reader.line_num
    while True:
        start = before + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            if "end of data" in str(problem):
                raise NotAReferralFile(
                    f"A quotation mark opened on line {start} is never closed. Close it and import the file again."
                ) from None
            yield Line(f"line {start}", reason="The quotation marks of this row are not closed where they should.")
            continue
        finally:
            before = reader.line_num
        if cells:  # an empty line is no row
            yield line(names, cells, start)


def decoded(content):
    """The text. What is not UTF-8 stays marked and is looked at cell by cell: one old letter spoils no other row."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise NotAReferralFile("The file cannot be read as text. Save it as CSV (UTF-8).") from None
    head = content[:4096]
    if b"\0" in head.split(b"\n")[0] or content.startswith((b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0")):
        raise NotAReferralFile("This is not a CSV file. Open it in a spreadsheet and save it as CSV (UTF-8).")
    return content.decode("utf-8-sig", "surrogateescape")


def dialect_of(text):
    """A comma, or what a spreadsheet in another country writes instead: judged by the header alone."""
    first = text.splitlines()[0] if text.strip() else ""
    mark = max(",;\t|", key=first.count)

    class Dialect(csv.excel):
        delimiter = mark

    return Dialect


def header(reader):
    """The columns, under our names. Those we do not know keep theirs: they are part of the received text."""
    try:
        found = next((cells for cells in reader if any(cell.strip() for cell in cells)), [])
    except csv.Error:
        found = []
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
        if re.search("[\udc80-\udcff]", cell):
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


def older(cell):
    """Letters of an older Windows file; half a character, or what even that never wrote, stays unreadable."""
    raw = cell.encode("utf-8", "surrogateescape")
    if HALF_A_LETTER.search(raw):
        return "\ud800"
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return "\ud800"
