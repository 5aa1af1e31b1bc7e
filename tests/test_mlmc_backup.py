"""A backup is made, read, damaged and brought back: on real databases, with the real log-ins."""

import random
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from django.utils import timezone
from moto.server import ThreadedMotoServer

from mlmc.backup import content, keeping, making, nightly, places, reading, watching
from mlmc.celery import app
from mlmc.core.context import Actor, acting_as, signed
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sealing import PART, CannotRead, Opening, Sealing
from mlmc.core.models import Backup, Heartbeat, OutboxRow
from mlmc.core.postgres.roles import APP, KEEPER, hand_over_schema
from mlmc.launcher.checkout import free_port
from mlmc.launcher.program import log_in_of, programs
from tests import cluster
from tests.conftest import as_role, raw
from tests.factories import CaseFactory, MeetingFactory, UserFactory
from tests.waiting import wait_for

RING, OTHER = {1: b"k" * 32}, {1: b"x" * 32}
ELSEWHERE = f"mlmc_restored_{cluster.HELPER}"


@pytest.fixture
def folder(settings, tmp_path):
    settings.MLMC_BACKUP_DIR = tmp_path / "backups"
    return places.folder()


@pytest.fixture
def lived(log_in):
    """A committed program with some life in it, seen by the keeper."""
    log_in(KEEPER)
    admin = UserFactory(roles=["admin"])
    with raw(APP) as cursor:
        cursor.execute("select set_config('app.actor', %s, false)", [signed(Actor.of(admin))])
        cursor.execute("insert into core_auditentry (act, what) values ('sign-in', 'a test')")
        cursor.connection.commit()
    return MeetingFactory.create_batch(3, words="we had noodles")


@pytest.fixture
def empty_database():
    """A database of its own, with nothing in it but its owner."""
    with cluster.postgres.superuser() as cursor:
        cursor.execute(f"drop database if exists {ELSEWHERE} with (force)")
        cluster.create_database(cursor, ELSEWHERE)
    with cluster.postgres.superuser(ELSEWHERE) as cursor:
        hand_over_schema(cursor)
    yield ELSEWHERE
    with cluster.postgres.superuser() as cursor:
        cursor.execute(f"drop database if exists {ELSEWHERE} with (force)")


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


@contextmanager
def keeper_of(database):
    link = cluster.postgres.connect(KEEPER, cluster.PASSWORDS[KEEPER], database)
    try:
        yield link.cursor()
    finally:
        link.close()


def said_by(database):
    with keeper_of(database) as cursor:
        found = content.tables(cursor)
        return {table: content.counted(cursor, table, *of) for table, of in found.items()}


def sealed(path, *parts):
    with path.open("wb") as file:
        writing = Sealing(file, RING)
        for part in parts:
            writing.write(part)
        writing.finish()
    return path


def opened(path, ring=RING):
    with path.open("rb") as file:
        return Opening(file, ring).readall()


def test_what_was_sealed_opens_and_no_word_of_it_stands_in_the_file(tmp_path):
    path = sealed(tmp_path / "one", b"noodles " * 10, b"and rice")

    assert opened(path) == b"noodles " * 10 + b"and rice"
    assert b"noodles" not in path.read_bytes()


def test_nothing_at_all_and_more_than_one_part_open_as_well(tmp_path):
    much = random.Random(7).randbytes(3 * PART)  # does not squeeze

    assert opened(sealed(tmp_path / "none")) == b""
    assert opened(sealed(tmp_path / "much", much)) == much


def harmed(path, how):
    whole = path.read_bytes()
    size = PART + 16
    head = len(whole) - (len(whole) - 31)
    parts = [whole[start : start + size] for start in range(head, len(whole), size)]
    return {
        "one byte": whole[:-5] + bytes([whole[-5] ^ 1]) + whole[-4:],
        "cut short": whole[: head + 2 * size],
        "cut in a part": whole[:-100],
        "a part dropped": whole[:head] + b"".join(parts[1:]),
        "two parts swapped": whole[:head] + b"".join([parts[1], parts[0], *parts[2:]]),
        "a part doubled": whole[:head] + b"".join([parts[0], *parts]),
        "something behind": whole + b"more",
        "another beginning": b"x" + whole[1:],
        "nothing": b"",
        "another number": whole[:14] + bytes([9]) + whole[15:],
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "one byte",
        "cut short",
        "cut in a part",
        "a part dropped",
        "two parts swapped",
        "a part doubled",
        "something behind",
        "another beginning",
        "nothing",
        "another number",
    ],
)
def test_a_file_that_was_touched_does_not_open(tmp_path, how):
    path = sealed(tmp_path / "one", random.Random(7).randbytes(3 * PART))
    path.write_bytes(harmed(path, how))

    with pytest.raises(CannotRead):
        opened(path)


def test_another_key_opens_nothing_and_no_key_stands_in_the_sentence(tmp_path):
    path = sealed(tmp_path / "one", b"noodles")

    with pytest.raises(CannotRead, match="Key 1 does not open this backup") as problem:
        opened(path, OTHER)

    assert "xxx" not in str(problem.value)


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


def test_the_keeper_backs_up_every_row_there_is(lived, folder):
    path = folder / "one.sealed"

    said = making.make(path, RING)

    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        for table, of in said.items():
            cursor.execute(f"select count(*) from {table}")
            assert (table, cursor.fetchone()[0]) == (table, of["rows"])
    assert said["mentors_meeting"]["rows"] == 3
    assert reading.verify(path, RING) == said
    assert path.stat().st_mode & 0o077 == 0


def test_the_program_itself_could_not_make_one(lived, folder, log_in):
    """As app there is nobody to act for, so it would be an empty backup that looks like one: it is an error."""
    log_in(APP)

    with pytest.raises(Exception, match="permission denied"):
        making.make(folder / "one.sealed", RING)

    assert list(folder.iterdir()) == []


def test_a_restored_database_says_the_same_with_its_walls_up(lived, folder, empty_database):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    said = making.make(folder / "one.sealed", ring)

    words = cluster.manage("restore", str(folder / "one.sealed"), database=empty_database)

    assert "Everything is back" in words
    found = said_by(empty_database)
    assert without_the_trail(found) == without_the_trail(said)
    assert found["core_auditentry"]["rows"] == said["core_auditentry"]["rows"] + 1
    assert said["mentors_meeting"]["rows"] == 3
    with cluster.postgres.superuser(empty_database) as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and not relforcerowsecurity")
        assert cursor.fetchall() == []
        cursor.execute("select tgrelid::regclass, tgname from pg_trigger where tgenabled = 'D'")
        assert cursor.fetchall() == []
    nobody = cluster.postgres.connect(APP, cluster.PASSWORDS[APP], empty_database)
    with nobody.cursor() as cursor:
        cursor.execute("select count(*) from cases_youth")
        assert cursor.fetchone()[0] == 0
    nobody.close()
    assert "is whole" in cluster.manage("verify_audit", database=empty_database)
    # life goes on: the next numbers are free, the trail takes the next line
    cluster.manage("backup", database=empty_database, MLMC_BACKUP_DIR=str(folder / "next"))


def without_the_trail(said):
    """The trail goes on with one line, which says that it was restored."""
    return {table: of for table, of in said.items() if table not in {"core_auditentry", "guard.audit_lane"}}


@pytest.mark.parametrize(("words", "asked_by"), [([], "command"), (["--by-page"], "page")])
def test_a_restored_trail_says_that_it_was_restored_and_is_whole(lived, folder, empty_database, words, asked_by):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    making.make(folder / "one.sealed", ring)
    with (folder / "one.sealed").open("rb") as file:
        made_at = datetime.fromisoformat(reading.Backup(file, ring).about["made_at"])

    cluster.manage("restore", str(folder / "one.sealed"), *words, database=empty_database)

    with keeper_of(empty_database) as cursor:
        cursor.execute(
            "select user_id, scope, act, why from core_auditentry where what = 'restore' and at > %s", [made_at]
        )
        [(user, scope, act, why)] = cursor.fetchall()
    assert (user, scope, act) == (None, ["duty:restore"], "write")
    assert why == f"by the {asked_by}, from the backup of {made_at:%Y-%m-%d %H:%M} UTC"
    assert "is whole" in cluster.manage("verify_audit", database=empty_database)


def test_a_backup_of_an_older_version_comes_back_into_a_newer_one(lived, folder, empty_database):
    """As if it had been made before the last table was there: the program migrates on from where it stood."""
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    said = making.make(folder / "new.sealed", ring)
    with (folder / "new.sealed").open("rb") as new, (folder / "old.sealed").open("wb") as old:
        backup, writing = reading.Backup(new, ring), Sealing(old, ring)
        steps = backup.about["migrations"]["core"]
        backup.about["migrations"]["core"] = steps[: steps.index("0017_exports")]
        writing.write(content.line(backup.about))
        for table in backup.tables():
            rows = table.rows.read()
            if not table.name.startswith("core_export"):
                writing.write(content.line({"table": table.name, "columns": table.columns, "key": table.key}))
                writing.write(rows + content.END)
        said = {name: of for name, of in said.items() if not name.startswith("core_export")}
        writing.write(content.line({"tables": said}))
        writing.finish()

    cluster.manage("restore", str(folder / "old.sealed"), database=empty_database)

    found = said_by(empty_database)
    assert [of["rows"] for name, of in found.items() if name.startswith("core_export")] == [0]
    found = {name: of for name, of in found.items() if name in said}
    assert without_the_trail(found) == without_the_trail(said)


def refused(*words, database, **more):
    with pytest.raises(RuntimeError) as problem:
        cluster.manage(*words, database=database, **more)
    return str(problem.value)


def rows_in(database, table):
    with keeper_of(database) as cursor:
        cursor.execute(f"select count(*) from {table}")
        return cursor.fetchone()[0]


def test_a_restore_goes_into_an_empty_database_only(lived, folder):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    making.make(folder / "one.sealed", ring)
    before = said_by(cluster.DATABASE)

    words = refused("restore", str(folder / "one.sealed"), database=cluster.DATABASE)

    assert "There are people in this database" in words
    assert said_by(cluster.DATABASE) == before


def test_a_damaged_backup_or_another_key_restores_nothing(lived, folder, empty_database):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    path = folder / "one.sealed"
    making.make(path, OTHER)
    assert "Key 1 does not open this backup" in refused("restore", str(path), database=empty_database)
    making.make(path, ring)
    path.write_bytes(path.read_bytes()[:-40])

    assert "damaged" in refused("restore", str(path), database=empty_database)


def test_a_restore_that_was_killed_half_way_kept_nothing_and_can_be_done_again(lived, folder, empty_database):
    """The connection is cut while rows are coming in: nothing of them stays, and the second try is whole."""
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    said = making.make(folder / "one.sealed", ring)
    with cluster.postgres.superuser(empty_database) as cursor:
        cursor.execute(CUT)

    refused("restore", str(folder / "one.sealed"), database=empty_database)

    with cluster.postgres.superuser(empty_database) as cursor:
        cursor.execute("drop event trigger cut; drop function cut()")
        cursor.execute("select (select count(*) from core_user), (select count(*) from mentors_meeting)")
        assert cursor.fetchone() == (0, 0)
    cluster.manage("restore", str(folder / "one.sealed"), database=empty_database)
    assert without_the_trail(said_by(empty_database)) == without_the_trail(said)


def test_a_row_that_does_not_fit_is_said_without_the_row(lived, folder, empty_database):
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("set session_replication_role = replica; alter table core_team alter column name type text")
        cursor.execute("insert into core_team (id, name) values (gen_random_uuid(), %s)", ["Zanzibelle " * 300])
    making.make(folder / "one.sealed", read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"]))

    words = refused("restore", str(folder / "one.sealed"), database=empty_database)

    assert "A row of core_team does not fit" in words
    assert "Zanzibelle" not in words


# When the rows are in and nothing is closed again, its own server process ends, as if somebody had pulled the plug.
CUT = """
    create function cut() returns event_trigger language plpgsql as $$ declare full_of_rows boolean; begin
        if to_regclass('mentors_meeting') is not null then
            execute 'select exists (select from mentors_meeting)' into full_of_rows;
            if full_of_rows then perform pg_terminate_backend(pg_backend_pid()); end if;
        end if;
    end $$;
    create event trigger cut on ddl_command_end when tag in ('ALTER TABLE') execute function cut();
"""


def test_somebody_who_was_erased_is_erased_again_after_a_restore(lived, folder, empty_database):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    stays, goes = CaseFactory(), lived[0].mentorship.case
    Backup.objects.create(name="before.sealed", began_at=timezone.now())
    making.make(folder / "before.sealed", ring)
    asked = [goes.youth.code, "--again", goes.youth.code]
    cluster.manage("purge", *asked, MLMC_BACKUP_DIR=str(folder))
    assert rows_in(cluster.DATABASE, "mentors_meeting") == 2

    cluster.manage("restore", str(folder / "before.sealed"), database=empty_database, MLMC_BACKUP_DIR=str(folder))

    with keeper_of(empty_database) as cursor:
        cursor.execute("select id from cases_case")
        left = {str(one) for (one,) in cursor.fetchall()}
        assert str(goes.pk) not in left
        assert str(stays.pk) in left
        cursor.execute("select count(*) from core_backup")
        assert cursor.fetchone()[0] == 0  # they lie where they were made
        cursor.execute(
            "select count(*) from core_change where subject in (%s, %s)", [str(goes.pk), str(goes.youth_id)]
        )
        assert cursor.fetchone()[0] == 0
    assert rows_in(empty_database, "mentors_meeting") == 2
    assert goes.youth.chosen_name not in (folder / "erased.jsonl").read_text()


def test_erasing_asks_for_the_code_twice(lived):
    code = lived[0].mentorship.case.youth.code

    assert "differ" in refused("purge", code, "--again", "Y-0000", database=cluster.DATABASE)
    assert rows_in(cluster.DATABASE, "mentors_meeting") == 3


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


def test_the_night_makes_one_and_lets_old_ones_go(lived, folder, settings, tmp_path):
    settings.MLMC_BACKUP_COPY = tmp_path / "disk"
    (tmp_path / "disk").mkdir()
    old = names_of(*(f"2024-03-{day:02}" for day in range(1, 10)))
    for name in old:
        (folder / name).write_bytes(b"")
    at = datetime(2026, 5, 15, 6, 30, tzinfo=UTC)
    Backup.objects.create(name=old[0], began_at=keeping.made_at(old[0]), finished_at=keeping.made_at(old[0]))

    nightly.back_up_if_due(at=at)
    nightly.back_up_if_due(at=at)  # a second beat

    row = Backup.objects.get()
    assert (row.problem, row.copied_to, row.name) == ("", ["second folder"], "20260515T063000Z.sealed")
    assert row.rows > 3
    assert {found.name for found in folder.glob("*.sealed")} == {row.name, *old[3:]} | {old[2]}
    assert (tmp_path / "disk" / row.name).read_bytes() == (folder / row.name).read_bytes()


def test_a_second_folder_that_is_not_there_is_said_and_the_backup_is_good(lived, folder, settings, tmp_path):
    settings.MLMC_BACKUP_COPY = tmp_path / "unmounted"

    row = nightly.back_up(at=timezone.now())

    assert row.finished_at is not None
    assert row.problem == (
        "Not copied to the second folder: The second backup folder is not there. Is its disk mounted?"
    )


def test_a_full_disk_is_said_and_leaves_no_half_file(lived, folder, monkeypatch):
    """F13: the disk is full while the file is written."""
    settings_file = folder / "20260515T063000Z.sealed"
    monkeypatch.setattr("mlmc.backup.making.open", lambda *_: open("/dev/full", "wb"), raising=False)  # noqa: SIM115

    with pytest.raises(nightly.CannotBackUp, match="No space left on device"):
        nightly.back_up(at=datetime(2026, 5, 15, 6, 30, tzinfo=UTC))

    assert not settings_file.exists()
    assert list(folder.glob("*.part")) == []
    row = Backup.objects.get()
    assert (row.finished_at, row.problem) == (None, "No space left on device.")


def test_two_at_once_make_one(lived, folder):
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


def test_the_clock_has_the_keepers_own_worker_make_it(lived, folder, worker):
    beat = app.conf.beat_schedule["keeper"]

    worker(queue="keeper", MLMC_DATABASE_ROLE="keeper", MLMC_BACKUP_DIR=str(folder))
    app.send_task(beat["task"], **beat["options"])

    wait_for(lambda: Backup.objects.good().exists())
    assert [found.name for found in folder.glob("*.sealed")] == [Backup.objects.get().name]


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


def test_a_bucket_of_another_machine_takes_a_copy_and_gives_it_back(lived, folder, settings, tmp_path, bucket):
    settings.MLMC_BACKUP_BUCKET, settings.MLMC_BACKUP_ENDPOINT = "copies/ours", bucket.address
    old = names_of("2024-03-01")[0]
    (folder / old).write_bytes(b"old")
    store = places.others()["bucket"]
    store.put(folder / old)

    row = nightly.back_up(at=datetime(2026, 5, 15, 6, 30, tzinfo=UTC))

    assert (row.problem, row.copied_to) == ("", ["bucket"])
    assert store.names() == [old, row.name]  # a month of its own: it stays
    store.fetch(row.name, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == (folder / row.name).read_bytes()
    store.remove(old)
    assert store.names() == [row.name]


def test_a_store_that_does_not_answer_is_said_without_its_words(lived, folder, settings, bucket):
    settings.MLMC_BACKUP_BUCKET, settings.MLMC_BACKUP_ENDPOINT = "no-such-bucket", bucket.address

    row = nightly.back_up(at=timezone.now())

    assert row.finished_at is not None
    assert row.problem == "Not copied to the bucket: S3UploadFailedError."
