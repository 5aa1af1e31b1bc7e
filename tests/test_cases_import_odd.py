"""A file of referrals as it comes: from any spreadsheet, broken, cut, locked or huge. No row is lost."""

import csv
import json
import random
import stat
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Precision, Referral
from tests.factories import UserFactory
from tests.referral_files import FILE, lines_of, row, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def somebody():
    return UserFactory(intake=True, email="intake@example.org")


@pytest.mark.parametrize(
    "content",
    [
        "﻿" + written([row()]),
        written([row()]).replace("\r\n", "\n"),
        written([row()]).replace("\r\n", "\r"),
        written([row()], delimiter=";"),
        written([row()], delimiter="\t"),
        written([row()], quoting=csv.QUOTE_ALL),
        "\r\n" + written([row()]),
        written([row()]) + "\r\n\r\n",
        written([row()]).encode("utf-16"),
        written([row()]).replace("row,received,first,last,dob_raw", "ID,Received,First Name,Last Name,DOB"),
    ],
    ids=["BOM", "LF", "CR", "semicolon", "tab", "quoted", "blank first", "blank last", "UTF-16", "other names"],
)
def test_a_file_may_come_from_any_spreadsheet(import_file, content):
    said = import_file(content)

    assert (said["rows"], said["created"], said["errors"]) == (1, 1, 0)
    assert Referral.objects.get().first_name == "Sky"


def test_quoted_new_lines_emoji_and_right_to_left_words_stay_as_they_are(import_file):
    words = 'two\nlines, "quoted", ‏שלום🙂\r\nend'

    import_file([row(safety_raw=words)])

    referral = Referral.objects.get()
    assert json.loads(referral.received_text)["safety_raw"] == words
    assert referral.safety_words == words


def test_columns_that_are_missing_are_empty_and_columns_nobody_knows_are_kept(import_file):
    import_file([{"received": "2026-03-02 16:52", "first": "Sky", "colour of folder": "blue"}])

    assert json.loads(Referral.objects.get().received_text)["colour of folder"] == "blue"


def test_without_a_label_the_line_number_is_one(import_file):
    rows = [{"received": "2026-03-02 16:52", "first": "Sky", "last": "Lark", "aka": str(n)} for n in range(2)]

    assert import_file(rows)["possible_duplicates"] == [["line 2", "line 3"]]


BAD = [
    (row(received="not a date"), "received"),
    (row(received=""), "received"),
    (row(received="2126-01-01 10:00"), "received"),
    (row(received="0000-01-01"), "received"),
    (row(received="9999-12-31 23:59"), "received"),
    (row(received="2026-02-30 10:00"), "received"),
    (row(first="S\0ky"), "first"),
    (row(last="L\x1bark"), "last"),
    (row(safety_raw="x" * 1_000_000), "safety_raw"),
    (dict.fromkeys(row(), ""), ""),
]


@pytest.mark.parametrize(("bad", "column"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_a_row_that_cannot_be_taken_is_in_the_error_file_and_the_others_are_stored(import_file, tmp_path, bad, column):
    errors = tmp_path / "errors.csv"
    columns = [*row(), "safety_raw"]

    said = import_file(written([row(row="G1"), bad, row(row="G2", first="Ori")], columns), "--errors", str(errors))

    assert (said["rows"], said["created"], said["errors"]) == (3, 2, 1)
    [line] = lines_of(errors)
    assert list(line) == ["row", "column", "reason"]
    assert line["column"] == column
    assert line["reason"].endswith(".")
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600


def test_an_error_file_that_lay_there_open_is_closed_to_others_and_holds_no_formula(import_file, tmp_path):
    errors = tmp_path / "errors.csv"
    errors.write_text("old")
    errors.chmod(0o644)

    import_file([row(row="=1+1", received="?")], "--errors", str(errors))

    assert stat.S_IMODE(errors.stat().st_mode) == 0o600
    assert lines_of(errors)[0]["row"] == "'=1+1"


def test_an_error_file_that_cannot_be_written_means_that_nothing_was_stored(import_file, tmp_path):
    with pytest.raises(CommandError, match="Nothing was stored"):
        import_file([row()], "--errors", str(tmp_path / "no such folder" / "errors.csv"))

    assert Referral.objects.count() == 0


@pytest.mark.parametrize(
    ("cells", "created", "needs"),
    [
        (["A1", "2026-03-02 16:52", "Sky", "Lark", "2012-03-19", "too many"], 0, None),
        (["A1", "2026-03-02 16:52", "Sky", "Lark", "2012-03-19", "", ""], 1, False),
        (["A1", "2026-03-02 16:52", "Sky", "Lark"], 1, True),
    ],
)
def test_a_row_longer_or_shorter_than_the_header_is_never_taken_for_whole(import_file, cells, created, needs):
    said = import_file(f"{','.join(row())}\n{','.join(cells)}\n")

    assert (said["created"], said["errors"]) == (created, 1 - created)
    if created:
        assert ("row_short" in Referral.objects.get().needs) == needs


def test_letters_of_an_old_windows_file_are_read_and_doubted(import_file):
    import_file(written([row(first="José"), row(row="A2", first="Zoë")]).encode("cp1252"))

    assert sorted(one.first_name for one in Referral.objects.all()) == ["José", "Zoë"]
    assert all("letters_unclear" in one.needs for one in Referral.objects.all())


def test_half_a_letter_spoils_its_own_row_only(import_file):
    content = written([row(first="HALF"), row(row="A2")]).encode().replace(b"HALF", b"\xed\xa0\x80")

    said = import_file(content)

    assert (said["created"], said["errors"]) == (1, 1)


def test_quotation_marks_that_close_in_the_wrong_place_spoil_their_own_row(import_file):
    head = ",".join(row())

    said = import_file(f'{head}\nA1,2026-03-02 16:52,"Sky"x,Lark,\nA2,2026-03-02 16:52,Ori,Lark,\n')

    assert (said["rows"], said["created"], said["errors"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "not a CSV file"),
        (b"PK\x03\x04" + bytes(2000), "not a CSV file"),
        (bytes(range(256)) * 50, "not a CSV file"),
        (b"\xff\xfe\x00\xd8", "cannot be read as text"),
        (b"a,b,c\n1,2,3\n", "does not name the columns"),
        (Path("tests/data/outcomes_panel.csv").read_bytes(), "does not name the columns"),
        (b"received,first,First Name\n2026-03-02,Sky,Ori\n", "same name"),
        (b'received,first\n2026-03-02,Ori\n2026-03-02,"Sky\n2026-03-03,Sol\n', "on line 3 is never closed"),
    ],
)
def test_a_file_that_is_none_is_a_plain_sentence_and_nothing_is_stored(import_file, content, sentence):
    with pytest.raises(CommandError, match=sentence) as problem:
        import_file(content)

    assert problem.value.returncode == 1
    assert Referral.objects.count() == 0


def test_a_file_that_is_not_there_is_a_plain_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_referrals", tmp_path / "none.csv", "--dry-run")


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("nobody@example.org", "Say who does this"),
        (None, "Say who does this"),
        ("m@example.org", "imported by intake"),
    ],
)
def test_somebody_who_may_is_named(tmp_path, email, sentence):
    UserFactory(mentor=True, email="m@example.org")

    with pytest.raises(CommandError, match=sentence):
        call_command("import_referrals", FILE, *(["--as", email] if email else []))

    assert Referral.objects.count() == 0


def test_values_of_rows_stand_in_no_message(import_file, tmp_path, capsys):
    import_file([row(row="A9", received="2026-13-45", first="Zyxwvut", safety_raw="secret words")])

    said = capsys.readouterr()
    assert "Zyxwvut" not in said.out + said.err
    assert "2026-13-45" not in said.err


def test_ten_thousand_rows_with_three_percent_bad_are_all_somewhere_and_soon(import_file, tmp_path):
    chance, syllables = (
        random.Random(1),
        ["ka", "lo", "mi", "ren", "ta", "vi", "do", "sha", "el", "an", "mar", "quin", "zo", "be", "ti", "ra"],
    )

    def name():
        return "".join(chance.choice(syllables) for _ in range(3)).title()

    rows = [
        row(row=f"N{n}", first=name(), last=name(), dob_raw=f"201{n % 5}-0{n % 9 + 1}-1{n % 9}") for n in range(10_000)
    ]
    for bad in rows[:: len(rows) // 300][:300]:
        bad["received"] = "soon"
    errors, begun = tmp_path / "errors.csv", time.monotonic()

    said = import_file(rows, "--errors", str(errors))

    assert time.monotonic() - begun < 100
    assert (said["rows"], said["created"], said["errors"]) == (10_000, 9_700, 300)
    labels = [line["row"] for line in lines_of(errors)]
    assert labels == [bad["row"] for bad in rows if bad["received"] == "soon"]
    again = import_file(rows, "--errors", str(errors))
    assert (again["created"], again["already_imported"], again["errors"]) == (0, 9_700, 300)


def test_rows_that_differ_in_one_letter_are_two_rows(import_file):
    said = import_file([row(row="A1", safety_raw="No texts"), row(row="A1", safety_raw="no texts")])

    assert said["created"] == 2


def test_an_unknown_precision_is_never_made_up(import_file):
    import_file([row(dob_raw="2010-02-30", age_raw="15")])

    referral = Referral.objects.get()
    assert (referral.born_on, referral.born_precision, referral.about_age) == (None, Precision.ABOUT, "15")
    assert referral.needs[:2] == ["birth_unclear", "no_birth"]
