"""Who starts the embedded servers and who joins them, so that two commands never start them twice.

Whoever holds `servers.lock` runs them; the kernel gives the lock back even after kill -9. Whoever joins holds a share
of `guests.lock`, and the one who runs them waits for all guests to leave before stopping.
"""

import contextlib
import fcntl
import json
import os
import time
from dataclasses import dataclass

from mlmc.core.postgres.roles import APP, GUARD, KEEPER, OWNER, create_database, create_roles, hand_over_schema
from mlmc.launcher.binaries import server_home
from mlmc.launcher.checkout import Stop, make_var
from mlmc.launcher.embedded import DATABASE, Postgres, Valkey, answers
from mlmc.launcher.keys import KEYS, kept_keys
from mlmc.launcher.returning import settle

LOG_INS = {"DATABASE_URL": APP, "DATABASE_URL_OWNER": OWNER, "DATABASE_URL_KEEPER": KEEPER}


@dataclass
class Servers:
    """The two servers, as far as the environment names none of its own."""

    keys: dict
    postgres: Postgres | None
    valkey: Valkey | None

    @classmethod
    def of(cls, var, *, port=None):
        make_var(var)
        keys, log, home = kept_keys(var), var / "log", server_home(var)
        postgres = Postgres(home, log=log / "postgres.log", password=keys["postgres"])
        valkey = Valkey(home, log=log / "valkey.log", password=keys["valkey"], port=port)
        named = os.environ.keys()
        return cls(keys, None if "DATABASE_URL" in named else postgres, None if "REDIS_URL" in named else valkey)

    def start(self):
        if self.valkey:
            self.valkey.start()
        if self.postgres:
            self.postgres.start()
            self.found()

    def found(self):
        """Roles and an empty database. The database comes last, so a start that was killed half-way begins again."""
        with self.postgres.superuser() as cursor:
            cursor.execute("select from pg_database where datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                for role in (OWNER, APP, KEEPER, GUARD):
                    cursor.execute(f"drop role if exists {role}")
                create_roles(cursor, passwords=self.keys)
                create_database(cursor, DATABASE)
        with self.postgres.superuser(DATABASE) as cursor:
            hand_over_schema(cursor)

    def stop(self):
        for server in filter(None, (self.postgres, self.valkey)):
            server.stop()

    def processes(self):
        found = {"postgres": self.postgres, "valkey": self.valkey}
        return {name: server.process for name, server in found.items() if server}

    def environment(self):
        """Addresses and keys for a program; what the environment names itself stands."""
        urls = self.urls(DATABASE) if self.postgres else {}
        if self.valkey:
            urls["REDIS_URL"] = self.valkey.url
        return urls | {name: os.environ.get(name, self.keys[name]) for name in KEYS}

    def urls(self, database):
        return {name: self.postgres.url(role, self.keys[role], database) for name, role in LOG_INS.items()}


class Busy(Exception):
    """Another process holds the lock."""


@contextlib.contextmanager
def locked(path, how=fcntl.LOCK_EX, *, wait=False):
    with path.open("a") as file:  # not inherited by children: it ends with this process, however that ends
        try:
            fcntl.flock(file, how if wait else how | fcntl.LOCK_NB)
        except OSError:
            raise Busy from None
        yield


def note_of(var):
    """What the one who runs the servers noted: who they are, and the broker's port."""
    try:
        return json.loads((var / "servers.json").read_text())
    except (OSError, ValueError):
        return {}


@contextlib.contextmanager
def running(var, *, by, wait_for_guests):
    """Start the servers and stop them afterwards; Busy if somebody else does already."""
    make_var(var)
    note = var / "servers.json"
    with contextlib.ExitStack() as stack:
        stack.enter_context(locked(var / "servers.lock"))
        note.unlink(missing_ok=True)
        servers = Servers.of(var)
        stack.callback(servers.stop)
        servers.start()
        if servers.postgres:
            settle(var, servers.postgres)
            servers.keys = kept_keys(var)  # a backup that came back has brought its own
        note.write_text(json.dumps({"by": by, "pid": os.getpid(), "port": servers.valkey and servers.valkey.port}))
        stack.callback(note.unlink, missing_ok=True)
        if wait_for_guests:
            stack.callback(wait_until_guests_left, var)
        yield servers


def wait_until_guests_left(var):
    (var / "servers.json").unlink(missing_ok=True)  # no new ones
    with locked(var / "guests.lock", wait=True):
        pass


@contextlib.contextmanager
def joined_or_running(var, *, by, patience=60):
    """The servers that run, or else our own for as long as the block lasts."""
    make_var(var)
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.ExitStack() as stack:
            try:
                servers = stack.enter_context(running(var, by=by, wait_for_guests=True))
            except Busy:
                servers = guest(var, stack)
            if servers is not None:
                yield servers
                return
        time.sleep(0.1)
    who = note_of(var)
    raise Stop(f"The embedded servers are busy (process {who.get('pid', 'unknown')}). Try again when it has ended.")


def guest(var, stack):
    try:
        stack.enter_context(locked(var / "guests.lock", fcntl.LOCK_SH))
    except Busy:
        return None
    note = note_of(var)
    if not note:
        return None
    servers = Servers.of(var, port=note["port"])
    return servers if servers.valkey is None or answers(servers.valkey.url) else None
