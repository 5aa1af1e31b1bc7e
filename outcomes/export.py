"""Figures as a file: JSON for programs, CSV for spreadsheets. Takes `Figures.as_dict()`, as stored or just made."""

import csv
import io
import json

COLUMNS = ["outcome", "kind", "part", "correlation", "wave_months", "measure", "value", "why"]

# A spreadsheet runs a cell that begins like this as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_json(figures: dict) -> str:
    return json.dumps(figures, indent=2, allow_nan=False) + "\n"


def as_csv(figures: dict) -> str:
    """One number a line, so that a spreadsheet can filter and pivot; an empty value has its reason beside it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in row] for row in _lines(figures))
    return out.getvalue()


def harmless(cell):
    """Text that a spreadsheet would run as a formula, with an apostrophe before it. A number stays a number."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def _lines(figures):
    for name, outcome in figures["outcomes"].items():
        for part in ("waves", "ratio", "pairs", "change"):
            if part == "ratio" and part in outcome:
                for correlation, waves in outcome[part].items():
                    yield from _cells(waves, name, outcome["kind"], part, correlation)
            else:
                yield from _cells(outcome.get(part, {}), name, outcome["kind"], part, "")
    yield from _cells(figures["follow_up"], "", "", "follow_up", "")


def _cells(waves, *labels):
    for wave, cell in waves.items():
        for measure, value in cell.items():
            if measure != "why":
                yield [*labels, int(wave), measure, value, cell.get("why", "") if value is None else ""]
