"""The ratio to baseline and the change of a scale, against sums done by hand."""

import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.genmod.cov_struct import Exchangeable, Independence
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_estimating_equations import GEE

from outcomes.analysis import Change, Ratio, paired
from outcomes.estimates import change, fit_gee, ratios
from outcomes.gee import patterns
from outcomes.panel import read_panel_file

EXAMPLE = read_panel_file(Path(__file__).parent / "data" / "outcomes_panel.csv").outcomes["cse"].values


def none_because(why):
    return Ratio(None, None, None, None, None, why=why)


def forty_people(seed):
    return many_people(40, seed=seed, likely={0: 0.7, 6: 0.4, 12: 0.3})


def many_people(count, *, seed, likely=None):
    """People who tend to answer as they did before, some of them lost on the way."""
    chance = random.Random(seed)
    values = {}
    for person in range(count):
        leaning = chance.random()
        for wave, share in (likely or {0: 0.7, 6: 0.4, 12: 0.3, 18: 0.35}).items():
            if wave == 0 or chance.random() < 0.75:
                values[f"S{person:02}", wave] = int(0.5 * leaning + 0.5 * chance.random() < share)
    return values


def by_hand(values, waves, alpha):
    """Poisson GEE written out with whole matrices; alpha is None to estimate it by moments."""
    people = sorted({person for person, _ in values})
    groups = [[(w, values[p, w]) for w in waves if (p, w) in values] for p in people]
    groups = [
        (np.array([[1.0, *(w == it for it in waves[1:])] for w, _ in g]), np.array([float(y) for _, y in g]))
        for g in groups
    ]
    size, count = len(waves), len(values)
    beta = np.array([math.log(sum(values.values()) / count), *[0.0] * (size - 1)])
    correlation = alpha or 0.0
    for step in range(300):
        means = [np.exp(x @ beta) for x, _ in groups]
        residuals = [(y - mu) / np.sqrt(mu) for (_, y), mu in zip(groups, means, strict=True)]
        if alpha is None and step > 5:
            scale = sum((r**2).sum() for r in residuals) / (count - size)
            products = sum(np.triu(np.outer(r, r), 1).sum() for r in residuals)
            pairs = sum(len(r) * (len(r) - 1) / 2 for r in residuals)
            correlation = products / scale / (pairs - size)
        bread, meat, score = np.zeros((size, size)), np.zeros((size, size)), np.zeros(size)
        for (x, y), mu in zip(groups, means, strict=True):
            working = np.full((len(y), len(y)), correlation)
            np.fill_diagonal(working, 1.0)
            inverse = np.linalg.inv(np.diag(np.sqrt(mu)) @ working @ np.diag(np.sqrt(mu)))
            slope = mu[:, None] * x
            u = slope.T @ inverse @ (y - mu)
            bread, meat, score = bread + slope.T @ inverse @ slope, meat + np.outer(u, u), score + u
        beta = beta + np.linalg.solve(bread, score)
    turned = np.linalg.inv(bread)
    return beta, np.sqrt(np.diag(turned @ meat @ turned)), correlation


def test_alpha_of_the_example_is_the_known_one():
    assert fit_gee(patterns(EXAMPLE, [0, 6, 12]), [6, 12], correlation="exchangeable").alpha == pytest.approx(
        0.153975, abs=5e-7
    )


def test_the_independence_error_is_the_sandwich_written_out_by_hand():
    # With one share a wave the sandwich is a sum over people: each brings its residual over the wave's count of yes.
    yes = {wave: sum(v for (_, w), v in EXAMPLE.items() if w == wave) for wave in (0, 6)}
    count = {wave: sum(1 for _, w in EXAMPLE if w == wave) for wave in (0, 6)}
    people = {person for person, _ in EXAMPLE}

    def pull(person, wave):
        return (EXAMPLE[person, wave] - yes[wave] / count[wave]) / yes[wave] if (person, wave) in EXAMPLE else 0.0

    variance = sum((pull(person, 6) - pull(person, 0)) ** 2 for person in people)

    found = ratios(EXAMPLE, [0, 6, 12])["independence"][6]

    assert found.se_log == pytest.approx(math.sqrt(variance), abs=1e-12)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(math.log(found.ratio)) / math.sqrt(variance)), rel=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("correlation", "alpha"), [("independence", 0.0), ("exchangeable", None)])
def test_forty_people_give_what_whole_matrices_give(seed, correlation, alpha):
    values = forty_people(seed)

    fit = fit_gee(patterns(values, [0, 6, 12]), [6, 12], correlation=correlation)

    beta, errors, expected_alpha = by_hand(values, [0, 6, 12], alpha)
    assert [fit.log_ratio[6], fit.log_ratio[12]] == pytest.approx(list(beta[1:]), abs=1e-8)
    assert [fit.se[6], fit.se[12]] == pytest.approx(list(errors[1:]), abs=1e-8)
    assert fit.alpha == pytest.approx(expected_alpha, abs=1e-8)


@pytest.mark.parametrize("people", [40, 1000])
@pytest.mark.parametrize(
    ("correlation", "structure"), [("independence", Independence), ("exchangeable", Exchangeable)]
)
def test_a_package_that_computes_each_person_alone_says_the_same(people, correlation, structure):
    values, waves = many_people(people, seed=people), [0, 6, 12, 18]
    order = sorted(values)
    said, when = [values[key] for key in order], np.array([wave for _, wave in order])
    design = np.column_stack([np.ones(len(order)), *(when == wave for wave in waves[1:])]).astype(float)
    model = GEE(said, design, groups=[person for person, _ in order], family=Poisson(), cov_struct=structure())
    expected = model.fit(ctol=1e-12, maxiter=500)

    fit = fit_gee(patterns(values, waves), waves[1:], correlation=correlation)

    assert list(fit.log_ratio.values()) == pytest.approx(list(expected.params[1:]), abs=1e-9)
    assert list(fit.se.values()) == pytest.approx(list(expected.bse[1:]), abs=1e-9)


def test_forty_people_who_answer_alike_are_fitted_differently_when_that_is_taken_into_account():
    values = forty_people(1)

    independence = ratios(values, [0, 6, 12])["independence"]
    exchangeable = ratios(values, [0, 6, 12])["exchangeable"]

    for wave in (6, 12):
        assert abs(independence[wave].ratio - exchangeable[wave].ratio) > 1e-4
        assert exchangeable[wave].ratio == pytest.approx(independence[wave].ratio, rel=0.2)


answers = st.dictionaries(st.tuples(st.integers(0, 20).map(str), st.sampled_from([0, 6, 12])), st.integers(0, 1))


@settings(deadline=None)
@given(answers)
def test_the_independence_ratio_is_the_ratio_of_the_observed_shares(values):
    values = values | {("first", 0): 1, ("second", 0): 1}  # one person alone is another test
    shares = {}
    for wave in (0, 6, 12):
        said = [value for (_, when), value in values.items() if when == wave]
        shares[wave] = sum(said) / len(said) if said else 0
    found = ratios(values, [0, 6, 12])["independence"]

    for wave in (6, 12):
        expected = pytest.approx(shares[wave] / shares[0], abs=1e-9) if shares[wave] else None
        assert found[wave].ratio == expected


def test_a_wave_against_itself_is_one():
    baseline = {key: value for key, value in EXAMPLE.items() if key[1] == 0}
    values = baseline | {(person, 6): value for (person, _), value in baseline.items()}

    found = ratios(values, [0, 6])["independence"][6]

    assert found.ratio == pytest.approx(1.0, abs=1e-12)
    assert (found.se_log, found.p) == (None, None)
    assert found.why


def test_recoding_the_answer_is_another_question_not_the_same_one_turned():
    turned = {key: 1 - value for key, value in EXAMPLE.items()}

    yes = ratios(EXAMPLE, [0, 6, 12])["independence"][6]
    no = ratios(turned, [0, 6, 12])["independence"][6]

    assert no.ratio == pytest.approx((22 / 29) / (11 / 39))
    assert abs(no.ratio - 1 / yes.ratio) > 0.1


@pytest.mark.parametrize("correlation", ["independence", "exchangeable"])
def test_a_zero_cell_is_not_estimable_and_leaves_the_other_wave_as_it_is(correlation):
    values = {key: 0 if key[1] == 6 else value for key, value in EXAMPLE.items()}
    without = {key: value for key, value in EXAMPLE.items() if key[1] != 6}

    found = ratios(values, [0, 6, 12])[correlation]

    assert found[6] == none_because("Nobody said yes at this wave, so a ratio is not estimable.")
    assert vars(found[12]) == pytest.approx(vars(ratios(without, [0, 12])[correlation][12]))
    assert found[12].p is not None


def test_a_zero_at_baseline_leaves_no_ratio():
    values = {key: 0 if key[1] == 0 else value for key, value in EXAMPLE.items()}
    why = "Nobody said yes at baseline, so there is nothing to divide by."

    assert ratios(values, [0, 6, 12])["independence"] == {6: none_because(why), 12: none_because(why)}


def test_a_missing_baseline_and_a_wave_nobody_answered_say_so():
    late = {key: value for key, value in EXAMPLE.items() if key[1] == 6}

    assert ratios(late, [0, 6, 12])["exchangeable"] == {
        6: none_because("Nobody answered at baseline, so there is nothing to compare with."),
        12: none_because("Nobody answered at this wave."),
    }


@pytest.mark.parametrize("correlation", ["independence", "exchangeable"])
def test_one_person_has_no_spread(correlation):
    found = ratios({("a", 0): 1, ("a", 6): 1}, [0, 6])[correlation]

    assert found == {6: none_because("Only one person answered, so there is no spread to estimate from.")}


def test_one_person_left_when_a_wave_without_a_yes_is_out_has_no_spread():
    found = ratios({("a", 6): 0, ("b", 0): 1, ("b", 12): 1}, [0, 6, 12])["independence"]

    assert found == {
        6: none_because("Nobody said yes at this wave, so a ratio is not estimable."),
        12: none_because("Only one person answered, so there is no spread to estimate from."),
    }


def test_exchangeable_fails_alone_when_nobody_answered_twice():
    values = {(f"a{i}", 0): i % 2 for i in range(12)} | {(f"b{i}", 6): int(i < 3) for i in range(12)}

    assert ratios(values, [0, 6])["independence"][6].p is not None
    assert ratios(values, [0, 6])["exchangeable"][6] == none_because(
        "Too few people answered more than once to estimate how alike their answers are."
    )


def test_exchangeable_fails_alone_when_nobody_ever_changes():
    values = {(f"a{i}", wave): i % 2 for i in range(12) for wave in (0, 6)} | {("b", 6): 1}

    assert ratios(values, [0, 6])["independence"][6].p is not None
    assert ratios(values, [0, 6])["exchangeable"][6] == none_because(
        "Each person's answers are too alike, or too unlike, for this model."
    )


def test_everybody_saying_yes_both_times_is_a_ratio_of_one_without_an_interval():
    values = {(f"a{i}", wave): 1 for i in range(12) for wave in (0, 6)}

    assert ratios(values, [0, 6])["independence"][6] == Ratio(
        1.0,
        None,
        None,
        None,
        None,
        why="Nothing varies between people here, so there is no spread to estimate from.",
    )


def test_a_person_with_one_wave_counts_in_the_ratio_and_not_in_the_pairs():
    more = EXAMPLE | {("late", 6): 1}

    def pairs(values):
        at = {wave: {p: v for (p, w), v in values.items() if w == wave} for wave in (0, 6)}
        return paired(at[0], at[6])

    assert pairs(more) == pairs(EXAMPLE)
    assert ratios(more, [0, 6, 12])["independence"][6].ratio == pytest.approx((8 / 30) / (28 / 39))
    assert ratios(more, [0, 6, 12])["exchangeable"] != ratios(EXAMPLE, [0, 6, 12])["exchangeable"]


def test_the_mean_change_is_students():
    before = {"a": 10, "b": 12, "c": 9, "only before": 50}
    after = {"a": 13, "b": 13, "c": 14, "only after": 50}

    found = change(before, after)

    expected = stats.ttest_rel([13, 13, 14], [10, 12, 9])
    interval = expected.confidence_interval()
    assert found == Change(
        3, 3.0, pytest.approx(interval.low), pytest.approx(interval.high), pytest.approx(expected.pvalue)
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"b": 1}, (0, None, "Nobody answered both at baseline and at this wave.")),
        ({"a": 1}, {"a": 3}, (1, 2.0, "Only one person answered both times.")),
        ({"a": 1, "b": 2}, {"a": 3, "b": 4}, (2, 2.0, "Everybody changed by the same amount: there is no spread.")),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, (2, 0.0, "Everybody changed by the same amount: there is no spread.")),
        (
            {"a": 0.1, "b": 0.2},
            {"a": 0.3, "b": 0.4},
            (2, pytest.approx(0.2), "Everybody changed by the same amount: there is no spread."),
        ),
    ],
)
def test_a_change_without_spread_says_why_it_has_no_interval(before, after, expected):
    pairs, mean, why = expected

    assert change(before, after) == Change(pairs, mean, None, None, None, why=why)
