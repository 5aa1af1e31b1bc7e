"""Tables for a spreadsheet, as CSV or XLSX, in which no cell is run as a formula."""

import csv
import io
import os
import unicodedata
from collections.abc import Iterable

from xlsxwriter import Workbook

# A spreadsheet runs a cell that begins like this, also in full width, also behind blanks and marks nobody sees.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "−")
LONGEST = 32_767  # characters in one cell of a workbook; a longer one is refused, never cut
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class TooLong(ValueError):
    """A text that no cell of a workbook holds."""


def harmless(cell: object) -> object:
    """Text that a spreadsheet would run, with an apostrophe before it. A number stays a number."""
    if not isinstance(cell, str):
        return cell
    seen = cell.lstrip("".join(letter for letter in set(cell) if is_unseen(letter)))
    return f"'{cell}" if (cell.startswith(FORMULA_STARTS) or seen.startswith(FORMULA_STARTS)) else cell


def is_unseen(letter: str) -> bool:
    """A blank of any kind, or a mark without width such as those of right-to-left writing."""
    return letter not in "\t\r\n" and (letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc", "Zs"))


def write_csv(file, rows: Iterable) -> None:
    writer = csv.writer(file)
    writer.writerows([harmless(cell) for cell in row] for row in rows)


def write_privately(path, rows: Iterable) -> None:
    """Into a file only its owner reads, also where one lay open before; never through a link."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(handle, "w", encoding="utf-8", newline="") as file:
        os.fchmod(handle, 0o600)
        write_csv(file, rows)


def as_csv(rows: Iterable) -> str:
    out = io.StringIO(newline="")
    write_csv(out, rows)
    return out.getvalue()


def as_xlsx(rows: Iterable, *, title: str = "Figures") -> bytes:
    """One sheet. Text is written as text whatever it looks like, a number as a number; one row is held at a time."""
    out = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, {"constant_memory": True, "default_date_format": "yyyy-mm-dd", **safe})
    book.set_properties({"title": "", "author": "", "company": "", "comments": ""})  # a file names nobody
    sheet = book.add_worksheet(title)
    try:
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                _write(sheet, line, column, cell)
    finally:
        book.close()  # also its scratch file, when a row is refused
    return out.getvalue()


def _write(sheet, line, column, cell):
    if cell is None or cell == "":
        return
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        sheet.write_number(line, column, cell)
    else:
        text = str(harmless(str(cell)))
        if len(text) > LONGEST or sheet.write_string(line, column, text) != 0:
            raise TooLong(f"A text of {len(text):,} characters fits into no cell. Nothing was written.")
