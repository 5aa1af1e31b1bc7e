"""Files as they really come, and as somebody evil would make them (F20, G56); many rows; a worker that is killed."""

import io
import resource
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
from mlmc.core.bringing import kinds, reading, samples, sheets
from mlmc.core.bringing.letters import NotAFile
from tests.bringing import as_csv, as_xlsx, brought, counts, reasons
from tests.conftest import StrictClient
from tests.factories import MentorFactory, MentorshipFactory, UserFactory, YouthFactory

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


def test_an_upload_lies_nowhere_but_sealed_and_only_the_one_page_takes_one(
    client, intake, monkeypatch, tmp_path, settings
):
    settings.MLMC_EXPORTS = tmp_path / "exports"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))  # a file of its own would fail
    text = as_csv([ROWS[0] | {"Number": f"A-{n}", "Notes": "x" * 900} for n in range(4000)])
    assert len(text) > 3_500_000
    content = SimpleUploadedFile("a.csv", text.encode())
    client.force_login(intake)

    answer = client.post(reverse("bringing:files"), {"kind": "youth", "file": content})

    assert answer.status_code == 302
    (path,) = settings.MLMC_EXPORTS.iterdir()
    assert b"Number" not in path.read_bytes() and b"xxxx" not in path.read_bytes()
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


def test_a_book_of_several_sheets_is_its_first(intake):
    book = Workbook()
    book.active.append(["Number", "First name"])
    book.active.append(["A-1", "Sky"])
    book.create_sheet("More").append(["Nothing"])
    out = io.BytesIO()
    book.save(out)

    assert brought("youth", out.getvalue(), by=intake).total == 1
