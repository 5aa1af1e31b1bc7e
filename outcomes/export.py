"""Figures as a file: JSON for programs, CSV for spreadsheets; as they were made, or as the page shows them."""

import json
from collections.abc import Iterable, Iterator

from mlmc.core import tables

COLUMNS = ["outcome", "kind", "part", "correlation", "wave_months", "measure", "value", "why"]
SHOWN = ["outcome", "table", "wave", "measure", "value", "why"]
FEW = "Hidden: too few people"


def as_json(figures: dict) -> str:
    return json.dumps(figures, indent=2, allow_nan=False) + "\n"


def as_csv(figures: dict) -> str:
    """One number a line, so that a spreadsheet can filter and pivot; an empty value has its reason beside it."""
    return tables.as_csv([COLUMNS, *_lines(figures)])


def shown(charts: list, flow: Iterable) -> Iterator[list]:
    """The report's own tables, line by line: what the page hides is hidden here, under the same words."""
    yield SHOWN
    for chart in charts:
        for cell in chart.cells:
            for measure in ("value", "low", "high"):
                yield [chart.title, "by wave", cell.wave, measure, getattr(cell, measure), cell.why]
            yield [chart.title, "by wave", cell.wave, "answered", None if cell.value is None else cell.n, cell.why]
        yield from _changes(chart)
        for pair in chart.pairs:
            why = FEW if pair["few"] else ""
            for measure in ("n", "both", "baseline_only", "wave_only", "neither", "p"):
                yield [chart.title, "same people twice", pair["wave"], measure, None if why else pair[measure], why]
    for row in flow:
        for measure in ("asked", "answered", "waiting", "declined", "missed", "later"):
            yield ["", "who answered", row["wave"], measure, row[measure], ""]


def _changes(chart):
    for row in chart.changes:
        names = ["change"] if chart.is_scale else ["ratio, independence", "ratio, exchangeable"]
        if row["few"]:
            yield from ([chart.title, name, row["wave"], "value", None, FEW] for name in names)
        for name, cell in zip(names, row["cells"], strict=False):
            for measure in ("value", "low", "high", "p"):
                yield [chart.title, name, row["wave"], measure, cell[measure], cell["why"]]


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
