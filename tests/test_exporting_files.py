"""Files that are taken out: asked for, written by a worker with the rights of that moment, sealed, fetched by one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mlmc.core import tasks
from mlmc.core.exporting import fetching, keeping, writing
from mlmc.core.exporting.asking import MOST
from mlmc.core.models import Attempt, AuditEntry, Export, ExportStatus, Import, User
from mlmc.core.postgres.roles import APP
from tests.bringing import brought
from tests.conftest import StrictClient, as_role
from tests.exporting import content_of, fetched, latest, taken, written
from tests.factories import AuthenticatorAppFactory, ExportFactory, UserFactory
from tests.waiting import wait_for

ROWS = [{"Name": "Ines Calder", "E-mail": "ines@example.org"}, {"Name": "Quillon Vane", "E-mail": "no address"}]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MLMC_EXPORTS = tmp_path / "exports"
    return settings.MLMC_EXPORTS


@pytest.fixture
def director(client, db):
    user = UserFactory(director=True)
    client.force_login(user)
    return user


@pytest.fixture
def asked(client, director):
    """Rows to mend, asked for by the director and not written yet."""
    file = brought("mentors", ROWS, by=director)
    client.post(f"/bring/{file.pk}/to-mend/")
    return latest()


def refresh(export):
    return Export.objects.get(pk=export.pk)


def test_asking_reads_nothing_and_the_worker_writes_it_once(client, asked):
    assert (asked.status, list(keeping.home().glob("*"))) == (ExportStatus.ASKED, [])

    first, again = written(asked), written(asked)

    assert (first.status, first.rows) == (ExportStatus.READY, 1)
    assert again.ready_at == first.ready_at
    answer = fetched(client, asked)
    assert answer["Content-Disposition"] == 'attachment; filename="mentors-to-mend.csv"'
    assert int(answer["Content-Length"]) == first.size == len(content := content_of(answer))
    assert "Quillon Vane" in content.decode()
    assert refresh(asked).fetched == 1


def test_it_lies_sealed_and_opens_as_no_other_row(client, director, asked, folder):
    export = written(asked)
    other = ExportFactory(by=director)

    (path,) = folder.iterdir()

    assert (path.stat().st_mode & 0o077, folder.stat().st_mode & 0o077) == (0, 0)
    assert b"Quillon" not in path.read_bytes()
    path.rename(keeping.place(other))
    with pytest.raises(keeping.NotThere):
        keeping.opened(other)
    assert not keeping.place(export).exists()


def test_each_step_stands_in_the_trail(client, director, asked):
    """G60."""
    written(asked)
    content_of(fetched(client, asked))

    lines = AuditEntry.objects.filter(user_id=director.pk, why__contains="to-mend")
    assert {(line.act, line.what, line.why) for line in lines} == {
        ("write", "bringing:to_mend", "asked for to-mend"),
        ("export", "exporting", "wrote to-mend"),
        ("export", "exporting:fetch", "fetched to-mend"),
    }
    assert str(asked.pk) in {line.record for line in lines}


@pytest.mark.parametrize("change", [{"roles": ["mentor"]}, {"is_active": False}])
def test_g10_whose_right_was_taken_between_asking_and_writing_gets_nothing(asked, director, change):
    User.objects.filter(pk=director.pk).update(**change)

    export = written(asked)

    assert (export.status, export.problem) == (ExportStatus.REFUSED, writing.NOT_ANY_MORE)
    assert list(keeping.home().glob("*")) == []
    assert AuditEntry.objects.filter(act="deny", record=str(asked.pk)).exists()


def test_g10_the_right_to_this_very_file_is_asked_again_too(asked, director):
    Import.objects.update(by=UserFactory(director=True))

    assert written(asked).status == ExportStatus.REFUSED


def test_what_no_worker_wrote_within_an_hour_is_not_written(asked):
    """Nobody has proven since that it is them."""
    Export.objects.update(asked_at=timezone.now() - timedelta(hours=1, seconds=1))

    assert written(asked).problem == writing.TOO_LATE


def test_g59_the_worker_counts_the_day_again(asked, director):
    now = timezone.now()
    for _ in range(MOST):
        ExportFactory(by=director, status="ready", ready_at=now - timedelta(hours=3))

    assert written(asked).problem == writing.TOO_MANY

    Export.objects.filter(status="ready").update(ready_at=now - timedelta(days=1, seconds=1))
    again = ExportFactory(by=director, what=asked.what)
    assert written(again).status == ExportStatus.READY


def test_g59_so_many_a_day_are_asked_for(client, director, asked):
    file = Import.objects.get()
    for _ in range(MOST - 1):
        assert client.post(f"/bring/{file.pk}/to-mend/").status_code == 302

    assert client.post(f"/bring/{file.pk}/to-mend/").status_code == 429

    Attempt.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    assert client.post(f"/bring/{file.pk}/to-mend/").status_code == 302


def test_g02_nobody_else_fetches_it_or_sees_that_it_is_there(asked):
    written(asked)
    other = StrictClient()
    other.force_login(UserFactory(director=True, admin=True, intake=True))

    assert fetched(other, asked).status_code == 404
    assert str(asked.pk) not in other.get("/files/").content.decode()


def test_g10_whose_right_was_taken_after_writing_fetches_nothing(client, director, asked):
    written(asked)
    User.objects.filter(pk=director.pk).update(roles=["mentor"])

    assert fetched(client, asked).status_code == 403


def test_g26_fetching_asks_again_who_it_is(client, asked):
    AuthenticatorAppFactory(user=asked.by)
    written(asked)
    client.session.know(factor_at=timezone.now() - timedelta(minutes=6))

    answer = fetched(client, asked)

    assert "Is it still you?" in answer.content.decode()


@pytest.mark.parametrize("change", ["a day", "switched off", "another role", "a lost file"])
def test_the_clock_takes_away_what_nobody_may_fetch_any_more(asked, director, change):
    export, now = written(asked), timezone.now()
    if change == "a day":
        now += fetching.KEPT_FOR + timedelta(seconds=1)
    elif change == "a lost file":
        keeping.remove(export)
    else:
        User.objects.filter(pk=director.pk).update(
            **({"is_active": False} if change == "switched off" else {"roles": ["mentor"]})
        )

    with as_role(APP):
        tasks.tidy_files() if change != "a day" else tidied(at=now)

    assert (refresh(asked).status, list(keeping.home().glob("*"))) == (ExportStatus.GONE, [])


def tidied(*, at):
    from mlmc.core.context import Actor, acting_as  # noqa: PLC0415 (a word for one test)

    with acting_as(Actor.system("exporting")):
        return fetching.tidy(at=at)


def test_what_is_gone_is_asked_for_again_and_counts_again(client, asked):
    written(asked)
    assert client.post(f"/files/{asked.pk}/again/").status_code == 302
    assert refresh(asked).status == ExportStatus.READY
    Export.objects.update(ready_at=timezone.now() - fetching.KEPT_FOR)
    with as_role(APP):
        tasks.tidy_files()
    knocks = Attempt.objects.count()

    client.post(f"/files/{asked.pk}/again/")

    assert (refresh(asked).status, Attempt.objects.count()) == (ExportStatus.ASKED, knocks + 1)
    assert written(asked).status == ExportStatus.READY


def test_what_may_be_fetched_stays(asked):
    written(asked)

    with as_role(APP):
        tasks.tidy_files()

    assert (refresh(asked).status, keeping.place(asked).exists()) == (ExportStatus.READY, True)


def test_who_comes_after_a_day_is_told_so_also_before_the_clock(client, asked):
    written(asked)
    Export.objects.update(ready_at=timezone.now() - fetching.KEPT_FOR)

    page = client.post(f"/files/{asked.pk}/fetch/", follow=True).content.decode()

    assert "not there any more" in page


def test_who_was_forgotten_is_called_again_and_files_of_no_row_go(asked, folder):
    folder.mkdir()
    (folder / "x.part").write_bytes(b"x")
    now = timezone.now()

    with as_role(APP):
        assert tidied(at=now) == []
        assert tidied(at=now + fetching.CALLED_AGAIN * 2) == [(asked.pk, asked.by_id)]
        assert (folder / "x.part").exists()
        tidied(at=now + fetching.HALF + timedelta(minutes=1))

    assert list(folder.iterdir()) == []
    assert refresh(asked).problem == writing.TOO_LATE


def test_a_full_disk_is_said_and_leaves_no_half_file(asked, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="space"):
        written(asked)

    assert (refresh(asked).problem, list(keeping.home().glob("*"))) == (writing.NO_ROOM, [])


def test_a_byte_that_is_not_what_it_was_hands_out_nothing(client, asked):
    export = written(asked)
    path = keeping.place(export)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    page = client.post(f"/files/{asked.pk}/fetch/", follow=True).content.decode()

    assert "damaged" in page


def test_the_page_says_how_it_stands_and_stops_asking_when_nothing_waits(client, asked):
    page = client.get("/files/").content.decode()
    assert "being written" in page and "hx-get" in page
    lines = AuditEntry.objects.count()
    assert "being written" in client.get("/files/now/", headers={"X-Poll": "1"}).content.decode()
    assert AuditEntry.objects.count() == lines

    written(asked)

    page = client.get("/files/now/").content.decode()
    assert "ready" in page and "Fetch" in page and "hx-get" not in page


def test_a_file_of_many_parts_comes_back_byte_for_byte(director):
    export = ExportFactory(by=director)
    rows = [["n", "words"], *([n, f"=words {n} " * 20] for n in range(30_000))]

    count, size = keeping.write(export, iter(rows))

    content = b"".join(keeping.opened(export))
    assert (count, size) == (30_000, len(content))
    assert content.decode("utf-8-sig").splitlines()[-1].startswith("29999,'=words 29999")


def test_two_take_the_same_kind_and_each_gets_their_own(client, director, asked):
    assert b"Quillon" in taken(client, f"/bring/{Import.objects.get().pk}/to-mend/")
    written(asked)
    assert b"Quillon" in content_of(fetched(client, asked))


def test_a_real_worker_writes_it(committed, worker, settings):
    settings.MLMC_EXPORTS = settings.VAR / "exports"
    director = UserFactory(director=True)
    file = brought("mentors", ROWS, by=director)
    export = ExportFactory(by=director, what=f'{{"file": "{file.pk}", "kind": "mentors"}}')
    worker()

    tasks.call_writer(export.pk, person=director.pk)

    wait_for(lambda: refresh(export).status != ExportStatus.ASKED)
    assert refresh(export).status == ExportStatus.READY
    assert b"Quillon" in b"".join(keeping.opened(export))
    keeping.remove(export)


@pytest.fixture
def of_youth(client, db):
    """Rows of youth to mend, ready, asked for by somebody who may bring in youth by one of two roles."""
    user = UserFactory(roles=["intake", "evaluation"])
    client.force_login(user)
    file = brought("youth", [{"Number": "A-1", "First name": "Quillon", "DOB": "no day"}], by=user)
    client.post(f"/bring/{file.pk}/to-mend/")
    return file, written(latest())


@pytest.mark.parametrize("why", ["the role is gone", "it is forgotten"])
def test_rows_to_mend_are_handed_out_as_long_as_the_file_is_theirs(client, of_youth, why):
    file, export = of_youth
    if why == "the role is gone":  # the other one may take out other files, and not this
        User.objects.update(roles=["evaluation"])
    else:
        client.post(f"/bring/{file.pk}/drop/")

    answer = client.post(f"/files/{export.pk}/fetch/", follow=True)

    assert "This file is not there any more." in answer.content.decode()
    with as_role(APP):
        tasks.tidy_files()
    assert refresh(export).status == ExportStatus.GONE
    assert not keeping.place(export).exists()
