"""A backup is brought back whole, or not at all: on real databases, with the real log-ins."""

from contextlib import contextmanager
from datetime import datetime

import pytest
from django.utils import timezone

from mlmc.backup import content, making, reading
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sealing import Sealing
from mlmc.core.models import Backup
from mlmc.core.postgres.roles import APP, KEEPER, hand_over_schema
from mlmc.launcher import program
from mlmc.launcher.checkout import Stop
from tests import cluster
from tests.backups import OTHER
from tests.factories import CaseFactory
from tests.restoring import sealed
from tests.test_mlmc_restore_page import WRONG

ELSEWHERE = f"mlmc_restored_{cluster.HELPER}"


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


def test_a_restored_database_says_the_same_with_its_walls_up(lived, backups, empty_database):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    said = making.make(backups / "one.sealed", ring)

    words = cluster.manage("restore", str(backups / "one.sealed"), database=empty_database)

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
    cluster.manage("backup", database=empty_database, MLMC_BACKUP_DIR=str(backups / "next"))


def without_the_trail(said):
    """The trail goes on with one line, which says that it was restored."""
    return {table: of for table, of in said.items() if table not in {"core_auditentry", "guard.audit_lane"}}


@pytest.mark.parametrize(("words", "asked_by"), [([], "command"), (["--by-page"], "page")])
def test_a_restored_trail_says_that_it_was_restored_and_is_whole(lived, backups, empty_database, words, asked_by):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    making.make(backups / "one.sealed", ring)
    with (backups / "one.sealed").open("rb") as file:
        made_at = datetime.fromisoformat(reading.Backup(file, ring).about["made_at"])

    cluster.manage("restore", str(backups / "one.sealed"), *words, database=empty_database)

    with keeper_of(empty_database) as cursor:
        cursor.execute(
            "select user_id, scope, act, why from core_auditentry where what = 'restore' and at > %s", [made_at]
        )
        [(user, scope, act, why)] = cursor.fetchall()
    assert (user, scope, act) == (None, ["duty:restore"], "write")
    assert why == f"by the {asked_by}, from the backup of {made_at:%Y-%m-%d %H:%M} UTC"
    assert "is whole" in cluster.manage("verify_audit", database=empty_database)


def test_a_backup_of_an_older_version_comes_back_into_a_newer_one(lived, backups, empty_database):
    """As if it had been made before the last table was there: the program migrates on from where it stood."""
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    said = making.make(backups / "new.sealed", ring)
    with (backups / "new.sealed").open("rb") as new, (backups / "old.sealed").open("wb") as old:
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

    cluster.manage("restore", str(backups / "old.sealed"), database=empty_database)

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


def test_a_restore_goes_into_an_empty_database_only(lived, backups):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    making.make(backups / "one.sealed", ring)
    before = said_by(cluster.DATABASE)

    words = refused("restore", str(backups / "one.sealed"), database=cluster.DATABASE)

    assert "There are people in this database" in words
    assert said_by(cluster.DATABASE) == before


def test_a_damaged_backup_or_another_key_restores_nothing(lived, backups, empty_database):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    path = backups / "one.sealed"
    making.make(path, OTHER)
    assert "Key 1 does not open this backup" in refused("restore", str(path), database=empty_database)
    making.make(path, ring)
    path.write_bytes(path.read_bytes()[:-40])

    assert "damaged" in refused("restore", str(path), database=empty_database)


@pytest.mark.parametrize("what", WRONG)
def test_make_restore_says_at_once_that_a_file_is_none_and_asks_for_no_sheet(tmp_path, monkeypatch, what):
    """Before a key is typed, a server is started or a file of secrets is written."""
    bytes_, sentence = WRONG[what]
    monkeypatch.setattr(program, "VAR", tmp_path / "var")
    monkeypatch.setattr(program, "PROGRAM", tmp_path / "var" / "program")
    path = tmp_path / "one.sealed"
    path.write_bytes(sealed(tmp_path / "whole").read_bytes()[:40] if bytes_ is None else bytes_)

    with pytest.raises(Stop, match=sentence):
        program.restore(str(path))

    assert [one.name for one in (tmp_path / "var").rglob("*") if one.is_file() and one.name != ".gitignore"] == []


def test_a_restore_that_was_killed_half_way_kept_nothing_and_can_be_done_again(lived, backups, empty_database):
    """The connection is cut while rows are coming in: nothing of them stays, and the second try is whole."""
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    said = making.make(backups / "one.sealed", ring)
    with cluster.postgres.superuser(empty_database) as cursor:
        cursor.execute(CUT)

    refused("restore", str(backups / "one.sealed"), database=empty_database)

    with cluster.postgres.superuser(empty_database) as cursor:
        cursor.execute("drop event trigger cut; drop function cut()")
        cursor.execute("select (select count(*) from core_user), (select count(*) from mentors_meeting)")
        assert cursor.fetchone() == (0, 0)
    cluster.manage("restore", str(backups / "one.sealed"), database=empty_database)
    assert without_the_trail(said_by(empty_database)) == without_the_trail(said)


def test_a_row_that_does_not_fit_is_said_without_the_row(lived, backups, empty_database):
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("set session_replication_role = replica; alter table core_team alter column name type text")
        cursor.execute("insert into core_team (id, name) values (gen_random_uuid(), %s)", ["Zanzibelle " * 300])
    making.make(backups / "one.sealed", read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"]))

    words = refused("restore", str(backups / "one.sealed"), database=empty_database)

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


def test_somebody_who_was_erased_is_erased_again_after_a_restore(lived, backups, empty_database):
    ring = read_ring(cluster.program(cluster.DATABASE)["MLMC_DATA_KEYS"])
    stays, goes = CaseFactory(), lived[0].mentorship.case
    Backup.objects.create(name="before.sealed", began_at=timezone.now())
    making.make(backups / "before.sealed", ring)
    asked = [goes.youth.code, "--again", goes.youth.code]
    cluster.manage("purge", *asked, MLMC_BACKUP_DIR=str(backups))
    assert rows_in(cluster.DATABASE, "mentors_meeting") == 2

    cluster.manage("restore", str(backups / "before.sealed"), database=empty_database, MLMC_BACKUP_DIR=str(backups))

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
    assert goes.youth.chosen_name not in (backups / "erased.jsonl").read_text()


def test_erasing_asks_for_the_code_twice(lived):
    code = lived[0].mentorship.case.youth.code

    assert "differ" in refused("purge", code, "--again", "Y-0000", database=cluster.DATABASE)
    assert rows_in(cluster.DATABASE, "mentors_meeting") == 3
