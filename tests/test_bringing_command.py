"""`manage.py bring`: the same as the page, for somebody with a shell; killed half-way it goes on."""

import csv
import io
import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest
from django.core.management import CommandError, call_command

from cases.models import Youth
from mentors.models import Mentor
from mlmc.core.models import Import, ImportRow, ImportStatus
from mlmc.core.postgres.roles import APP, KEEPER
from mlmc.launcher.checkout import ROOT
from tests import cluster
from tests.bringing import as_csv
from tests.conftest import as_role, raw
from tests.factories import UserFactory

ROWS = [
    {"Name": "Ines Calder", "E-mail": "ines@example.org"},
    {"Name": "Bea Larkin", "E-mail": "no address"},
]


@pytest.fixture
def run(tmp_path, capsys):
    def run(kind, rows, *words, email="director@example.org"):
        path = tmp_path / "file.csv"
        path.write_text(rows if isinstance(rows, str) else as_csv(rows))
        with as_role(APP):
            call_command("bring", kind, path, "--as", email, *words)
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def director(db):
    return UserFactory(director=True, email="director@example.org")


def test_it_brings_in_and_writes_the_rows_to_mend_where_only_their_owner_reads(run, director, tmp_path):
    errors = tmp_path / "errors.csv"
    errors.write_text("old")
    errors.chmod(0o644)

    said = run("mentors", ROWS, "--errors", errors)

    file = Import.objects.get()
    assert said == {"import": str(file.pk), "status": "finished", "total": 2, "accepted": 1, "added": 1} | {
        "rejected": 1,
        "undone": 0,
        "kept": 0,
    }
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600
    [line] = csv.DictReader(io.StringIO(errors.read_text()))
    assert (line["Row"], line["To mend"], line["Name"]) == ("3", "E-mail", "Bea Larkin")
    assert run("mentors", errors.read_text().replace("no address", "bea@example.org"))["added"] == 1


def test_a_dry_run_says_the_same_and_leaves_nothing(run, director):
    said = run("mentors", ROWS, "--dry-run")

    assert said == {"total": 2, "accepted": 1, "added": 1, "rejected": 1}
    assert (Import.objects.count(), ImportRow.objects.count(), Mentor.objects.count()) == (0, 0, 0)


def test_it_takes_a_file_back(run, director, capsys):
    pk = run("mentors", ROWS)["import"]

    with as_role(APP):
        call_command("bring", "--undo", pk, "--as", director.email)

    assert json.loads(capsys.readouterr().out)["undone"] == 1
    assert Mentor.objects.count() == 0


def test_an_error_file_is_never_written_through_a_link(run, director, tmp_path):
    (tmp_path / "else.csv").write_text("precious")
    (tmp_path / "errors.csv").symlink_to(tmp_path / "else.csv")

    with pytest.raises(CommandError, match="cannot be written"):
        run("mentors", ROWS, "--errors", tmp_path / "errors.csv")

    assert (tmp_path / "else.csv").read_text() == "precious"


@pytest.mark.parametrize(
    ("kind", "rows", "words", "sentence"),
    [
        ("nobody", ROWS, (), "KIND is one of"),
        ("mentors", [{"A": "1", "B": "2"}], (), "Say first which column holds: Name, E-mail"),
        ("mentors", [{"A": "1", "B": "2"}], ("--dry-run",), "No column holds: Name, E-mail"),
        ("mentors", "", (), "The file is empty"),
        ("answers", ROWS, (), "brought in by somebody else"),
        ("mentors", ROWS, ("--undo", "x"), "This is no id of a file"),
        ("mentors", ROWS, ("--undo", "01a21062-0000-7000-8000-000000000000"), "You have brought in no such file"),
    ],
)
def test_what_cannot_be_is_a_plain_sentence(run, director, kind, rows, words, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(kind, rows, *words)

    assert Import.objects.exclude(status=ImportStatus.READY).count() == 0


def test_nobody_takes_back_the_file_of_another(run, director):
    pk = run("mentors", ROWS)["import"]
    UserFactory(director=True, email="other@example.org")

    with pytest.raises(CommandError, match="no such file"), as_role(APP):
        call_command("bring", "--undo", pk, "--as", "other@example.org")


def test_killed_half_way_it_goes_on_and_is_whole(committed, tmp_path):
    """F20: kill -9 at about row 5,000 of 10,000, of which 300 are bad."""
    UserFactory(director=True, email="director@example.org")
    rows = [{"Number": f"N-{n}", "First name": f"Kez{n % 977}ra", "DOB": "2009-04-17"} for n in range(10_000)]
    for bad in rows[5:9900:33]:
        bad["DOB"] = "soon"
    assert sum(row["DOB"] == "soon" for row in rows) == 300
    path, errors = tmp_path / "youth.csv", tmp_path / "errors.csv"
    path.write_text(as_csv(rows))
    command = [sys.executable, ROOT / "manage.py", "bring", "youth", path, "--as", "director@example.org"]
    command += ["--errors", errors]
    environment = cluster.program(cluster.DATABASE)
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    ends = time.monotonic() + 60
    while (done := settled()) < 5000:
        assert process.poll() is None and time.monotonic() < ends, done
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    half = settled()
    assert 5000 <= half < 10_000
    assert Youth.objects.count() == ImportRow.objects.filter(status="accepted").count()

    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    said = json.loads(told.stdout.splitlines()[-1])
    assert (said["total"], said["accepted"], said["added"], said["rejected"]) == (10_000, 9_700, 9_700, 300)
    assert Import.objects.count() == 1
    assert Youth.objects.count() == 9_700
    with errors.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["Number"] for line in lines] == [row["Number"] for row in rows if row["DOB"] == "soon"]
    assert all(line["Why"] and line["To mend"] == "DOB" for line in lines)


def settled():
    """How many rows of the file something has become of, as another process sees it."""
    with raw(KEEPER) as cursor:
        cursor.execute("select coalesce(sum(accepted + rejected), 0) from core_import")
        return cursor.fetchone()[0]
