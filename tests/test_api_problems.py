"""Every error of the API is one kind of document, and repeats nothing of what was sent."""

import pytest

from tests.api import Asks, problem
from tests.factories import IntegrationFactory

LIST = "/api/v1/referrals/"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "word"),
    [
        ("GET", "/api/v1/nothing/", {}, 404, "not-found"),
        ("GET", f"{LIST}01a21062-0000-7000-8000-000000000000/", {}, 404, "not-found"),
        ("PUT", LIST, {}, 405, "not-this-way"),
        ("DELETE", LIST, {}, 405, "not-this-way"),
        ("OPTIONS", LIST, {}, 405, "not-this-way"),
        ("GET", f"{LIST}?after=somewhere", {}, 400, "unreadable"),
        ("GET", f"{LIST}?limit=1000", {}, 400, "unreadable"),
        ("POST", LIST, {"HTTP_SEC_FETCH_SITE": "cross-site"}, 403, "not-yours"),
        ("POST", LIST, {"CONTENT_LENGTH": "99999999"}, 413, "too-large"),
        ("GET", LIST, {"HTTP_ACCEPT": "text/html"}, 406, "not-acceptable"),
        ("GET", LIST, {"HTTP_HOST": "evil.example"}, 400, "unreadable"),
    ],
)
def test_every_error_is_a_problem_document(method, path, headers, status, word):
    IntegrationFactory(key="the key of this one test")

    answer = Asks("the key of this one test").generic(method, path, **headers)

    problem(answer, status, word)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "word"),
    [
        ("{", "application/json", 400, "unreadable"),
        ("[]", "application/json", 422, "fields"),
        ("{}", "text/plain", 415, "not-json"),
        ('{"first_name": "Zanzibelle"}', "application/json", 422, "fields"),
        ('{"Zanzibelle": "Zanzibelle"}', "application/json", 422, "fields"),
        ('{"channel": "Zanzibelle"}', "application/json", 422, "fields"),
    ],
)
def test_what_cannot_be_read_is_told_without_repeating_it(body, kind, status, word):
    IntegrationFactory(key="the key of this one test")

    said = problem(Asks("the key of this one test").generic("POST", LIST, body, kind), status, word)

    assert "Zanzibelle" not in said.get("detail", "")
    for error in said.get("errors", []):
        assert error["pointer"].startswith("#")
        assert "Zanzibelle" not in error["detail"]


def test_what_breaks_is_a_problem_with_a_number_and_nothing_else(monkeypatch):
    from cases.api import referrals  # noqa: PLC0415 (broken for this test alone)

    IntegrationFactory(key="the key of this one test")
    monkeypatch.setattr(referrals.queue, "on_board", lambda rows: 1 / 0)

    said = problem(Asks("the key of this one test").read(LIST), 500, "broken")

    assert set(said) == {"type", "title", "status", "detail", "error_id"}
