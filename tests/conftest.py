"""The test bed: data is made as the keeper, pages are asked for as the app, and nobody acts unless a test says who."""

import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from mlmc import program
from mlmc.core.context import NOBODY, Actor, acting_as
from mlmc.core.postgres.roles import APP
from mlmc.launcher.checkout import ROOT, free_port
from mlmc.launcher.processes import spawn, stop, tail
from outcomes.views.survey import guesses
from tests import cluster
from tests.factories import UserFactory
from tests.waiting import wait_for

pytest_plugins = [
    "tests.backups",
    "tests.browser",
    "tests.everybody",
    "tests.outcomes_pages",
    "tests.referral_files",
    "tests.restoring",
]
READS = re.compile(r"[\s(]*(select|with|savepoint|release|rollback)\b", re.IGNORECASE)
# What reading a page does write: that it was read, and when this session or key was last seen.
NO_ROWS = re.compile(
    r"\s*(savepoint|release|rollback|begin|set role|select (set_config|current_user)|insert into core_auditentry)\b",
    re.IGNORECASE,
)
TRACED = "core_auditentry|core_session|core_integration"
TRACES = re.compile(rf'\s*(insert into|update|delete from) "?({TRACED})\b', re.IGNORECASE)


def pytest_configure(config):
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        cluster.start()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        cluster.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A database for this process alone, cloned from the one that was migrated when the run began."""
    cluster.clone(cluster.DATABASE)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@contextmanager
def as_role(role):
    """Let the database see another role until the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        before = cursor.fetchone()[0]
        cursor.execute(f"set role {role}")
    try:
        yield
    finally:
        # in a broken transaction nothing can be said, and its rollback brings the role back by itself
        if not broken():
            with connection.cursor() as cursor:
                cursor.execute(f"set role {before}")


def broken():
    return (
        connection.connection is None
        or connection.needs_rollback
        or connection.connection.info.transaction_status == TRANSACTION_STATUS_INERROR
    )


@contextmanager
def acting(user):
    """Do what follows as the program does it for this user: `with acting(mentor): log_meeting(…)`."""
    with as_role(APP), acting_as(Actor.of(user)):
        yield


def refuse_writes(execute, sql, params, many, context):
    assert READS.match(sql) or TRACES.match(sql), f"a GET wrote: {sql}"
    return execute(sql, params, many, context)


class ProvenClient(Client):
    """A browser whose `force_login` means: signed in, and a second factor proven a moment ago."""

    def force_login(self, user, backend=None):
        super().force_login(user, backend)
        self.session.know(factor_at=timezone.now())


POSTED = re.compile(r"""<form\b[^>]*method="post".*?</form>""", re.DOTALL)


class StrictClient(ProvenClient):
    """A browser that keeps us honest: each request is the app's, begins as nobody, a GET does not write, and each form
    that is shown could be sent."""

    def request(self, **request):
        with as_role(APP), acting_as(NOBODY):
            if request["REQUEST_METHOD"] not in ("GET", "HEAD"):
                return super().request(**request)
            with connection.execute_wrapper(refuse_writes):
                response = super().request(**request)
            assert not [form for form in forms_of(response) if "csrfmiddlewaretoken" not in form]
            return response


def forms_of(response):
    """Every form of a page that is sent by POST; the youth's pages take no cookie, so their forms need no token."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
    if response.status_code != 200 or not is_page or getattr(response.resolver_match.func, "csrf_exempt", False):
        return []
    return POSTED.findall(response.content.decode())


@pytest.fixture(autouse=True)
def no_guesses_yet():
    """Wrong links are counted in memory, which a test would hand on to the next."""
    yield
    guesses.wrong.clear()


@pytest.fixture(autouse=True)
def time_of_the_server():
    """A process keeps the time of the office it last read, which a test would hand on to the next."""
    yield
    program.keep_time_of(program.Program())


@pytest.fixture
def client():
    return StrictClient()


@pytest.fixture
def admin(db):
    return UserFactory(admin=True)


@pytest.fixture
def director(db):
    return UserFactory(director=True)


@pytest.fixture
def asks():
    """`with asks(4):` exactly so many statements that read or write rows; savepoints and the context are none, and
    each request has its one line in the trail beside them."""

    @contextmanager
    def counting(number):
        with CaptureQueriesContext(connection) as queries:
            yield
        said = [query["sql"] for query in queries if not NO_ROWS.match(query["sql"])]
        assert len(said) == number, "\n".join([f"{len(said)} statements instead of {number}:", *said])

    return counting


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """For threads, workers and raw connections: real commits, and afterwards a fresh clone of the database.

    Not transactional_db: its TRUNCATE is refused to the app role, and by the audit trail to everybody.
    """
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        cluster.clone(cluster.DATABASE)


@pytest.fixture
def log_in(committed):
    """`log_in(APP)`: from now on this thread, and those it starts, use a real log-in, with its rights and limits."""
    with pytest.MonkeyPatch.context() as patch:

        def becomes(role):
            connections.close_all()
            login = {"USER": role, "PASSWORD": cluster.PASSWORDS[role], "OPTIONS": {}}
            for name, value in login.items():
                patch.setitem(connections.settings["default"], name, value)

        yield becomes
        connections.close_all()


@contextmanager
def raw(role):
    """A cursor of plain psycopg2 under a real log-in: what somebody could do who got past the program."""
    link = cluster.postgres.connect(role, cluster.PASSWORDS[role], cluster.DATABASE)
    try:
        yield link.cursor()
    finally:
        link.close()


class Received(Message):
    """What the mail server of a test was handed, in the order it came."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def handle_message(self, message):
        self.messages.append(message)


@pytest.fixture
def mail_server():
    """A real mail server on loopback: its `hostname` and `port`, and the `messages` it received."""
    received = Received()
    server = Controller(received, hostname="127.0.0.1", port=free_port())
    server.messages = received.messages
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def smtp(settings, mail_server):
    """This process mails to a real server; gives the list of messages it received (`email.message.Message`)."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = mail_server.hostname, mail_server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = False
    return mail_server.messages


@pytest.fixture
def worker(committed, tmp_path):
    """Starts real Celery workers, logged in as the app: `process = worker()`, `worker("tests.slow", MLMC_…="2")`."""
    started = []

    def start(*modules, queue="celery", **environment):
        log = tmp_path / f"worker-{len(started)}.log"
        command = [sys.executable, "-m", "celery", "-A", "mlmc", "worker", "-P", "solo", "-l", "INFO"]
        command += ["-Q", queue]
        command += [word for module in modules for word in ("-I", module)]
        environment = cluster.program(cluster.DATABASE, **environment)
        process = spawn(command, log=log, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL)
        started.append(process)
        wait_for(lambda: '"event": "ready"' in tail(log, 20_000), why=lambda: tail(log, 4000), process=process)
        return process

    yield start
    for process in started:
        stop(process)


@pytest.fixture
def own_var(monkeypatch):
    """A folder as `var/` is: short enough for a socket, and open for the servers' user to pass through."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    folder = Path(tempfile.mkdtemp(prefix="mlmc-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
