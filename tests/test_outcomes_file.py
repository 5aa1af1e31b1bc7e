"""Figures as a file: for the evaluation manager, hidden where the page hides them, under a name that tells nothing."""

import csv
import io
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from openpyxl import load_workbook

from mlmc import program
from mlmc.core.exporting.asking import MOST
from mlmc.core.models import Attempt, AuditEntry, Export, Role
from mlmc.core.postgres.roles import APP
from outcomes import tasks
from outcomes.models import ReportSnapshot
from tests.conftest import as_role
from tests.exporting import content_of, fetched, latest, taken, written
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PANEL = Path(__file__).parent / "data" / "outcomes_panel.csv"
FILE = "/outcomes/file/"


@pytest.fixture
def figures():
    call_command("import_answers", str(PANEL), stdout=StringIO())
    tasks.make_figures()


@pytest.fixture
def manager(client):
    user = UserFactory(evaluation=True)
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MLMC_EXPORTS = tmp_path / "exports"


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_is_a_download_named_by_its_day(client, manager, figures, kind):
    """G52, G30."""
    client.post(FILE, {"kind": kind, "cohort": ""})

    answer = fetched(client, written(latest()))

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="figures-{timezone.localdate()}.{kind}"'
    assert "no-store" in answer["Cache-Control"]
    assert content_of(answer)


def test_both_files_say_the_same_as_the_page(client, manager, figures):
    page = client.get("/outcomes/").content.decode()
    rows = rows_of(taken(client, FILE, {"kind": "csv"}))
    book = load_workbook(io.BytesIO(taken(client, FILE, {"kind": "xlsx"}))).active

    assert len(rows) > 50
    cells = [[("" if value is None else value) for value in row] for row in book.iter_rows(values_only=True)]
    assert len(cells) == len(rows) + 1
    for row, cell in zip(rows, cells[1:], strict=True):
        assert [str(one) for one in cell[:4]] == list(row.values())[:4]
        assert str(cell[4])[:9] == row["value"][:9]  # a workbook keeps fifteen digits
    told = {round(float(row["value"])) for row in rows if row["table"] == "by wave" and row["measure"] == "value"}
    shown = {int(one) for one in re.findall(r"data-v=\"[\d.]+\">(\d+)", page)}
    assert told <= shown


def test_what_the_page_hides_the_file_hides(client, manager, figures):
    """A9. Under a larger limit whole waves disappear, from the file as well."""
    ours = program.current()
    ours.small_group = 30
    program.save(ours)

    rows = rows_of(taken(client, FILE, {"kind": "csv"}))
    page = client.get("/outcomes/").content.decode()

    hidden = [row for row in rows if row["why"].startswith("Hidden")]
    assert "Hidden: fewer than 30" in page
    assert hidden
    assert {row["value"] for row in hidden} == {""}


@pytest.mark.parametrize("cohort", ["nobody", "x" * 300, "\x00", "Zyxwvut Qanary", "=1+1"])
def test_a_group_that_is_not_shown_is_no_file_either(client, manager, figures, cohort):
    answer = client.post(FILE, {"kind": "csv", "cohort": cohort})

    assert "Location" not in answer.headers or cohort.strip("\x00") == ""
    assert "Zyxwvut" not in str(answer.headers)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.EVALUATION])
def test_nobody_else_takes_a_file(client, figures, role):
    client.force_login(UserFactory(roles=[role]))

    assert client.post(FILE, {"kind": "csv"}).status_code == 403
    assert "Figures as a file" not in client.get("/outcomes/").content.decode()


def test_a_get_takes_no_file(client, manager, figures):
    assert client.get(FILE).status_code == 405


def test_taking_a_file_stands_in_the_trail(client, manager, figures):
    """G60."""
    taken(client, FILE, {"kind": "xlsx"})

    line = AuditEntry.objects.get(act="export", what="exporting:fetch")
    assert (line.why, line.user_id, line.status) == ("fetched figures", manager.pk, 200)


def test_one_person_takes_so_many_files_a_day_and_others_go_on(client, manager, figures):
    """G59. The bucket of exports, alone."""
    for _ in range(MOST):
        assert client.post(FILE, {"kind": "csv"}).status_code == 302

    answer = client.post(FILE, {"kind": "csv"})

    assert answer.status_code == 429
    assert "Enough files for today" in answer.content.decode()
    assert client.get("/outcomes/").status_code == 200
    client.force_login(UserFactory(evaluation=True))
    assert client.post(FILE, {"kind": "csv"}).status_code == 302
    client.force_login(manager)
    Attempt.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    assert client.post(FILE, {"kind": "csv"}).status_code == 302


def test_a_worker_makes_figures_with_no_more_than_the_programs_rights(db):
    """It reads answers on its own duty and changes nothing but the figures; nobody else is needed."""
    call_command("import_answers", str(PANEL), stdout=StringIO())

    with as_role(APP):
        tasks.make_figures()

    assert ReportSnapshot.objects.filter(cohort="").exists()


def test_without_figures_there_is_nothing_to_take(client, manager):
    answer = client.post(FILE, {"kind": "csv"})

    assert answer.status_code == 200
    assert not Export.objects.exists()
    assert not ReportSnapshot.objects.exists()
