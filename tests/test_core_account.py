"""One's own account: factors come and go, other devices are ended, and a lost phone is no way in."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mlmc import demo
from mlmc.core import people
from mlmc.core.door import factors, recovery
from mlmc.core.models import (
    AuditEntry,
    AuthenticatorApp,
    Invitation,
    KnownDevice,
    OutboxRow,
    Passkey,
    RecoveryCode,
    Session,
    User,
)
from mlmc.core.postgres.roles import APP
from tests.authenticator import Authenticator
from tests.conftest import StrictClient, as_role
from tests.door import enter, give_password, shown
from tests.factories import (
    AuthenticatorAppFactory,
    KnownDeviceFactory,
    PasskeyFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)


@pytest.fixture
def user(client):
    user = AuthenticatorAppFactory(user__admin=True).user
    client.force_login(user)
    return user


def elsewhere(user):
    """The same person on another device."""
    other = StrictClient()
    other.force_login(user)
    return other


def says(answer, words):
    return words in answer.content.decode()


def is_in(client):
    return client.get("/account/").status_code == 200


# G25


def test_g25_somebody_sees_where_they_are_signed_in_and_ends_one_of_them(client, user):
    phone, desk = elsewhere(user), elsewhere(user)
    stranger = SessionFactory()
    row = Session.objects.exclude(pk=stranger.pk).order_by("began_at")[1]

    page = client.get("/account/").content.decode()
    client.post("/account/sessions/end/", {"session": row.pk})

    assert page.count('name="session"') == 2
    assert stranger.pk not in page
    assert [is_in(one) for one in (client, phone, desk)] == [True, False, True]


def test_g25_all_others_end_at_once_and_nobody_elses(client, user):
    others, stranger = [elsewhere(user), elsewhere(user)], elsewhere(UserFactory(admin=True))

    client.post("/account/sessions/end/")

    assert is_in(client)
    assert not any(is_in(one) for one in others)
    assert is_in(stranger)


def test_g25_nobody_ends_a_session_of_somebody_else(client, user):
    row = SessionFactory()

    for which in (row.pk, "x", "\x00", "' or true --"):
        client.post("/account/sessions/end/", {"session": which})

    assert Session.objects.filter(pk=row.pk).exists()


CHANGES = {
    "/account/password/": {"password": "three words here", "again": "three words here"},
    "/account/email/": {"email": "new.address@example.org"},
    "/account/codes/": {},
    "/account/app/remove/": {},
}


@pytest.mark.parametrize("path", CHANGES)
def test_g25_changing_what_lets_one_in_signs_out_everywhere_else(client, user, path):
    PasskeyFactory(user=user)
    other = elsewhere(user)

    client.post(path, CHANGES[path])

    assert Session.objects.filter(user=user).count() == 1  # not only shut out by the new hash
    assert is_in(client)
    assert not is_in(other)


def test_g25_a_second_factor_more_signs_out_everywhere_else(client, user):
    other, key = elsewhere(user), Authenticator()
    made = key.create(client.post("/account/passkeys/new/").json())

    client.post("/account/passkeys/add/", {"name": "my key", "credential": made})

    assert user.passkeys.count() == 1
    assert is_in(client)
    assert not is_in(other)


def test_the_last_second_factor_stays(client, user):
    answer = client.post("/account/app/remove/", follow=True)

    assert says(answer, "Add another one first.")
    assert AuthenticatorApp.objects.filter(user=user).exists()


def test_a_passkey_of_somebody_else_cannot_be_removed(client, user):
    theirs, mine = PasskeyFactory(), PasskeyFactory(user=user)

    assert client.post(f"/account/passkeys/{theirs.pk}/remove/").status_code == 404
    client.post(f"/account/passkeys/{mine.pk}/remove/")

    assert list(Passkey.objects.all()) == [theirs]


def test_an_email_that_is_taken_is_refused_beside_its_field(client, user):
    UserFactory(email="taken@example.org")

    answer = client.post("/account/email/", {"email": "Taken@example.org"})

    assert says(answer, "here already")
    assert User.objects.get(pk=user.pk).email == user.email


def test_g58_looking_at_the_account_writes_nothing(client, user):
    for path in ("/account/", "/account/app/", "/lock/", "/confirm/", "/account/set-up/", "/sign-in/"):
        assert client.get(path).status_code in (200, 302)  # the strict client refuses a GET that writes


# G22: a lost phone, a lost password


def test_g22_a_new_link_ends_all_they_had_and_lasts_half_an_hour(client, user):
    lost = AuthenticatorAppFactory(user__intake=True).user
    PasskeyFactory(user=lost)
    codes = factors.new_recovery_codes(lost)
    phone = elsewhere(lost)

    page = client.post(f"/people/{lost.pk}/link/").content.decode()

    assert "30 minutes" in page
    invitation = Invitation.objects.get(user=lost)
    assert invitation.ends_at - invitation.made_at == timedelta(minutes=30)
    for model in (Passkey, AuthenticatorApp, RecoveryCode, Session):
        assert not model.objects.filter(user=lost).exists()
    assert not is_in(phone)
    assert says(give_password(StrictClient(), lost), "not right")
    assert codes


def test_g22_the_link_bypasses_no_second_factor(client, user):
    lost = AuthenticatorAppFactory(user__intake=True).user
    token = people.new_link(lost, by=user, at=datetime.now(UTC))
    browser = StrictClient()

    answer = browser.post(f"/join/{token}/", {"password": "three words here", "again": "three words here"})

    assert answer.headers["Location"] == "/account/set-up/"
    assert browser.get("/referrals/").headers["Location"] == "/account/set-up/"
    assert browser.get(f"/join/{token}/").status_code == 404


def test_g25_a_lost_phone_is_out_with_its_next_tap_and_no_longer_known(client, user):
    lost = UserFactory(mentor=True)
    KnownDeviceFactory(user=lost)
    phone = elsewhere(lost)
    assert is_in(phone)

    client.post(f"/people/{lost.pk}/sign-out/")

    assert not is_in(phone)
    assert not KnownDevice.objects.filter(user=lost).exists()
    assert AuditEntry.objects.filter(what="people:sign_out", why="signed somebody out everywhere").exists()


@pytest.mark.parametrize("role", ["mentor", "supervisor", "intake", "evaluation"])
def test_who_does_not_manage_people_signs_nobody_out(client, role):
    client.force_login(UserFactory(roles=[role]))

    assert client.post(f"/people/{UserFactory().pk}/sign-out/").status_code == 403


# The key sheet


def recover(monkeypatch, words, *args):
    monkeypatch.setattr("getpass.getpass", lambda prompt: words)
    out = StringIO()
    with as_role(APP):
        call_command("recover_admin", *args, stdout=out)
    return out.getvalue()


def test_with_the_key_sheet_a_new_admin_comes_in_and_everybody_who_should_know_is_told(client, monkeypatch):
    director, other = UserFactory(director=True), UserFactory(mentor=True)

    said = recover(monkeypatch, recovery.recovery_words().upper(), "New.Admin@example.org", "--name", "New Admin")

    user = User.objects.get(email="new.admin@example.org")
    assert user.roles == ["admin"]
    told = {row.recipient for row in OutboxRow.objects.filter(kind="news")}
    assert told == {director, user}
    assert other not in told
    [line] = AuditEntry.objects.filter(what="recover_admin")
    assert (line.act, line.record) == ("write", str(user.pk))
    token = said.split("/join/")[1].split("/")[0]
    assert client.get(f"/join/{token}/").status_code == 200


def test_with_the_key_sheet_somebody_switched_off_comes_back_as_admin_with_nothing_they_had(monkeypatch):
    user = AuthenticatorAppFactory(user__mentor=True, user__is_active=False).user

    recover(monkeypatch, recovery.recovery_words(), user.email)

    user.refresh_from_db()
    assert (user.is_active, sorted(user.roles), user.has_usable_password()) == (True, ["admin", "mentor"], False)
    assert not factors.has_any(user)


@pytest.mark.parametrize("words", ["", "abcd efgh jkmn pqrs tuvw xyza", "\x00"])
def test_without_the_words_of_the_key_sheet_nobody_comes_in(monkeypatch, words):
    with pytest.raises(CommandError, match="not the words"):
        recover(monkeypatch, words, "new.admin@example.org")
    assert not User.objects.exists()


def test_the_words_are_the_same_each_time_and_others_for_another_key(settings):
    words = recovery.recovery_words()

    assert [len(group) for group in words.split()] == [4] * 6
    assert recovery.recovery_words() == words
    settings.MLMC_INDEX_KEY = "another"
    assert recovery.recovery_words() != words


def test_the_demo_prints_codes_that_open(client):
    app = AuthenticatorAppFactory(user__email="carmen@demo.example", secret=demo.secret_of("carmen@demo.example"))
    assert demo.code_of("carmen@demo.example") == shown(app)
    assert enter(client, app.user).status_code == 302
    assert all(email in demo.codes() for _, email in demo.SIGN_INS)
