"""Reading a table of answers: what is understood, and the sentence for what is not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.panel import SCALE, YES_NO, Outcome, Panel, PanelProblem, panel_of, read_panel, read_panel_file

DATA = Path(__file__).parent / "data" / "outcomes_panel.csv"

SMALL = Panel(
    people=["S01", "S02"],
    waves=[0, 6],
    outcomes={
        "cse": Outcome(YES_NO, {("S01", 0): 1, ("S01", 6): 0, ("S02", 0): 1}),
        "coping": Outcome(SCALE, {("S01", 0): 40, ("S02", 0): 41.5}),
    },
)


def test_the_example_file_is_read_whole():
    panel = read_panel_file(DATA)

    assert len(panel.people) == 40
    assert panel.waves == [0, 6, 12]
    assert {name: (it.kind, len(it.values)) for name, it in panel.outcomes.items()} == {
        "cse": (YES_NO, 96),
        "coping": (SCALE, 96),
    }
    assert [panel.answered(wave) for wave in panel.waves] == [39, 29, 28]


@pytest.mark.parametrize(
    "source",
    [
        "id,wave_months,cse,coping\nS01,0,1,40\nS01,6,0,\nS02,0,1,41.5\n",
        "id,wave_months,cse,coping\r\nS01,0,1,40\r\nS01,6,0,\r\nS02,0,1,41.5",
        "coping,WAVE_MONTHS,cse,Id\n41.5,0,1,S02\n,6,0,S01\n40,0,1,S01\n",
        'id,wave_months,cse,coping\n"S01", 0 ,1.0,4e1\n\n,,,\nS01,6.0,0,\nS02,0,+1,41.5\n',
        b"\xef\xbb\xbfid,wave_months,cse,coping\r\nS01,0,1,40\r\nS01,6,0,\r\nS02,0,1,41.5\r\n",
    ],
    ids=["plain", "CRLF and no last line end", "other orders", "quotes, blanks and decimals", "BOM"],
)
def test_the_same_table_is_read_the_same_however_it_was_saved(source):
    assert read_panel(source) == SMALL


def test_rows_of_a_database_make_the_same_panel():
    rows = [("S02", 0, "cse", 1), ("S01", 0, "cse", 1), ("S01", 6, "cse", 0)]
    rows += [("S01", 0, "coping", 40), ("S02", 0, "coping", 41.5)]

    assert panel_of(rows, kinds={"cse": YES_NO, "coping": SCALE}) == SMALL


def test_people_and_waves_without_answers_are_kept_when_they_are_named():
    panel = panel_of([("S01", 0, "cse", 1)], kinds={"cse": YES_NO}, people=["S02"], waves=[6])

    assert (panel.people, panel.waves, panel.answered(6)) == (["S01", "S02"], [0, 6], 0)


def test_a_person_whose_every_cell_is_empty_is_in_the_table():
    panel = read_panel("id,wave_months,cse\nS01,0,1\nS02,0,\n")

    assert (panel.people, panel.answered(0)) == (["S01", "S02"], 1)


def test_only_zeros_and_ones_are_yes_or_no_and_one_other_number_makes_a_scale():
    panel = read_panel("id,wave_months,a,b,c\nS01,0,1,1,\nS02,0,0,2,\n")

    assert {name: it.kind for name, it in panel.outcomes.items()} == {"a": YES_NO, "b": SCALE, "c": YES_NO}


def test_a_cohort_has_its_people_and_the_whole_tables_waves_and_kinds():
    panel = read_panel("id,wave_months,cohort,mood\nS01,0,2024,1\nS01,6,2024,0\nS02,0,2025,7\nS02,12,,8\n")

    assert panel.of_cohort("2024") == Panel(
        people=["S01"],
        waves=[0, 6, 12],
        outcomes={"mood": Outcome(SCALE, {("S01", 0): 1, ("S01", 6): 0})},
        cohorts={"S01": "2024"},
    )
    assert panel.of_cohort("2025").people == ["S02"]


def test_an_unknown_cohort_is_a_sentence_and_so_is_a_table_without_cohorts():
    with pytest.raises(PanelProblem, match="Nobody in this table belongs to that cohort"):
        read_panel("id,wave_months,cohort,cse\nS01,0,spring,1\n").of_cohort("autumn")
    with pytest.raises(PanelProblem, match="no “cohort” column"):
        SMALL.of_cohort("spring")


HEAD = "id,wave_months,cse,coping\n"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "The file is empty."),
        ("\n\n , \n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (HEAD, "The file has a header but no answers."),
        (HEAD + "S01,6,1,40\n", "No row has wave_months 0, so there is no baseline to compare with."),
        (HEAD + "S01,0,1,40\n\nS02,0,1,3\nS01,0.0,0,41\n", "Lines 2 and 5 are both for the same id at 0 months."),
        ("id,wave,cse\nS01,0,1\n", "Line 1: the header has no column “wave_months”."),
        ("id;wave_months;cse\nS01;0;1\n", "Line 1: the header has no column “id”."),
        ("first_name,town\nA,B\n", "Line 1: the header has no column “id”."),
        ("id,wave_months\nS01,0\n", "Line 1: the header has no outcome beside id and wave_months."),
        ("id,wave_months,cohort\nS01,0,a\n", "Line 1: the header has no outcome beside id and wave_months."),
        ("id,wave_months,cse,,x\nS01,0,1,2,3\n", "Line 1, column 4: the header has no name here."),
        ("id,wave_months,cse,CSE\nS01,0,1,1\n", "Line 1, column 4: “CSE” is there twice."),
        ("id,wave_months,c\u202ese\nS01,0,1\n", "Line 1, column 3: a column name is at most 80 letters"),
        ("id,wave_months,c\ud800\nS01,0,1\n", "Line 1, column 3: a column name is at most 80 letters"),
        (f"id,wave_months,{'x' * 81}\nS01,0,1\n", "Line 1, column 3: a column name is at most 80 letters"),
        (HEAD + "S01,0,1\n", "Line 2 has 3 columns, but the header has 4."),
        (HEAD + "S01,0,1,40,9\n", "Line 2 has 5 columns, but the header has 4."),
        (HEAD + ",0,1,40\n", "Line 2, column “id”: this is empty"),
        (HEAD + "S01,six,1,40\n", "Line 2, column “wave_months”: the wave is a whole number of months"),
        (HEAD + "S01,,1,40\n", "Line 2, column “wave_months”: the wave is a whole number of months"),
        (HEAD + "S01,6.5,1,40\n", "Line 2, column “wave_months”: the wave is a whole number of months"),
        (HEAD + "S01,inf,1,40\n", "Line 2, column “wave_months”: the wave is a whole number of months"),
        (HEAD + "S01,1e999,1,40\n", "Line 2, column “wave_months”: the wave is a whole number of months"),
        (HEAD + "S01,-6,1,40\n", "Line 2, column “wave_months”: a wave cannot be before the baseline, which is 0."),
        (HEAD + "S01,9999,1,40\n", "Line 2, column “wave_months”: a wave is at most 1200 months."),
        (HEAD + "S01,0,yes,40\n", "Line 2, column “cse”: this is not a number."),
        (HEAD + 'S01,0,1,"40,5"\n', "Line 2, column “coping”: this is not a number."),
        (HEAD + "S01,0,nan,40\n", "Line 2, column “cse”: this is not a number."),
        (HEAD + "S01,0,-Infinity,40\n", "Line 2, column “cse”: this is not a number."),
        (HEAD + "S01,0,1_0,40\n", "Line 2, column “cse”: this is not a number."),
        (HEAD + "S01,0,\u0661,40\n", "Line 2, column “cse”: this is not a number."),
        (HEAD + "S01,0,1e999,40\n", "Line 2, column “cse”: this number is too large for an answer."),
        (HEAD + 'S01,0,1,"4\n0"\n', "Line 2, column “coping”: this is not a number."),
        (HEAD + '"S\n01",0,1,40\nS02,0,x,40\n', "Line 4, column “cse”: this is not a number."),
        (HEAD + f"{'S' * 201},0,1,40\n", "Line 2, column 1: this is longer than 200 letters."),
        (HEAD + "S01,0,1,40\n" + "9" * 200_000, "Line 3: one field is far too long. Is a quotation mark missing?"),
        (HEAD + 'S01,0,1,40\nS02,0,1,"40', "Line 3: the quotation marks do not pair up."),
        (HEAD + 'S01,0,"1"1,40\n', "Line 2: the quotation marks do not pair up."),
        (HEAD + "S01,0,1,40\nS\0,0,1,40\n", "Line 3: this is not a CSV file, it holds a NUL byte."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is not a CSV file in UTF-8."),
        ((HEAD + "S01,0,1,40\n").encode("utf-16"), "This is not a CSV file in UTF-8."),
        (
            "id,wave_months,cohort,cse\nS01,0,spring,1\nS01,6,autumn,1\n",
            "Lines 2 and 3 put the same id into two cohorts.",
        ),
    ],
)
def test_what_cannot_be_read_is_a_sentence_with_its_place(source, sentence):
    with pytest.raises(PanelProblem) as problem:
        read_panel(source)

    assert str(problem.value).startswith(sentence)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    for path in [tmp_path / "none.csv", tmp_path, "a\0b"]:
        with pytest.raises(PanelProblem, match="This file cannot be opened"):
            read_panel_file(path)


def test_no_sentence_repeats_a_cell():
    with pytest.raises(PanelProblem) as problem:
        read_panel(HEAD + "Rosalind,0,Whitlock,40\n")

    assert "Rosalind" not in str(problem.value)
    assert "Whitlock" not in str(problem.value)


@given(st.one_of(st.binary(), st.text(), st.text(alphabet='S01,6.-"\n\r\t eE').map(lambda rows: HEAD + rows)))
def test_anything_at_all_is_a_panel_or_a_sentence(source):
    try:
        panel = read_panel(source)
    except PanelProblem as problem:
        assert str(problem)
    else:
        assert 0 in panel.waves
