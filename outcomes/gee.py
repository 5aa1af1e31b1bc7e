"""Generalised estimating equations for one share a wave: Poisson family, log link, robust (sandwich) errors.

Liang and Zeger, Biometrika 73 (1986), 13–22. The working correlation is independence, or exchangeable with the moment
estimate of that paper. Whoever answered at the same waves in the same way brings the same terms, so each such pattern
is computed once and counted: exact, and as quick for a hundred thousand people as for forty.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

SETTLED = 1e-11  # the longest step of the last iteration, in logs
MOST_STEPS = 200


class DidNotSettle(Exception):
    """The iteration came to no end, or to no number."""


class TooAlike(Exception):
    """The estimated correlation is none: an equicorrelated matrix needs -1 / (longest - 1) < alpha < 1."""


@dataclass(frozen=True)
class Patterns:
    """`count` (M,) people answered as row m of `answered` and `said` (M, W), both 0 or 1; `said` is 0 where nobody
    was asked. Column 0 is the baseline."""

    answered: np.ndarray
    said: np.ndarray
    count: np.ndarray

    @property
    def asked(self):
        """How many answered at each wave."""
        return self.count @ self.answered

    @property
    def yes(self):
        return self.count @ self.said

    @property
    def answers(self):
        return self.asked.sum()

    @property
    def pairs(self):
        """How many times two answers are one person's."""
        many = self.answered.sum(1)
        return self.count @ (many * (many - 1) / 2)

    def at(self, columns):
        """The same people at some of the waves, without those who answered at none of them."""
        there = self.answered[:, columns].any(1)
        return Patterns(self.answered[there][:, columns], self.said[there][:, columns], self.count[there])


def patterns(values, waves):
    """Of {(person, wave): 0 or 1}, at these waves."""
    digit = {wave: 3**place for place, wave in enumerate(waves)}
    people = defaultdict(int)
    for (person, wave), value in values.items():
        if wave in digit:
            people[person] += digit[wave] * (2 if value else 1)
    found = sorted(Counter(people.values()).items())  # so that the order of rows cannot matter
    digits = np.array([[code // 3**place % 3 for place in range(len(waves))] for code, _ in found])
    digits = digits.reshape(len(found), len(waves))
    return Patterns((digits > 0).astype(float), (digits == 2).astype(float), np.array([n for _, n in found], float))


def fit(given, *, exchangeable):
    """(log of the baseline share and log ratio of each later wave, their standard errors, alpha)."""
    waves = given.answered.shape[1]
    design = np.eye(waves)
    design[:, 0] = 1.0
    shares = given.yes / given.asked
    params = np.log(shares) - np.concatenate([[0.0], np.full(waves - 1, np.log(shares[0]))])
    alpha = 0.0
    with np.errstate(all="ignore"):  # what they warn of is asked below
        for _ in range(MOST_STEPS):
            mean = np.exp(design @ params)
            if exchangeable:
                alpha = _alpha(given, mean)
            bread, score, meat = _terms(given, design, mean, alpha)
            try:
                step = np.linalg.solve(bread, score)
            except np.linalg.LinAlgError as problem:
                raise DidNotSettle from problem
            params = params + step
            if not np.isfinite(params).all():
                raise DidNotSettle
            if np.abs(step).max() < SETTLED:
                turned = np.linalg.inv(bread)
                return params, np.sqrt(np.diag(turned @ meat @ turned)), alpha
    raise DidNotSettle


def _residuals(given, mean):
    """Pearson's, 0 where nobody answered: (M, W)."""
    return given.answered * (given.said - mean) / np.sqrt(mean)


def _alpha(given, mean):
    """The products of one person's residuals, over the spread; both less one degree for each wave."""
    rest, waves = _residuals(given, mean), given.answered.shape[1]
    squares = (rest**2).sum(1)
    spread = given.count @ squares / (given.answers - waves)
    alpha = given.count @ ((rest.sum(1) ** 2 - squares) / 2) / spread / (given.pairs - waves)
    longest = given.answered.sum(1).max()
    if not -1 / max(longest - 1, 1) < alpha < 1:
        raise TooAlike
    return float(alpha)


def _terms(given, design, mean, alpha):
    """Bread (W, W), score (W,) and meat (W, W). The inverse of an exchangeable matrix of n answers is
    (I - c 11') / (1 - alpha) with c = alpha / (1 + (n - 1) alpha)."""
    rest = _residuals(given, mean)
    slope = design * np.sqrt(mean)[:, None]
    shared = alpha / (1 + (given.answered.sum(1) - 1) * alpha)
    sums = given.answered @ slope
    each = (rest @ slope - (shared * rest.sum(1))[:, None] * sums) / (1 - alpha)
    at_each_wave = given.count @ given.answered
    bread = (slope.T @ (slope * at_each_wave[:, None]) - sums.T @ (sums * (given.count * shared)[:, None])) / (
        1 - alpha
    )
    return bread, given.count @ each, each.T @ (each * given.count[:, None])
