"""The first page of an empty program: two people, one time, by a code from the terminal."""

import threading
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from mlmc import program
from mlmc.core.context import Actor, acting_as
from mlmc.core.keys import proof
from mlmc.core.models import ProgramRow, User
from mlmc.core.postgres.roles import APP
from mlmc.office import founding
from tests.factories import UserFactory
from tests.founding import CODE, FIRST


@pytest.fixture
def fresh(settings):
    settings.MLMC_SETUP_CODE, settings.TIME_ZONE = CODE, settings.TIME_ZONE
    yield
    timezone.get_default_timezone.cache_clear()


@pytest.mark.django_db
def test_the_first_page_makes_two_people_with_a_link_each_and_is_gone(client, fresh):
    answer = client.post("/set-up/", FIRST)

    found = {user.email: (user.name, user.roles, user.has_usable_password()) for user in User.objects.all()}
    assert found == {
        "robin@harbor.example": ("Robin Ames", ["admin"], False),
        "pat@harbor.example": ("Pat Dunn", ["director"], False),
    }
    assert answer.content.decode().count("/join/") == 4  # each to read out, and to open
    ours = program.current()
    assert (ours.brand, ours.time_zone, ours.languages, ours.in_first_days) == (
        "Harbor",
        "America/Chicago",
        ["en"],
        True,
    )
    assert ProgramRow.objects.get().kind == "real"
    assert client.get("/set-up/").status_code == client.post("/set-up/", FIRST).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "AB12-CD34-EF56-7891", "0"])
def test_without_the_code_nobody_begins_a_program(client, fresh, code):
    assert client.post("/set-up/", FIRST | {"code": code}).status_code == 200
    assert User.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("bad", ["\x00", "\ud800", "x" * 10_000, "\u202eevil", "1e309"])
@pytest.mark.parametrize("name", FIRST)
def test_g51_the_first_page_takes_what_is_bad(client, fresh, name, bad):
    body = urlencode(FIRST | {name: bad}, doseq=True, errors="surrogatepass")
    answer = client.generic("POST", "/set-up/", body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200


@pytest.mark.django_db
def test_there_is_no_first_page_without_a_code_in_the_demo_or_where_somebody_is(client, settings, fresh):
    settings.MLMC_DEMO = True
    assert client.get("/set-up/").status_code == 404
    settings.MLMC_DEMO, settings.MLMC_SETUP_CODE = False, ""
    assert client.get("/set-up/").status_code == 404
    settings.MLMC_SETUP_CODE = CODE
    assert client.get("/set-up/").status_code == 200
    UserFactory()
    assert client.get("/set-up/").status_code == 404


@pytest.mark.django_db
def test_one_person_with_two_names_begins_nothing(client, fresh):
    answer = client.post("/set-up/", FIRST | {"director_email": "robin@HARBOR.example"})

    assert "nobody lets everybody in alone" in answer.content.decode()
    assert User.objects.count() == 0


def test_two_browsers_at_once_begin_one_program(log_in, settings):
    settings.MLMC_SETUP_CODE = CODE
    log_in(APP)
    outcomes, gate = [], threading.Barrier(2)

    def begin(name):
        gate.wait()
        try:
            with acting_as(Actor.named("door")):
                pair = [{"name": name, "email": f"{who}@{name}.example"} for who in ("a", "b")]
                founding.found(*pair, names={}, at=timezone.now())
            outcomes.append("begun")
        except founding.Founded:
            outcomes.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=begin, args=[name]) for name in ("one", "two")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(outcomes) == ["begun", "too late"]


@pytest.mark.django_db
def test_a_start_refuses_to_show_the_demo_as_a_program_or_a_program_as_the_demo(settings):
    program.mark("demo")
    with pytest.raises(ImproperlyConfigured, match="holds the demo"):
        proof.check()
    settings.MLMC_DEMO = True
    proof.check()
    ProgramRow.objects.update(kind="real")
    with pytest.raises(ImproperlyConfigured, match="holds a real program"):
        proof.check()


@pytest.mark.django_db
def test_the_demo_never_loads_into_a_program_nor_becomes_one():
    program.mark("real")
    with pytest.raises(ValueError, match="never holds another"):
        call_command("seed_demo")
    UserFactory()
    with pytest.raises(CommandError, match="There are people here already"):
        call_command("seed_demo")
