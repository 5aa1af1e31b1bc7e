"""A backup is made each night, kept for as long as it should be, and taken somewhere else as well."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from django.utils import timezone
from moto.server import ThreadedMotoServer

from mlmc.backup import content, keeping, making, nightly, places, reading, watching
from mlmc.celery import app
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import Backup, Heartbeat, OutboxRow
from mlmc.core.postgres.roles import APP, KEEPER
from mlmc.launcher.checkout import free_port
from mlmc.launcher.program import log_in_of, programs
from tests import cluster
from tests.backups import RING
from tests.conftest import as_role, raw
from tests.factories import UserFactory
from tests.waiting import wait_for


@pytest.fixture
def bucket(monkeypatch):
    """A store that speaks S3, on loopback, with one bucket called *copies*."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    store.address = f"http://127.0.0.1:{store._port}"
    store.start()
    boto3.client("s3", endpoint_url=store.address).create_bucket(Bucket="copies")
    yield store
    store.stop()


def test_every_table_is_taken_along_or_left_out_with_a_reason(lived):
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute(
            "select case when relnamespace = 'public'::regnamespace then relname else 'guard.' || relname end"
            " from pg_class where relkind in ('r', 'p') and not relispartition"
            " and relnamespace::regnamespace::text in ('public', 'guard')"
        )
        everything = {name for (name,) in cursor.fetchall()}
    with raw(KEEPER) as cursor:
        taken = set(content.tables(cursor))

    assert taken | set(content.LEFT_OUT) == everything
    assert taken.isdisjoint(content.LEFT_OUT)


def test_the_keeper_backs_up_every_row_there_is(lived, backups):
    path = backups / "one.sealed"

    said = making.make(path, RING)

    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        for table, of in said.items():
            cursor.execute(f"select count(*) from {table}")
            assert (table, cursor.fetchone()[0]) == (table, of["rows"])
    assert said["mentors_meeting"]["rows"] == 3
    assert reading.verify(path, RING) == said
    assert path.stat().st_mode & 0o077 == 0


def test_the_program_itself_could_not_make_one(lived, backups, log_in):
    """As app there is nobody to act for, so it would be an empty backup that looks like one: it is an error."""
    log_in(APP)

    with pytest.raises(Exception, match="permission denied"):
        making.make(backups / "one.sealed", RING)

    assert list(backups.iterdir()) == []


def names_of(*days):
    return [datetime.fromisoformat(day).replace(hour=2, tzinfo=UTC).strftime(places.NAME) for day in days]


def test_seven_days_four_weeks_and_twelve_months_stay():
    every_night = [datetime(2025, 1, 1, 2, tzinfo=UTC).timestamp() + 86_400 * n for n in range(500)]
    names = [datetime.fromtimestamp(at, UTC).strftime(places.NAME) for at in every_night]

    stay = keeping.kept(names)

    newest = datetime.fromtimestamp(every_night[-1], UTC)
    assert newest.strftime(places.NAME) in stay
    days = sorted(keeping.made_at(name).date().isoformat() for name in stay)
    months = ["06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31", "01-31", "02-28", "03-31", "04-30"]
    weeks = ["04-26", "05-03"]
    nights = ["05-09", "05-10", "05-11", "05-12", "05-13", "05-14", "05-15"]
    assert sorted(day[5:] for day in days) == sorted(months + weeks + nights)
    assert keeping.may_go([*names, "letter.txt"]) == sorted(set(names) - stay)


def test_the_night_makes_one_and_lets_old_ones_go(lived, backups, settings, tmp_path):
    settings.MLMC_BACKUP_COPY = tmp_path / "disk"
    (tmp_path / "disk").mkdir()
    old = names_of(*(f"2024-03-{day:02}" for day in range(1, 10)))
    for name in old:
        (backups / name).write_bytes(b"")
    at = datetime(2026, 5, 15, 6, 30, tzinfo=UTC)
    Backup.objects.create(name=old[0], began_at=keeping.made_at(old[0]), finished_at=keeping.made_at(old[0]))

    nightly.back_up_if_due(at=at)
    nightly.back_up_if_due(at=at)  # a second beat

    row = Backup.objects.get()
    assert (row.problem, row.copied_to, row.name) == ("", ["second folder"], "20260515T063000Z.sealed")
    assert row.rows > 3
    assert {found.name for found in backups.glob("*.sealed")} == {row.name, *old[3:]} | {old[2]}
    assert (tmp_path / "disk" / row.name).read_bytes() == (backups / row.name).read_bytes()


def test_a_second_folder_that_is_not_there_is_said_and_the_backup_is_good(lived, backups, settings, tmp_path):
    settings.MLMC_BACKUP_COPY = tmp_path / "unmounted"

    row = nightly.back_up(at=timezone.now())

    assert row.finished_at is not None
    assert row.problem == (
        "Not copied to the second folder: The second backup folder is not there. Is its disk mounted?"
    )


def test_a_full_disk_is_said_and_leaves_no_half_file(lived, backups, monkeypatch):
    """F13: the disk is full while the file is written."""
    settings_file = backups / "20260515T063000Z.sealed"
    monkeypatch.setattr("mlmc.backup.making.open", lambda *_: open("/dev/full", "wb"), raising=False)  # noqa: SIM115

    with pytest.raises(nightly.CannotBackUp, match="No space left on device"):
        nightly.back_up(at=datetime(2026, 5, 15, 6, 30, tzinfo=UTC))

    assert not settings_file.exists()
    assert list(backups.glob("*.part")) == []
    row = Backup.objects.get()
    assert (row.finished_at, row.problem) == (None, "No space left on device.")


def test_two_at_once_make_one(lived, backups):
    with nightly.alone(), pytest.raises(nightly.CannotBackUp, match="being made already"):
        nightly.back_up(at=timezone.now())

    assert Backup.objects.count() == 0


def test_a_failed_one_is_tried_again_after_an_hour_and_a_night_is_backed_up_once(committed, log_in):
    log_in(KEEPER)
    at = datetime(2026, 5, 15, 6, 30, tzinfo=UTC)  # half past two at night in the program's own time
    assert not nightly.is_due(at=at)  # nobody is here yet
    UserFactory()
    assert nightly.is_due(at=at)
    Backup.objects.create(name="one", began_at=at, problem="No space left on device.")
    assert not nightly.is_due(at=at.replace(minute=59))
    assert nightly.is_due(at=at.replace(hour=7, minute=31))
    Backup.objects.create(name="two", began_at=at.replace(hour=7), finished_at=at.replace(hour=7))
    assert not nightly.is_due(at=at.replace(hour=23))
    assert nightly.is_due(at=at.replace(day=16, hour=6, minute=1))
    assert not nightly.is_due(at=at.replace(day=16, hour=5, minute=59))


def test_the_clock_has_the_keepers_own_worker_make_it(lived, backups, worker):
    beat = app.conf.beat_schedule["keeper"]

    worker(queue="keeper", MLMC_DATABASE_ROLE="keeper", MLMC_BACKUP_DIR=str(backups))
    app.send_task(beat["task"], **beat["options"])

    wait_for(lambda: Backup.objects.good().exists())
    assert [found.name for found in backups.glob("*.sealed")] == [Backup.objects.get().name]


def test_the_programs_worker_leaves_it_to_the_keeper():
    """Beat puts it into a room of its own, in which only the keeper listens."""
    assert app.conf.beat_schedule["keeper"]["options"]["queue"] == "keeper"
    started = programs(8000)
    assert "keeper" in started["keeper"]
    assert "keeper" not in started["worker"]
    assert {name: log_in_of(name) for name in started} == {
        "web": {"MLMC_DATABASE_ROLE": "app"},
        "worker": {"MLMC_DATABASE_ROLE": "app"},
        "keeper": {"MLMC_DATABASE_ROLE": "keeper"},
        "beat": {"MLMC_DATABASE_ROLE": "app"},
    }


HEALTHY = datetime(2026, 5, 15, 12, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_admins_hear_once_a_day_that_there_is_no_backup_or_no_room(monkeypatch):
    admin, director = UserFactory(roles=["admin"]), UserFactory(roles=["director"])
    Heartbeat.objects.create(name="worker", at=HEALTHY)
    Backup.objects.create(name="x", began_at=HEALTHY - timedelta(hours=27), finished_at=HEALTHY - timedelta(hours=27))
    monkeypatch.setattr(watching.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_999_999_999))

    with as_role(APP), acting_as(Actor.system("watch")):
        for minute in range(3):
            watching.tell_admins(at=HEALTHY + timedelta(minutes=minute))

    assert {(row.recipient, row.about) for row in OutboxRow.objects.all()} == {(admin, "backup"), (admin, "disk")}
    assert director not in {row.recipient for row in OutboxRow.objects.all()}


@pytest.mark.django_db
def test_nobody_hears_anything_while_all_is_well():
    UserFactory(roles=["admin"])
    Heartbeat.objects.create(name="worker", at=HEALTHY)
    Backup.objects.create(name="x", began_at=HEALTHY - timedelta(hours=25), finished_at=HEALTHY - timedelta(hours=25))

    watching.tell_admins(at=HEALTHY)

    assert OutboxRow.objects.count() == 0


def test_a_bucket_of_another_machine_takes_a_copy_and_gives_it_back(lived, backups, settings, tmp_path, bucket):
    settings.MLMC_BACKUP_BUCKET, settings.MLMC_BACKUP_ENDPOINT = "copies/ours", bucket.address
    old = names_of("2024-03-01")[0]
    (backups / old).write_bytes(b"old")
    store = places.others()["bucket"]
    store.put(backups / old)

    row = nightly.back_up(at=datetime(2026, 5, 15, 6, 30, tzinfo=UTC))

    assert (row.problem, row.copied_to) == ("", ["bucket"])
    assert store.names() == [old, row.name]  # a month of its own: it stays
    store.fetch(row.name, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == (backups / row.name).read_bytes()
    store.remove(old)
    assert store.names() == [row.name]


def test_a_store_that_does_not_answer_is_said_without_its_words(lived, backups, settings, bucket):
    settings.MLMC_BACKUP_BUCKET, settings.MLMC_BACKUP_ENDPOINT = "no-such-bucket", bucket.address

    row = nightly.back_up(at=timezone.now())

    assert row.finished_at is not None
    assert row.problem == "Not copied to the bucket: S3UploadFailedError."
