"""The benchmark's own PostgreSQL and Valkey, durable as a real one, and a database for each size, kept."""

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass

from mlmc.core.postgres.roles import APP, create_database, hand_over_schema
from mlmc.launcher.checkout import ROOT, VAR
from mlmc.launcher.servers import Servers

HOME = VAR / "bench"
# As docs/install/postgresql.conf advises for a machine of this size; what makes writes safe stays as it is.
TUNED = {
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "work_mem": "16MB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
}


@dataclass(frozen=True)
class Size:
    """A database of made-up youth. `trail` is how many lines each meeting left."""

    cases: int
    meetings: int
    trail: int = 0
    answered: float = 0.6

    @property
    def database(self):
        return f"scale_{self.cases}_{self.meetings}_{self.trail}"

    @property
    def words(self):
        return f"{self.cases:,} youth, {self.meetings:,} meetings, {self.meetings * self.trail:,} lines of the trail"


class Bed:
    """The servers, and commands of the product in one of their databases."""

    def __init__(self, servers):
        self.servers = servers

    def environment(self, database):
        urls = self.servers.urls(database) | {"REDIS_URL": self.servers.valkey.url}
        keys = {name: value for name, value in self.servers.keys.items() if name.startswith("MLMC_")}
        ours = {"MLMC_SITE_URL": "http://localhost:8000", "DJANGO_SETTINGS_MODULE": "mlmc.settings"}
        ours |= {"PYTHONPATH": str(ROOT), "MLMC_DEMO": "1", "MLMC_VAR": str(HOME), "MLMC_STATIC": str(VAR / "static")}
        return os.environ | urls | keys | ours

    def manage(self, database, *words):
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=ROOT, env=self.environment(database), check=True)

    def has(self, size):
        with self.servers.postgres.superuser() as cursor:
            words = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
            cursor.execute(words, [size.database])
            return cursor.fetchone() == ("filled",)

    def fill(self, size):
        """A database that was not filled to its end is begun anew."""
        with self.servers.postgres.superuser() as cursor:
            cursor.execute(f"drop database if exists {size.database}")
            create_database(cursor, size.database)
        with self.servers.postgres.superuser(size.database) as cursor:
            hand_over_schema(cursor)
        self.manage(size.database, "migrate", "--verbosity=0")
        self.manage(size.database, "secure_database")
        told = {"cases": size.cases, "meetings": size.meetings, "trail": size.trail, "answered": size.answered}
        self.manage(size.database, "seed_scale", *(f"--{name}={value}" for name, value in told.items()))
        with self.servers.postgres.superuser() as cursor:
            cursor.execute(f"comment on database {size.database} is 'filled'")

    def bring_up_to_date(self, size):
        """Filled by an earlier version of the program."""
        self.manage(size.database, "migrate", "--verbosity=0")
        self.manage(size.database, "secure_database")

    def make_floor(self):
        """The bare project's database, empty each time."""
        with self.servers.postgres.superuser() as cursor:
            cursor.execute("drop database if exists floor")
            create_database(cursor, "floor")
        with self.servers.postgres.superuser("floor") as cursor:
            hand_over_schema(cursor)
            cursor.execute(f"grant create on schema public to {APP}")
        environment = self.environment("floor") | {"DJANGO_SETTINGS_MODULE": "bench.floor.settings"}
        command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


@contextlib.contextmanager
def bed():
    servers = Servers.of(HOME)
    servers.postgres.more = TUNED
    try:
        servers.start()
        yield Bed(servers)
    finally:
        servers.stop()
