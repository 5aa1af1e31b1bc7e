"""From the bytes of a CSV file to the cells of its rows, however an office's spreadsheet wrote them."""

import csv
import io
import re

LARGEST = 50_000_000  # bytes, and so letters of one cell
HALF_A_LETTER = re.compile(b"\xed[\xa0-\xbf][\x80-\xbf]")
OLDER = re.compile("[\udc80-\udcff]")  # a letter that is not UTF-8, marked
NOT_TEXT = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0")


class NotAFile(Exception):
    """Nothing of it can be taken. The message says why and what to do."""


def decoded(content):
    """The text. What is not UTF-8 stays marked and is looked at cell by cell: one old letter spoils no other row."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise NotAFile("The file cannot be read as text. Save it as CSV (UTF-8).") from None
    head = content[:4096]
    if b"\0" in head.split(b"\n")[0] or content.startswith(NOT_TEXT):
        raise NotAFile("This is not a CSV file. Open it in a spreadsheet and save it as CSV (UTF-8).")
    return content.decode("utf-8-sig", "surrogateescape")


def dialect_of(text):
    """A comma, or what a spreadsheet in another country writes instead: judged by the header alone."""
    first = text.lstrip().partition("\n")[0].partition("\r")[0]
    mark = max(",;\t|", key=first.count)

    class Dialect(csv.excel):
        delimiter = mark

    return Dialect


def rows_of(text):
    """(line it begins on, cells) of every row, empty ones too; cells are None where its quotation marks are wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), dialect=dialect_of(text), strict=True)
    before = 0
    while True:
        start = before + 1
        try:
            cells = next_of(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            if "end of data" in str(problem):
                raise NotAFile(
                    f"A quotation mark opened on line {start} is never closed. Close it and import the file again."
                ) from None
            cells = None
        before = reader.line_num
        yield start, cells


def next_of(reader):
    """One row, however long its cells. The limit is of the whole process, so it is ours for no longer than this."""
    limit = csv.field_size_limit(LARGEST)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(limit)


def older(cell):
    """Letters of an older Windows file; half a character, or what even that never wrote, stays unreadable."""
    raw = cell.encode("utf-8", "surrogateescape")
    if HALF_A_LETTER.search(raw):
        return "\ud800"
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return "\ud800"
