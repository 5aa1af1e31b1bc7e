"""Who comes to the page that brings a backup back, and what may be sent to it."""

from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mlmc.backup.tray import Tray
from mlmc.core.models import Attempt
from mlmc.office import restore_upload, restoring
from tests.conftest import StrictClient
from tests.factories import UserFactory
from tests.founding import CODE
from tests.restoring import BACKUP, FIRST_PAGE, NAME, WAIT, chosen, said, sealed, typed

pytestmark = pytest.mark.django_db


def as_a_browser(client):
    """Its forms are asked where they come from, so their bodies are read before any page has a word."""
    client.get(FIRST_PAGE)
    client.handler.enforce_csrf_checks = True
    return client


def form_of(client):
    return {"csrfmiddlewaretoken": client.cookies["csrf"].value}


def test_without_the_code_there_is_nothing_to_see_to_send_or_to_wait_for(client, place):
    sealed(place / "backups" / NAME)
    file = SimpleUploadedFile("one.sealed", b"x" * 1000)

    assert client.get(BACKUP)["Location"] == client.post(BACKUP, chosen(typed()))["Location"] == FIRST_PAGE
    assert as_a_browser(client).post(BACKUP, form_of(client) | {"file": file})["Location"] == FIRST_PAGE
    assert not Tray(place).folder.exists()
    Tray(place).ask(place / "backups" / NAME, {})
    assert client.get(WAIT)["Location"] == BACKUP


def test_the_code_of_an_earlier_start_is_none(inside, place, settings):
    settings.MLMC_SETUP_CODE = "0000-1111-2222-3333"

    assert inside.get(BACKUP)["Location"] == FIRST_PAGE


def test_wrong_codes_of_an_earlier_start_cost_nothing(client, place, settings):
    for _ in range(6):
        page = said(client.post(FIRST_PAGE, {"code": "AB12-CD34-EF56-7891"}))
    assert "with the code of a new start" in page

    settings.MLMC_SETUP_CODE = "0000-1111-2222-3333"

    assert client.post(FIRST_PAGE, {"code": settings.MLMC_SETUP_CODE})["Location"] == BACKUP


def test_wrong_codes_are_counted_and_then_the_right_one_waits_as_well(client, place):
    for _ in range(5):
        assert "This is not the code." in said(client.post(FIRST_PAGE, {"code": "AB12-CD34-EF56-7891"}))
    assert Attempt.objects.count() == 5

    assert "Too many tries." in said(client.post(FIRST_PAGE, {"code": CODE}))
    assert "Too many tries." in said(StrictClient().post(FIRST_PAGE, {"code": CODE}))
    assert client.get(BACKUP)["Location"] == FIRST_PAGE
    Attempt.objects.update(at=timezone.now() - timezone.timedelta(minutes=2))
    assert client.post(FIRST_PAGE, {"code": CODE})["Location"] == BACKUP


@pytest.mark.parametrize("why", ["somebody is here", "no launcher watches", "no code", "the demo"])
def test_there_is_no_such_page_where_the_first_page_is_none_and_under_no_launcher(inside, place, settings, why):
    sealed(place / "backups" / NAME)
    assert "You have a backup?" in said(as_a_browser(inside).get("/set-up/"))
    if why == "somebody is here":
        UserFactory()
    settings.MLMC_RESTORE_PAGE = "" if why == "no launcher watches" else "offered"
    settings.MLMC_SETUP_CODE = "" if why == "no code" else CODE
    settings.MLMC_DEMO = why == "the demo"

    found = {path: inside.get(path).status_code for path in (FIRST_PAGE, BACKUP, WAIT)}
    file = SimpleUploadedFile("one.sealed", b"x" * 1000)
    sent = inside.post(BACKUP, form_of(inside) | {"file": file, "lines": ""}).status_code

    assert found == dict.fromkeys((FIRST_PAGE, BACKUP, WAIT), 404)
    assert sent == 404
    assert inside.post(FIRST_PAGE, form_of(inside) | {"code": CODE}).status_code == 404
    assert not Tray(place).folder.exists()
    if why == "no launcher watches":
        assert "You have a backup?" not in said(inside.get("/set-up/"))


def test_a_page_of_another_site_brings_nothing_back(place):
    strict = StrictClient(enforce_csrf_checks=True)

    assert strict.post(FIRST_PAGE, {"code": CODE}).status_code == 403
    assert strict.post(FIRST_PAGE, {"code": CODE}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "x" * 20_000, "\u202eevil", "1e309", "D1 1/4 \n" * 40])
@pytest.mark.parametrize(
    ("path", "name"), [(FIRST_PAGE, "code"), *((BACKUP, name) for name in ("backup", "lines", "file"))]
)
def test_g51_both_pages_take_what_is_bad(inside, place, path, name, bad):
    sealed(place / "backups" / NAME)
    sent = ({"code": CODE} if path == FIRST_PAGE else chosen(typed())) | {name: bad}
    body = urlencode(sent, errors="surrogatepass")

    answer = inside.generic("POST", path, body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == (302 if name == "file" else 200)


def test_a_file_may_be_as_large_as_the_disk_has_room_and_only_here(place, rf, settings, monkeypatch):
    free = restore_upload.LEAST_FREE + 5_000_000_000
    monkeypatch.setattr("shutil.disk_usage", lambda where: type("usage", (), {"free": free}))

    assert restore_upload.largest(rf.post(BACKUP)) == 5_000_000_000
    assert restore_upload.largest(rf.post("/bring/")) is None
    settings.MLMC_RESTORE_PAGE = ""
    assert restore_upload.largest(rf.post(BACKUP)) is None


def test_a_file_is_written_down_as_it_comes_and_the_database_hears_from_us_meanwhile(inside, place, monkeypatch):
    monkeypatch.setattr(restore_upload, "EVERY", 0)
    large = sealed(place / "one").read_bytes() + b"x" * 5_000_000  # more than a form may have

    with CaptureQueriesContext(connection) as queries:
        answer = inside.post(BACKUP, {"file": SimpleUploadedFile("one.sealed", large), "lines": "\n".join(typed())})

    assert "The file you sent, 5.0 MB" in said(answer)
    assert "select 1" in [query["sql"] for query in queries]
    assert [one.name for one in Tray(place).folder.iterdir()] == ["sent.sealed"]


def test_the_session_knows_that_the_code_was_right_and_not_the_code(inside, place):
    held = dict(inside.session.items())

    assert list(held) == [restoring.KNOWS]
    assert CODE not in held[restoring.KNOWS]
