"""The cells of a report that need no statistics package, and the report whole."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from outcomes.analysis import (
    FollowUpShare,
    Pairs,
    Share,
    Spread,
    follow_up,
    may_show,
    mcnemar,
    paired,
    percent_change,
    percent_change_words,
    share,
    spread,
    wilson,
)
from outcomes.export import as_csv, as_json
from outcomes.figures import make_figures
from outcomes.panel import SCALE, YES_NO, Outcome, Panel, panel_of, read_panel, read_panel_file

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data" / "outcomes_panel.csv"


def to_six_decimals(value):
    if isinstance(value, dict):
        return {key: to_six_decimals(it) for key, it in value.items()}
    return round(value, 6) if isinstance(value, float) else value


def test_the_example_file_gives_the_known_figures_to_six_decimals():
    figures = make_figures(read_panel_file(DATA)).as_dict()

    assert to_six_decimals(figures["outcomes"]["cse"]) == {
        "kind": "yes_no",
        "waves": {
            "0": {"k": 28, "n": 39, "percent": 71.794872, "low": 0.562247, "high": 0.834565},
            "6": {"k": 7, "n": 29, "percent": 24.137931, "low": 0.122184, "high": 0.421076},
            "12": {"k": 4, "n": 28, "percent": 14.285714, "low": 0.05699, "high": 0.314898},
        },
        "ratio": {
            "independence": {
                "6": {"ratio": 0.336207, "se_log": 0.329018, "low": 0.176419, "high": 0.640718, "p": 0.000923},
                "12": {"ratio": 0.19898, "se_log": 0.472905, "low": 0.078754, "high": 0.502743, "p": 0.00064},
            },
            "exchangeable": {
                "6": {"ratio": 0.344576, "se_log": 0.321327, "low": 0.183557, "high": 0.646843, "p": 0.000914},
                "12": {"ratio": 0.207047, "se_log": 0.455405, "low": 0.084806, "high": 0.505486, "p": 0.000544},
            },
        },
        "pairs": {
            "6": {"n": 28, "both": 6, "baseline_only": 14, "wave_only": 1, "neither": 7, "p": 0.000977},
            "12": {"n": 27, "both": 3, "baseline_only": 17, "wave_only": 1, "neither": 6, "p": 0.000145},
        },
    }
    assert to_six_decimals(figures["outcomes"]["coping"]) == {
        "kind": "scale",
        "waves": {
            "0": {"n": 39, "mean": 54.589744, "sd": 9.138461},
            "6": {"n": 29, "mean": 62.413793, "sd": 9.656668},
            "12": {"n": 28, "mean": 66.714286, "sd": 10.251855},
        },
        "change": {
            "6": {"pairs": 28, "mean": 7.928571, "low": 7.370847, "high": 8.486296, "p": 0.0},
            "12": {"pairs": 27, "mean": 10.851852, "low": 10.284887, "high": 11.418816, "p": 0.0},
        },
    }
    assert figures["follow_up"] == {
        "6": {"answered": 29, "of": 40, "percent": 72.5},
        "12": {"answered": 28, "of": 40, "percent": 70.0},
    }
    assert set(figures) == {"outcomes", "follow_up"}


def test_figures_are_not_rounded():
    figures = make_figures(read_panel_file(DATA)).as_dict()

    assert figures["outcomes"]["cse"]["waves"]["0"]["percent"] == 2800 / 39
    assert figures["outcomes"]["cse"]["pairs"]["6"]["p"] == 2 * 16 / 2**15


def test_a_share_carries_its_count_and_its_interval_and_none_of_nobody():
    assert share([]) == Share(0, 0, None, None, None, why="Nobody answered at this wave.")
    assert share([0] * 8) == Share(0, 8, 0.0, 0.0, wilson(0, 8)[1])
    assert share([1] * 8) == Share(8, 8, 100.0, wilson(8, 8)[0], 1.0)


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_wilson_interval_contains_the_share_and_agrees_with_scipy(counts):
    k, n = counts

    low, high = wilson(k, n)

    expected = binomtest(k, n).proportion_ci(method="wilson")
    assert 0 <= low <= k / n <= high <= 1
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_spread_of_one_answer_has_a_mean_and_says_why_it_has_no_more():
    assert spread([]) == Spread(0, None, None, why="Nobody answered at this wave.")
    assert spread([4]) == Spread(1, 4.0, None, why="One answer has no spread.")
    assert spread([4, 6]) == Spread(2, 5.0, pytest.approx(2**0.5))


def test_pairs_count_only_people_who_answered_both_times():
    before = {"a": 1, "b": 1, "c": 0, "d": 0, "only before": 1}
    after = {"a": 1, "b": 0, "c": 1, "d": 0, "only after": 1}

    assert paired(before, after) == Pairs(4, both=1, baseline_only=1, wave_only=1, neither=1, p=1.0)


def test_no_pairs_have_no_p():
    assert paired({"a": 1}, {"b": 1}) == Pairs(
        0, 0, 0, 0, 0, None, why="Nobody answered both at baseline and at this wave."
    )


def test_mcnemar_of_nobody_changing_is_one():
    assert mcnemar(0, 0) == 1.0


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_exact_two_sided_coin(b, c):
    expected = binomtest(b, b + c).pvalue if b + c else 1.0

    assert mcnemar(b, c) == pytest.approx(expected, rel=1e-9)
    assert mcnemar(b, c) == mcnemar(c, b)


def test_mcnemar_of_a_whole_state_is_still_a_number():
    assert mcnemar(10_000, 20_000) == 0.0
    assert mcnemar(15_000, 15_000) == 1.0


def test_follow_up_is_of_all_people_in_the_table_and_counts_any_answer():
    answers = [("a", 0, "x", 1), ("b", 0, "x", 0), ("b", 6, "y", 3)]
    panel = panel_of(answers, kinds={"x": YES_NO, "y": SCALE}, people=["c", "d"], waves=[12])

    assert follow_up(panel) == {6: FollowUpShare(1, 4, 25.0), 12: FollowUpShare(0, 4, 0.0)}


def test_a_table_of_nobody_is_a_report_of_nothing():
    figures = make_figures(Panel([], [0, 6], {"x": Outcome(YES_NO, {}), "y": Outcome(SCALE, {})})).as_dict()

    assert figures["follow_up"] == {
        "6": {"answered": 0, "of": 0, "percent": None, "why": "There is nobody in this table."}
    }
    assert json.loads(as_json(figures)) == figures


@pytest.mark.parametrize(
    ("n_group", "n_all", "shown"),
    [
        (10, 20, True),
        (9, 40, False),
        (11, 20, False),  # nine others
        (39, 40, False),  # one other
        (40, 40, True),  # no others
        (9, 9, False),
        (0, 40, False),
    ],
)
def test_a_group_is_shown_only_when_it_and_the_rest_are_large_enough(n_group, n_all, shown):
    assert may_show(n_group, n_all) is shown


def test_another_limit_can_be_set():
    assert may_show(5, 10, limit=5)


def test_change_in_percent_is_relative_and_says_so():
    assert percent_change(0.46) == pytest.approx(54)
    assert percent_change(1.4) == pytest.approx(-40)
    assert percent_change_words(0.46) == "decreased by 54 % (relative)"
    assert percent_change_words(1.4) == "increased by 40 % (relative)"
    assert percent_change_words(1.0) == "did not change (relative)"


def test_the_order_of_rows_does_not_matter():
    head, *rows = DATA.read_text().splitlines()
    turned = "\n".join([head, *reversed(rows)])

    assert as_json(make_figures(read_panel(turned)).as_dict()) == as_json(
        make_figures(read_panel_file(DATA)).as_dict()
    )


def test_an_outcome_with_nothing_to_say_takes_nothing_from_its_neighbour():
    lines = DATA.read_text().splitlines()
    wider = "\n".join([lines[0] + ",never,unasked", *(line + ",0," for line in lines[1:])])

    figures = make_figures(read_panel(wider)).as_dict()

    alone = make_figures(read_panel_file(DATA)).as_dict()
    assert {name: figures["outcomes"][name] for name in ("cse", "coping")} == alone["outcomes"]
    assert figures["follow_up"] == alone["follow_up"]
    for name, why in (
        ("never", "Nobody said yes at baseline, so there is nothing to divide by."),
        ("unasked", "Nobody answered at this wave."),
    ):
        assert figures["outcomes"][name]["ratio"]["exchangeable"]["6"] == {
            "ratio": None,
            "se_log": None,
            "low": None,
            "high": None,
            "p": None,
            "why": why,
        }


def tables_of(answer):
    """Up to twenty people with three waves each, some of them not answered."""
    people = st.lists(st.tuples(*[st.none() | answer] * 3), max_size=20)
    return people.map(
        lambda rows: {
            (f"S{number}", wave): value
            for number, row in enumerate(rows)
            for wave, value in zip([0, 6, 12], row, strict=True)
            if value is not None
        }
    )


@settings(max_examples=200, deadline=None)
@given(tables_of(st.integers(0, 1)), tables_of(st.integers(-50, 100) | st.floats(-1e9, 1e9) | st.just(0.1)))
def test_any_table_gives_a_report_without_a_number_that_is_none(yes_no, scale):
    everybody = sorted({person for person, _ in [*yes_no, *scale]})
    panel = Panel(everybody, [0, 6, 12], {"a": Outcome(YES_NO, yes_no), "b": Outcome(SCALE, scale)})

    figures = make_figures(panel).as_dict()

    assert json.loads(as_json(figures)) == figures  # refuses NaN and infinity
    assert as_csv(figures)
    for cell in figures["outcomes"]["a"]["waves"].values():
        assert 0 <= cell["k"] <= cell["n"]
        assert cell["n"] == 0 or 0 <= cell["low"] <= cell["k"] / cell["n"] <= cell["high"] <= 1
    for cell in cells(figures):
        assert (None in cell.values()) == bool(cell.get("why"))
        if cell.get("ratio") is not None and cell["low"] is not None:
            assert cell["low"] <= cell["ratio"] <= cell["high"]
        if cell.get("p") is not None:
            assert 0 <= cell["p"] <= 1


def cells(figures):
    """Every dict of the report that holds no further dict."""
    for value in figures.values():
        if isinstance(value, dict):
            if any(isinstance(it, dict) for it in value.values()):
                yield from cells(value)
            elif value:
                yield value


def test_pages_can_import_the_light_modules_without_the_statistics_package():
    program = (
        "import sys, outcomes.analysis, outcomes.export, outcomes.panel;"
        "print(sorted({'numpy', 'scipy', 'pandas', 'statsmodels', 'django'} & set(sys.modules)))"
    )

    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
