"""What an error shows: one calm page, a number made for it, and nothing of what broke (G38, G28)."""

import contextlib
import io
import logging
import re
import threading
import time

import django
import psycopg2
import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection, connections
from django.http import Http404
from django.template import engines
from django.test import Client
from django.urls import include, path

from mlmc.core import logs
from mlmc.core.models import User
from mlmc.core.postgres.roles import APP
from mlmc.launcher.checkout import free_port
from mlmc.views import error_page
from tests import cluster
from tests.conftest import StrictClient, raw
from tests.factories import UserFactory
from tests.test_mlmc_headers import check

MARK = "Zyxwvut Qanary"
handler400, handler403, handler404, handler500 = (
    "mlmc.views.bad_request",
    "mlmc.views.forbidden",
    "mlmc.views.not_found",
    "mlmc.views.broken",
)


def says(sql, *values):
    def view(request):
        youth = MARK  # a local that no page and no line may show
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
        return youth

    return view


def raises(problem):
    def view(request):
        raise problem

    return view


def template_bug(request):
    return engines["django"].from_string("{{ youth.name }}{% include missing %}").render({"youth": Broken()})


class Broken:
    """Something whose words cannot be had, as an encrypted name under a lost key."""

    @property
    def name(self):
        raise ZeroDivisionError(MARK)


def twice(request):
    User.objects.create(email="twice@example.org", name=MARK)
    User.objects.create(email="twice@example.org", name=MARK)


def too_long(request):
    User.objects.create(email="long@example.org", name=MARK * 30)


def posted(request):
    return error_page(429) if len(request.POST) else None


WAITS = "set local lock_timeout = '60ms'; select pg_advisory_xact_lock(4711)"
VIEWS = {
    "suspicious": (400, raises(SuspiciousOperation(MARK))),
    "forbidden": (403, raises(PermissionDenied(MARK))),
    "gone": (404, raises(Http404(MARK))),
    "often": (429, lambda request: error_page(429)),
    "bug": (500, raises(ZeroDivisionError(MARK))),
    "template": (500, template_bug),
    "integrity": (500, twice),
    "data": (500, too_long),
    "cast": (500, says("select %s::int", MARK)),
    "null": (500, says("insert into core_user (id, name) values (gen_random_uuid(), %s)", MARK)),
    "syntax": (500, says(f"selec '{MARK}'")),
    "does-not-exist": (500, lambda request: User.objects.get(name=MARK)),
    "lock": (503, says(WAITS)),
    "statement": (503, says("set local statement_timeout = '60ms'; select pg_sleep(2), %s", MARK)),
    "deadlock": (503, says("select pg_advisory_xact_lock(1); select pg_advisory_xact_lock(2), %s", MARK)),
}
urlpatterns = [path(f"{name}/", view) for name, (_, view) in VIEWS.items()]
urlpatterns += [path("posted/", posted), path("", include("mlmc.urls"))]


@pytest.fixture(autouse=True)
def these_pages(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def said():
    """All that reaches a log of ours, as text."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.door())
    logging.root.addHandler(handler)
    yield out.getvalue
    logging.root.removeHandler(handler)


def shows_nothing(answer, said):
    """No stack, no version, no value; the number of the page stands in the log and nowhere else."""
    page = answer.content.decode()
    number = re.search(r"[0-9a-f]{8}(?=</span>)", page)[0]
    assert number in said
    for word in ("Zyxwvut", "Qanary", "twice@", "long@example"):
        assert word not in page + said
        assert word not in str(answer.headers)
    for word in ("Traceback", ".py", "Django", django.get_version(), "PostgreSQL", "psycopg", "SELECT", "Exception"):
        assert word not in page, word
    assert "sessionid" not in said


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in VIEWS if name not in ("lock", "deadlock")])
def test_whatever_breaks_is_a_calm_page_and_a_line_without_a_value(name, said):
    """G38, G28."""
    client = StrictClient(raise_request_exception=False)
    client.force_login(UserFactory(admin=True))
    before = len(cluster.postgres.log.read_text())

    answer = client.post(f"/{name}/", {"words": MARK})

    assert answer.status_code == VIEWS[name][0]
    check(answer)
    shows_nothing(answer, said())
    assert "Zyxwvut" not in cluster.postgres.log.read_text()[before:]


@pytest.mark.django_db
def test_a_row_that_somebody_else_is_changing_is_not_waited_for_for_ever(said):
    """G38."""
    client = StrictClient(raise_request_exception=False)
    client.force_login(UserFactory(admin=True))
    with raw(APP) as cursor:
        cursor.execute("select pg_advisory_xact_lock(4711)")
        answer = client.post("/lock/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Nothing you saved is lost" in answer.content.decode()
    assert '"sqlstate": "55P03"' in said()
    shows_nothing(answer, said())


@pytest.mark.django_db
def test_two_that_wait_for_each_other_are_parted_and_one_is_asked_to_try_again(said):
    """G38."""
    client = StrictClient(raise_request_exception=False)
    client.force_login(UserFactory(admin=True))
    with raw(APP) as cursor:
        cursor.execute("select pg_advisory_xact_lock(2)")
        other = threading.Thread(target=waits_for, args=(cursor,))
        other.start()
        with connection.cursor() as mine:  # before the other asks for it
            mine.execute("select pg_advisory_xact_lock(1)")
        time.sleep(1.2)  # the other has looked for a deadlock by then, and found none
        answer = client.post("/deadlock/")
        connection.needs_rollback = False
        cursor.connection.cancel()
        other.join()

    assert answer.status_code == 503
    assert '"sqlstate": "40P01"' in said()
    shows_nothing(answer, said())


def waits_for(cursor):
    time.sleep(0.2)
    with contextlib.suppress(psycopg2.Error):  # it is told to stop waiting when the test has seen enough
        cursor.execute("select pg_advisory_xact_lock(1)")


def test_a_database_that_is_not_there_is_told_within_a_second(monkeypatch, django_db_blocker, settings, said):
    """G38, G64. Whatever is asked for; and nothing opens that was closed."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    with django_db_blocker.unblock():
        connections.close_all()
        for name, value in {"HOST": "127.0.0.1", "PORT": free_port()}.items():
            monkeypatch.setitem(connections.settings["default"], name, value)
        for page in ("/", "/referrals/", "/sign-in/", "/refer/", "/s/some-token/", "/my-youth/"):
            for method in ("get", "post"):
                began = time.monotonic()
                answer = getattr(client, method)(page, headers={"Sec-Fetch-Site": "same-origin"})
                assert time.monotonic() - began < 1
                assert answer.status_code == 503, page
                assert "We are looking after the system" in answer.content.decode()
                check(answer)
        shows_nothing(answer, said())
        assert client.get("/alive/").status_code == 200
        connections.close_all()


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["multipart", "urlencoded"])
def test_a_body_nobody_could_have_typed_is_refused_in_a_sentence(how, said, settings):
    """G38, G51."""
    client = StrictClient(raise_request_exception=False)
    words = {"words": MARK + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    coded = {"content_type": "application/x-www-form-urlencoded"} if how == "urlencoded" else {}

    answer = client.post("/posted/", words if how == "multipart" else "words=" + words["words"], **coded)

    assert answer.status_code == 413
    assert "in two or three shorter parts" in answer.content.decode()
    check(answer)
    shows_nothing(answer, said())


@pytest.mark.django_db
def test_a_form_with_thousands_of_fields_is_refused(said):
    answer = StrictClient(raise_request_exception=False).post("/sign-in/", {f"{MARK}{n}": "x" for n in range(1500)})

    assert answer.status_code == 400
    shows_nothing(answer, said())


@pytest.mark.django_db
def test_a_form_of_an_old_page_is_refused_without_saying_why(said):
    answer = StrictClient(enforce_csrf_checks=True).post("/sign-in/", {"email": MARK})

    assert answer.status_code == 403
    assert "CSRF" not in answer.content.decode()
    check(answer)
    shows_nothing(answer, said())


def test_no_error_page_asks_the_database():
    """Where it is not allowed any query would fail this test. The number is new each time."""
    pages = [error_page(status).content.decode() for status in (400, 403, 404, 413, 429, 500, 503)]
    numbers = {re.search(r"[0-9a-f]{8}(?=</span>)", page)[0] for page in pages}

    assert len(numbers) == len(pages)
