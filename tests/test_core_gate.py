"""The lock, the second factor that is still to come, and the question whether it is still them."""

import html
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory
from django.urls import get_resolver

from mlmc.core.door import carried, gate, sessions
from mlmc.core.models import AuthenticatorApp, Role, Session, User
from tests import cluster
from tests.door import give_password, shown
from tests.factories import AuthenticatorAppFactory, MentorshipFactory, SessionFactory, UserFactory
from tests.factories.core import PASSWORD
from tests.test_attacks import ROUTES, filled

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36"}
ONLY = {"core:set_up", "core:app", "core:passkey_new", "core:passkey_add", "core:sign_out"}


def says(answer, words):
    return words in answer.content.decode()


def hidden(answer, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    return html.unescape(found[1]) if found else None


def named(path):
    found = get_resolver().resolve(path)
    return found.view_name, getattr(found.func, "login_required", True)


# G17: without a second factor one page opens


@pytest.mark.parametrize("method", ["get", "post"])
def test_g17_without_a_second_factor_only_its_set_up_opens(client, method):
    """Every address there is, for somebody who holds every role."""
    user = UserFactory(roles=list(Role))
    give_password(client, user)
    pk = UserFactory().pk
    opened = set()

    for route, _ in ROUTES:
        name, needs_sign_in = named(filled(route, pk))
        if not needs_sign_in or name == "core:sign_out":
            continue
        answer = getattr(client, method)(filled(route, pk))
        if answer.headers.get("Location") != "/account/set-up/":
            opened.add(name)

    assert opened <= ONLY
    assert {"core:set_up", "core:app"} & opened


def test_g17_an_invitation_leads_to_the_set_up_too_and_the_first_factor_opens_the_rest(client):
    user = UserFactory(intake=True)
    give_password(client, user)
    assert client.get("/").headers["Location"] == "/account/set-up/"
    page = client.get("/account/app/")
    secret = re.search(r'class="key">(\w+)<', page.content.decode())[1]

    answer = client.post(
        "/account/app/",
        {"setup": hidden(page, "setup"), "code": shown(AuthenticatorApp(secret=secret))},
    )

    assert says(answer, "Ten codes to keep")
    assert client.get("/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_g17_who_is_still_setting_up_is_sent_away_once_a_factor_was_set_up_elsewhere(client):
    user = UserFactory(intake=True)
    give_password(client, user)
    AuthenticatorAppFactory(user=user)

    assert client.get("/account/app/").status_code == 302
    assert client.get("/account/set-up/").headers["Location"] == "/sign-in/"
    assert not Session.objects.filter(user=user).exists()


# G24: the lock


@pytest.mark.parametrize(("agent", "minutes"), [(PHONE, 15), ({}, 30)], ids=["phone", "desk"])
def test_g24_a_session_locks_a_second_after_its_time_and_not_before(client, agent, minutes):
    with time_machine.travel(NOON, tick=False) as clock:
        user = AuthenticatorAppFactory().user
        client.post("/sign-in/", {"email": user.email, "password": PASSWORD}, **agent)
        client.post("/sign-in/code/", {"code": shown(user.authenticator_app)}, **agent)
        clock.shift(timedelta(minutes=minutes, seconds=-1))
        assert says(client.get("/account/"), "Signed in now")
        clock.shift(timedelta(minutes=minutes, seconds=1))

        locked = client.get("/account/")

        assert says(locked, "You were away")
        assert not says(locked, user.email)
        assert says(client.get("/account/"), "You were away")  # asking again is no way round


def test_g24_it_ends_after_twelve_hours_however_busy(client):
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(UserFactory(admin=True))
        for _ in range(12 * 4 - 1):
            clock.shift(timedelta(minutes=15))
            assert client.get("/account/").status_code == 200
        clock.shift(timedelta(minutes=15, seconds=1))
        assert client.get("/account/").headers["Location"].startswith("/sign-in/")


def test_g24_a_poll_is_no_activity_and_shows_nothing_when_locked(client):
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(UserFactory(admin=True))
        for _ in range(6):
            clock.shift(timedelta(minutes=5))
            client.get("/account/", headers={"X-Poll": "1"})
        clock.shift(timedelta(seconds=1))

        assert client.get("/account/", headers={"X-Poll": "1"}).status_code == 204
        assert says(client.get("/account/"), "You were away")
    assert gate.is_poll(RequestFactory().get("/", headers={"X-Poll": "1"}))


def test_g24_no_address_answers_a_locked_session_with_anything_but_the_lock(client):
    user = UserFactory(roles=list(Role))
    client.force_login(user)
    client.session.know(locked_at=datetime.now(UTC))
    pk = user.pk

    for route, _ in ROUTES:
        path = filled(route, pk)
        name, needs_sign_in = named(path)
        if needs_sign_in and name not in {"core:sign_out", "core:lock", "core:unlock"}:
            for answer in (client.get(path), client.post(path, {"words": "hello"})):
                assert says(answer, "You were away"), path
    assert Session.objects.get(user=user).locked_at


def test_g24_unlocking_asks_for_the_password_and_goes_back_under_a_new_key(client):
    user = UserFactory(admin=True)
    client.force_login(user)
    before = client.cookies["session"].value
    locked = client.post("/lock/", {"next": "/people/"})

    refused = client.post("/unlock/", {"password": "not this one", "next": "/people/"})
    opened = client.post("/unlock/", {"password": PASSWORD, "next": hidden(locked, "next")})

    assert says(refused, "not right")
    assert opened.headers["Location"] == "/people/"
    assert client.cookies["session"].value != before
    assert client.get("/people/").status_code == 200


def test_g24_unlocking_keeps_the_twelve_hours_and_proves_no_second_factor(client):
    user = UserFactory(admin=True)
    client.force_login(user)
    client.session.know(factor_at=NOON)
    ends = Session.objects.get(user=user).ends_at
    client.post("/lock/")

    client.post("/unlock/", {"password": PASSWORD})

    session = Session.objects.get(user=user)
    assert (session.ends_at, session.factor_at, session.locked_at) == (ends, NOON, None)


def test_g24_guesses_at_a_locked_screen_are_slowed_down_and_cost_nobodys_sign_in(client):
    user = AuthenticatorAppFactory(user__admin=True).user
    client.force_login(user)
    client.post("/lock/")
    for _ in range(5):
        client.post("/unlock/", {"password": "not this one"})

    assert says(client.post("/unlock/", {"password": PASSWORD}), "Too many tries")
    client.cookies.clear()
    assert says(give_password(client, user), "Enter your code")


def test_g24_what_was_typed_meets_a_lock_and_is_not_lost(client):
    mentorship = MentorshipFactory()
    client.force_login(mentorship.mentor.user)
    client.session.know(locked_at=datetime.now(UTC))
    typed = {"kind": "call", "topics": ["school", "fun"], "words": "<b>She laughed</b> & so did I"}

    locked = client.post(f"/check-in/{mentorship.pk}/", typed)
    held = client.post("/unlock/", {"password": PASSWORD, "carried": hidden(locked, "carried")})

    assert "She laughed" not in locked.content.decode()
    page = held.content.decode()
    assert "Nothing is lost" in page
    assert f'action="/check-in/{mentorship.pk}/"' in page
    assert re.findall(r'name="topics" value="(\w+)"', page) == ["school", "fun"]
    assert hidden(held, "words") == typed["words"]


def test_g24_a_page_that_locks_itself_brings_what_stood_in_its_form(client):
    client.force_login(UserFactory(intake=True))

    locked = client.post("/lock/", {"path": "/referrals/new/", "typed": "first_name=Sky&languages=en&languages=es"})
    held = client.post("/unlock/", {"password": PASSWORD, "carried": hidden(locked, "carried")})

    assert 'action="/referrals/new/"' in held.content.decode()
    assert re.findall(r'name="languages" value="(\w+)"', held.content.decode()) == ["en", "es"]


def test_g24_a_form_sent_after_twelve_hours_comes_back_after_signing_in(client):
    user = AuthenticatorAppFactory(user__intake=True).user
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(user)
        clock.shift(timedelta(hours=12, minutes=1))
        asked = client.post("/referrals/new/", {"first_name": "Sky"})
        assert says(asked, "Sign in")
        sealed = hidden(asked, "carried")
        give_password(client, user, carried=sealed)
        held = client.post("/sign-in/code/", {"code": shown(user.authenticator_app), "carried": sealed})

    assert 'action="/referrals/new/"' in held.content.decode()
    assert hidden(held, "first_name") == "Sky"


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "javascript:x", "", "referrals/"])
def test_g24_nothing_typed_is_sent_to_another_site(client, path):
    client.force_login(UserFactory(intake=True))

    locked = client.post("/lock/", {"path": path, "typed": "first_name=Sky"})

    assert hidden(locked, "carried") is None


def test_g24_what_was_typed_opens_for_nobody_else_and_not_when_it_was_changed(rf):
    one, other = UserFactory(), UserFactory()
    sealed = carried.sealed(one.pk, "/referrals/new/", rf.post("/", {"why": "words"}).POST)

    assert carried.opened(sealed, one).fields == [("why", "words")]
    assert carried.opened(sealed, other) is None
    assert [carried.opened(words, one) for words in ("", "x", sealed[:-8], "é", sealed[4:])] == [None] * 5
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        assert carried.opened(sealed, one) is None


# G26: a fresh factor


@pytest.fixture
def admin(client):
    """Signed in in three roles, and five minutes ago they proved a second factor."""
    user = AuthenticatorAppFactory(user__admin=True, user__director=True, user__evaluation=True).user
    client.force_login(user)
    client.session.know(factor_at=datetime.now(UTC) - timedelta(minutes=5, seconds=1))
    return user


ASKS = [
    "people/invite/",
    "people/requests/<uuid:pk>/",
    "emergency/",
    "outcomes/file/",
    "cases/<uuid:pk>/wall/<uuid:wall>/down/",
    "people/<uuid:pk>/",
    "people/<uuid:pk>/link/",
    "people/<uuid:pk>/sign-out/",
    "people/<uuid:pk>/leave/",
    "people/<uuid:pk>/return/",
    "account/passkeys/new/",
    "account/passkeys/add/",
    "account/passkeys/<uuid:pk>/remove/",
    "account/app/",
    "account/app/remove/",
    "account/codes/",
    "account/password/",
    "account/email/",
    "settings/<slug:section>/",
    "key-sheet/",
]


@pytest.mark.parametrize("route", ASKS)
def test_g26_what_could_harm_somebody_asks_for_a_second_factor_again(client, admin, route):
    someone = UserFactory(intake=True)
    before = list(User.objects.order_by("pk").values())

    answer = client.post(filled(route, someone.pk), {"roles": ["director"], "email": "x@example.org"})

    assert says(answer, "Is it still you?")
    assert list(User.objects.order_by("pk").values()) == before


def test_g26_every_view_of_this_list_says_that_it_asks():
    pk = UserFactory().pk
    views = {route: get_resolver().resolve(filled(route, pk)).func for route, _ in ROUTES}

    assert set(ASKS) <= {route for route, view in views.items() if getattr(view, "asks_for_proof", False)}


def test_g26_after_the_code_what_was_typed_is_sent_on_and_for_five_minutes_nothing_is_asked(client, admin):
    typed = {"name": "New Person", "email": "new@example.org", "roles": ["intake"]}
    asked = client.post("/people/invite/", typed)

    wrong = client.post("/confirm/", {"code": "000000", "carried": hidden(asked, "carried")})
    right = client.post("/confirm/", {"code": shown(admin.authenticator_app), "carried": hidden(wrong, "carried")})

    assert says(wrong, "not right")
    assert 'action="/people/invite/"' in right.content.decode()
    assert hidden(right, "email") == "new@example.org"
    assert says(client.post("/people/invite/", typed), "/join/")


def test_g26_a_page_that_only_shows_is_gone_back_to(client, admin):
    asked = client.get("/account/app/")
    assert asked.headers["Location"] == "/confirm/?next=%2Faccount%2Fapp%2F"

    answer = client.post("/confirm/", {"code": shown(admin.authenticator_app), "next": "/account/app/"})

    assert answer.headers["Location"] == "/account/app/"
    assert client.get("/account/app/").status_code == 200


def test_g26_whoever_may_not_open_a_page_is_not_even_asked(client):
    client.force_login(UserFactory(mentor=True))
    client.session.know(factor_at=NOON)

    assert client.post("/people/invite/").status_code == 403


# G23: sessions


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


# G27: cookies


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
