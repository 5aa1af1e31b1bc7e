"""The launcher brings a backup back beside the empty database, changes the names when it is whole, and leaves an empty
program where it is not; whoever was killed half-way is taken back or finished by the next start."""

import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from mlmc import program as settings_of_the_program
from mlmc.backup import making
from mlmc.backup.tray import Tray
from mlmc.core.keys import proof
from mlmc.core.keys.ring import read_ring
from mlmc.core.postgres.roles import KEEPER, create_database
from mlmc.launcher import returning
from mlmc.launcher.keys import KEYS
from mlmc.launcher.program import REAL, Kind, manage, new_code, prepare, surroundings
from mlmc.launcher.returning import BEFORE, RETURNING, Comeback, settle
from mlmc.launcher.servers import running
from tests.factories import UserFactory

URL = "http://localhost:8000"


@pytest.fixture(scope="module")
def bare():
    """Without the tests' own servers and keys, as at a terminal."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "REDIS_URL", "MLMC_DATABASE_ROLE", *KEYS):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def empty(bare):
    """A program of `make start` in which nobody is: (kind, servers, environment)."""
    with own_folder() as var:
        kind = Kind("start", var, demo=False)
        with running(var, by="a test", wait_for_guests=False) as servers:
            environment = surroundings(kind, servers, URL)
            prepare(kind, environment, new_code())
            yield kind, servers, environment


@contextmanager
def own_folder():
    folder = Path(tempfile.mkdtemp(prefix="mlmc-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def var(bare):
    with own_folder() as folder:
        yield folder


@pytest.fixture
def backup(log_in, empty):
    """Makes one of the tests' own database, in the folder of that program: `backup(people=3, kind="real")`."""
    folder = empty[0].home / "backups"
    folder.mkdir(exist_ok=True)

    def make(*, people, kind="real"):
        log_in(KEEPER)
        UserFactory.create_batch(people)
        settings_of_the_program.mark(kind)
        proof.prove()
        making.make(folder / "one.sealed", read_ring(settings.MLMC_DATA_KEYS))
        return folder / "one.sealed"

    return make


KEYS_OF_IT = {"MLMC_DATA_KEYS": settings.MLMC_DATA_KEYS, "MLMC_INDEX_KEY": settings.MLMC_INDEX_KEY}


def databases(servers):
    with servers.postgres.superuser() as cursor:
        cursor.execute("select datname from pg_database where datname like 'mlmc%' order by 1")
        return [name for (name,) in cursor.fetchall()]


def nothing_happened(empty, sentence):
    kind, servers, _ = empty
    tray = Tray(kind.home)
    assert sentence in tray.problem
    assert [one.name for one in tray.folder.iterdir()] == ["problem"]
    assert databases(servers) == ["mlmc"]
    assert returning.looked_at(servers, "mlmc") == (False, "")
    assert json.loads((kind.home / "secrets").read_text()) == servers.keys
    tray.clear()


def asked(empty, file, keys=KEYS_OF_IT):
    kind, servers, environment = empty
    Tray(kind.home).ask(file, keys)
    comeback = Comeback(kind, servers, manage)
    return comeback.lies_ready(environment), comeback


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("cut short", "the file is cut short or damaged"),
        ("another index key", "The lines of the index key (X) are from another sheet"),
        ("nobody in it", "Nobody is in this backup"),
        ("the demo", "This is a backup of the demo"),
    ],
)
def test_what_cannot_come_back_is_said_and_the_program_is_as_empty_as_before(empty, backup, harm, sentence):
    path = backup(people=0 if harm == "nobody in it" else 2, kind="demo" if harm == "the demo" else "real")
    keys = dict(KEYS_OF_IT)
    if harm == "cut short":
        path.write_bytes(path.read_bytes()[:-40])
    if harm == "another index key":
        keys["MLMC_INDEX_KEY"] = "an index key that belongs to somebody else"

    ready, _ = asked(empty, path, keys)

    assert not ready
    nothing_happened(empty, sentence)


@pytest.mark.parametrize("file", ["secrets", "elsewhere/one.sealed", "backups/linked.sealed", "backups/none.sealed"])
def test_the_launcher_reads_nothing_but_backups_out_of_their_folders(empty, file):
    home = empty[0].home
    for folder in ("elsewhere", "backups"):
        (home / folder).mkdir(exist_ok=True)
    (home / "elsewhere" / "one.sealed").touch()
    if file.endswith("linked.sealed"):
        (home / file).symlink_to(home / "elsewhere" / "one.sealed")

    ready, _ = asked(empty, home / file)

    assert not ready
    nothing_happened(empty, "lies in none of the folders for backups")


def test_the_page_gives_two_keys_and_no_other_word_of_the_environment(empty, backup):
    path, seen = backup(people=1), {}
    kind, servers, environment = empty
    Tray(kind.home).ask(path, KEYS_OF_IT | {"LD_PRELOAD": "x", "MLMC_ACTOR_KEY": "x"})

    def instead(command, surroundings, *words):
        seen.update(surroundings)
        raise OSError

    assert not Comeback(kind, servers, instead).lies_ready(environment)
    assert "LD_PRELOAD" not in seen
    assert seen["MLMC_ACTOR_KEY"] == servers.keys["MLMC_ACTOR_KEY"]
    nothing_happened(empty, "nothing was changed")


def test_who_begins_meanwhile_keeps_their_program(empty, backup):
    ready, comeback = asked(empty, backup(people=2))
    assert ready
    kind, servers, _ = empty
    with servers.postgres.superuser("mlmc") as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(SOMEBODY)

    comeback.put_in_place()

    assert "Somebody has begun this program meanwhile" in Tray(kind.home).problem
    assert databases(servers) == ["mlmc"]
    assert json.loads((kind.home / "secrets").read_text()) == servers.keys
    with servers.postgres.superuser("mlmc") as cursor:
        cursor.execute("set session_replication_role = replica; delete from core_user")


SOMEBODY = """
    insert into core_user (id, password, email, name, roles, hints_hidden, on_council, is_active, is_program,
                           invited_at)
    values ('01a21062-0000-7000-8000-000000000000', '', 'a@b.example', '', '{}', '{}', false, true, false, now())
"""


@pytest.mark.parametrize("named", ["DATABASE_URL", "MLMC_DATA_KEYS", "MLMC_INDEX_KEY", "MLMC_SECRETS_FILE", None])
def test_the_page_is_offered_where_database_and_keys_are_the_launchers_own(bare, monkeypatch, named):
    if named:
        monkeypatch.setenv(named, "somewhere else")

    assert Comeback(REAL, None, manage).state == ("" if named else "offered")
    assert Comeback(replace(REAL, demo=True), None, manage).state == ""


@contextmanager
def half_done(var):
    """A backup that lies whole beside the empty one, and its keys in the tray."""
    with running(var, by="a test", wait_for_guests=False) as servers:
        with servers.postgres.superuser() as cursor:
            create_database(cursor, RETURNING)
        with servers.postgres.superuser(RETURNING) as cursor:
            cursor.execute("create table came_back ()")
        tray = Tray(var)
        tray.make()
        tray.sent.touch()
        returning.keep_whole(tray.keys, json.dumps(servers.keys | KEYS_OF_IT))
        yield servers


def came_back(servers):
    with servers.postgres.superuser("mlmc") as cursor:
        cursor.execute("select to_regclass('came_back') is not null")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("far", ["before the names changed", "after", "after the keys too"])
def test_who_was_killed_half_way_is_taken_back_or_finished_by_the_next_start(var, far):
    with half_done(var) as servers:
        before = servers.keys
        if far != "before the names changed":
            returning.change_names(servers.postgres)
            assert databases(servers) == ["mlmc", BEFORE]
        if far == "after the keys too":
            returning.keep_aside(var / "secrets")
            Tray(var).keys.replace(var / "secrets")

    with running(var, by="a test", wait_for_guests=False) as servers:
        finished = far != "before the names changed"
        assert came_back(servers) == finished
        assert databases(servers) == ["mlmc"]
        assert servers.keys == (before | KEYS_OF_IT if finished else before)
        assert servers.environment()["MLMC_DATA_KEYS"] == servers.keys["MLMC_DATA_KEYS"]
        assert (var / "secrets").stat().st_mode & 0o777 == 0o600
        aside = list(var.glob("secrets.before-*"))
        replaced = {name: before[name] for name in returning.TYPED}
        assert [json.loads(one.read_text()) for one in aside] == ([replaced] if finished else [])
        assert not Tray(var).folder.exists()
        settle(var, servers.postgres)
        assert databases(servers) == ["mlmc"]


def test_whoever_still_works_on_the_empty_one_is_put_out(var):
    with half_done(var) as servers:
        link = servers.postgres.connect(KEEPER, servers.keys[KEEPER], "mlmc")
        returning.change_names(servers.postgres)
        link.close()

        assert came_back(servers)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("a\nCommandError: This backup is cut short.\n", "This backup is cut short."),
        (
            "CommandError: MLMC_INDEX_KEY is not the key this database was searched with. Put …",
            "The lines of the index key (X) are from another sheet than this backup.",
        ),
        (
            "CommandError: Key 2 is missing from MLMC_DATA_KEYS, and values here may be sealed with it. …",
            "The sheet has lines of one more data key (D…), and this backup needs them.",
        ),
        (
            "CommandError: Key 1 of MLMC_DATA_KEYS is not the key this database was sealed with. Put that one back.",
            "The lines of one data key (D…) are from another sheet than this backup.",
        ),
        ("CommandError: an older one\nTraceback …\nValueError: a name", returning.UNTOLD),
        ("", returning.UNTOLD),
    ],
)
def test_the_page_says_the_commands_last_sentence_and_never_a_traceback(words, sentence):
    assert returning.sentence(words) == sentence
