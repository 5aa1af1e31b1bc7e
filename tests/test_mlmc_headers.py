"""Every address, everybody, every kind of answer: the strict headers are there (G27, G32, G57)."""

import re
import uuid

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver

from mlmc import requests
from mlmc.core.models import Role
from tests import cluster
from tests.conftest import StrictClient
from tests.factories import CaseFactory, ReferralFactory, UserFactory

EVERYBODY = [None, *Role]
MAY_NOT = {"camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"}


def routes(resolver=None, prefix="/"):
    for part in (resolver or get_resolver()).url_patterns:
        route = prefix + str(part.pattern)
        if isinstance(part, URLPattern):
            yield route
        else:
            yield from routes(part, route)


def filled(route, pk="01890000-0000-7000-8000-000000000000"):
    words = {"uuid": str(pk), "int": "1", "slug": "accepted", "str": "no-such-token", "path": "x"}
    return re.sub(r"<(\w+):\w+>", lambda match: words[match[1]], route)


ROUTES = sorted(set(routes()))


def check(answer, *, static=False):
    """What is true of every answer, whatever its status."""
    said = answer.headers
    policy = dict(line.split(" ", 1) for line in said["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert (policy["report-uri"], policy["report-to"]) == ("/csp/", "csp")
    assert not re.search(r"unsafe|https?:|data:|\*", said["Content-Security-Policy"])
    assert said["Reporting-Endpoints"] == 'csp="/csp/"'
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["X-Frame-Options"] == "DENY"
    assert said["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert said["Cross-Origin-Opener-Policy"] == said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert set(said["Permissions-Policy"].split(", ")) >= MAY_NOT
    assert uuid.UUID(said["X-Request-Id"])
    assert static or "no-store" in said["Cache-Control"]
    assert "Server" not in said
    assert "X-Powered-By" not in said


@pytest.mark.django_db
@pytest.mark.parametrize("role", EVERYBODY)
def test_every_answer_to_everybody_is_strict(role):
    """G27, G32, G57. Pages, refusals, redirects, what is not there; reading, writing, asking what may be done."""
    case, referral = CaseFactory(), ReferralFactory()
    client = StrictClient(raise_request_exception=False)
    if role:
        client.force_login(UserFactory(roles=[role]))

    seen = set()
    for route in ROUTES:
        if "sign-out" in route:
            continue
        for pk in {"case": [case.pk], "refe": [referral.pk]}.get(route[1:5], []) + [uuid.uuid4()]:
            for method in ("get", "post", "options"):
                answer = getattr(client, method)(filled(route, pk))
                check(answer)
                seen.add(answer.status_code)
    check(client.post("/sign-out/"))
    assert 500 not in seen
    assert {200, 302, 404, 405} <= seen


@pytest.mark.django_db
def test_a_site_behind_https_says_so_for_a_year(settings):
    """G57. And a site on plain http, as the demo is, does not."""
    assert "Strict-Transport-Security" not in Client().get("/sign-in/").headers

    settings.HTTPS = True

    for path in ("/sign-in/", "/no/such/page/", "/alive/", "/static/none.css"):
        assert Client().get(path)["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("site", ["https://inside.example.org", "http://localhost:8000"])
def test_an_https_site_is_known_by_its_address(site):
    said = cluster.manage("shell", "-c", "from django.conf import settings as s; print(s.HTTPS)", MLMC_SITE_URL=site)

    assert said.split()[-1] == str(site.startswith("https"))


def test_a_static_file_is_as_strict_and_may_be_kept(settings, tmp_path):
    """G32, G57. Its name changes with its content."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "mark.0123456789ab.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")

    answer = Client().get("/static/mark.0123456789ab.svg")

    assert b"".join(answer.streaming_content).startswith(b"<svg")
    check(answer, static=True)
    assert "public" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(("site", "goes"), [(None, True), ("none", True), ("same-origin", True)] + [
    (word, False) for word in ("same-site", "cross-site", "Cross-Site", "", "anything")
])  # fmt: skip
def test_what_another_site_caused_is_refused_before_anything_else(method, site, goes):
    """G57, G58. Before a session is looked up, a body is read or an address is compared."""
    headers = {} if site is None else {"Sec-Fetch-Site": site}

    answer = getattr(StrictClient(), method)("/no/such/page/", headers=headers)

    assert answer.status_code == (403 if not goes else 404 if method == "post" else 405)
    check(answer)


def test_what_another_site_caused_asks_no_database(settings):
    """Where the database is not allowed any query would fail this test."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "whatever"
    answer = client.post("/sign-in/", {"email": "x"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


@pytest.mark.django_db
def test_a_link_on_another_site_still_opens_a_page():
    assert StrictClient().get("/sign-in/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_view_that_forgets_its_headers_is_made_strict():
    """G32. Whatever a view says, a page is not kept; only what lies under the static address may be."""

    def careless(request):
        return HttpResponse("x", headers={"Cache-Control": "public, max-age=9"})

    wrapped = requests.strict_headers(careless)

    assert wrapped(RequestFactory().get("/cases/"))["Cache-Control"] == "no-store"
    assert wrapped(RequestFactory().get("/static/x.css"))["Cache-Control"] == "public, max-age=9"
