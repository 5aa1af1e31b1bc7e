"""What a table of answers says, cell by cell: shares with their intervals, pairs, averages, follow-up.

Pure: no queries, no clock, no settings, and nothing beyond the standard library, so pages may import it. What needs
a statistics package (the ratio, the interval of a change) is in `outcomes.estimates`, for workers and commands only.

The program has no comparison group: these figures say what changed over time, never why.
Numbers are unrounded. A number that cannot be estimated is None, with a sentence in `why` beside it.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from statistics import NormalDist, fmean, stdev

from outcomes.panel import Panel

Z = NormalDist().inv_cdf(0.975)  # every interval is a 95 % one

SMALLEST_GROUP = 10

NOBODY = "Nobody answered at this wave."


@dataclass(frozen=True)
class Share:
    """How many said yes; low and high are Wilson limits, as proportions."""

    k: int
    n: int
    percent: float | None
    low: float | None
    high: float | None
    why: str = ""


@dataclass(frozen=True)
class Spread:
    n: int
    mean: float | None
    sd: float | None
    why: str = ""


@dataclass(frozen=True)
class Ratio:
    """A later share over the baseline share; below 1 it is said less often than at baseline."""

    ratio: float | None
    se_log: float | None
    low: float | None
    high: float | None
    p: float | None
    why: str = ""


@dataclass(frozen=True)
class Pairs:
    """The same people at baseline and at a later wave; p is McNemar's, exact."""

    n: int
    both: int
    baseline_only: int
    wave_only: int
    neither: int
    p: float | None
    why: str = ""


@dataclass(frozen=True)
class Change:
    """The mean of each person's own change since baseline."""

    pairs: int
    mean: float | None
    low: float | None
    high: float | None
    p: float | None
    why: str = ""


@dataclass(frozen=True)
class FollowUpShare:
    answered: int
    of: int
    percent: float | None
    why: str = ""


@dataclass(frozen=True)
class YesNoFigures:
    kind: str
    waves: Mapping[int, Share]
    ratio: Mapping[str, Mapping[int, Ratio]]
    pairs: Mapping[int, Pairs]


@dataclass(frozen=True)
class ScaleFigures:
    kind: str
    waves: Mapping[int, Spread]
    change: Mapping[int, Change]


@dataclass(frozen=True)
class Figures:
    outcomes: Mapping[str, YesNoFigures | ScaleFigures]
    follow_up: Mapping[int, FollowUpShare]

    def as_dict(self) -> dict:
        """The shape that is stored and exported: waves as text, `why` only where there is something to explain."""
        return _plain(asdict(self))


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(it) for key, it in value.items() if not (key == "why" and it == "")}
    return value


def share(answers: Collection[int]) -> Share:
    k, n = sum(answers), len(answers)
    if n == 0:
        return Share(0, 0, None, None, None, why=NOBODY)
    low, high = wilson(k, n)
    return Share(k, n, 100 * k / n, low, high)


def wilson(k: int, n: int) -> tuple[float, float]:
    p, z2 = k / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    # At the ends the limit is the proportion itself; rounding must not put it a hair beside.
    return (0.0 if k == 0 else middle - half), (1.0 if k == n else middle + half)


def spread(answers: Collection[float]) -> Spread:
    n = len(answers)
    if n == 0:
        return Spread(0, None, None, why=NOBODY)
    if n == 1:
        return Spread(1, fmean(answers), None, why="One answer has no spread.")
    return Spread(n, fmean(answers), stdev(answers))


def paired(before: Mapping[str, int], after: Mapping[str, int]) -> Pairs:
    """Those who answered both times, person by person."""
    answers = Counter((before[person], value) for person, value in after.items() if person in before)
    both, baseline_only = answers[1, 1], answers[1, 0]
    wave_only, neither = answers[0, 1], answers[0, 0]
    if not answers:
        return Pairs(0, 0, 0, 0, 0, None, why="Nobody answered both at baseline and at this wave.")
    return Pairs(answers.total(), both, baseline_only, wave_only, neither, mcnemar(baseline_only, wave_only))


def mcnemar(baseline_only: int, wave_only: int) -> float:
    """Exact and two-sided: could a fair coin have split those who changed this unevenly?"""
    changed = baseline_only + wave_only
    ways = term = 1
    for i in range(1, min(baseline_only, wave_only) + 1):
        term = term * (changed - i + 1) // i
        ways += term
    return 1.0 if 2 * ways >= 2**changed else 2 * ways / 2**changed


def follow_up(panel: Panel) -> dict[int, FollowUpShare]:
    """Of all the people in the table, who answered anything at each later wave."""
    of = len(panel.people)
    if of == 0:
        return {wave: FollowUpShare(0, 0, None, why="There is nobody in this table.") for wave in panel.later_waves}
    answered = {wave: panel.answered(wave) for wave in panel.later_waves}
    return {wave: FollowUpShare(count, of, 100 * count / of) for wave, count in answered.items()}


def may_show(n_group: int, n_all: int, *, limit: int = SMALLEST_GROUP) -> bool:
    """Whether figures of a filtered group may be shown at all.

    The rest counts too: a group of 35 beside known figures of all 40 tells of the other five.
    """
    rest = n_all - n_group
    return n_group >= limit and (rest == 0 or rest >= limit)


def percent_change(ratio: float) -> float:
    """The relative decrease in percent: 35 for a ratio of 0.65, below zero for an increase. No percentage points."""
    return (1 - ratio) * 100


def percent_change_words(ratio: float) -> str:
    """“decreased by 35 % (relative)”: the word relative belongs to the number."""
    percent = percent_change(ratio)
    if abs(percent) < 0.5:
        return "did not change (relative)"
    return f"{'decreased' if percent > 0 else 'increased'} by {abs(percent):.0f} % (relative)"
