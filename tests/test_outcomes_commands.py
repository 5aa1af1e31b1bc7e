"""Figures by command: of a file, and of the same answers brought in; and what bad input gets."""

import csv
import io
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from outcomes.models import Answer, FollowUp, Respondent, Response
from tests.factories.core import UserFactory
from tests.factories.outcomes import FollowUpFactory, RespondentFactory

PANEL = Path(__file__).parent / "data" / "outcomes_panel.csv"


def run(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def report(*words):
    return json.loads(run("outcomes_report", *words))


@pytest.fixture
def table(tmp_path):
    def write(text, name="answers.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def check_published(figures):
    """The reference figures, to six decimals."""
    cse = figures["outcomes"]["cse"]
    assert [(cse["waves"][wave]["k"], cse["waves"][wave]["n"]) for wave in ("0", "6", "12")] == [
        (28, 39),
        (7, 29),
        (4, 28),
    ]
    expected = {
        ("waves", "0"): {"percent": 71.794872, "low": 0.562247, "high": 0.834565},
        ("waves", "6"): {"percent": 24.137931, "low": 0.122184, "high": 0.421076},
        ("waves", "12"): {"percent": 14.285714, "low": 0.056990, "high": 0.314898},
        ("ratio", "independence", "6"): {
            "ratio": 0.336207, "se_log": 0.329018, "low": 0.176419, "high": 0.640718, "p": 0.000923,
        },
        ("ratio", "independence", "12"): {
            "ratio": 0.198980, "se_log": 0.472905, "low": 0.078754, "high": 0.502743, "p": 0.000640,
        },
        ("ratio", "exchangeable", "6"): {
            "ratio": 0.344576, "se_log": 0.321327, "low": 0.183557, "high": 0.646843,
        },
        ("ratio", "exchangeable", "12"): {
            "ratio": 0.207047, "se_log": 0.455405, "low": 0.084806, "high": 0.505486,
        },
        ("pairs", "6"): {"n": 28, "both": 6, "baseline_only": 14, "wave_only": 1, "neither": 7, "p": 0.000977},
        ("pairs", "12"): {"n": 27, "both": 3, "baseline_only": 17, "wave_only": 1, "neither": 6, "p": 0.000145},
    }  # fmt: skip
    for path, cells in expected.items():
        found = cse
        for step in path:
            found = found[step]
        assert {name: round(found[name], 6) for name in cells} == cells
    assert figures["follow_up"]["6"] == {"answered": 29, "of": 40, "percent": 72.5}
    assert figures["follow_up"]["12"] == {"answered": 28, "of": 40, "percent": 70.0}


def test_a_file_gives_the_reference_figures_and_is_not_stored(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        check_published(report("--from", str(PANEL)))


@pytest.mark.django_db
def test_the_same_answers_brought_in_give_the_same_figures():
    done = json.loads(run("import_answers", str(PANEL)))

    assert done == {
        "rows": 96, "respondents": 40, "new_respondents": 40, "answers": 192, "already_imported": 0
    }  # fmt: skip
    check_published(report())
    assert report() == report("--from", str(PANEL))


@pytest.mark.django_db
def test_bringing_in_a_file_twice_changes_nothing():
    run("import_answers", str(PANEL))
    before = report()

    done = json.loads(run("import_answers", str(PANEL)))

    assert (done["new_respondents"], done["answers"], done["already_imported"]) == (0, 0, 192)
    assert report() == before
    assert (Respondent.objects.count(), Answer.objects.count()) == (40, 192)


def test_csv_holds_the_same_numbers():
    rows = list(csv.DictReader(io.StringIO(run("outcomes_report", "--from", str(PANEL), "--format", "csv"))))

    [ratio] = [
        row["value"]
        for row in rows
        if (row["outcome"], row["part"], row["correlation"], row["wave_months"], row["measure"])
        == ("cse", "ratio", "independence", "6", "ratio")
    ]
    assert round(float(ratio), 6) == 0.336207


@pytest.mark.django_db
def test_items_are_scored_by_the_rule_of_the_instrument(table):
    header = "id,wave_months,coping_1,coping_2,coping_3,coping_4,coping_5,sad"
    rows = [f"S{n},0,1,2,3,4,5,{n % 2}" for n in range(12)] + ["S0,6,5,5,,,,1", "S1,6,5,5,5,,,0"]

    run("import_answers", str(table("\n".join([header, *rows]))))

    coping = report()["outcomes"]["coping"]
    assert coping["waves"]["0"] == {"n": 12, "mean": 50.0, "sd": 0.0}
    assert (coping["waves"]["6"]["n"], coping["waves"]["6"]["mean"]) == (1, 100.0)  # two of five are not half
    assert report()["outcomes"]["sad"]["waves"]["0"]["k"] == 6


@pytest.mark.django_db
def test_who_was_brought_in_and_did_not_answer_a_wave_was_missed_there():
    run("import_answers", str(PANEL))

    assert FollowUp.objects.filter(wave__months=6, status="missed").count() == 11
    assert not Respondent.objects.exclude(case=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The file is empty."),
        ("a,b\n1,2\n", "no column “id”"),
        ("id,wave_months,cse\nS1,0,2\n", "1 for yes or 0 for no"),
        ("id,wave_months,grit\nS1,0,2\n", "nothing of that name is asked"),
        ("id,wave_months,coping_1\nS1,0,6\n", "whole number from 1 to 5"),
        ("id,wave_months,coping_1\nS1,0,2.5\n", "whole number from 1 to 5"),
        ("id,wave_months,coping\nS1,0,101\n", "from 0 to 100"),
        ("id,wave_months,coping,coping_1\nS1,0,10,1\n", "the score or its items"),
        ("id,wave_months,cse\nS1,0,1\nS1,7,1\n", "no wave at 7 months"),
        ("id,wave_months,cse\nS1,0,1\nS1,0,1\n", "Lines 2 and 3"),
        ("id,wave_months,cse\n" + "S" * 21 + ",0,1\n", "at most 20"),
        ("id,wave_months,cse\nS\x001,0,1\n", "NUL"),
        (b"\xff\xfe\x00binary", "not a CSV file"),
        (b"id,wave_months,cse\nS\xed\xa0\x80,0,1\n", "not a CSV file"),
        ("id,wave_months,cse\nS1,0,yes\n", "not a number"),
    ],
)
def test_a_bad_table_is_answered_with_a_sentence_and_stores_nothing(table, text, says):
    with pytest.raises(CommandError, match=says):
        run("import_answers", str(table(text)))

    assert (Respondent.objects.count(), Response.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_another_answer_than_before_stops_the_whole_import(table):
    run("import_answers", str(table("id,wave_months,cse\nS1,0,1\n", "one.csv")))

    with pytest.raises(CommandError, match="another answer of the same person"):
        run("import_answers", str(table("id,wave_months,cse\nS2,0,1\nS1,0,0\n", "two.csv")))

    assert [one.code for one in Respondent.objects.all()] == ["S1"]


@pytest.mark.django_db
def test_a_later_file_may_add_what_was_not_answered_before(table):
    run("import_answers", str(table("id,wave_months,cse,sad\nS1,0,1,\n", "one.csv")))

    done = json.loads(run("import_answers", str(table("id,wave_months,cse,sad\nS1,0,1,0\n", "two.csv"))))

    assert (done["answers"], done["already_imported"]) == (1, 1)


@pytest.mark.django_db
def test_a_code_of_somebody_who_answers_here_is_never_taken_from_a_file(table):
    RespondentFactory(code="R-AAAAA")

    with pytest.raises(CommandError, match="belongs to somebody who answers here"):
        run("import_answers", str(table("id,wave_months,cse\nR-AAAAA,0,1\n")))


@pytest.mark.django_db
def test_answers_are_brought_in_by_an_evaluation_manager(table):
    UserFactory(email="eve@example.org", evaluation=True)
    UserFactory(email="mia@example.org", mentor=True)
    path = str(table("id,wave_months,cse\nS1,0,1\n"))

    with pytest.raises(CommandError, match="evaluation manager"):
        run("import_answers", path, "--as", "mia@example.org")
    with pytest.raises(CommandError, match="Say who does this"):
        run("import_answers", path, "--as", "nobody@example.org")
    assert json.loads(run("import_answers", path, "--as", "eve@example.org"))["answers"] == 1


def cohorts(first, second):
    rows = [f"A{n},0,first,{n % 2}" for n in range(first)] + [f"B{n},0,second,1" for n in range(second)]
    return "\n".join(["id,wave_months,cohort,cse", *rows])


@pytest.mark.parametrize(("first", "second"), [(9, 30), (30, 9)])
def test_a_small_cohort_and_one_that_leaves_few_beside_it_are_refused_from_a_file(table, first, second):
    with pytest.raises(CommandError, match="fewer than 10"):
        report("--from", str(table(cohorts(first, second))), "--cohort", "first")


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "second", "shown"), [(9, 30, False), (30, 9, False), (12, 11, True)])
def test_the_same_holds_for_cohorts_in_the_database(table, first, second, shown):
    run("import_answers", str(table(cohorts(first, second))))

    if shown:
        assert report("--cohort", "first")["outcomes"]["cse"]["waves"]["0"]["n"] == first
    else:
        with pytest.raises(CommandError, match="fewer than 10"):
            report("--cohort", "first")


@pytest.mark.django_db
def test_a_whole_file_is_put_into_one_cohort_by_option():
    run("import_answers", str(PANEL), "--cohort", "study")

    assert set(Respondent.objects.values_list("cohort", flat=True)) == {"study"}
    assert report("--cohort", "study")["follow_up"]["6"]["of"] == 40


@pytest.mark.django_db
def test_a_report_of_nobody_is_an_empty_report():
    assert report() == {"outcomes": {}, "follow_up": {}}


@pytest.mark.django_db
def test_who_is_not_yet_due_is_not_counted_as_missing():
    FollowUpFactory()
    FollowUpFactory(scheduled=True)

    assert report()["follow_up"] == {"6": {"answered": 0, "of": 1, "percent": 0.0}}


def test_a_file_that_is_not_there_is_said_so():
    with pytest.raises(CommandError, match="cannot be opened"):
        report("--from", "there-is-none.csv")


@pytest.mark.django_db
def test_ten_thousand_rows_with_a_few_bad_ones_store_nothing(table):
    rows = [f"S{n // 2},{n % 2 * 6},{'x' if n % 33 == 32 else n % 3 % 2}" for n in range(10_000)]

    with pytest.raises(CommandError, match="Line 34, column “cse”"):
        run("import_answers", str(table("\n".join(["id,wave_months,cse", *rows]))))

    assert Respondent.objects.count() == 0
