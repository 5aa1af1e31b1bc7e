"""What is proven beside a password: by everybody (G17), once (G19), with passwords of one's own (G18)."""

import socket
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse

from mlmc import settings as served
from mlmc.core import factors
from mlmc.core.models import AuthenticatorApp, Passkey, RecoveryCode, Role, Session
from tests import matrix
from tests.conftest import StrictClient
from tests.door import enter, give_password, shown
from tests.factories import AuthenticatorAppFactory, PasskeyFactory, UserFactory
from tests.factories.core import PASSWORD

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)
# Where somebody without a second factor may go: to set one up, and out.
TO_SET_UP = {"core:set_up", "core:app", "core:passkey_new", "core:passkey_add", "core:sign_out"}
# Pages that need no sign-in are none of this; tests/test_access_matrix.py keeps their list.
NEEDS_NONE = {"core:sign_in", "core:sign_in_code", "core:passkey_sign_in", "core:passkey_begin", "core:join"}
NEEDS_NONE |= {"alive", "ready", "policy_report", "cases:refer", "outcomes:no_survey"}
NEEDS_NONE |= {"outcomes:survey", "outcomes:survey_question", "outcomes:survey_stop"}


@pytest.fixture
def user():
    return AuthenticatorAppFactory(user__intake=True).user


def code(client, words):
    return client.post("/sign-in/code/", {"code": words})


def is_in(answer):
    return answer.status_code == 302 and answer.headers["Location"] == "/"


# G17: everybody has one


def test_g17_without_a_second_factor_every_address_leads_to_the_page_that_sets_one_up():
    somebody = UserFactory(roles=Role.values)
    client = StrictClient(raise_request_exception=False)
    assert give_password(client, somebody).headers["Location"] == reverse("core:set_up")

    for name, takes in matrix.addresses():
        if name in TO_SET_UP | NEEDS_NONE:
            continue
        path = reverse(name, kwargs={key: matrix.NEVER if key == "pk" else matrix.WORDS[key] for key in takes})
        for method in ("GET", "POST"):
            answer = matrix.ask(client, method, path)
            assert (answer.status_code, answer.headers["Location"]) == (302, reverse("core:set_up")), (method, name)


def test_g17_an_app_set_up_and_ten_codes_open_the_rest(client):
    somebody = UserFactory(intake=True)
    give_password(client, somebody)
    page = client.get("/account/app/")
    secret, setup = page.context["secret"], page.context["setup"]
    assert not AuthenticatorApp.objects.exists()

    refused = client.post("/account/app/", {"setup": setup, "code": "000000"})
    answer = client.post("/account/app/", {"setup": setup, "code": pyotp.TOTP(secret).now()})

    assert "not the numbers" in refused.content.decode()
    assert refused.context["secret"] == secret
    assert len(answer.context["codes"]) == RecoveryCode.objects.filter(user=somebody).count() == 10
    assert client.get("/today/").status_code == 200
    assert AuthenticatorApp.objects.get().secret == secret


def test_g17_a_secret_on_its_way_is_worth_nothing_to_another(client, user):
    give_password(client, UserFactory())
    setup = client.get("/account/app/").context["setup"]
    other = StrictClient()
    enter(other, user)

    page = other.post("/account/app/", {"setup": setup, "code": "000000"})

    assert page.context["secret"] != client.get("/account/app/").context["secret"]
    assert page.context["setup"] != setup


def test_g17_who_set_one_up_elsewhere_meanwhile_is_asked_for_it(client):
    somebody = UserFactory(intake=True)
    give_password(client, somebody)
    AuthenticatorAppFactory(user=somebody)

    assert client.get("/account/set-up/").headers["Location"] == reverse("core:sign_in")
    assert client.get("/account/").headers["Location"].startswith(reverse("core:sign_in"))


@pytest.mark.parametrize("path", ["/account/app/", "/account/passkeys/new/", "/account/passkeys/add/"])
def test_g17_a_password_alone_adds_no_second_factor_beside_one_that_is_there(client, path):
    somebody = UserFactory(intake=True)
    give_password(client, somebody)
    PasskeyFactory(user=somebody)

    assert "Is it still you?" in client.post(path, {"code": "000000"}).content.decode()
    assert Passkey.objects.count() == 1


# G18: passwords

TAKEN = [
    "four small green boats", "correct horse battery staple", "ñandú y cigüeña", "пароль для лодки",
    "青いちいさなふね", "🌻🐢🚲🍞🎷🧵🪁🛶", "x7#kQ2!m", "        a b c d", "trailing space here ", "eightchr7w",
    "the kettle sings at six", "violin-plum-ladder", "Zq9 vex 4 lamps", "plum" * 16, "ab cd ef gh " * 16,
    "tin-roof-rain", "a" * 3 + "bcdxyz quill",
    "mentor of the purple kites", "hope floats on tin boats", "survivor's blue harmonica", "spring onions in the bath",
    "no capital no digit", "ÅÄÖ åäö ÜÜ ñ", "'; drop table users; --", "<b>bold enough</b>", "tab\there and there",
]  # fmt: skip
REFUSED = [
    "", " ", "short", "7letter", "🌻🐢🚲", "1234567", "12345678", "123456789", "password", "password1", "Password123",
    "qwertyuiop", "iloveyou", "letmein1", "welcome1", "sunshine", "football", "baseball", "princess", "superman",
    "trustno1", "aaaaaaaa", "abababab", "11111111", "        ", "mentor2026", "Mentor2026!", "m3nt0r2026", "survivor1",
    "Survivors!", "mentoring", "casemanager", "Case-Manager-1", "hearth2026", "Hearth Hearth", "spring2026",
    "Summer2026!", "Boston2026", "safety123", "P@ssw0rd2026", "changeme!", "monday-monday", "hopehope",
    "Robin Lindqvist", "robin.lindqvist@example.org", "lindqvist", "mlmc-mlmc", "youthyouth1",
]  # fmt: skip


@pytest.fixture
def robin():
    return UserFactory.build(email="robin.lindqvist@example.org", name="Robin Lindqvist")


@pytest.mark.parametrize("password", TAKEN, ids=ascii)
def test_g18_long_odd_and_foreign_passwords_are_taken_as_they_are(robin, password):
    assert 8 <= len(password) <= 200

    validate_password(password, robin)


@pytest.mark.parametrize("password", REFUSED, ids=ascii)
def test_g18_short_leaked_and_obvious_passwords_are_refused(robin, password):
    with pytest.raises(ValidationError):
        validate_password(password, robin)


def test_g18_a_password_is_kept_whole_as_argon2_and_nothing_is_asked_outside(client, user, settings, monkeypatch):
    settings.PASSWORD_HASHERS = [*served.PASSWORD_HASHERS, *settings.PASSWORD_HASHERS]
    dialled, dial = [], socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda *more: dialled.append(more[1]) or dial(*more))
    enter(client, user)
    words = "  Four Small Green Boats 🛶 "

    answer = client.post("/account/password/", {"password": words, "again": words})

    user.refresh_from_db()
    assert (answer.status_code, dialled) == (302, [])
    assert user.password.startswith("argon2$argon2id$")
    asked = RequestFactory().get("/")
    assert authenticate(asked, username=user.email, password=words) == user
    assert authenticate(asked, username=user.email, password=words.strip()) is None
    assert authenticate(asked, username=user.email, password=words.lower()) is None


# G19: six numbers open once


@pytest.mark.parametrize(("step", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_g19_half_a_minute_before_and_after_counts_and_no_more(client, user, step, opens):
    with time_machine.travel(NOON, tick=False):
        give_password(client, user)

        assert is_in(code(client, shown(user.authenticator_app, step=step))) is opens


def test_g19_a_code_opens_once_and_none_from_before_it_opens_any_more(client, user):
    with time_machine.travel(NOON, tick=False) as clock:
        now, before, after = (shown(user.authenticator_app, step=step) for step in (0, -1, 1))
        give_password(client, user)
        assert is_in(code(client, now))
        other = StrictClient()
        give_password(other, user)
        assert [is_in(code(other, words)) for words in (now, before)] == [False, False]
        clock.shift(timedelta(seconds=30))
        assert is_in(code(other, after))


@pytest.mark.parametrize("how", ["{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "  {0}\t", "\u00a0{0}\u2009"])
def test_g19_spaces_in_and_around_a_code_are_no_harm(client, user, how):
    give_password(client, user)

    assert is_in(code(client, how.format(shown(user.authenticator_app))))


@pytest.mark.parametrize("how", ["0{0}", "{0}0", "{0}.0", "+{0}", "{0}{0}", "{1}"], ids=ascii)
def test_g19_padded_numbers_and_other_digits_are_no_code(client, user, how):
    give_password(client, user)
    numbers = shown(user.authenticator_app)
    arabic = numbers.translate({ord("0") + n: 0x660 + n for n in range(10)})

    assert code(client, how.format(numbers, arabic)).status_code == 200
    assert not Session.objects.filter(user=user).exists()


def test_g19_after_a_failed_try_the_right_code_opens_and_the_failed_one_never_does(client, user):
    with time_machine.travel(NOON, tick=False):
        give_password(client, user)
        wrong = shown(user.authenticator_app, step=7)
        assert not is_in(code(client, wrong))
        assert is_in(code(client, shown(user.authenticator_app)))


def test_g19_a_recovery_code_opens_once_however_it_is_typed(client, user):
    one, two, *_ = factors.new_recovery_codes(user)
    give_password(client, user)
    assert is_in(code(client, f" {one.upper().replace('-', ' ')} "))
    give_password(client, user)

    assert not is_in(code(client, one))
    assert is_in(code(client, two.replace("-", "")))
    assert factors.recovery_codes_left(user) == 8


def test_g19_a_recovery_code_of_somebody_else_or_of_an_older_list_opens_nothing(client, user):
    [old, *_], [theirs, *_] = factors.new_recovery_codes(user), factors.new_recovery_codes(UserFactory())
    factors.new_recovery_codes(user)
    give_password(client, user)

    assert not is_in(code(client, old))
    assert not is_in(code(client, theirs))


def test_g19_no_recovery_code_stands_in_the_table(user):
    codes = factors.new_recovery_codes(user)

    kept = b"".join(bytes(row.code_hash) for row in RecoveryCode.objects.all())
    assert not [one for one in codes if one.encode() in kept or one.replace("-", "").encode() in kept]
    assert len(set(codes)) == 10


def test_demo_people_have_their_codes_from_the_demo_and_nobody_else_has(capsys):
    from mlmc import demo  # noqa: PLC0415 -- run as a script by `make demo-code`

    told = demo.codes()

    assert all(email in told and demo.code_of(email) in told for _, email in demo.SIGN_INS)
    assert {len(demo.code_of(email)) for _, email in demo.SIGN_INS} == {6}
    assert PASSWORD not in told
