"""Is it up? Two addresses that tell one word, and a third that counts what browsers kept out."""

import io
import json
import logging

import pytest
from django.db import connections
from django.test import Client

from mlmc import policy_reports
from mlmc.core import logs
from mlmc.launcher.checkout import free_port

REPORT = {
    "csp-report": {
        "document-uri": "https://inside.example.org/referrals/?q=Zyxwvut",
        "referrer": "https://inside.example.org/Zyxwvut",
        "blocked-uri": "https://evil.example/Zyxwvut?who=Qanary",
        "effective-directive": "script-src-elem",
        "script-sample": "Zyxwvut",
        "original-policy": "default-src 'none'",
    }
}
BODY = {"documentURL": "https://x/Zyxwvut", "blockedURL": "inline", "effectiveDirective": "style-src-attr"}
NEWER = [{"type": "csp-violation", "url": "https://x/Zyxwvut", "body": BODY}]


def test_alive_asks_no_database_and_tells_one_word():
    """Where the database is not allowed any query would fail this test."""
    answer = Client(headers={"cookie": "sessionid=whatever"}).get("/alive/")

    assert (answer.status_code, answer.content, dict(answer.cookies)) == (200, b"ok\n", {})


@pytest.mark.django_db
def test_ready_tells_whether_the_database_answers():
    answer = Client().get("/ready/")

    assert (answer.status_code, answer.content, dict(answer.cookies)) == (200, b"ok\n", {})


def test_ready_says_not_now_and_nothing_else(monkeypatch, django_db_blocker):
    with django_db_blocker.unblock():
        connections.close_all()
        for name, value in {"HOST": "127.0.0.1", "PORT": free_port()}.items():
            monkeypatch.setitem(connections.settings["default"], name, value)
        answer = Client().get("/ready/")
        connections.close_all()

    assert (answer.status_code, answer.content) == (503, b"not now\n")


@pytest.mark.parametrize("path", ["/alive/", "/ready/"])
def test_they_are_read_and_never_written(path):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(path).status_code == 405
    assert path == "/ready/" or Client().head(path).status_code == 200


@pytest.fixture
def lines():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.door())
    logger = logging.getLogger("mlmc.policy")
    logger.addHandler(handler)
    policy_reports.counted.clear()
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logger.removeHandler(handler)


def send(report, how="application/csp-report"):
    return Client(headers={"host": "testserver"}).post("/csp/", json.dumps(report), content_type=how)


def test_a_report_is_counted_by_what_and_from_where_and_no_address_is_kept(lines):
    """G57."""
    for _ in range(5):
        assert send(REPORT).status_code == 204
    assert send(NEWER, "application/reports+json").status_code == 204

    told = [(line["event"], line["directive"], line["kind"], line["count"]) for line in lines()]
    assert told == [("policy", "script-src-elem", "elsewhere", n) for n in (1, 2, 4)] + [
        ("policy", "style-src-attr", "inline", 1)
    ]
    assert "Zyxwvut" not in json.dumps(lines())


@pytest.mark.parametrize(
    ("blocked", "kind"),
    [("http://testserver/x?y", "own"), ("self", "own"), ("data", "data"), ("eval", "eval"), ("", "unknown")],
)
def test_what_was_kept_out_is_one_of_few_kinds(lines, blocked, kind):
    send({"csp-report": {"blocked-uri": blocked, "effective-directive": "img-src"}})

    assert [line["kind"] for line in lines()] == [kind]


@pytest.mark.parametrize(
    "body",
    ["", "no json", "[" * 5000, "null", "7", '"x"', "[null, 7]", "{}", '{"csp-report": 7}', '{"csp-report": []}']
    + ['{"csp-report": {"effective-directive": "Zyxwvut"}}', '{"csp-report": {"effective-directive": 7}}']
    + [json.dumps({"csp-report": {"effective-directive": "img-src", "x": "y" * 30_000}}), "\ud800\udfff"],
)  # fmt: skip
def test_what_is_no_report_is_taken_and_forgotten(lines, body):
    answer = Client().post("/csp/", body.encode("utf-8", "surrogatepass"), content_type="application/csp-report")

    assert (answer.status_code, lines()) == (204, [])
