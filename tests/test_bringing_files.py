"""Files as they really come, and as somebody evil would make them (F20, G56); many rows; a worker that is killed."""

import io
import json
import os
import random
import resource
import signal
import stat
import time
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from cases.models import Youth
from mentors.models import Meeting
from mlmc.core import tasks
from mlmc.core.bringing import kinds, reading, running, samples, sheets, undoing, uploading
from mlmc.core.bringing.letters import NotAFile
from mlmc.core.models import Import, ImportRow, ImportStatus, RowStatus
from mlmc.core.postgres.roles import APP
from tests.bringing import as_csv, as_xlsx, brought, counts, reasons, taken_back, uploaded
from tests.conftest import StrictClient, acting, as_role
from tests.factories import MentorFactory, MentorshipFactory, UserFactory, YouthFactory
from tests.waiting import wait_for

ROWS = [{"Number": "A-1", "First name": "José", "DOB": "2009-04-17"}]
TEXT = as_csv(ROWS)


@pytest.fixture
def intake(db):
    return UserFactory(intake=True)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        as_csv(ROWS, delimiter=";").encode(),
        as_csv(ROWS, delimiter="\t").encode(),
        TEXT.replace("\r\n", "\r").encode(),
        b"\r\n" + TEXT.encode() + b"\r\n,,\r\n",
        as_csv(ROWS, quoting=1).encode(),
        as_xlsx([list(ROWS[0]), list(ROWS[0].values())]),
    ],
    ids=["UTF-8", "BOM", "cp1252", "UTF-16", "semicolon", "tab", "CR", "blank rows", "quoted", "XLSX"],
)
def test_a_file_may_come_from_any_spreadsheet(intake, content):
    file = brought("youth", content, by=intake)

    assert counts(file) == {"total": 1, "accepted": 1, "added": 1, "rejected": 0}
    assert Youth.objects.get().chosen_name == "José"


def test_the_same_rows_are_the_same_from_whatever_file_they_come(intake):
    brought("youth", TEXT.encode("cp1252"), by=intake)

    again = brought("youth", as_xlsx([list(ROWS[0]), list(ROWS[0].values())]), by=intake)

    assert (again.accepted, again.added) == (1, 0)


def test_new_lines_in_quotation_marks_stay_and_the_number_is_that_of_the_spreadsheet(intake):
    rows = [ROWS[0] | {"Safety": "two\nlines"}, ROWS[0] | {"Number": "A-2", "DOB": "soon"}]

    file = brought("youth", rows, by=intake)

    assert Youth.objects.get().safety_needs.get().words == "two\nlines"
    assert [number for number, _, _ in reasons(file)] == [3]


def test_a_workbook_has_days_and_numbers_of_its_own(intake):
    director = UserFactory(director=True)
    mentor = MentorFactory(user__email="ines@example.org")
    MentorshipFactory(mentor=mentor, case__youth=YouthFactory(identity=True, identity__earlier_number="17"))
    held = timezone.localdate() - timedelta(days=3)
    rows = [
        ["Youth", "Mentor", "Day", "Kind", "Minutes", "Reached"],
        [17, "ines@example.org", held, "Text", 30.0, True],
        [17, "ines@example.org", "=TODAY()", "Text", 30, None],
    ]

    file = brought("check-ins", as_xlsx(rows), by=director)

    meeting = Meeting.objects.get()
    assert (meeting.held_on, meeting.minutes, meeting.reached) == (held, 30, True)
    assert reasons(file) == [(3, "Day", "There is a formula here. Copy the column and paste it as values.")]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("S\0ky", "nobody can read"),
        ("S\x1bky", "nobody can read"),
        ("x" * 1_000_000, "longer than 20,000"),
        ("x" * 81, "under 80"),
        ("=1+1", "formula"),
        ("'=1+1", "formula"),
    ],
)
def test_a_cell_that_cannot_be_taken_spoils_its_own_row(intake, cell, words):
    rows = [ROWS[0], ROWS[0] | {"Number": "A-2", "First name": cell}, ROWS[0] | {"Number": "A-3"}]

    file = brought("youth", rows, by=intake)

    assert counts(file) == {"total": 3, "accepted": 2, "added": 2, "rejected": 1}
    assert words in reasons(file)[0][2]


def test_what_stands_in_columns_nobody_chose_spoils_nothing(intake):
    file = brought("youth", [ROWS[0] | {"Notes of ours": "S\0ky" * 9}], by=intake)

    assert file.rejected == 0


def test_rows_too_long_too_short_or_badly_quoted(intake):
    text = 'Number,First name,DOB\nA-1,Sky\nA-2,Ori,2009-04-17,more\n"A-3"x,Tam,\nA-4,Lena,,\n'

    file = brought("youth", text, by=intake)

    assert [number for number, _, _ in reasons(file)] == [3, 4]
    assert file.added == 2


def zipped(*parts, compress=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as book:
        for part, content in parts:
            book.writestr(part, content)
    return out.getvalue()


def workbook_with(name, change):
    """A good workbook of which one part is another."""
    out = io.BytesIO()
    good = zipfile.ZipFile(io.BytesIO(as_xlsx([["Number", "First name"], ["A-1", "Sky"]])))
    with good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for part in good.namelist():
            content = good.read(part)
            book.writestr(part, change(content) if part == name else content)
    return out.getvalue()


def workbook_and(part, content):
    """A good workbook with one part more."""
    out = io.BytesIO(workbook_with("", None))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr(part, content)
    return out.getvalue()


def link():
    part = zipfile.ZipInfo("xl/media/image1.png")
    part.create_system, part.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return part


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
EVIL = {
    "bomb": lambda: workbook_with(SHEET, lambda xml: xml + b" " * 300_000_000),
    "bomb beside": lambda: zipped(("xl/media/image1.png", b"\0" * 250_000_000)),
    "many parts": lambda: zipped(*((f"xl/{number}.xml", b"<a/>") for number in range(2000))),
    "link": lambda: workbook_and(link(), "/etc/passwd"),
    "way out": lambda: workbook_and("../../outside.xml", "<a/>"),
    "nested": lambda: workbook_and("xl/more.zip", b"PK\x03\x04"),
    "entities": lambda: workbook_with(SHEET, lambda xml: ENTITIES + xml),
    "two-byte entities": lambda: workbook_with(SHEET, lambda xml: ENTITIES.decode().encode("utf-16")),
    "outside": lambda: workbook_with(SHEET, lambda xml: b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + xml),
    "cut": lambda: as_xlsx([["Number", "First name"], ["A-1", "Sky"]])[:-200],
    "no workbook": lambda: zipped(("hello.txt", b"hello")),
    "not XML": lambda: workbook_with(SHEET, lambda xml: b"<sheetData"),
    "only a name": lambda: b"PK\x03\x04" + b"\0" * 200,
}


@pytest.mark.parametrize("name", EVIL)
def test_an_evil_workbook_is_a_plain_sentence_and_takes_neither_memory_nor_time(name):
    content = EVIL[name]()
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    with pytest.raises(NotAFile) as problem:
        reading.read(content)

    assert time.monotonic() - begun < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes
    assert str(problem.value) in (sheets.NOT_ONE, sheets.TOO_MUCH)


def test_the_workbook_they_are_made_of_is_a_good_one():
    assert len(reading.read(workbook_and("xl/media/image1.png", b"x")).records) == 1


def test_a_workbook_that_lies_about_its_size_is_read_as_large_as_it_is():
    def lie(xml):
        return xml.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')

    content = workbook_with(SHEET, lie)
    assert content != workbook_with(SHEET, lambda xml: xml)

    table = reading.read(content)

    assert [record.cells for record in table.records] == [["A-1", "Sky"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"a,b\n", "headings but no rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "not a CSV file"),
        (b"%PDF-1.4\n", "not a CSV file"),
        (b"\xff\xfe\x00\xd8", "cannot be read as text"),
        (b'a,b\n1,"2\n', "never closed"),
        (b"x" * 20_000_001, "larger than 20 MB"),
        (b"a,b\n" + b"1,2\n" * 50_001, "more than 50,000 rows"),
        (b"a," * 201 + b"a\n1,2\n", "more than 200 columns"),
        (b"x" * 100 + b",b\n1,2\n", "does not hold headings"),
    ],
)
def test_what_is_no_table_is_a_plain_sentence(content, sentence):
    with pytest.raises(NotAFile, match=sentence):
        reading.read(content)


def test_the_largest_file_is_read_soon_enough():
    content = as_csv([{"Number": f"A-{n}", "First name": "Sky", "DOB": "2009-04-17"} for n in range(50_000)])
    begun = time.monotonic()

    assert len(reading.read(content.encode()).records) == 50_000
    assert time.monotonic() - begun < 10


def test_an_upload_lies_in_no_folder_and_only_the_one_page_takes_one(client, intake, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))  # a file of its own would fail
    text = as_csv([ROWS[0] | {"Number": f"A-{n}", "Notes": "x" * 900} for n in range(4000)])
    assert len(text) > 3_500_000
    content = SimpleUploadedFile("a.csv", text.encode())
    client.force_login(intake)

    answer = client.post(reverse("bringing:files"), {"kind": "youth", "file": content})

    assert answer.status_code == 302
    assert Import.objects.get().total == 4000
    content.seek(0)
    assert client.post(reverse("cases:refer"), {"file": content}).status_code == 413


def test_whoever_is_not_signed_in_uploads_nothing_and_it_is_let_fall_unread(db, monkeypatch):
    kept = []
    monkeypatch.setattr("django.core.files.uploadhandler.InMemoryUploadedFile", lambda *a, **k: kept.append(a))
    stranger = StrictClient(enforce_csrf_checks=True)  # looking for the token is what reads a form
    stranger.cookies["csrf"] = "x" * 32
    content = SimpleUploadedFile("a.csv", b"x" * 9000)

    answer = stranger.post(reverse("bringing:files"), {"kind": "youth", "file": content})

    assert answer.status_code == 403
    assert kept == []


@pytest.mark.django_db
def test_every_template_can_be_brought_in_in_the_order_of_the_page():
    """What a program is shown as an example is taken as it is, but for those who are only named in another file."""
    director, manager = UserFactory(director=True), UserFactory(evaluation=True)
    for kind in kinds.every():
        by = manager if kind.name == "answers" else director
        for form in ("csv", "xlsx"):
            file = brought(kind.name, samples.as_file(kind, form), by=by)
            where = {why for _, _, why in reasons(file)}
            assert where <= {"No youth has this code or number. Bring in the youth first."}, kind.name
            assert file.accepted >= 1, kind.name


def test_ten_thousand_rows_with_three_percent_bad_are_all_somewhere_and_a_second_upload_adds_none(db):
    """F20, with check-ins: encodings mixed cell by cell, duplicates, formulas, NUL, missing days."""
    director, chance = UserFactory(director=True), random.Random(4)
    mentors = [MentorFactory(user__email=f"m{number}@example.org") for number in range(10)]
    for number in range(100):
        youth = YouthFactory(identity=True, identity__earlier_number=f"A-{number}")
        MentorshipFactory(mentor=mentors[number // 10], case__youth=youth)
    first = timezone.localdate() - timedelta(days=190)
    rows = [
        {
            "Youth": f"A-{n % 100}",
            "Mentor": f"m{n % 100 // 10}@example.org",
            "Day": (first + timedelta(days=n // 100)).isoformat(),
            "Kind": chance.choice(["In person", "Text", "Call"]),
            "Words": f"José {n}",
        }
        for n in range(10_000)
    ]
    spoil = [
        ("Day", ""),
        ("Day", "2026-02-30"),
        ("Kind", "=1+1"),
        ("Words", "N\0UL"),
        ("Youth", "A-404"),
        ("Mentor", "?"),
    ]
    for number, bad in enumerate(rows[7::33][:300]):
        column, words = spoil[number % len(spoil)]
        bad[column] = words
    text = as_csv(rows).encode()
    text = text.replace("José 5".encode(), "José 5".encode("cp1252"))
    begun = time.monotonic()

    file = brought("check-ins", text, by=director)

    assert time.monotonic() - begun < 40
    assert counts(file) == {"total": 10_000, "accepted": 9_700, "added": 9_700, "rejected": 300}
    assert Meeting.objects.count() == 9_700
    by_status = [ImportRow.objects.filter(file=file, status=status).count() for status in RowStatus]
    assert sum(by_status) == 10_000
    again = brought("check-ins", text, by=director)
    assert counts(again) == {"total": 10_000, "accepted": 9_700, "added": 0, "rejected": 300}
    assert Meeting.objects.count() == 9_700
    back = taken_back(file, by=director)
    assert (back.status, back.undone, Meeting.objects.count()) == (ImportStatus.UNDONE, 9_700, 0)


def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(committed, worker):
    intake = UserFactory(intake=True)
    rows = [ROWS[0] | {"Number": f"A-{n}", "First name": f"Kez{n}"} for n in range(4000)]
    file = uploaded("youth", rows, by=intake)
    with acting(intake):
        running.begin(file, by=intake, at=timezone.now())
    first = worker()
    tasks.wake(file.pk, person=intake.pk)

    def now():
        file.refresh_from_db()
        return file

    wait_for(lambda: now().done >= 1000, why=lambda: str(now().done))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    half = now().done
    assert half < 4000 and now().status == ImportStatus.RUNNING
    Import.objects.update(moved_at=timezone.now() - timedelta(minutes=3))
    worker()
    with as_role(APP):
        tasks.bring_on()

    wait_for(lambda: now().status == ImportStatus.FINISHED, why=lambda: str(now().done))
    assert counts(now()) == {"total": 4000, "accepted": 4000, "added": 4000, "rejected": 0}
    assert Youth.objects.count() == 4000


def test_rows_are_sealed_and_forgotten_after_thirty_days(intake):
    file = brought("youth", ROWS, by=intake)
    later = brought("youth", [ROWS[0] | {"Number": "A-2"}], by=intake)
    Import.objects.filter(pk=file.pk).update(made_at=timezone.now() - timedelta(days=31))
    row = ImportRow.objects.filter(file=file).get()
    assert json.loads(row.cells)[0] == "A-1"

    with as_role(APP):
        tasks.forget_files()

    assert [one.cells is None for one in ImportRow.objects.order_by("file__made_at")] == [True, False]
    file.refresh_from_db()
    later.refresh_from_db()
    assert file.forgotten_at is not None and later.forgotten_at is None
    with acting(intake), pytest.raises(running.CannotBegin, match="forgotten"):
        running.begin(file, by=intake, at=timezone.now())


def test_something_unforeseen_while_it_is_taken_back_stops_it_as_well(intake, monkeypatch):
    """Or the clock would take it up again and again."""
    file = uploaded("youth", ROWS, by=intake)
    with acting(intake):
        running.begin(file, by=intake, at=timezone.now())
        running.run(file.pk, by_id=intake.pk)
        undoing.begin(Import.objects.get(pk=file.pk), by=intake, at=timezone.now())

    def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("mlmc.core.bringing.kinds.let_go", broken)
    with acting(intake), pytest.raises(RuntimeError):
        running.run(file.pk, by_id=intake.pk, step=undoing.take_some_back)

    file.refresh_from_db()
    assert (file.status, file.problem) == (ImportStatus.STOPPED, running.BROKE)


def test_something_unforeseen_stops_the_file_and_is_said(intake, monkeypatch):
    file = uploaded("youth", ROWS, by=intake)
    kind = kinds.named("youth")

    def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(
        "mlmc.core.bringing.kinds.every", lambda: [kind.__class__(**{**kind.__dict__, "make": broken})]
    )
    with acting(intake):
        running.begin(file, by=intake, at=timezone.now())
        with pytest.raises(RuntimeError):
            running.run(file.pk, by_id=intake.pk)

    file.refresh_from_db()
    assert (file.status, file.problem) == (ImportStatus.STOPPED, running.BROKE)
    monkeypatch.undo()
    with acting(intake):
        running.begin(file, by=intake, at=timezone.now())
        running.run(file.pk, by_id=intake.pk)
    assert Youth.objects.count() == 1


def test_a_file_taken_back_is_brought_in_anew_with_other_columns(intake):
    file = brought("youth", [ROWS[0] | {"Town": "Lynn"}], by=intake)
    file = taken_back(file, by=intake)

    with acting(intake):
        uploading.start_over(file, at=timezone.now())
        uploading.choose_columns(file, kinds.named("youth"), {"number": 0, "first": 1, "born": 2, "area": None})
        running.begin(file, by=intake, at=timezone.now())
        running.run(file.pk, by_id=intake.pk)

    file.refresh_from_db()
    assert (file.added, Youth.objects.get().area) == (1, "")


def test_a_book_of_several_sheets_is_its_first(intake):
    book = Workbook()
    book.active.append(["Number", "First name"])
    book.active.append(["A-1", "Sky"])
    book.create_sheet("More").append(["Nothing"])
    out = io.BytesIO()
    book.save(out)

    assert brought("youth", out.getvalue(), by=intake).total == 1
