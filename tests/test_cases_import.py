"""Files of referrals: no row is lost, none is taken twice, nothing is merged, and every trouble has its sentence."""

import csv
import io
import json
import random
import stat
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import referral_files
from cases.models import Agency, Precision, Referral, ReferralLink, Youth
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db
FILE = Path("tests/data/referrals.csv")

PAIRS = {"possible_duplicates": [["R01", "R02"]], "siblings": [["R03a", "R03b"]]}


def lines_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


ROWS = lines_of(FILE)


@pytest.fixture(autouse=True)
def somebody():
    return UserFactory(intake=True, email="intake@example.org")


@pytest.fixture
def run(tmp_path, capsys):
    """Import bytes, text or rows; gives the JSON that was printed last."""

    def run(content, *words, dry=False):
        path = tmp_path / "file.csv"
        if isinstance(content, list):
            content = written(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        call_command("import_referrals", path, *(["--dry-run"] if dry else ["--as", "intake@example.org"]), *words)
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return run


def written(rows, columns=None, **how):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(rows[0]), extrasaction="ignore", **how)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def row(**more):
    return {
        "row": "A1",
        "received": "2026-03-02 16:52",
        "first": "Sky",
        "last": "Lark",
        "dob_raw": "2012-03-19",
    } | more


def test_the_file_of_the_program_is_taken_as_it_is(run):
    said = run(FILE.read_bytes())

    assert said == {"rows": 9, "created": 9, "needs_information": 3, **PAIRS, "already_imported": 0, "errors": 0}
    received = [json.loads(one.received_text) for one in Referral.objects.all()]
    assert sorted(received, key=lambda one: one["row"]) == ROWS
    assert Youth.objects.count() == 0


@pytest.mark.parametrize(
    ("label", "status", "needs", "born"),
    [
        ("R01", "needs_information", ["no_birth", "about_age"], (None, "about", "about 14")),
        ("R02", "received", ["safety_words"], ("2012-03-19", "day", "")),
        ("R03a", "received", [], ("2010-11-02", "day", "")),
        ("R03b", "received", ["partial_birth", "safety_words"], ("2013-12-01", "month", "")),
        ("R04", "exception_review", ["age_conflict", "over_age"], ("2008-02-14", "day", "")),
        (
            "R05",
            "needs_information",
            ["two_digit_year", "age_conflict", "two_readings", "old_name", "safety_words"],
            ("2009-04-09", "day", ""),
        ),
        ("R06", "received", ["two_readings", "guardian_language", "safety_words"], ("2011-07-04", "day", "")),
        ("R07", "received", ["safety_words"], ("2010-08-30", "day", "")),
        ("R08", "received", ["device_watched", "missing", "safety_words"], ("2011-01-12", "day", "")),
    ],
)
def test_every_row_of_it_says_what_a_person_must_look_at(run, label, status, needs, born):
    run([one for one in ROWS if one["row"] == label])

    referral = Referral.objects.get()
    day = str(referral.born_on) if referral.born_on else None
    assert (referral.status, referral.needs) == (status, needs)
    assert (day, referral.born_precision, referral.about_age) == born


def test_what_could_be_read_is_read(run):
    run(FILE.read_bytes())

    of = {json.loads(one.received_text)["row"]: one for one in Referral.objects.all()}
    ways = {row: one.channel for row, one in of.items()}
    assert [ways[row] for row in ("R01", "R02", "R04", "R05", "R08")] == ["email", "fax", "web", "phone", "email"]
    assert (of["R06"].languages, of["R06"].area) == (["es"], "lawrence")
    assert (of["R02"].area, of["R07"].pronouns, of["R05"].phone) == (
        "dorchester",
        "they/them",
        "617-555-0155 (txt ok after 6)",
    )
    assert (of["R08"].missing, of["R08"].missing_words) == ("yes", "YES since Fri 4/17 pm")
    assert of["R08"].received_at.isoformat() == "2026-04-20T03:47:00+00:00"
    assert (of["R01"].agency.name, of["R05"].agency) == ("DCF Dimock St A.O.", None)


def test_a_file_taken_twice_adds_nothing_whatever_the_order_of_its_columns(run):
    run(ROWS)
    columns = sorted(ROWS[0], reverse=True)

    said = run(written(ROWS, columns))

    assert (said["created"], said["already_imported"], Referral.objects.count()) == (0, 9, 9)
    assert (said["possible_duplicates"], said["siblings"]) == ([], [])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(list(ROWS[0])))
def test_the_order_of_the_columns_changes_nothing(columns):
    lines = referral_files.read_file(written(ROWS, columns).encode())

    assert [line.values for line in lines] == ROWS
    assert [line.label for line in lines] == [one["row"] for one in ROWS]


def test_a_dry_run_says_the_same_writes_nothing_and_needs_nobody(run):
    said = run(ROWS, dry=True)

    assert (Referral.objects.count(), Agency.objects.count(), ReferralLink.objects.count()) == (0, 0, 0)
    assert said == run(ROWS)
    assert run(ROWS, dry=True)["already_imported"] == 9


def test_rows_stored_earlier_are_suggested_by_receipt_number(run):
    earlier = CaseFactory(referral__first_name="Keziah", referral__last_name="Okafor", referral__born_on=None)

    said = run(ROWS)

    assert [earlier.referral.receipt, "R05"] in said["possible_duplicates"]
    assert ReferralLink.objects.filter(one=earlier.referral, answer="open").exists()
    assert {one.status for one in Referral.objects.filter(merged_into=None)} >= {"received"}
    assert not Referral.objects.filter(status="merged").exists()


def test_the_second_file_is_compared_with_the_first(run):
    run([row(row="A1")])

    said = run([row(row="B1", first="Skye", received="2026-03-09 08:00")])

    assert said["possible_duplicates"] == [[Referral.objects.order_by("received_at").first().receipt, "B1"]]


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
def test_a_file_may_come_from_any_spreadsheet(run, content):
    said = run(content)

    assert (said["rows"], said["created"], said["errors"]) == (1, 1, 0)
    assert Referral.objects.get().first_name == "Sky"


def test_quoted_new_lines_emoji_and_right_to_left_words_stay_as_they_are(run):
    words = 'two\nlines, "quoted", ‏שלום🙂\r\nend'

    run([row(safety_raw=words)])

    referral = Referral.objects.get()
    assert json.loads(referral.received_text)["safety_raw"] == words
    assert referral.safety_words == words


def test_columns_that_are_missing_are_empty_and_columns_nobody_knows_are_kept(run):
    run([{"received": "2026-03-02 16:52", "first": "Sky", "colour of folder": "blue"}])

    assert json.loads(Referral.objects.get().received_text)["colour of folder"] == "blue"


def test_without_a_label_the_line_number_is_one(run):
    rows = [{"received": "2026-03-02 16:52", "first": "Sky", "last": "Lark", "aka": str(n)} for n in range(2)]

    assert run(rows)["possible_duplicates"] == [["line 2", "line 3"]]


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
def test_a_row_that_cannot_be_taken_is_in_the_error_file_and_the_others_are_stored(run, tmp_path, bad, column):
    errors = tmp_path / "errors.csv"
    columns = [*row(), "safety_raw"]

    said = run(written([row(row="G1"), bad, row(row="G2", first="Ori")], columns), "--errors", str(errors))

    assert (said["rows"], said["created"], said["errors"]) == (3, 2, 1)
    [line] = lines_of(errors)
    assert list(line) == ["row", "column", "reason"]
    assert line["column"] == column
    assert line["reason"].endswith(".")
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600


def test_an_error_file_that_lay_there_open_is_closed_to_others_and_holds_no_formula(run, tmp_path):
    errors = tmp_path / "errors.csv"
    errors.write_text("old")
    errors.chmod(0o644)

    run([row(row="=1+1", received="?")], "--errors", str(errors))

    assert stat.S_IMODE(errors.stat().st_mode) == 0o600
    assert lines_of(errors)[0]["row"] == "'=1+1"


def test_an_error_file_that_cannot_be_written_means_that_nothing_was_stored(run, tmp_path):
    with pytest.raises(CommandError, match="Nothing was stored"):
        run([row()], "--errors", str(tmp_path / "no such folder" / "errors.csv"))

    assert Referral.objects.count() == 0


@pytest.mark.parametrize(
    ("cells", "created", "needs"),
    [
        (["A1", "2026-03-02 16:52", "Sky", "Lark", "2012-03-19", "too many"], 0, None),
        (["A1", "2026-03-02 16:52", "Sky", "Lark", "2012-03-19", "", ""], 1, False),
        (["A1", "2026-03-02 16:52", "Sky", "Lark"], 1, True),
    ],
)
def test_a_row_longer_or_shorter_than_the_header_is_never_taken_for_whole(run, cells, created, needs):
    said = run(f"{','.join(row())}\n{','.join(cells)}\n")

    assert (said["created"], said["errors"]) == (created, 1 - created)
    if created:
        assert ("row_short" in Referral.objects.get().needs) == needs


def test_letters_of_an_old_windows_file_are_read_and_doubted(run):
    run(written([row(first="José"), row(row="A2", first="Zoë")]).encode("cp1252"))

    assert sorted(one.first_name for one in Referral.objects.all()) == ["José", "Zoë"]
    assert all("letters_unclear" in one.needs for one in Referral.objects.all())


def test_half_a_letter_spoils_its_own_row_only(run):
    content = written([row(first="HALF"), row(row="A2")]).encode().replace(b"HALF", b"\xed\xa0\x80")

    said = run(content)

    assert (said["created"], said["errors"]) == (1, 1)


def test_quotation_marks_that_close_in_the_wrong_place_spoil_their_own_row(run):
    head = ",".join(row())

    said = run(f'{head}\nA1,2026-03-02 16:52,"Sky"x,Lark,\nA2,2026-03-02 16:52,Ori,Lark,\n')

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
def test_a_file_that_is_none_is_a_plain_sentence_and_nothing_is_stored(run, content, sentence):
    with pytest.raises(CommandError, match=sentence) as problem:
        run(content)

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


def test_values_of_rows_stand_in_no_message(run, tmp_path, capsys):
    run([row(row="A9", received="2026-13-45", first="Zyxwvut", safety_raw="secret words")])

    said = capsys.readouterr()
    assert "Zyxwvut" not in said.out + said.err
    assert "2026-13-45" not in said.err


def test_ten_thousand_rows_with_three_percent_bad_are_all_somewhere_and_soon(run, tmp_path):
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

    said = run(rows, "--errors", str(errors))

    assert time.monotonic() - begun < 100
    assert (said["rows"], said["created"], said["errors"]) == (10_000, 9_700, 300)
    labels = [line["row"] for line in lines_of(errors)]
    assert labels == [bad["row"] for bad in rows if bad["received"] == "soon"]
    again = run(rows, "--errors", str(errors))
    assert (again["created"], again["already_imported"], again["errors"]) == (0, 9_700, 300)


def test_rows_that_differ_in_one_letter_are_two_rows(run):
    said = run([row(row="A1", safety_raw="No texts"), row(row="A1", safety_raw="no texts")])

    assert said["created"] == 2


def test_an_unknown_precision_is_never_made_up(run):
    run([row(dob_raw="2010-02-30", age_raw="15")])

    referral = Referral.objects.get()
    assert (referral.born_on, referral.born_precision, referral.about_age) == (None, Precision.ABOUT, "15")
    assert referral.needs[:2] == ["birth_unclear", "no_birth"]
