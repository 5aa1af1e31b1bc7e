"""From the answers of one sitting to the values figures are made of. Pure; the rules stand in the instrument's data.

A scale's score runs from 0 to 100: (mean of the answered items - lowest) / (highest - lowest) * 100, if at least the
given share of its items was answered. What was skipped, not asked or rather not said is no answer and is never
filled in.
"""

from collections.abc import Mapping
from statistics import fmean

from outcomes.panel import SCALE


def scored(answers: Mapping[str, str], *, outcomes, scoring) -> dict[str, float]:
    """Values by outcome, from the answered answers by item code. A score that was imported whole stands under the
    outcome's own code, and counts where its items were not answered."""
    found = {}
    for outcome in outcomes:
        value = _scale(answers, outcome, scoring) if outcome["kind"] == SCALE else _yes_no(answers, outcome)
        if value is not None:
            found[outcome["code"]] = value
    return found


def _yes_no(answers, outcome):
    given = [answers[code] for code in outcome["items"] if code in answers]
    return int("yes" in given) if given else None


def _scale(answers, outcome, scoring):
    given = [int(answers[code]) for code in outcome["items"] if code in answers]
    if len(given) >= scoring["least_answered"] * len(outcome["items"]) and given:
        return (fmean(given) - scoring["lowest"]) / (scoring["highest"] - scoring["lowest"]) * 100
    return float(answers[outcome["code"]]) if outcome["code"] in answers else None
