"""A start with missing, broken or other keys is refused in one sentence, before anything is sealed or read."""

import base64
import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from cases.models import Youth
from mlmc.core.crypto import seal
from mlmc.core.keys import proof
from mlmc.core.keys.ring import kept_in, read_ring
from mlmc.core.models import KeyCheck
from mlmc.core.postgres.roles import APP
from mlmc.launcher.checkout import ROOT
from mlmc.launcher.processes import spawn, stop, tail
from tests import cluster
from tests.conftest import StrictClient, as_role
from tests.factories import UserFactory, YouthFactory
from tests.waiting import wait_for

KEY_1 = "1:" + base64.b64encode(b"1" * 32).decode()
KEY_2 = "2:" + base64.b64encode(b"2" * 32).decode()
ANOTHER_1 = KEY_2.replace("2:", "1:")
NAMES = ("MLMC_SECRET_KEY", "MLMC_ACTOR_KEY", "MLMC_DATA_KEYS", "MLMC_INDEX_KEY")


@pytest.mark.parametrize(
    ("ring", "sentence"),
    [
        ("", "cannot be read at its key 1"),
        ("abc", "cannot be read at its key 1"),
        (":" + KEY_1[2:], "cannot be read at its key 1"),
        ("0:" + KEY_1[2:], "cannot be read at its key 1"),
        ("256:" + KEY_1[2:], "cannot be read at its key 1"),
        ("²:" + KEY_1[2:], "cannot be read at its key 1"),
        (f"{KEY_1},", "cannot be read at its key 2"),
        ("1:not base64!", "Key 1 of MLMC_DATA_KEYS is no base64"),
        ("1:é", "Key 1 of MLMC_DATA_KEYS is no base64"),
        ("1:" + base64.b64encode(b"1" * 31).decode(), "Key 1 of MLMC_DATA_KEYS is 31 bytes long instead of 32"),
        ("1:", "is 0 bytes long"),
        (f"{KEY_1},{ANOTHER_1}", "two keys with the number 1"),
    ],
)
def test_a_ring_that_cannot_be_read_says_what_is_wrong_and_no_key(ring, sentence):
    with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)) as refused:
        read_ring(ring)

    assert KEY_1[2:20] not in str(refused.value)


def test_a_ring_is_read_in_the_order_it_stands():
    assert read_ring(f"{KEY_2}, {KEY_1}") == {2: b"2" * 32, 1: b"1" * 32}
    assert list(read_ring(f"{KEY_2},{KEY_1}")) == [2, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("ring", ["", "1:", "1:abc", f"{KEY_1},{KEY_1}"])
def test_nothing_is_stored_in_plain_when_there_is_no_key(settings, ring):
    """F22: whatever is wrong with the keys, a value is sealed or the row is not written."""
    settings.MLMC_DATA_KEYS = ring

    with pytest.raises(ImproperlyConfigured), transaction.atomic():
        YouthFactory(chosen_name="Zyxwvut Qanary")

    assert not Youth.objects.exists()


# Against the database


@pytest.mark.django_db
def test_the_first_start_leaves_proofs_and_the_next_finds_them(settings):
    with as_role(APP):
        proof.check()
        proof.check()

    assert set(KeyCheck.objects.values_list("name", flat=True)) == {"1", "index"}
    assert not any(proof.SENTENCE.encode() in bytes(row.proof) for row in KeyCheck.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("MLMC_DATA_KEYS", ANOTHER_1, "Key 1 of MLMC_DATA_KEYS is not the key this database was sealed with."),
        ("MLMC_DATA_KEYS", f"{KEY_2},{ANOTHER_1}", "Key 1 of MLMC_DATA_KEYS is not the key"),
        ("MLMC_DATA_KEYS", KEY_2, "Key 1 is missing from MLMC_DATA_KEYS, and values here may be sealed with it."),
        ("MLMC_INDEX_KEY", "a" * 40, "MLMC_INDEX_KEY is not the key this database was searched with."),
        ("MLMC_ACTOR_KEY", "a" * 40, "MLMC_ACTOR_KEY is not the key this database knows."),
    ],
)
def test_a_well_formed_key_that_is_another_one_is_refused_and_leaves_no_proof(settings, name, value, sentence):
    """F22: the right keys start afterwards as if nothing had been."""
    right = getattr(settings, name)
    with as_role(APP):
        proof.check()
        setattr(settings, name, value)

        with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)):
            proof.check()

        setattr(settings, name, right)
        proof.check()
    assert set(KeyCheck.objects.values_list("name", flat=True)) == {"1", "index"}


@pytest.mark.django_db
def test_while_keys_turn_those_with_both_keys_start_in_either_order(settings):
    """First every process knows both, then the new one seals: whoever seals with the old one goes on working."""
    for ring in (KEY_1, f"{KEY_1},{KEY_2}", f"{KEY_2},{KEY_1}", f"{KEY_1},{KEY_2}"):
        settings.MLMC_DATA_KEYS = ring
        proof.check()
    settings.MLMC_DATA_KEYS = KEY_1  # somebody may have sealed with key 2 by now
    with pytest.raises(ImproperlyConfigured, match="Key 2 is missing"):
        proof.check()


@pytest.mark.django_db
def test_a_proof_opens_under_its_own_number_only(settings):
    settings.MLMC_DATA_KEYS = f"{KEY_1},{KEY_2}"
    KeyCheck.objects.create(name="2", proof=seal(proof.SENTENCE, bound_to=proof.place(1)))

    assert proof.wrong().startswith("Key 2 of MLMC_DATA_KEYS is not the key this database was sealed with.")


@pytest.mark.django_db
def test_the_check_of_the_database_tells_it_too(settings):
    proof.check()
    call_command("check", databases=["default"])
    settings.MLMC_DATA_KEYS = ANOTHER_1

    with pytest.raises(SystemCheckError, match="is not the key this database was sealed with"):
        call_command("check", databases=["default"])


# Real processes


def started(command, **environment):
    """What a real process says, and how it ends."""
    given = cluster.program(cluster.DATABASE, **environment)
    given = {name: value for name, value in given.items() if value}
    done = subprocess.run(
        [sys.executable, *command], env=given, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


WEB = ["-m", "gunicorn", "mlmc.wsgi", "--bind", "127.0.0.1:0", "--workers", "1", "--no-control-socket"]
WORKER = ["-m", "celery", "-A", "mlmc", "worker", "-P", "solo", "-l", "WARNING"]
COMMAND = ["manage.py", "rebuild_lookup_keys"]


@pytest.mark.parametrize("command", [WEB, WORKER, COMMAND], ids=["web", "worker", "command"])
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("MLMC_DATA_KEYS", "", "MLMC_DATA_KEYS is not set."),
        ("MLMC_DATA_KEYS", "1:abc", "Key 1 of MLMC_DATA_KEYS is no base64."),
        ("MLMC_DATA_KEYS", ANOTHER_1, "Key 1 of MLMC_DATA_KEYS is not the key this database was sealed with."),
        ("MLMC_INDEX_KEY", "short", "MLMC_INDEX_KEY is too short to be a key"),
    ],
    ids=["missing", "malformed", "another", "short"],
)
def test_nothing_starts_with_wrong_keys_and_the_reason_is_one_sentence(committed, command, name, value, sentence):
    """F22: web, worker and commands alike; without a traceback."""
    proof.check()
    connection.close()

    code, said = started(command, **{name: value})

    assert code != 0
    assert sentence in said
    assert "Traceback" not in said


def test_where_the_database_is_away_it_is_said():
    code, said = started(COMMAND, DATABASE_URL_KEEPER="postgresql://nobody@127.0.0.1:1/none")

    assert (code, "Traceback" in said) == (3, False)
    assert "The database cannot be reached, so nobody knows whether the keys fit." in said


# Keys in a file


def test_a_file_of_secrets_is_read_line_by_line(tmp_path):
    path = tmp_path / "secrets"
    path.write_text("# ours\nMLMC_INDEX_KEY = one=two\n\nMLMC_DATA_KEYS=1:abc=\n")
    path.chmod(0o600)

    assert kept_in(path) == {"MLMC_INDEX_KEY": "one=two", "MLMC_DATA_KEYS": "1:abc="}


def test_a_file_that_others_read_or_nobody_finds_is_refused(tmp_path):
    path = tmp_path / "secrets"
    path.write_text("MLMC_INDEX_KEY=x")
    path.chmod(0o640)

    with pytest.raises(ImproperlyConfigured, match="can be read by others"):
        kept_in(path)
    with pytest.raises(ImproperlyConfigured, match="names a file that cannot be read"):
        kept_in(tmp_path / "none")


def test_keys_in_a_file_stand_in_no_environment(committed, tmp_path):
    """G42: a worker that takes its keys from a file shows none of them in /proc, to whoever runs as its user."""
    environment = cluster.program(cluster.DATABASE)
    path, log = tmp_path / "secrets", tmp_path / "worker.log"
    secrets = {name: environment.pop(name) for name in NAMES}
    path.touch(0o600)
    path.write_text("\n".join(f"{name}={value}" for name, value in secrets.items()))
    process = spawn(
        [sys.executable, *WORKER[:-1], "INFO"], log=log, env=environment | {"MLMC_SECRETS_FILE": str(path)}, cwd=ROOT
    )
    try:
        wait_for(lambda: '"event": "ready"' in tail(log, 20_000), why=lambda: tail(log, 4000), process=process)
        with open(f"/proc/{process.pid}/environ", "rb") as said:
            shown = said.read()
    finally:
        stop(process)

    assert b"MLMC_SECRETS_FILE" in shown
    assert [name for name, value in secrets.items() if name.encode() in shown or value.encode() in shown] == []
    assert not any(value in log.read_text() for value in secrets.values())


def test_no_key_stands_in_a_tracked_file():
    """G42: what git keeps holds no key, no password of a server and no file of secrets."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        tracked = [
            str(path.relative_to(ROOT)) for top in ("mlmc", "cases", "docs") for path in (ROOT / top).rglob("*.*")
        ]
    looks_like = re.compile(
        rb"(-----BEGIN [A-Z ]*PRIVATE KEY|(KEY|SECRET|TOKEN|PASSWORD)S?\s*[=:]\s*[\"']?(\d:)?[A-Za-z0-9+/_-]{40,})"
    )
    found = [name for name in tracked if (ROOT / name).is_file() and looks_like.search((ROOT / name).read_bytes())]

    assert found == []
    assert not {"secrets", ".env", "servers.json"} & {os.path.basename(name) for name in tracked}


# The secret key


@pytest.mark.django_db
def test_a_session_outlives_a_change_of_the_secret_key(settings):
    """G42: with the old key among the fallbacks nobody is signed out, and who came by needs it no longer."""
    here, away, old = StrictClient(), StrictClient(), settings.SECRET_KEY
    for client in (here, away):
        client.force_login(UserFactory(intake=True))

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret key for this test, long enough", [old]
    assert here.get("/referrals/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []

    assert [client.get("/referrals/").status_code for client in (here, away)] == [200, 302]


def test_old_secret_keys_are_read_from_the_environment():
    said = "from django.conf import settings; print(len(settings.SECRET_KEY_FALLBACKS))"

    assert started(["-c", said], MLMC_SECRET_KEY_FALLBACKS="one two") == (0, "2\n")
