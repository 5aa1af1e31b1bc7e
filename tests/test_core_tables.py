"""Files for a spreadsheet: nothing in them is run (G52)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from mlmc.core.tables import LONGEST, TooLong, as_csv, as_xlsx, harmless
from tests.corpus import FORMULAS

HIDDEN = ["\t=1", "\r=1", "\n=1", " -x", " =1", "\u200b=1", "\u202e=1", "\ufeff=1", "\x00=1", "﹦1", "−1", " ＠x"]


def cells_of(content):
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows()]


@pytest.mark.parametrize("text", [*FORMULAS, *HIDDEN], ids=ascii)
def test_what_a_spreadsheet_would_run_is_text_in_csv(text):
    """G52."""
    [[cell]] = csv.reader(io.StringIO(as_csv([[text]]), newline=""))

    assert cell == f"'{text}"


@pytest.mark.parametrize(
    "text", [*FORMULAS, *HIDDEN, "https://x.example/", "mailto:x@y.example", "12", "1e5", "TRUE"], ids=ascii
)
def test_what_a_spreadsheet_would_run_is_text_in_xlsx(text):
    """G52. No formula, no link, no number made of words: the type of the cell is text."""
    [[cell]] = cells_of(as_xlsx([[text]]))

    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.value.startswith("'") == (harmless(text) != text)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_text_begins_as_a_formula_and_none_is_lost(text):
    """G52, G51."""
    [[cell]] = csv.reader(io.StringIO(as_csv([[text]]), newline="")) if "\0" not in text else [[harmless(text)]]

    assert cell.removeprefix("'" if cell != text else "") == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_a_number_stays_a_number_and_nothing_stays_nothing():
    [[first, second, third, last]] = cells_of(as_xlsx([[-5.5, 3, None, "x"]]))

    assert [(first.data_type, first.value), (second.data_type, second.value)] == [("n", -5.5), ("n", 3)]
    assert (third.value, last.value) == (None, "x")
    assert as_csv([[-5.5, 3, None]]) == "-5.5,3,\r\n"


def test_a_workbook_names_nobody_who_made_it():
    said = load_workbook(io.BytesIO(as_xlsx([["x"]]))).properties

    assert not any([said.creator, said.title, said.lastModifiedBy, said.description, said.keywords])


def test_a_text_that_no_cell_holds_is_refused_and_never_cut():
    """G51."""
    [[cell]] = cells_of(as_xlsx([["x" * LONGEST]]))
    assert len(cell.value) == LONGEST

    with pytest.raises(TooLong):
        as_xlsx([["x" * (LONGEST + 1)]])
