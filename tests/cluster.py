"""One PostgreSQL and one Valkey for a whole test run, started as the launcher does, without waiting for disks.

The process that runs pytest starts them; its helpers (xdist) and programs a test starts find them by environment.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.db import connections

from mlmc.core.postgres.roles import APP, KEEPER, OWNER, create_database, create_roles, hand_over_schema
from mlmc.launcher.checkout import ROOT, free_port
from mlmc.launcher.embedded import Postgres, Valkey

if "MLMC_TEST_HOME" not in os.environ:  # decided once, here, and inherited by every process of the run
    os.environ["MLMC_TEST_HOME"] = tempfile.mkdtemp(prefix="mlmc-test-")
    os.environ["MLMC_TEST_BROKER_PORT"] = str(free_port())
    atexit.register(shutil.rmtree, os.environ["MLMC_TEST_HOME"], ignore_errors=True)
HOME = Path(os.environ["MLMC_TEST_HOME"])
HELPER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEMPLATE, DATABASE = "mlmc", f"mlmc_{HELPER}"
TESTER = "mlmc_test"  # may become owner, keeper or app, and bypasses nothing itself
PASSWORDS = {role: f"password-of-{role}" for role in (OWNER, APP, KEEPER, TESTER)}
NAMED_KEYS = ("MLMC_SECRET_KEY", "MLMC_ACTOR_KEY", "MLMC_DATA_KEYS", "MLMC_INDEX_KEY")

postgres = Postgres(HOME, log=HOME / "postgres.log", password="password-of-the-superuser", durable=False)
valkey = Valkey(
    HOME,
    log=HOME / "valkey.log",
    password="password-of-the-broker",
    durable=False,
    port=int(os.environ["MLMC_TEST_BROKER_PORT"]),
)


def start():
    HOME.chmod(0o711)  # so that the servers' own user can pass through, when that is not us
    postgres.start()
    valkey.start()
    with postgres.superuser() as cursor:
        create_roles(cursor, passwords=PASSWORDS)
        create_database(cursor, TEMPLATE)
        cursor.execute(f"create role {TESTER} login noinherit password %s", [PASSWORDS[TESTER]])
        cursor.execute(f"grant {OWNER}, {APP}, {KEEPER} to {TESTER}")
    with postgres.superuser(TEMPLATE) as cursor:
        hand_over_schema(cursor)
    for command in ("migrate", "secure_database"):
        manage(command, database=TEMPLATE)


def stop():
    valkey.stop()
    postgres.stop()
    shutil.rmtree(postgres.socket, ignore_errors=True)  # it may lie elsewhere
    shutil.rmtree(HOME, ignore_errors=True)


def clone(database):
    """The database as the migrations left it, anew. Whoever is still connected to the old one is put out; we leave."""
    connections.close_all()
    with postgres.superuser() as cursor:
        cursor.execute(f"drop database if exists {database} with (force)")
        create_database(cursor, database, template=TEMPLATE)
        cursor.execute(f"grant connect on database {database} to {TESTER}")


def broker(helper=HELPER):
    """Each helper a numbered room of the broker of its own."""
    room = int(helper[2:]) % 15 + 1 if helper.startswith("gw") else 0
    return valkey.url.removesuffix("0") + str(room)


def urls(database):
    """Addresses as a real program gets them: one for each of the three log-ins."""
    names = {"DATABASE_URL": APP, "DATABASE_URL_OWNER": OWNER, "DATABASE_URL_KEEPER": KEEPER}
    return {name: postgres.url(role, PASSWORDS[role], database) for name, role in names.items()}


def program(database, **more):
    """The environment of a real process: the real settings, the real log-ins, the tests' keys."""
    names = {"DJANGO_SETTINGS_MODULE": "mlmc.settings", "MLMC_VAR": os.environ["MLMC_VAR"], "REDIS_URL": broker()}
    keys = {name: os.environ[name] for name in NAMED_KEYS}
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return bare | {"PYTHONPATH": str(ROOT)} | keys | names | urls(database) | more


def manage(*words, database=DATABASE, **more):
    """A manage.py command in a process of its own; `joined` chooses the log-in, as it does for everybody."""
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *words],
        env=program(database, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
