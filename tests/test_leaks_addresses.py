"""Nothing about anybody in an address, and nothing changed by reading: every page, everybody (G30, G58)."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from mlmc.core.models import Attempt
from tests import cluster, matrix, world
from tests.conftest import READS, TRACES, StrictClient

NAME, PHONE = "Zanzibelle", "617-555-7788"
ADDRESSES = re.compile(r"""\s(?:href|action|formaction|src|srcset|data-[a-z-]*url|hx-[a-z]+)=["']([^"']*)["']""")
AT_MOST = re.compile(r"/(?:[a-z0-9_/.-]|%[0-9a-f]{2})*(?:\?[^#]*)?(?:#.*)?", re.IGNORECASE)
ELSEWHERE = ("https://www.weather.gov/", "tel:", "sms:", "mailto:")
KNOWN_QUERIES = {"view", "late", "source", "area", "mine", "show", "after", "before", "lang", "cohort", "wave"}
KNOWN_QUERIES |= {"next", "who", "due", "step", "stage", "of", "list", "open", "answered", "status"}
SOME = ["nobody", "intake", "assessment", "mentor", "support", "supervisor", "director", "admin"]


@pytest.fixture(scope="module")
def program(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        made = world.build(chosen_name=f"{NAME} Q.")
        clients = {"nobody": StrictClient(raise_request_exception=False)}
        for name, person in made.people.items():
            clients[name] = StrictClient(raise_request_exception=False)
            clients[name].force_login(person)
        yield made, clients
        connections.close_all()
        cluster.clone(cluster.DATABASE)


def pages(made, client):
    for name, takes in matrix.addresses():
        for whose in ["mine", "waiting"] if "pk" in takes else ["-"]:
            yield name, client.get(matrix.path_of(name, takes, whose, made))


def addresses_in(answer):
    if "Location" in answer.headers:
        yield answer["Location"]
    if answer["Content-Type"].startswith("text/html"):
        yield from map(unescape, ADDRESSES.findall(answer.content.decode()))


@pytest.mark.django_db
@pytest.mark.parametrize("person", SOME)
def test_no_address_names_anybody(program, person):
    """G30. Links, forms, sources and redirects of every page: ids, and words of our own. A search is sent, not asked:
    no form that takes words has the method GET."""
    made, clients = program
    codes = [things["youth"].code for whose, things in made.things.items() if whose != "referrals"]
    seen = set()
    for name, answer in pages(made, clients[person]):
        assert answer.status_code < 500, name
        for form in forms_that_ask(answer):
            assert not re.search(r"<textarea|type=[\"'](?:text|search|tel|email|date)", form), (name, form[:200])
        for address in addresses_in(answer):
            told = unquote(unquote(address))
            seen.add(address)
            for word in (NAME, PHONE, PHONE.replace("-", ""), *codes):
                assert word.lower() not in told.lower(), (name, address)
            elsewhere = address.startswith((*ELSEWHERE, "#", "?")) or not address
            assert elsewhere or AT_MOST.fullmatch(address), (name, address)
            asked = set(re.findall(r"[?&]([^=&]+)=", address))
            assert asked <= KNOWN_QUERIES, (name, address)
    assert seen


def forms_that_ask(answer):
    """Forms of the method GET, whose words would stand in an address and in a history."""
    if answer["Content-Type"].startswith("text/html"):
        for form in re.findall(r"<form\b.*?</form>", answer.content.decode(), re.DOTALL):
            if not re.search(r"""<form[^>]*method=["']post""", form, re.IGNORECASE):
                yield form


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["nobody", "mentor", "two_roles", "supervisor"])
def test_reading_changes_nothing(program, person):
    """G58. GET, HEAD and OPTIONS of every address write the trail and when a session was last seen, and no more."""
    made, _ = program
    user = made.people.get(person)
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    for method in ("get", "head", "options"):
        for name, takes in matrix.addresses():
            if method != "get" and person != "mentor":
                break  # before a view is chosen they are refused, or answered as GET is
            with CaptureQueriesContext(connection) as said:
                getattr(client, method)(matrix.path_of(name, takes, "mine", made))
            wrote = [one["sql"] for one in said if not READS.match(one["sql"]) and not TRACES.match(one["sql"])]
            wrote = [sql for sql in wrote if not re.match(r"\s*(set |begin|commit)", sql, re.IGNORECASE)]
            assert wrote == [], (method, name)


@login_not_required  # a page of this test
def careless(request):
    Attempt.objects.create(kind="x", key=b"x")


urlpatterns = [path("careless/", careless), path("", include("mlmc.urls"))]


@pytest.mark.django_db
def test_a_page_that_writes_when_read_is_caught(settings):
    """G58. The guard itself."""
    settings.ROOT_URLCONF = __name__

    with pytest.raises(AssertionError, match="a GET wrote"):
        StrictClient().get("/careless/")
