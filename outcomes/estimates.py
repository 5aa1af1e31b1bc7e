"""Estimates that need a statistics package: the ratio to baseline, and the interval of a change.

Importing this costs a second and a hundred megabytes: workers and commands do, pages never.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev

import numpy as np
from scipy import stats

from outcomes import gee
from outcomes.analysis import NOBODY, Change, Ratio, Z
from outcomes.panel import BASELINE, Answers

WORKING_CORRELATIONS = ("independence", "exchangeable")

NO_BASELINE = "Nobody answered at baseline, so there is nothing to compare with."
ZERO_AT_BASELINE = "Nobody said yes at baseline, so there is nothing to divide by."
ZERO_AT_WAVE = "Nobody said yes at this wave, so a ratio is not estimable."
ONE_PERSON = "Only one person answered, so there is no spread to estimate from."
NO_SPREAD = "Nothing varies between people here, so there is no spread to estimate from."
TOO_FEW_REPEATS = "Too few people answered more than once to estimate how alike their answers are."
TOO_ALIKE = "Each person's answers are too alike, or too unlike, for this model."
DID_NOT_SETTLE = "The calculation did not settle on an answer."

LARGEST_LOG = 300  # a ratio beyond e to this power is no finding, and twice it is no number
SMALLEST_SPREAD = 1e-9  # below this a standard error is rounding, not variation


class _NotEstimable(Exception):
    """Why a model has nothing to say."""


@dataclass(frozen=True)
class Fit:
    """Log ratios to baseline and their robust standard errors, by wave."""

    log_ratio: Mapping[int, float]
    se: Mapping[int, float]
    alpha: float


def ratios(values: Answers, waves: Iterable[int]) -> dict[str, dict[int, Ratio]]:
    """By working correlation: each later wave's share over the baseline share, by GEE: Poisson, log link, sandwich
    errors.

    A wave whose ratio cannot be estimated is left out of the model and leaves the others as they are.
    """
    later = [wave for wave in waves if wave != BASELINE]
    given = gee.patterns(values, [BASELINE, *later])
    return {correlation: _ratios(given, later, correlation) for correlation in WORKING_CORRELATIONS}


def _ratios(given, later, correlation):
    count, yes = (dict(zip((BASELINE, *later), numbers, strict=True)) for numbers in (given.asked, given.yes))
    if not yes[BASELINE]:
        why = ZERO_AT_BASELINE if count[BASELINE] else NO_BASELINE
        return {wave: _no_ratio(why if count[wave] else NOBODY) for wave in later}

    fitted = [wave for wave in later if yes[wave]]
    found = {wave: _no_ratio(ZERO_AT_WAVE if count[wave] else NOBODY) for wave in later if not yes[wave]}
    if fitted:
        kept = given.at([0, *(later.index(wave) + 1 for wave in fitted)])
        try:
            fit = fit_gee(kept, fitted, correlation=correlation)
        except _NotEstimable as problem:
            found |= {wave: _no_ratio(str(problem)) for wave in fitted}
        else:
            found |= {wave: _ratio(fit.log_ratio[wave], fit.se[wave]) for wave in fitted}
    return {wave: found[wave] for wave in later}


def fit_gee(given: gee.Patterns, later: list[int], *, correlation: str) -> Fit:
    """The model with one parameter a wave. Every wave in it must have a yes."""
    if given.count.sum() < 2:
        raise _NotEstimable(ONE_PERSON)
    exchangeable = correlation == "exchangeable"
    if exchangeable:
        _check_repeats(given)
    try:
        params, errors, alpha = gee.fit(given, exchangeable=exchangeable)
    except gee.TooAlike:
        raise _NotEstimable(TOO_ALIKE) from None
    except gee.DidNotSettle:
        raise _NotEstimable(DID_NOT_SETTLE) from None
    numbered = list(enumerate(later, start=1))
    log_ratio = {wave: float(params[i]) for i, wave in numbered}
    return Fit(log_ratio, {wave: float(errors[i]) for i, wave in numbered}, alpha)


def _check_repeats(given):
    """The estimate divides by pairs within people less parameters, and by the spread: both must be above zero."""
    waves = given.answered.shape[1]
    if given.pairs <= waves:
        raise _NotEstimable(TOO_FEW_REPEATS)
    shares = given.yes / given.asked
    if (given.answered * np.abs(given.said - shares)).max() < SMALLEST_SPREAD or given.answers <= waves:
        raise _NotEstimable(NO_SPREAD)


def _no_ratio(why):
    return Ratio(None, None, None, None, None, why=why)


def _ratio(log_ratio, se):
    if abs(log_ratio) > LARGEST_LOG or se * Z > LARGEST_LOG:
        return _no_ratio(DID_NOT_SETTLE)
    ratio = math.exp(log_ratio)
    if not math.isfinite(se) or se < SMALLEST_SPREAD:
        return Ratio(ratio, None, None, None, None, why=NO_SPREAD)
    p = float(2 * stats.norm.sf(abs(log_ratio) / se))
    return Ratio(ratio, se, math.exp(log_ratio - Z * se), math.exp(log_ratio + Z * se), p)


def change(before: Mapping[str, float], after: Mapping[str, float]) -> Change:
    """The mean change of those who answered both times, with Student's interval and p."""
    changes = sorted(after[person] - before[person] for person in before.keys() & after.keys())
    pairs = len(changes)
    if pairs == 0:
        return Change(0, None, None, None, None, why="Nobody answered both at baseline and at this wave.")
    mean = fmean(changes)
    if pairs == 1:
        return Change(1, mean, None, None, None, why="Only one person answered both times.")
    error = stdev(changes) / math.sqrt(pairs)
    if error <= 1e-12 * max(abs(it) for it in [*before.values(), *after.values()]):  # rounding, not variation
        return Change(pairs, mean, None, None, None, why="Everybody changed by the same amount: there is no spread.")
    reach = float(stats.t.ppf(0.975, pairs - 1)) * error
    p = float(2 * stats.t.sf(abs(mean) / error, pairs - 1))
    return Change(pairs, mean, mean - reach, mean + reach, p)
