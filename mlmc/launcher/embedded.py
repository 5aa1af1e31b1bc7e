"""A real PostgreSQL on a private socket and a real Valkey on loopback, out of Python packages, never as root."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2
import redis

from mlmc.core.postgres.server import DURABLE, SILENT
from mlmc.launcher.binaries import own, postgres_programs, private_folder, service_user, valkey_program
from mlmc.launcher.checkout import Stop, free_port, name_of
from mlmc.launcher.processes import spawn, stop, tail

SUPERUSER, DATABASE = "postgres", "mlmc"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 100  # the system allows 107 bytes

FLEETING = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres:
    """One data folder and the server on it, at home in one folder, reached through a socket and nothing else."""

    def __init__(self, home, *, log, password, durable=True):
        self.home, self.log, self.password, self.durable = home, log, password, durable
        self.data, self.socket = home / "postgres", socket_folder(home)
        self.more = {}  # settings beside those that keep it silent and safe
        self.process = None

    def start(self):
        programs = postgres_programs(self.home)
        private_folder(self.socket)
        if not self.data.exists():
            self.initialise(programs)
        private_folder(self.data)
        self.clear_leftovers(programs)
        settings = SILENT | (DURABLE if self.durable else FLEETING)
        settings |= {"listen_addresses": "", "max_connections": "80", "timezone": "UTC"}
        settings |= {"jit": "off"}  # pages ask little and often: compiling a statement would cost more than it does
        settings |= {"unix_socket_permissions": "0700"} | self.more
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [programs / "postgres", "-D", self.data, "-k", self.socket, *words]
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave
        self.process = spawn(command, log=self.log, farewell=signal.SIGINT, cwd="/", env=plain(), **service_user())
        self.wait_until_it_answers()
        return self

    def initialise(self, programs):
        """A data folder appears whole or not at all: a start that was killed half-way is begun again."""
        half = self.home / "postgres.new"
        shutil.rmtree(half, ignore_errors=True)
        private_folder(half)
        with tempfile.NamedTemporaryFile("w", dir=self.home) as secret:
            secret.write(self.password)
            secret.flush()
            own(secret.name)
            command = [programs / "initdb", "-D", half, "-U", SUPERUSER, "-E", "UTF8", "--data-checksums"]
            command += ["-A", "scram-sha-256", "--pwfile", secret.name]
            command += plain_order(programs)
            command += [] if self.durable else ["--no-sync"]
            done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=plain(), **service_user())
        if done.returncode:
            raise Stop(f"PostgreSQL could not make its data folder: {done.stderr.strip()[-400:]}")
        half.rename(self.data)

    def clear_leftovers(self, programs):
        """What a killed start left: a server nobody looks after is stopped; a note about a dead one is removed."""
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        if is_postgres(int(note.read_text().split()[0])):
            command = [programs / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "30"]
            subprocess.run(command, capture_output=True, cwd="/", env=plain(), **service_user())
        else:
            note.unlink(missing_ok=True)

    def wait_until_it_answers(self, within=60):
        end = time.monotonic() + within
        while True:
            try:
                self.connect(SUPERUSER, self.password, SUPERUSER).close()
                return
            except psycopg2.OperationalError as problem:
                if "password authentication failed" in str(problem):
                    self.stop()
                    raise Stop(
                        "The database does not know the passwords in var/secrets. "
                        "Put the right file back, or run `make demo-reset` to begin anew."
                    ) from None
                if self.process.poll() is not None or time.monotonic() > end:
                    self.stop()
                    raise Stop(f"PostgreSQL did not start; {self.log} says:\n{tail(self.log)}") from None
                time.sleep(0.05)

    def stop(self):
        if self.process is not None:
            stop(self.process, politely=signal.SIGINT)

    def connect(self, role, password, database):
        return psycopg2.connect(host=str(self.socket), user=role, password=password, dbname=database)

    @contextlib.contextmanager
    def superuser(self, database=SUPERUSER):
        """A cursor that commits each statement, as the one role that may do everything."""
        connection = self.connect(SUPERUSER, self.password, database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def url(self, role, password, database):
        return f"postgresql://{role}:{quote(password)}@/{database}?host={quote(str(self.socket))}"


class Valkey:
    """The broker: loopback only, with a password, nothing thrown away when memory is short."""

    def __init__(self, home, *, log, password, durable=True, port=None):
        self.home, self.log, self.password, self.durable = home, log, password, durable
        self.data, self.port = home / "valkey", port
        self.process = None

    def start(self):
        program, settings = valkey_program(self.home), self.home / "valkey.conf"
        private_folder(self.data)
        self.port = self.port or free_port()
        kept = "appendonly yes\nappendfsync everysec\nsave 60 1" if self.durable else 'appendonly no\nsave ""'
        with open(os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as lines:
            lines.write(f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir {self.data}\n")
            lines.write(f"{kept}\nmaxmemory-policy noeviction\n")
        with settings.open() as words:  # read from stdin: on the command line everyone could see the password
            self.process = spawn([program, "-"], log=self.log, stdin=words, cwd="/", env=plain(), **service_user())
        settings.unlink()
        self.wait_until_it_answers()
        return self

    def wait_until_it_answers(self, within=30):
        end = time.monotonic() + within
        while not answers(self.url):
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise Stop(f"Valkey did not start; {self.log} says:\n{tail(self.log)}")
            time.sleep(0.05)

    def stop(self):
        if self.process is not None:
            stop(self.process)

    @property
    def url(self):
        return f"redis://:{quote(self.password)}@127.0.0.1:{self.port}/0"


def plain_order(programs):
    """Letters sort by their number, the same on every machine. PostgreSQL brings that order itself since 17."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    version = int(said.split()[2].partition(".")[0])
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if version >= 17 else ["--locale=C.UTF-8"]


def answers(url):
    with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as broker:
        try:
            return broker.ping()
        except redis.RedisError:
            return False


def socket_folder(home):
    """Beside the data, or under a short name of its own where the path is too long for a socket."""
    folder = home / "socket"
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET:
        return folder
    return Path("/tmp") / f"mlmc-{name_of(home)}-{service_user().get('user', os.geteuid())}"


def is_postgres(pid):
    """Numbers are given again: the one noted may be a stranger's by now, or a dead process nobody has buried."""
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()  # empty for the unburied
    except OSError:
        return False


def plain():
    """An environment in which messages are English and text is UTF-8, with none of our keys in it."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
