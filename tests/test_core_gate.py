"""The lock, the second factor that is still to come, and the question whether it is still them."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import RequestFactory
from django.urls import get_resolver

from mlmc.core.door import carried, gate
from mlmc.core.models import AuthenticatorApp, Role, Session
from tests.door import give_password, shown
from tests.factories import AuthenticatorAppFactory, MentorshipFactory, UserFactory
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


# G23: sessions


# G27: cookies
