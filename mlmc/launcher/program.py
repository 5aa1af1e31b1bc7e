"""The whole program on one machine: servers, web, worker and clock under one supervisor, for as long as wanted."""

import contextlib
import os
import secrets
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from mlmc import demo
from mlmc.core.keys import sealing
from mlmc.launcher.binaries import SHARED, server_home
from mlmc.launcher.checkout import PROGRAM, ROOT, VAR, Stop, make_var, port_is_free
from mlmc.launcher.keys import keep_typed_keys
from mlmc.launcher.processes import spawn, stop, tail
from mlmc.launcher.returning import Comeback
from mlmc.launcher.servers import LOG_INS, Busy, locked, note_of, running

PATIENCE = 90  # seconds until the first page has to be there
LOG_SIZE = 5_000_000
CELERY = ["-m", "celery", "-A", "mlmc"]


class Leave(BaseException):
    """Ctrl-C, or a polite request to end. Not an error, so nothing may catch it by accident."""


def leave_when_asked():
    def leave(*_):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # once is enough; a second one must not disturb the stopping
        raise Leave

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)


@dataclass(frozen=True)
class Kind:
    """The demo, or a program of one's own: each with a place of its own for data, keys, letters and backups."""

    command: str
    home: Path
    demo: bool


DEMO = Kind("run", VAR, demo=True)
REAL = Kind("start", PROGRAM, demo=False)


def run():
    serve(DEMO)


def begin():
    serve(REAL)


def serve(kind):
    port, url = address(kind)
    make_var(VAR)
    make_var(kind.home)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(kind.home / "run.lock"))
        except Busy:
            words = f"`make {kind.command}` is running already in this checkout. Stop it there with Ctrl-C first."
            raise Stop(words) from None
        if not port_is_free(port):
            other = f"`MLMC_PORT={port + 1} make {kind.command}`"
            raise Stop(f"Port {port} is taken by another program. Choose another: {other}.")
        if missing := [name for name in LOG_INS if "DATABASE_URL" in os.environ and name not in os.environ]:
            raise Stop(f"DATABASE_URL is set, so {' and '.join(missing)} must be too: the other two log-ins.")
        servers = stack.enter_context(servers_of_our_own(kind))
        comeback, code = Comeback(kind, servers, manage), new_code()
        while True:
            environment = surroundings(kind, servers, url) | {"MLMC_RESTORE_PAGE": comeback.state}
            prepare(kind, environment, code)
            with children_of(kind, servers, port, environment) as children:
                wait_for_the_first_page(url.replace("localhost", "127.0.0.1"), children, kind.home)
                print(welcome(kind, url, environment), flush=True)
                while not comeback.lies_ready(environment):
                    all_alive(children, kind.home)
                    time.sleep(0.3)
            comeback.put_in_place()


@contextlib.contextmanager
def children_of(kind, servers, port, environment):
    """The servers' processes and ours, which end with the block, the last one first."""
    children = servers.processes()
    with contextlib.ExitStack() as stack:
        for name, command in programs(port).items():
            children[name] = start(name, command, environment | log_in_of(name), kind.home)
            stack.callback(stop, children[name])
        yield children


def new_code():
    return "-".join(secrets.token_hex(2).upper() for _ in range(4))


def surroundings(kind, servers, url):
    ours = {"MLMC_SITE_URL": url, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "mlmc.settings"}
    ours |= {"MLMC_VAR": str(kind.home), "MLMC_STATIC": str(VAR / "static"), "MLMC_DEMO": "1" if kind.demo else "0"}
    environment = os.environ | servers.environment() | ours
    environment.pop("MLMC_DATABASE_ROLE", None)
    return environment


def prepare(kind, environment, code):
    print("Preparing the database …", flush=True)
    manage("migrate", environment)
    manage("secure_database", environment)
    manage("check", environment, "--database", "default")  # other keys are refused before anything is served
    if is_empty(environment["DATABASE_URL_KEEPER"]):
        if kind.demo:
            print("Loading the demo program (first start only) …", flush=True)
            manage("seed_demo", environment)
        else:
            environment["MLMC_SETUP_CODE"] = code


def restore(file):
    """Into the place of `make start`, while nobody is in it. On a new machine the key sheet is typed first."""
    make_var(VAR)
    make_var(PROGRAM)
    file = Path(file).absolute()
    if not file.is_file():
        raise Stop(f"{file} is no file. `make restore FILE=…` wants the path of a backup.")
    try:
        with file.open("rb") as opened:
            sealing.begin(opened)  # before anybody types a line of a key sheet
    except sealing.CannotRead as problem:
        raise Stop(f"{file}: {problem}") from None
    except OSError as problem:
        raise Stop(f"{file} cannot be read: {problem.strerror}.") from None
    if not (PROGRAM / "secrets").exists():
        keep_typed_keys(PROGRAM)
    with locked(PROGRAM / "run.lock"), servers_of_our_own(REAL) as servers:
        environment = surroundings(REAL, servers, "http://localhost:8000")
        manage("restore", environment, str(file))
    print("Everything is back. `make start` opens it; everybody signs in anew.")


def address(kind=None):
    words = os.environ.get("MLMC_PORT", "8000")
    if not (words.isdecimal() and 1 <= int(words) <= 65535):
        raise Stop(f"MLMC_PORT is {words!r}, but a port is a number from 1 to 65535, for example 8000.")
    return int(words), f"http://localhost:{words}"


@contextlib.contextmanager
def servers_of_our_own(kind):
    with contextlib.ExitStack() as stack:
        try:
            servers = stack.enter_context(running(kind.home, by=f"make {kind.command}", wait_for_guests=False))
        except Busy:
            who = note_of(kind.home)
            raise Stop(
                f"{who.get('by', 'A command')} (process {who.get('pid', 'unknown')}) is using its database. "
                "Wait until it has ended, then start again."
            ) from None
        yield servers


def programs(port):
    """What runs, in the order it starts; it stops in the other."""
    web = ["-m", "gunicorn", "mlmc.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "15"]
    worker = [*CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    worker += ["--max-tasks-per-child", "200"]
    beat = [*CELERY, "beat", "--loglevel", "INFO", "--pidfile", ""]
    keeper = [*CELERY, "worker", "--pool", "solo", "--queues", "keeper", "--hostname", "keeper@%h"]
    keeper += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    return {"web": web, "worker": worker, "keeper": keeper, "beat": beat}


def log_in_of(name):
    """Nobody who serves sees every row; the keeper serves nobody."""
    return {"MLMC_DATABASE_ROLE": "keeper" if name == "keeper" else "app"}


def log_of(name, home):
    return home / "log" / f"{name}.log"


def start(name, command, environment, home):
    log = log_of(name, home)
    if log.exists() and log.stat().st_size > LOG_SIZE:
        log.replace(log.with_suffix(".log.1"))
    return spawn([sys.executable, *command], log=log, env=environment, cwd=ROOT)


def manage(command, environment, *words):
    home = Path(environment["MLMC_VAR"])
    process = start("manage", [ROOT / "manage.py", command, *words], environment, home)
    try:
        if process.wait() != 0:
            log = log_of("manage", home)
            raise Stop(f"`manage.py {command}` failed; {log} says:\n{tail(log, 2000)}")
    finally:
        stop(process)


def is_empty(url):
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select exists (select from core_user)")
            return not cursor.fetchone()[0]
    finally:
        connection.close()


def wait_for_the_first_page(url, children, home):
    end = time.monotonic() + PATIENCE
    while not answers(url):
        all_alive(children, home)
        if time.monotonic() > end:
            raise Stop(f"The web server gives no page; {log_of('web', home)} says:\n{tail(log_of('web', home))}")
        time.sleep(0.1)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return answer.code < 500
    except OSError:
        return False


def all_alive(children, home):
    for name, process in children.items():
        if process.poll() is not None:
            log = log_of(name, home)
            raise Stop(f"The {name} process ended by itself, so everything was stopped. {log} says:\n{tail(log)}")


def welcome(kind, url, environment):
    if not kind.demo:
        code = environment.get("MLMC_SETUP_CODE")  # none where somebody is in it already
        begins = f"Open {url}/set-up/ and begin. It asks for this code:\n\n  {code}\n\n" if code else ""
        ends = "Only this machine can reach it. Ctrl-C stops it; nothing is lost."
        return f"\nYour program is ready: {url}\n\n{begins}{ends}"
    width = max(len(role) for role, _ in demo.SIGN_INS)
    people = "\n".join(f"  {role:<{width}}  {email}" for role, email in demo.SIGN_INS)
    return (
        f"\nThe demo is ready: {url}\n\nSign in as one of these made-up people, password {demo.PASSWORD}\n{people}\n\n"
        "The code it asks for next: `make demo-code`, in another window.\n"
        "Only this machine can reach it. Ctrl-C stops it; the data stays for the next `make run`."
    )


def demo_reset():
    """Remove what the embedded servers hold, and the keys that open it. The next start begins anew."""
    if "DATABASE_URL" in os.environ:
        raise Stop("DATABASE_URL is set, and only the embedded demo can be emptied. Unset it first.")
    make_var(VAR)
    try:
        with locked(VAR / "run.lock"), locked(VAR / "servers.lock"):
            home = server_home(VAR)
            for folder in (home / "postgres", home / "postgres.new", home / "valkey", VAR / "mail"):
                shutil.rmtree(folder, ignore_errors=True)
            for path in (VAR / "secrets", *VAR.glob("beat-schedule*")):
                path.unlink(missing_ok=True)
            if SHARED in home.parents:
                shutil.rmtree(home, ignore_errors=True)
    except Busy:
        raise Stop("The demo is running, or a command is using its database. Stop that first, then reset.") from None
    print("The demo is empty. `make run` loads it anew.")


def main(command, *words):
    os.umask(0o077)  # letters, logs and the clock's notes are nobody else's
    leave_when_asked()
    try:
        {"run": run, "start": begin, "restore": restore, "demo-reset": demo_reset}[command](*words)
    except Leave:
        print("\nEverything is stopped.", flush=True)
    except Stop as problem:
        sys.exit(f"\n{problem}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
