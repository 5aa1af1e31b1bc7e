"""G23, G27: a session ends on the server, changes its key at each step, and its cookie is for this host alone."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from mlmc.core.door import sessions
from mlmc.core.models import Session
from tests import cluster
from tests.door import give_password, shown
from tests.factories import AuthenticatorAppFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db


NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)


def test_g23_signing_out_ends_it_on_the_server_and_clears_the_browser(client):
    client.force_login(UserFactory(admin=True))
    cookie = client.cookies["session"].value

    answer = client.post("/sign-out/")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies["session"] = cookie
    assert client.get("/account/").headers["Location"].startswith("/sign-in/")


def test_g23_signing_in_and_stepping_up_each_make_a_new_key_and_end_the_old_one(client):
    user = AuthenticatorAppFactory(user__admin=True).user
    give_password(client, user)
    keys = [client.cookies["session"].value]
    client.post("/sign-in/code/", {"code": shown(user.authenticator_app, step=-1)})
    keys.append(client.cookies["session"].value)
    client.post("/confirm/", {"code": shown(user.authenticator_app)})
    keys.append(client.cookies["session"].value)

    assert len(set(keys)) == 3
    assert [Session.objects.filter(pk=sessions.hashed(key)).exists() for key in keys] == [False, False, True]


def test_g23_a_session_lies_under_the_hash_of_its_key_and_its_words_are_sealed(client):
    user = UserFactory(admin=True)
    client.force_login(user)

    row = Session.objects.extra(select={"raw": "data"}).get()  # as it lies in the table
    key = client.cookies["session"].value
    assert row.pk == sessions.hashed(key)
    assert key.encode() not in bytes(row.raw)
    assert str(user.pk).encode() not in bytes(row.raw)


def test_g23_a_copied_row_is_no_session(client):
    client.force_login(UserFactory(admin=True))
    [row] = Session.objects.extra(select={"raw": "data"})
    stolen = "k" * 32
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_session (key_hash, data, user_id, began_at, last_seen_at, ends_at, factor_at, device,"
            " is_phone) select %s, data, user_id, began_at, last_seen_at, ends_at, factor_at, device, is_phone"
            " from core_session",
            [sessions.hashed(stolen)],
        )
    client.cookies["session"] = stolen

    assert client.get("/account/").headers["Location"].startswith("/sign-in/")


def test_g23_the_tick_sweeps_what_ended_a_day_ago():
    kept = SessionFactory(ends_at=NOON - timedelta(hours=23))
    SessionFactory(ends_at=NOON - timedelta(hours=25))

    sessions.sweep(at=NOON)

    assert [row.pk for row in Session.objects.all()] == [kept.pk]


def test_g27_cookies_are_named_for_this_host_alone_where_the_site_is_https():
    words = "import json; from django.conf import settings as s; print(json.dumps([s.SESSION_COOKIE_NAME,"
    words += "s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE]))"
    said = {}
    for site in ("https://care.example.org", "http://localhost:8000"):
        environment = cluster.program("none", MLMC_SITE_URL=site)
        done = subprocess.run(
            [sys.executable, "-c", words], env=environment, capture_output=True, text=True, check=True
        )
        said[site] = json.loads(done.stdout)

    assert said["https://care.example.org"] == ["__Host-session", "__Host-csrf", True, True]
    assert said["http://localhost:8000"] == ["session", "csrf", False, False]


def test_g27_every_cookie_is_for_the_server_only_and_for_the_whole_site(client):
    user = AuthenticatorAppFactory(user__admin=True).user
    client.get("/sign-in/")
    give_password(client, user)
    client.post("/sign-in/code/", {"code": shown(user.authenticator_app)})

    cookies = client.cookies
    assert {"session", "csrf", "device"} <= set(cookies)
    for cookie in cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
