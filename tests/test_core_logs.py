"""A log line says our words, ids and numbers. Whatever else is handed to a logger does not arrive (G28)."""

import io
import json
import logging
import uuid

import pytest
import structlog
from django.db import DatabaseError, connection, transaction
from django.urls import path
from gunicorn.config import Config
from hypothesis import given
from hypothesis import strategies as st

from mlmc import demo
from mlmc.celery import app
from mlmc.core import logs
from mlmc.core.log_words import ALLOWED, view_names
from mlmc.core.tasks import deliver
from mlmc.web_log import WebServerLog
from tests import cluster
from tests.conftest import StrictClient
from tests.factories import UserFactory
from tests.waiting import wait_for

MARK = "Zyxwvut Qanary"
ID = uuid.UUID("01890000-0000-7000-8000-000000000000")
log = structlog.get_logger("mlmc.core.outbox")


@pytest.fixture
def lines():
    """What arrives, line by line, from every logger of this process."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.door())
    logging.root.addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.root.removeHandler(handler)


def test_a_line_of_ours_says_ids_numbers_and_known_words(lines):
    """G28."""
    log.warning("not sent", row=ID, error=ValueError, count=2, view="cases:case", task=deliver.name)

    [line] = lines()
    assert line.pop("at").endswith("Z")
    assert line == {
        "count": 2,
        "error": "ValueError",
        "event": "not sent",
        "level": "warning",
        "row": str(ID),
        "task": "mlmc.core.tasks.deliver",
        "view": "cases:case",
    }


@pytest.mark.parametrize(
    "key", [*ALLOWED, "name", "path", "words", "args", "message", "positional_args", "stack_info"]
)
@pytest.mark.parametrize(
    "value", [MARK, MARK.encode(), [MARK], {"a": MARK}, ValueError(MARK), type(MARK), f"/x/?q={MARK}"]
)
def test_no_key_carries_anything_else(lines, key, value):
    """G28. An unknown key is dropped, and a known one with a value that is not its own."""
    log.warning("not sent", **({} if key in ("event", "stack_info") else {key: value}))
    logs_of_ours = logs.only_allowed(None, None, {key: value, "event": value if key == "event" else "request"})

    assert "Zyxwvut" not in json.dumps([lines(), logs_of_ours])


@given(key=st.sampled_from(sorted(set(ALLOWED) - {"status", "ms", "count"})), value=st.text(min_size=1))
def test_no_word_of_somebody_is_a_word_of_ours(key, value):
    """G28. Whatever somebody types: it is dropped, unless it happens to be one of our ids or words."""
    kept = logs.only_allowed(None, None, {"event": "request", key: value})

    assert kept == {"event": "message" if key == "event" else "request"} or value in repr(kept)
    assert key != "error" or kept == {"event": "request"}


def test_what_other_libraries_say_arrives_as_where_they_said_it(lines):
    """G28. Their sentences hold addresses, arguments and rows."""
    logging.getLogger("django.request").warning("Not Found: %s", f"/cases/{MARK}/", extra={"status_code": 404})
    logging.getLogger("elsewhere").error(f"broken {MARK}", extra={"name_of_youth": MARK})

    first, second = lines()
    assert (first["event"], first["logger"], first["status"]) == ("message", "django.request", 404)
    assert first["where"].startswith("test_core_logs.py:")
    assert "Zyxwvut" not in json.dumps([first, second])


def test_an_exception_is_its_class_its_code_and_its_places(lines, db):
    """G28, G38. Never its message: PostgreSQL's holds the row, and any other may hold what somebody typed."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("insert into core_user (id, name) values (gen_random_uuid(), %s)", [MARK])
    except DatabaseError:
        log.exception("not sent")
        logging.getLogger("django.request").exception(MARK)

    for line in lines():
        assert (line["error"], line["sqlstate"]) == ("IntegrityError", "23502")
        assert any(place.startswith("tests/test_core_logs.py:") for place in line["frames"])
        assert "Zyxwvut" not in json.dumps(line)


def explode(request):
    raise ZeroDivisionError(request.POST.get("words", "") + MARK)


handler403, handler404, handler500 = "mlmc.views.forbidden", "mlmc.views.not_found", "mlmc.views.broken"
urlpatterns = [path("explode/", explode, name="explode")]


def test_a_request_is_one_line_with_its_number_its_view_and_who_asked(client, lines, db):
    """G28. The address, its query and the body are nowhere."""
    user = UserFactory(intake=True)
    client.force_login(user)

    answer = client.get("/referrals/", {"q": MARK})
    client.post("/referrals/new/", {"first_name": MARK})
    client.get(f"/{MARK}/")

    found = [line for line in lines() if line["event"] == "request"]
    assert [line.get("view") for line in found] == ["cases:referrals", "cases:referral_new", None]
    assert {line.get("user_id") for line in found[:2]} == {str(user.pk)}
    assert found[0]["request_id"] == answer["X-Request-Id"]
    assert "Zyxwvut" not in json.dumps(lines())


def test_an_error_page_and_its_log_line_share_a_number_and_nothing_else(settings, lines, db):
    """G38."""
    settings.ROOT_URLCONF = __name__
    client = StrictClient(raise_request_exception=False)
    client.force_login(UserFactory(admin=True))

    page = client.post("/explode/", {"words": "Sky Tamsin"}).content.decode()

    told = [line for line in lines() if line.get("error") == "ZeroDivisionError"]
    assert len({line["error_id"] for line in told}) == 1
    assert told[0]["error_id"] in page
    for word in ("Zyxwvut", "Qanary", "Sky", "Tamsin", "explode("):
        assert word not in json.dumps(lines()) + page


def test_the_next_request_knows_nothing_of_the_last(client, lines, db):
    client.get("/no/such/page/")
    client.get("/sign-in/")

    last = [line for line in lines() if line["event"] == "request"][-1]
    assert "error_id" not in last


def test_the_web_servers_own_lines_come_through_the_same_door(capsys):
    """G28. A request that cannot be read would stand in gunicorn's log with its address, and any in its access log."""
    cfg = Config()
    cfg.set("accesslog", "-")
    web = WebServerLog(cfg)
    web.warning(f"Invalid request from ip=127.0.0.1: {MARK}")
    web.info("Listening at: %s (%s)", MARK, 1)
    web.access(None, None, {"RAW_URI": MARK}, None)

    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in said] == ["message", "listening"]
    assert "Zyxwvut" not in json.dumps(said)


def test_a_worker_writes_the_name_of_a_task_and_no_argument(worker, tmp_path):
    """G28, G29. Also when the task fails, with a message that holds what it was given."""
    worker()
    app.send_task("mlmc.core.tasks.deliver", kwargs={"note": MARK})
    app.send_task("mlmc.core.tasks.no_such_task", args=[MARK])
    app.send_task("mentors.tasks.give_back_places", args=[MARK])
    path = tmp_path / "worker-0.log"

    wait_for(lambda: path.read_text().count('"error": "TypeError"') >= 1 and '"task done"' in path.read_text())
    said = path.read_text()
    assert '"task": "mlmc.core.tasks.deliver"' in said
    assert "Zyxwvut" not in said


def test_a_command_that_ends_in_a_database_error_keeps_the_row_to_itself(capsys):
    """G28. A traceback in a terminal is a log as well."""
    hook = logs.quiet_crash(lambda *problem: pytest.fail("the usual traceback holds the row"))
    try:
        raise DatabaseError(f"Key (name)=({MARK}) already exists.")
    except DatabaseError as problem:
        hook(type(problem), problem, problem.__traceback__)

    said = capsys.readouterr().err
    assert "DatabaseError" in said
    assert "test_core_logs.py:" in said
    assert MARK not in said


def test_every_page_has_a_name_the_log_may_say():
    assert {"home", "cases:case", "outcomes:survey_question"} <= view_names()
    assert demo.PASSWORD not in view_names()
    assert cluster.DATABASE not in view_names()
