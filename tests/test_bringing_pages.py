"""The pages on which files are brought in: from the upload to the file of rows to mend."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from mentors.models import Mentor
from mlmc.core.models import AuditEntry, Import, ImportStatus, Session
from mlmc.core.tasks import bring
from tests.bringing import as_csv, as_xlsx, brought, taken_back, uploaded
from tests.conftest import acting
from tests.exporting import taken
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ROWS = [
    {"Full name": "Ines Calder", "Mail": "ines@example.org", "Since": "2020"},
    {"Full name": "Bea Larkin", "Mail": "no address", "Since": "2021"},
]


@pytest.fixture
def director(client):
    person = UserFactory(director=True)
    client.force_login(person)
    return person


def sent(client, content, kind="mentors", name="Ines Calder and others.csv"):
    return client.post(reverse("bringing:files"), {"kind": kind, "file": SimpleUploadedFile(name, content)})


def at(name, file):
    return reverse(f"bringing:{name}", args=[file.pk])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_from_the_upload_to_the_file_of_rows_to_mend(client, director, form):
    content = as_csv(ROWS).encode() if form == "csv" else as_xlsx([list(ROWS[0]), *(list(r.values()) for r in ROWS)])

    response = sent(client, content)

    file = Import.objects.get()
    assert response.url == at("file", file)
    page = client.get(response.url).content.decode()
    assert "Ines Calder, ready, with 10 places" in page
    assert "Write an e-mail address" in page
    assert "no address" not in page
    assert Mentor.objects.count() == 0

    client.post(at("begin", file))
    assert "0</b> of 2 rows" in client.get(at("file", file)).content.decode()
    with acting(director):
        bring(str(file.pk), person=director.pk)

    page = client.get(at("file", file)).content.decode()
    assert "Rows to mend" in page
    assert Mentor.objects.get().user.email == "ines@example.org"
    content = taken(client, at("to_mend", file)).decode()
    assert content.splitlines() == [
        "\ufeffRow,To mend,Why,Full name,Mail,Since",
        '3,Mail,"Write an e-mail address, like name@agency.org.",Bea Larkin,no address,2021',
    ]
    assert AuditEntry.objects.filter(act="write", what="bringing:to_mend", record=str(file.pk)).count() == 1


def test_the_file_of_rows_to_mend_is_taken_as_it_comes_back(client, director):
    file = brought("mentors", ROWS, by=director)
    answer = taken(client, at("to_mend", file)).decode()

    again = brought("mentors", answer.replace("no address", "bea@example.org"), by=director)

    assert (again.total, again.added, again.rejected) == (1, 1, 0)
    assert Mentor.objects.count() == 2


def test_it_holds_no_formula_and_the_apostrophe_is_gone_when_it_comes_back(client, director):
    rows = [{"Name": "+Ines", "E-mail": "?", "Title": "@work"}, {"Name": "=1+1", "E-mail": "b@example.org"}]
    file = brought("mentors", rows, by=director)

    answer = taken(client, at("to_mend", file)).decode()

    assert ",'+Ines,?,'@work" in answer and ",'=1+1," in answer
    again = brought("mentors", answer.replace("?", "ines@example.org"), by=director)
    assert (again.added, again.rejected) == (1, 1)
    assert Mentor.objects.get().user.name == "+Ines"


def test_columns_that_were_not_found_are_asked_for_and_remembered_for_everybody(client, director):
    rows = [{"Wer": "Ines Calder", "Post": "ines@example.org"}]
    sent(client, as_csv(rows).encode())
    file = Import.objects.get()
    page = client.get(at("file", file)).content.decode()
    assert "First say which column holds: name, e-mail" in page
    assert client.post(at("begin", file)).status_code == 302
    file.refresh_from_db()
    assert file.status == ImportStatus.READY

    client.post(at("columns", file), {"name": "0", "email": "1"})

    file.refresh_from_db()
    assert file.mapping == {"name": 0, "email": 1}
    assert uploaded("mentors", rows, by=UserFactory(admin=True)).mapping == {"name": 0, "email": 1}


def test_one_column_is_taken_for_one_thing(client, director):
    file = uploaded("mentors", ROWS, by=director)

    page = client.post(at("columns", file), {"name": "0", "email": "0"}).content.decode()

    assert "This column is taken for “Name” already." in page


def test_nobody_sees_the_files_of_others(client, director):
    file = uploaded("mentors", ROWS, by=director)
    client.force_login(UserFactory(director=True, admin=True))

    assert file.get_status_display() not in client.get(reverse("bringing:files")).content.decode()
    for name in ("file", "progress"):
        assert client.get(at(name, file)).status_code == 404
    for name in ("columns", "begin", "to_mend", "undo", "again", "drop"):
        assert client.post(at(name, file)).status_code == 404


def test_what_moves_data_asks_for_the_second_factor_again(client, director):
    file = brought("mentors", ROWS, by=director)
    Session.objects.update(factor_at=timezone.now() - timedelta(minutes=6))

    for name in ("begin", "to_mend", "undo"):
        answer = client.post(at(name, file))
        assert "Bea" not in answer.content.decode()
        assert "Is it still you?" in answer.content.decode()
    file.refresh_from_db()
    assert file.status == ImportStatus.FINISHED


def test_a_role_lost_between_upload_and_run_is_refused(client, director):
    sent(client, as_csv(ROWS).encode())
    file = Import.objects.get()
    client.post(at("begin", file))
    director.roles = ["mentor"]
    director.save()

    with acting(director):
        bring(str(file.pk), person=director.pk)

    file.refresh_from_db()
    assert (file.status, file.added, Mentor.objects.count()) == (ImportStatus.STOPPED, 0, 0)
    assert "may not bring in files of this kind any more" in file.problem
    assert client.get(at("file", file)).status_code == 403


def test_somebody_who_was_switched_off_brings_in_nothing(director):
    file = uploaded("mentors", ROWS, by=director)
    Import.objects.filter(pk=file.pk).update(status=ImportStatus.RUNNING)
    director.is_active = False
    director.save()

    bring(str(file.pk), person=director.pk)

    file.refresh_from_db()
    assert (file.status, Mentor.objects.count()) == (ImportStatus.STOPPED, 0)


def test_the_page_asks_itself_anew_and_a_look_of_it_is_no_view(client, director):
    file = uploaded("mentors", ROWS, by=director)
    client.post(at("begin", file))
    lines = AuditEntry.objects.count()

    answer = client.get(at("progress", file), headers={"X-Poll": "1"})

    assert "every 2s" in answer.content.decode()
    assert "HX-Refresh" not in answer
    assert AuditEntry.objects.count() == lines
    with acting(director):
        bring(str(file.pk), person=director.pk)
    assert client.get(at("progress", file), headers={"X-Poll": "1"})["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty."), (b"%PDF-1.4", "This is not a CSV file."), (b"a,b\n", "no rows")],
)
def test_a_file_that_is_none_is_a_sentence_beside_the_field(client, director, content, words):
    page = sent(client, content).content.decode()

    assert words in page
    assert Import.objects.count() == 0


def test_what_a_file_is_called_is_kept_nowhere(client, director):
    sent(client, as_csv(ROWS).encode())

    stored = "".join(str(value) for value in Import.objects.values()[0].values())
    assert "Ines" not in stored
    assert "Ines" not in client.get(reverse("bringing:files")).content.decode()


def test_templates_hold_the_headings_and_can_be_brought_in_as_they_are(client, director):
    for form in ("csv", "xlsx"):
        answer = client.get(reverse("bringing:template", args=["mentors"]) + f"?as={form}")

        assert answer["Content-Disposition"] == f'attachment; filename="mentors.{form}"'
        file = brought("mentors", answer.content, by=director)
        assert (file.total, file.accepted, file.rejected) == (2, 2, 0)
    client.force_login(UserFactory(intake=True))
    assert client.get(reverse("bringing:template", args=["mentors"])).status_code == 404


def test_a_file_that_was_not_begun_can_be_thrown_away(client, director):
    file = uploaded("mentors", ROWS, by=director)

    client.post(at("drop", file))

    assert Import.objects.count() == 0


def test_what_stood_in_a_file_can_be_forgotten_and_what_it_made_stays_and_can_still_go(client, director):
    file = brought("mentors", ROWS, by=director)

    client.post(at("drop", file))

    assert {row.cells for row in file.rows.all()} == {None}
    assert Mentor.objects.count() == 1
    client.post(at("undo", file))
    with acting(director):
        bring(str(file.pk), person=director.pk)
    assert Mentor.objects.count() == 0


def test_the_page_names_what_is_left_out_and_each_reason_with_its_column(client, director):
    wrong = {"Full name": "", "Mail": "no address", "Since": "then", "Shoe size": "44"}
    sent(client, as_csv([ROWS[0] | {"Shoe size": "38"}, wrong]).encode())
    file = Import.objects.get()

    page = client.get(at("file", file)).content.decode()
    assert "no column of ours is chosen for it: <b>Since, Shoe size</b>" in page
    assert "Of these 2 rows, 1 cannot be taken as it is." in page
    client.post(at("begin", file))
    with acting(director):
        bring(str(file.pk), person=director.pk)
    page = client.get(at("file", file)).content.decode()

    for column in ("Full name", "Mail"):
        assert f"<b>{column}:</b>" in page, column
    assert "no address" not in page
    why = taken(client, at("to_mend", file)).decode()
    assert "Mail: Write an e-mail address" in why


def test_the_page_of_a_file_that_was_taken_back_counts_nothing_as_here(client, director):
    file = taken_back(brought("mentors", ROWS[:1], by=director), by=director)

    page = client.get(at("file", file)).content.decode()

    assert '<b class="nums">1</b> taken back' in page
    assert "new here" not in page and "rows are here now" not in page
