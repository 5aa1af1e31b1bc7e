"""Sessions and links: a stolen cookie, a stolen row, an old link open nothing (G22, G23, G25, G27)."""

import hashlib
import json
import subprocess
import sys
from datetime import timedelta

import pyotp
import pytest
import redis
import time_machine
from django.conf import settings as ours
from django.db import connection
from django.utils import timezone

from mlmc.core import people
from mlmc.core.crypto import CannotOpen
from mlmc.core.models import (
    AuditEntry,
    AuthenticatorApp,
    KnownDevice,
    OutboxRow,
    Passkey,
    RecoveryCode,
    Session,
)
from mlmc.core.outbox import mail
from mlmc.core.sessions import hashed
from mlmc.core.tasks import deliver
from mlmc.launcher.checkout import ROOT
from tests import cluster
from tests.conftest import StrictClient
from tests.door import enter, give_password, shown
from tests.factories import AuthenticatorAppFactory, PasskeyFactory, RecoveryCodeFactory, UserFactory

pytestmark = pytest.mark.django_db
WORDS = "four small green boats"


@pytest.fixture
def user():
    return AuthenticatorAppFactory(user__intake=True).user


@pytest.fixture
def admin(client):
    admin = UserFactory(admin=True)
    client.force_login(admin)
    return admin


def key_of(client):
    return client.cookies[ours.SESSION_COOKIE_NAME].value


def with_key(key):
    """Whoever has stolen a cookie."""
    thief = StrictClient()
    thief.cookies[ours.SESSION_COOKIE_NAME] = key
    return thief


def is_out(client):
    answer = client.get("/account/")
    return answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")


# G22: a link back in


def test_g22_a_link_for_somebody_who_was_here_lasts_half_an_hour(user):
    now = timezone.now()
    token = people.new_link(user, by=user, at=now)

    assert people.invitation_for(token, at=now + timedelta(minutes=29, seconds=59))
    assert people.invitation_for(token, at=now + timedelta(minutes=30)) is None


def test_g22_a_link_opens_once_and_only_the_way_to_a_second_factor(client, user):
    token = people.new_link(user, by=user, at=timezone.now())

    answer = client.post(f"/join/{token}/", {"password": WORDS, "again": WORDS})

    assert answer.headers["Location"] == "/account/set-up/"
    assert client.get("/today/").headers["Location"] == "/account/set-up/"
    assert client.get(f"/join/{token}/").status_code == 404
    assert client.post(f"/join/{token}/", {"password": WORDS, "again": WORDS}).status_code == 404


def test_g22_what_they_had_opens_nothing_from_the_moment_the_link_is_made(client, user):
    PasskeyFactory(user=user)
    RecoveryCodeFactory(user=user)
    enter(client, user)

    people.new_link(user, by=UserFactory(admin=True), at=timezone.now())

    assert is_out(client)
    assert not [model for model in (AuthenticatorApp, Passkey, RecoveryCode, Session) if model.objects.exists()]
    assert "not right" in give_password(client, user).content.decode()


def test_g22_whoever_manages_people_starts_it_and_learns_no_password(client, user, admin):
    page = client.post(f"/people/{user.pk}/link/").content.decode()

    user.refresh_from_db()
    assert "/join/" in page
    assert not user.has_usable_password()
    assert AuditEntry.objects.filter(what="people:new_link", why__startswith="a new link").exists()


# G23: keys


def test_g23_a_cookie_from_before_signing_out_opens_nothing_also_with_redis_flushed(client, user):
    enter(client, user)
    stolen = key_of(client)
    assert not is_out(with_key(stolen))

    client.post("/sign-out/")
    with redis.Redis.from_url(cluster.broker()) as broker:
        broker.flushdb()

    assert is_out(with_key(stolen))
    assert not Session.objects.filter(pk=hashed(stolen)).exists()


def test_g23_sessions_do_not_hang_on_redis(client, user):
    enter(client, user)
    with redis.Redis.from_url(cluster.broker()) as broker:
        broker.flushdb()

    assert not is_out(client)


def test_g23_each_step_up_has_a_new_key_and_the_old_one_is_dead(client, user):
    keys = []
    give_password(client, user)
    keys.append(key_of(client))
    client.post("/sign-in/code/", {"code": shown(user.authenticator_app)})
    keys.append(key_of(client))
    AuthenticatorApp.objects.update(last_step=0)
    client.post("/confirm/", {"code": shown(user.authenticator_app)})
    keys.append(key_of(client))
    client.post("/account/password/", {"password": WORDS, "again": WORDS})
    keys.append(key_of(client))
    client.post("/account/email/", {"email": "new@example.org"})
    keys.append(key_of(client))

    assert len(set(keys)) == 5
    assert all(is_out(with_key(key)) for key in keys[:-1])
    assert not is_out(with_key(keys[-1]))


def test_g23_a_key_somebody_planted_before_the_sign_in_is_not_the_key_after_it(client, user):
    client.cookies[ours.SESSION_COOKIE_NAME] = "planted" * 5
    enter(client, user)

    assert is_out(with_key("planted" * 5))


def test_g23_no_key_stands_in_the_table_and_what_a_session_holds_is_sealed(client, user):
    enter(client, user)
    with connection.cursor() as cursor:
        cursor.execute("select t::text from core_session t")
        [(row,)] = cursor.fetchall()

    assert key_of(client) not in row
    assert hashlib.sha256(key_of(client).encode()).hexdigest() in row
    assert "_auth_user_hash" not in row
    assert is_out(with_key(hashed(key_of(client))))  # reading the table gives no cookie


def test_g23_a_row_copied_under_a_key_of_ones_own_opens_nothing(client, user):
    enter(client, user)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_session (key_hash, data, user_id, began_at, last_seen_at, ends_at, factor_at, device,"
            " is_phone) select %s, data, user_id, began_at, last_seen_at, ends_at, factor_at, device, is_phone"
            " from core_session",
            [hashed("a key of my own, that I made up")],
        )

    assert is_out(with_key("a key of my own, that I made up"))


def test_g23_what_another_session_holds_does_not_open_in_ones_own(client, user):
    enter(client, user)
    thief, other = StrictClient(), AuthenticatorAppFactory().user
    enter(thief, other)
    with connection.cursor() as cursor:
        cursor.execute(
            "update core_session set data = (select data from core_session where user_id = %s) where user_id = %s",
            [user.pk, other.pk],
        )

    assert is_out(thief)
    with pytest.raises(CannotOpen):
        json.loads(Session.objects.get(user=other).data)


def test_sessions_that_ended_a_day_ago_are_swept(client, user):
    enter(client, user)
    with time_machine.travel(timezone.now() + timedelta(hours=35)):
        deliver()
        assert Session.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=37)):
        deliver()
        assert Session.objects.count() == 0


# G25: see and end


def test_g25_one_sees_where_one_is_signed_in_and_ends_one_or_all_others(client, user):
    enter(client, user)
    others = [StrictClient(headers={"User-Agent": agent}) for agent in ("Firefox Linux", "Chrome Android", "")]
    for other in others:
        enter(other, user)

    page = client.get("/account/").content.decode()
    assert all(words in page for words in ("Firefox on Linux", "Chrome on Android", "this one"))
    client.post("/account/sessions/end/", {"session": hashed(key_of(others[0]))})
    assert [is_out(other) for other in others] == [True, False, False]
    client.post("/account/sessions/end/")
    assert [is_out(other) for other in others] == [True, True, True]
    assert not is_out(client)


def test_g25_nobody_ends_the_session_of_another(client, user):
    enter(client, user)
    other = StrictClient()
    enter(other, AuthenticatorAppFactory().user)

    client.post("/account/sessions/end/", {"session": hashed(key_of(other))})

    assert not is_out(other)


@pytest.mark.parametrize("what", ["password", "email", "codes", "app", "passkeys/{}/remove"])
def test_g25_other_sessions_end_when_what_proves_it_is_you_changes(client, user, what):
    passkey = PasskeyFactory(user=user)
    enter(client, user)
    other = StrictClient()
    enter(other, user)
    typed = {"password": WORDS, "again": WORDS, "email": "new@example.org"}
    if what == "app":
        page = client.get("/account/app/")
        at = timezone.now()
        typed = {"setup": page.context["setup"], "code": pyotp.TOTP(page.context["secret"]).at(at)}

    client.post(f"/account/{what.format(passkey.pk)}/", typed)

    assert (is_out(client), is_out(other)) == (False, True)


def test_g25_the_last_second_factor_stays(client, user):
    enter(client, user)

    page = client.post("/account/app/remove/", follow=True).content.decode()

    assert "Add another one first." in page
    assert AuthenticatorApp.objects.filter(user=user).exists()


def test_g25_nobody_removes_the_passkey_of_another(client, user):
    enter(client, user)
    passkey = PasskeyFactory()

    assert client.post(f"/account/passkeys/{passkey.pk}/remove/").status_code == 404
    assert Passkey.objects.filter(pk=passkey.pk).exists()


def test_g25_the_notice_of_a_new_device_says_nothing_but_that_there_is_news(client, user, smtp):
    enter(client, user)

    mail(OutboxRow.objects.get())

    [letter] = smtp
    text = str(letter)
    assert letter["To"] == user.email
    assert not [word for word in (user.name, "youth", "case", "mentor", "device", "passkey") if word in text.lower()]


@pytest.mark.parametrize(("role", "status"), [("admin", 302), ("director", 302), ("supervisor", 403), ("intake", 403)])
def test_g25_for_a_lost_phone_admin_and_director_sign_somebody_out_everywhere(client, user, role, status):
    phone = StrictClient(headers={"User-Agent": "Chrome Android Mobile"})
    enter(phone, user)
    client.force_login(UserFactory(**{role: True}))

    assert client.post(f"/people/{user.pk}/sign-out/").status_code == status
    assert is_out(phone) is (status == 302)
    assert KnownDevice.objects.filter(user=user).exists() is (status == 403)


# G27: cookies


def test_g27_no_script_reads_a_cookie_of_ours_and_no_other_site_sends_it(client, user):
    client.get("/sign-in/")
    enter(client, user)

    assert set(client.cookies) == {"session", "csrf", "device"}
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_g27_with_https_each_cookie_is_secure_and_of_this_host_alone():
    script = """
import django, json
django.setup()
from django.conf import settings as s
from django.http import HttpResponse
from mlmc.core import devices
device = devices.give(HttpResponse(), "x").cookies[devices.COOKIE]
print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, devices.COOKIE, s.SESSION_COOKIE_SECURE,
    s.CSRF_COOKIE_SECURE, device["secure"], s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, device["path"]]))
"""
    environment = cluster.program(cluster.DATABASE, MLMC_SITE_URL="https://mlmc.example")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    names = ["__Host-session", "__Host-csrf", "__Host-device"]
    assert json.loads(done.stdout or f'"{done.stderr[-500:]}"') == [*names, True, True, True, None, "/", "/"]
