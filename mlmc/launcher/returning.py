"""A backup that the page asked for comes back into a database beside the empty one, and takes its place when it is
whole. The names change in one transaction: whoever is killed before it is taken back by the next start, and whoever is
killed after it is finished there.
"""

import json
import os
import re
import time
from pathlib import Path

import psycopg2

from mlmc.backup.tray import Tray
from mlmc.core.postgres.roles import create_database, hand_over_schema
from mlmc.launcher.checkout import Stop
from mlmc.launcher.embedded import DATABASE
from mlmc.launcher.keys import KEYS, kept_keys

RETURNING, BEFORE = f"{DATABASE}_returning", f"{DATABASE}_before"
FILES = {"DATABASE_URL", "MLMC_SECRETS_FILE", *KEYS}  # where one is named, its place is not the launcher's to change
TYPED = ("MLMC_DATA_KEYS", "MLMC_INDEX_KEY")  # what a key sheet holds, and the page may give
PLAINLY = {  # what the command says to whoever sets its environment, said to whoever typed a sheet
    "MLMC_INDEX_KEY is not": "The lines of the index key (X) are from another sheet than this backup.",
    "is missing from MLMC_DATA_KEYS": "The sheet has lines of one more data key (D…), and this backup needs them.",
    "of MLMC_DATA_KEYS is not": "The lines of one data key (D…) are from another sheet than this backup.",
}
UNTOLD = "It could not be brought back, and nothing was changed. The end of log/manage.log says why."


class CannotReturn(Exception):
    """Nothing was changed. The message is fit for the page."""


FAILURES = (CannotReturn, OSError, psycopg2.Error)


class Comeback:
    """What the launcher does about it while it looks after its processes. `state` tells the page whether it is there:
    "offered", or "done" once one has come back, or "" where this launcher may not."""

    def __init__(self, kind, servers, manage):
        self.home, self.servers, self.manage, self.tray = kind.home, servers, manage, Tray(kind.home)
        self.state = "" if kind.demo or FILES & os.environ.keys() else "offered"

    def lies_ready(self, environment):
        """Whether one was asked for and now lies whole beside. It takes as long as it takes; the page is served."""
        asked = self.tray.take() if self.state == "offered" else None
        if asked is None:
            return False
        print("A backup is being brought back …", flush=True)
        keys = {name: asked["keys"][name] for name in TYPED if name in asked["keys"]}
        try:
            self._load(allowed(asked["file"], self.home), environment, keys)
            if keys:
                keep_whole(self.tray.keys, json.dumps(self.servers.keys | keys))
        except FAILURES as problem:
            self._take_back(problem)
            return False
        return True

    def put_in_place(self):
        """After every process that works on the empty one has ended."""
        try:
            if looked_at(self.servers, DATABASE)[0]:
                raise CannotReturn("Somebody has begun this program meanwhile, so no backup comes into it.")
            change_names(self.servers.postgres)
        except FAILURES as problem:
            self._take_back(problem)
            return
        settle(self.home, self.servers.postgres)
        self.servers.keys, self.state = kept_keys(self.home), "done"
        print("Everything is back. Everybody signs in anew.", flush=True)

    def _load(self, file, environment, keys):
        with self.servers.postgres.superuser() as cursor:
            cursor.execute(f"drop database if exists {RETURNING} with (force)")
            create_database(cursor, RETURNING)
        with self.servers.postgres.superuser(RETURNING) as cursor:
            hand_over_schema(cursor)
        try:
            self.manage("restore", environment | self.servers.urls(RETURNING) | keys, str(file), "--by-page")
        except Stop as problem:
            raise CannotReturn(sentence(str(problem))) from None
        anybody, kind = looked_at(self.servers, RETURNING)
        if kind == "demo":
            raise CannotReturn("This is a backup of the demo: everybody in it is made up. It is no program of yours.")
        if not anybody:
            raise CannotReturn("Nobody is in this backup: it was made before its program began.")

    def _take_back(self, problem):
        with self.servers.postgres.superuser() as cursor:
            cursor.execute(f"drop database if exists {RETURNING} with (force)")
        words = str(problem) if isinstance(problem, CannotReturn) else UNTOLD
        self.tray.give_up(words)
        print(f"No backup was brought back. {words}", flush=True)


def allowed(file, home):
    """A backup out of the folders for them, or the one that was sent; the page is not asked to read anything else."""
    path = Path(file)
    named = [os.environ.get("MLMC_BACKUP_DIR") or home / "backups", os.environ.get("MLMC_BACKUP_COPY")]
    folders = [Path(place).resolve() for place in named if place] + [Tray(home).folder.resolve()]
    if path.suffix != ".sealed" or path.resolve().parent not in folders or not path.is_file():
        raise CannotReturn("This backup lies in none of the folders for backups. Choose another.")
    return path


def looked_at(servers, database):
    """(whether anybody is in it, which kind of program it is)"""
    link = psycopg2.connect(servers.urls(database)["DATABASE_URL_KEEPER"])
    try:
        with link.cursor() as cursor:
            cursor.execute("select exists (select from core_user), coalesce(max(kind), '') from core_programrow")
            return cursor.fetchone()
    finally:
        link.close()


def change_names(postgres):
    """Both names in one transaction. Whoever is still connected, a command in another window, is put out."""
    for _ in range(20):
        with postgres.superuser() as cursor:
            words = "select pg_terminate_backend(pid) from pg_stat_activity where datname in (%s, %s)"
            cursor.execute(words, [DATABASE, RETURNING])
            try:
                cursor.execute(
                    f"alter database {DATABASE} rename to {BEFORE}; alter database {RETURNING} rename to {DATABASE}"
                )
                return
            except psycopg2.errors.ObjectInUse:
                time.sleep(0.2)
    raise CannotReturn("Another command works on the database and does not let go. End it, then try again.")


def settle(home, postgres):
    """What a start finds half done: finished where the names have changed, and taken back where they have not."""
    tray = Tray(home)
    if not tray.folder.exists():
        return
    with postgres.superuser() as cursor:
        cursor.execute("select from pg_database where datname = %s", [BEFORE])
        if cursor.fetchone() is not None and tray.keys.exists():
            keep_aside(home / "secrets")
            tray.keys.replace(home / "secrets")
            on_disk(home)
        for database in (BEFORE, RETURNING):
            cursor.execute(f"drop database if exists {database} with (force)")
    tray.clear()


def keep_aside(path):
    """What was sealed with the keys before, a backup perhaps, can still be opened. No other secret is kept twice."""
    before, now = json.loads(path.read_text()), time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    keep_whole(path.with_name(f"{path.name}.before-{now}"), json.dumps({name: before[name] for name in TYPED}))


def keep_whole(path, words):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())
    on_disk(path.parent)


def on_disk(folder):
    """A name that is not on the disk is not there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sentence(said):
    """The last line of what a command said, in words for the page; a traceback is none."""
    last = (said.strip().splitlines() or [""])[-1]
    found = re.fullmatch(r"CommandError: (.+)", last)
    if not found:
        return UNTOLD
    return next((plain for words, plain in PLAINLY.items() if words in found[1]), found[1])
