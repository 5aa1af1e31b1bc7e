"""Kept figures as a page reads them: rounded, in words, small groups hidden. It says what changed, never why.

The web process imports this: no statistics package here.
"""

import math
from dataclasses import dataclass, field

from outcomes.analysis import Z, percent_change_words
from outcomes.panel import SCALE

HIDDEN = "Hidden: fewer than {limit} answered"
NO_CHANGE = ("", "dash", "No clear change yet")
TOO_FEW = ("", "shield-lock", "Too few answers yet")


@dataclass(frozen=True)
class Cell:
    """One wave of one outcome. A hidden or empty one says why and shows no number."""

    wave: str
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    beside: str = ""  # how many said yes, or the spread
    why: str = ""


@dataclass(frozen=True)
class Chart:
    code: str
    title: str
    kind: str
    unit: str
    cells: list[Cell]
    chip: tuple
    sentence: str
    numerator: str
    denominator: str
    items: int
    changes: list[dict] = field(default_factory=list)
    pairs: list[dict] = field(default_factory=list)

    @property
    def is_drawn(self):
        return any(cell.value is not None for cell in self.cells)

    @property
    def is_scale(self):
        return self.kind == SCALE


def charts(figures, outcomes, *, limit):
    """One chart per outcome that has figures, in the order of the definitions."""
    known = [it for it in outcomes if it["code"] in figures["outcomes"]]
    return [_chart(it, figures["outcomes"][it["code"]], limit) for it in known]


def _chart(about, figures, limit):
    scale = about["kind"] == SCALE
    cells = [(_mean if scale else _share)(wave, cell, limit) for wave, cell in figures["waves"].items()]
    chip, sentence = (_change_of_scale if scale else _change_of_share)(figures, about, limit)
    return Chart(
        code=about["code"],
        title=about["title"],
        kind=about["kind"],
        unit="" if scale else "%",
        cells=cells,
        chip=chip,
        sentence=sentence,
        numerator=about["numerator"],
        denominator=about["denominator"],
        items=len(about["items"]),
        changes=list(_changes(figures, limit)),
        pairs=list(_pairs(figures, limit)),
    )


def wave_words(wave):
    return f"{wave} months" if int(wave) else "Start"


def _hidden(wave, n, why, limit):
    return Cell(wave_words(wave), n, why=why if n == 0 else HIDDEN.format(limit=limit))


def _share(wave, cell, limit):
    n = cell["n"]
    if n < limit or cell["percent"] is None:
        return _hidden(wave, n, cell.get("why", ""), limit)
    low, high = 100 * cell["low"], 100 * cell["high"]
    return Cell(wave_words(wave), n, cell["percent"], low, high, beside=f"{cell['k']} of {n}")


def _mean(wave, cell, limit):
    n, mean, sd = cell["n"], cell["mean"], cell["sd"]
    if n < limit or mean is None:
        return _hidden(wave, n, cell.get("why", ""), limit)
    reach = t_of(n - 1) * sd / math.sqrt(n)
    return Cell(wave_words(wave), n, mean, max(0, mean - reach), min(100, mean + reach), beside=f"{sd:.1f}")


def t_of(df):
    """Student's 97.5 % point from the normal one, by Cornish and Fisher: right to three decimals from df 9 on."""
    z = Z
    return (
        z
        + (z**3 + z) / (4 * df)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * df**3)
    )


def _latest(figures, limit, of):
    """The last wave that may be shown, with its estimate."""
    for wave in sorted(of, key=int, reverse=True):
        counts = [figures["waves"]["0"]["n"], figures["waves"][wave]["n"], of[wave].get("pairs", limit)]
        if min(counts) >= limit:
            return wave, of[wave]
    return None, None


def _change_of_share(figures, about, limit):
    wave, found = _latest(figures, limit, figures["ratio"]["independence"])
    if found is None:
        return TOO_FEW, ""
    now, start = figures["waves"][wave]["percent"], figures["waves"]["0"]["percent"]
    seen = f"{start:.0f}% at the start, {now:.0f}% at {wave_words(wave)}."
    if found["ratio"] is None or found["low"] is None:
        return ("", "dash", "Not estimable"), f"{seen} {found.get('why', '')}"
    seen += f" Ratio {found['ratio']:.2f}, likely between {found['low']:.2f} and {found['high']:.2f}."
    if found["low"] <= 1 <= found["high"]:
        return NO_CHANGE, seen
    words = percent_change_words(found["ratio"])
    return _moved(found["ratio"] > 1, about, words[0].upper() + words[1:]), seen


def _change_of_scale(figures, about, limit):
    wave, found = _latest(figures, limit, figures["change"])
    if found is None:
        return TOO_FEW, ""
    seen = f"{found['pairs']} answered both times."
    if found["low"] is None:
        return ("", "dash", "Not estimable"), f"{seen} {found.get('why', '')}"
    seen = (
        f"Likely between {_points(found['low'])} and {_points(found['high'])} points at {wave_words(wave)}; "
        f"{found['pairs']} answered both times."
    )
    if found["low"] <= 0 <= found["high"]:
        return NO_CHANGE, seen
    up = found["mean"] > 0
    return _moved(up, about, f"{'Up' if up else 'Down'} {abs(found['mean']):.0f} points"), seen


def _moved(up, about, words):
    hoped_for = up == (about["better"] == "higher")
    return ("ok" if hoped_for else "attn"), f"arrow-{'up' if up else 'down'}-right", words


def _points(number):
    return f"{number:+.0f}" if number < 0 else f"{number:.0f}"


def _changes(figures, limit):
    """One line a later wave: the ratio in both correlation structures, or the mean change of the same people."""
    for wave, one in figures.get("ratio", {}).get("independence", {}).items():
        few = figures["waves"][wave]["n"] < limit
        other = figures["ratio"]["exchangeable"][wave]
        yield {
            "wave": wave_words(wave),
            "few": few,
            "cells": [] if few else [_estimate(one), _estimate(other)],
        }
    for wave, one in figures.get("change", {}).items():
        few = one["pairs"] < limit
        yield {"wave": wave_words(wave), "few": few, "n": one["pairs"], "cells": [] if few else [_estimate(one)]}


def _estimate(found):
    value = found.get("ratio", found.get("mean"))
    p = p_words(found["p"])
    return {"value": value, "low": found["low"], "high": found["high"], "p": p, "why": found.get("why", "")}


def p_words(p):
    return "" if p is None else "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _pairs(figures, limit):
    for wave, found in figures.get("pairs", {}).items():
        few = found["n"] < limit
        yield found | {"wave": wave_words(wave), "few": few, "p": p_words(found["p"]) or found.get("why", "")}
