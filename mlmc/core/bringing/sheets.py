"""A workbook (XLSX), read without trusting it: what it would unpack to is counted first, and nothing is unpacked."""

import datetime
import io
import re
import zipfile

from mlmc.core.bringing.letters import NotAFile

MAGIC = b"PK\x03\x04"
UNPACKED = 200_000_000  # bytes of all its parts together
TIMES = 200  # as large as packed, at most: text shrinks to a tenth, a bomb to a thousandth
MOST_PARTS = 1000
DECLARES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)
NOT_ONE = "This workbook cannot be read. Open it in a spreadsheet and save it as XLSX or CSV anew."
TOO_MUCH = "This workbook unpacks to far more than a table needs. Save the one sheet as CSV and bring in that."
LINK = 0o120000
# Whatever zipfile raises at an archive that is none, is cut off, locked or packed in an unknown way.
BROKEN_ARCHIVE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)


def is_workbook(content):
    return content.startswith(MAGIC)


def rows_of(content, *, most_rows, most_columns):
    """(number, cells as text) of the first sheet, the rows between as well."""
    check(content)
    from openpyxl import load_workbook  # noqa: PLC0415 (a quarter of a second, and only for a workbook)

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what it says of its own size is not to be believed
            rows = sheet.iter_rows(max_row=most_rows + 2000, max_col=most_columns + 1)
            for number, cells in enumerate(rows, start=1):
                yield number, [text_of(cell) for cell in cells]
        finally:
            book.close()
    except NotAFile:
        raise
    except Exception:  # whatever a broken part makes of its reader; its words would name what stands in it
        raise NotAFile(NOT_ONE) from None


def check(content):
    """Refuse what no spreadsheet writes, before anything of it is read as XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            found = parts.infolist()
            if len(found) > MOST_PARTS:
                raise NotAFile(TOO_MUCH)
            if any(is_odd_part(part) for part in found):
                raise NotAFile(NOT_ONE)
            if sum(part.file_size for part in found) > min(UNPACKED, TIMES * len(content) + 1_000_000):
                raise NotAFile(TOO_MUCH)
            total = 0
            for part in found:  # what is announced is only announced
                total += read_through(parts, part, most=UNPACKED - total)
    except BROKEN_ARCHIVE:  # its words would name what stands in it
        raise NotAFile(NOT_ONE) from None


def is_odd_part(part):
    """A link, a way out of the folder, something locked or packed twice."""
    name = part.filename.replace("\\", "/")
    is_link = (part.external_attr >> 16) & 0o170000 == LINK
    return is_link or name.startswith("/") or ".." in name.split("/") or part.flag_bits & 1 or name.endswith(".zip")


def read_through(parts, part, *, most):
    size, before = 0, b""
    with parts.open(part) as stream:
        while chunk := stream.read(1_000_000):
            size += len(chunk)
            if size > most:
                raise NotAFile(TOO_MUCH)
            if part.filename.lower().endswith((".xml", ".rels")):
                if not before and chunk.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
                    raise NotAFile(NOT_ONE)  # in two-byte letters nobody could look for what it declares
                if DECLARES.search(before[-20:] + chunk):
                    raise NotAFile(NOT_ONE)
                before = chunk
    return size


def text_of(cell):
    """What a cell says, as somebody would type it. A formula stays one, and is refused where it is used."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
