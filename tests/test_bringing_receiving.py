"""A large file is put away sealed and read by a worker: some rows at a time, from where the last one stopped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mlmc.core import tasks
from mlmc.core.bringing import kinds, receiving, running, uploading
from mlmc.core.exporting import fetching, keeping
from mlmc.core.models import Import, ImportRow, ImportStatus, User
from mlmc.core.postgres.roles import APP
from tests.bringing import as_csv, as_xlsx
from tests.conftest import acting, as_role
from tests.factories import UserFactory
from tests.test_bringing_pages import at, sent

ROWS = [{"Name": f"Ines Calder {n}", "E-mail": f"ines{n}@example.org"} for n in range(2500)]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MLMC_EXPORTS = tmp_path / "exports"
    return settings.MLMC_EXPORTS


@pytest.fixture
def director(client, db):
    user = UserFactory(director=True)
    client.force_login(user)
    return user


def received(content, *, by):
    with acting(by):
        return receiving.receive(kinds.named("mentors"), content, by=by, at=timezone.now())


def read(file):
    with as_role(APP):
        tasks.bring(str(file.pk), person=str(file.by_id))
    return Import.objects.get(pk=file.pk)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_page_parses_nothing_and_the_worker_reads_it(client, director, folder, form, monkeypatch):
    content = as_csv(ROWS).encode() if form == "csv" else as_xlsx([list(ROWS[0]), *(list(r.values()) for r in ROWS)])
    monkeypatch.setattr(receiving, "DIRECT", 1000)
    with monkeypatch.context() as patch:
        patch.setattr("mlmc.core.bringing.reading.opened", None)
        answer = sent(client, content)
    file = Import.objects.get()
    assert answer.url == at("file", file)
    assert "rows read so far" in client.get(at("file", file)).content.decode()
    assert b"Calder" not in keeping.place(file).read_bytes()

    file = read(file)

    assert (file.status, file.total, file.rows.count()) == (ImportStatus.READY, 2500, 2500)
    assert "Ines Calder 0, ready" in client.get(at("file", file)).content.decode()
    assert list(folder.iterdir()) == []


def test_a_worker_that_was_killed_is_followed_by_one_that_passes_over_what_is_kept(director, monkeypatch):
    file, keep = received(as_csv(ROWS).encode(), by=director), uploading.keep

    def killed(file, records):
        if records[0].number > 1001:
            raise KeyboardInterrupt
        keep(file, records)

    monkeypatch.setattr(uploading, "keep", killed)
    with pytest.raises(KeyboardInterrupt):
        read(file)
    assert (ImportRow.objects.count(), Import.objects.get().total) == (1000, 1000)
    monkeypatch.undo()

    again = read(file)

    assert (again.status, again.total) == (ImportStatus.READY, 2500)
    assert list(ImportRow.objects.order_by("number").values_list("number", flat=True)) == list(range(2, 2502))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (as_csv(ROWS).encode() + b'"never closed', "never closed"),
        (b"Name,E-mail\n" + b"Ines,a@example.org\n" * 50_001, "more than 50,000 rows"),
        (b"PK\x03\x04" + b"x" * 200_000, "cannot be read"),
    ],
)
def test_what_is_no_table_leaves_nothing_but_the_reason(client, director, folder, content, why):
    file = read(received(content, by=director))

    assert (file.status, file.total, ImportRow.objects.count()) == (ImportStatus.STOPPED, 0, 0)
    assert why in file.problem and why in client.get(at("file", file)).content.decode()
    assert list(folder.iterdir()) == []
    with acting(director), pytest.raises(running.CannotBegin):
        running.begin(file, by=director, at=timezone.now())


def test_whose_right_was_taken_meanwhile_has_nothing_read(director):
    file = received(as_csv(ROWS).encode(), by=director)
    User.objects.update(roles=["mentor"])

    file = read(file)

    assert (file.status, file.problem, ImportRow.objects.count()) == (ImportStatus.STOPPED, running.NOT_ALLOWED, 0)


def test_what_waits_to_be_read_is_no_stranger_to_the_clock(director):
    file = received(as_csv(ROWS).encode(), by=director)

    with as_role(APP):
        tasks.tidy_files()
    assert keeping.place(file).exists()
    Import.objects.update(status=ImportStatus.STOPPED)
    from tests.test_exporting_files import tidied  # noqa: PLC0415 (one word of another file)

    with as_role(APP):
        tidied(at=timezone.now() + fetching.HALF + timedelta(minutes=1))
    assert not keeping.place(file).exists()
