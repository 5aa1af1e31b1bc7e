"""What is true of every page: strict headers, errors in plain words, and no back door."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings as conf
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import get_resolver, include, path

from mlmc import program
from mlmc.launcher.checkout import ROOT
from mlmc.views import broken
from tests.conftest import StrictClient
from tests.factories import UserFactory

handler400, handler403, handler404, handler500 = (
    "mlmc.views.bad_request",
    "mlmc.views.forbidden",
    "mlmc.views.not_found",
    "mlmc.views.broken",
)


def closed(request):
    raise PermissionDenied


def fails(request):
    raise ZeroDivisionError("Sky Tamsin")


urlpatterns = [path("closed/", closed), path("fails/", fails), path("", include("mlmc.urls"))]


@pytest.fixture(autouse=True)
def these_pages(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def pages(client):
    """A way to each error, and to pages that are none."""
    client.raise_request_exception = False
    client.force_login(UserFactory(admin=True))
    strict = StrictClient(enforce_csrf_checks=True)
    return {
        "400": lambda: client.get("/", headers={"host": "elsewhere.example.org"}),
        "403": lambda: client.get("/closed/"),
        "csrf": lambda: strict.post("/sign-in/"),
        "404": lambda: client.get("/no/such/page/"),
        "405": lambda: client.post("/"),
        "500": lambda: client.get("/fails/"),
        "page": lambda: client.get("/health/"),
        "redirect": lambda: StrictClient().get("/health/"),
        "sign-in": lambda: StrictClient().get("/sign-in/"),
        "survey": lambda: StrictClient().get("/s/no-such-link/"),
    }


STATUS = {"400": 400, "403": 403, "csrf": 403, "404": 404, "500": 500}
ALL = [*STATUS, "405", "page", "redirect", "sign-in", "survey"]
each_error = pytest.mark.parametrize("name", STATUS)


class Seen(HTMLParser):
    """What somebody who hears the page gets: its tags, and the words of its body."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data.strip())

    def count(self, tag):
        return sum(name == tag for name, _ in self.tags)


@each_error
@pytest.mark.django_db
def test_an_error_says_in_plain_words_what_is_and_what_one_can_do(pages, name):
    answer = pages[name]()
    text = answer.content.decode()
    seen = Seen(text)

    assert answer.status_code == STATUS[name]
    assert ("html", "en-us") in [(tag, attrs.get("lang")) for tag, attrs in seen.tags]
    assert (seen.count("h1"), seen.count("main"), seen.count("title")) == (1, 1, 1)
    title = re.search("<title>(.*?)</title>", text)[1]
    assert f"<h1>{title}</h1>" in text
    assert not re.search(r"\b[45]\d\d\b|error|exception|denied|forbidden", " ".join(seen.words), re.IGNORECASE)
    links = [attrs["href"] for tag, attrs in seen.tags if tag == "a"]
    assert links[0] == "#main"  # skip to what matters
    assert links[-1] in ("/", "")  # and a way on


@each_error
@pytest.mark.django_db
def test_an_error_names_no_program_and_nobody(pages, name):
    """A youth may be the one who sees it, and so may whoever looks over their shoulder."""
    text = pages[name]().content.decode()

    for word in (program.current().brand, "mentor", "survivor", "Robin", "Sky", "Tamsin", "ZeroDivision", "Traceback"):
        assert word.lower() not in text.lower(), word
    assert "img/plain.svg" in text
    assert "img/mark.svg" not in text


def test_the_500_page_asks_nothing_of_anybody(rf):
    answer = broken(rf.get("/"))  # where the database is not allowed: any query would fail this test

    assert (answer.status_code, "Something went wrong" in answer.content.decode()) == (500, True)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.django_db
def test_every_answer_carries_the_strict_headers_and_is_kept_by_nobody(pages, name):
    answer = pages[name]()

    strict(answer)
    assert "no-store" in answer.headers["Cache-Control"]


def strict(answer):
    policy = dict(line.split(" ", 1) for line in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert not re.search(r"unsafe|https?:|data:|\*", answer.headers["Content-Security-Policy"])
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(answer.headers["Permissions-Policy"].split(", "))


def test_static_files_are_as_strict_and_may_be_kept(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "mark.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")

    answer = Client().get("/static/mark.svg")

    assert b"".join(answer.streaming_content).startswith(b"<svg")
    strict(answer)
    assert "public" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_static_file_that_is_not_there_is_a_page_like_any_other(client):
    answer = client.get("/static/none.css")

    assert answer.status_code == 404
    strict(answer)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_page_under_a_longer_policy_keeps_its_own_word(client):
    client.force_login(UserFactory(admin=True))

    assert "private" in client.post("/sign-out/").headers["Cache-Control"]  # says no-store and more


@pytest.mark.django_db
def test_there_is_no_back_door(client):
    client.force_login(UserFactory(admin=True, director=True))

    assert "django.contrib.admin" not in conf.INSTALLED_APPS
    assert not conf.DEBUG
    for page in ("/admin/", "/admin/login/", "/__debug__/", "/api-auth/login/", "/silk/", "/media/x"):
        assert client.get(page).status_code == 404, page
    assert "admin" not in get_resolver("mlmc.urls").namespace_dict


def test_nothing_inline_stands_in_a_template():
    for page in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", page.read_text(), flags=re.DOTALL)
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", text), page.name


@pytest.mark.django_db
def test_a_header_that_a_view_sets_stands(client):
    assert client.get("/s/no-such-link/").headers["Referrer-Policy"] == "no-referrer"
