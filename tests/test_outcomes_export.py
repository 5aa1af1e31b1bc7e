"""Figures as files: JSON without a number that is none, CSV that a spreadsheet can open safely."""

import csv
import io
import json
from pathlib import Path

import pytest

from mlmc.core.tables import harmless
from outcomes.export import COLUMNS, as_csv, as_json
from outcomes.figures import make_figures
from outcomes.panel import read_panel, read_panel_file

DATA = Path(__file__).parent / "data" / "outcomes_panel.csv"


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_json_is_the_figures_as_they_are():
    figures = make_figures(read_panel_file(DATA)).as_dict()

    assert json.loads(as_json(figures)) == figures


def test_json_refuses_a_number_that_is_none():
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"p": float("nan")})


def test_csv_has_one_number_a_line_and_loses_none():
    figures = make_figures(read_panel_file(DATA)).as_dict()

    rows = rows_of(as_csv(figures))

    assert list(rows[0]) == COLUMNS
    assert len(rows) == 3 * 5 + 2 * 2 * 5 + 2 * 6 + 3 * 3 + 2 * 5 + 2 * 3
    found = {tuple(row[name] for name in COLUMNS[:6]): row["value"] for row in rows}
    cse = figures["outcomes"]["cse"]
    assert len(found) == len(rows)
    assert found["cse", "yes_no", "waves", "", "0", "k"] == "28"
    assert float(found["cse", "yes_no", "ratio", "exchangeable", "12", "p"]) == cse["ratio"]["exchangeable"]["12"]["p"]
    assert found["cse", "yes_no", "pairs", "", "6", "baseline_only"] == "14"
    assert found["coping", "scale", "change", "", "6", "pairs"] == "28"
    assert found["", "", "follow_up", "", "6", "percent"] == "72.5"


def test_csv_leaves_what_cannot_be_estimated_empty_with_its_reason():
    figures = make_figures(read_panel("id,wave_months,x\na,0,1\nb,0,1\na,6,0\nb,6,0\n")).as_dict()

    rows = [row for row in rows_of(as_csv(figures)) if row["part"] == "ratio" and row["correlation"] == "independence"]

    why = "Nobody said yes at this wave, so a ratio is not estimable."
    assert {(row["measure"], row["value"], row["why"]) for row in rows} == {
        (measure, "", why) for measure in ("ratio", "se_log", "low", "high", "p")
    }


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1+1"])
def test_an_outcome_named_like_a_formula_is_not_run(name):
    figures = make_figures(read_panel(f"id,wave_months,{name}\na,0,1\nb,0,0\n")).as_dict()

    rows = rows_of(as_csv(figures))

    assert {row["outcome"] for row in rows} == {"'" + name.strip()}


@pytest.mark.parametrize("cell", ["\t=1", "\r=1", "\n=1", " -x"])
def test_hidden_beginnings_of_a_formula_are_seen(cell):
    assert harmless(cell) == "'" + cell


def test_a_number_below_zero_stays_a_number():
    figures = make_figures(read_panel("id,wave_months,x\na,0,9\nb,0,8\na,6,5\nb,6,2\n")).as_dict()

    rows = rows_of(as_csv(figures))

    assert harmless(-5.0) == -5.0
    assert [row["value"] for row in rows if (row["part"], row["measure"]) == ("change", "mean")] == ["-5.0"]
