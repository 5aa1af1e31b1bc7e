"""What proves that it is them: passkeys, six numbers that open once, codes on paper, and passwords of their own."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection

from mlmc.core.door import factors, setting_up
from mlmc.core.models import AuthenticatorApp, Passkey, RecoveryCode, Session
from tests.authenticator import Authenticator
from tests.door import give_password, shown
from tests.factories import AuthenticatorAppFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)


@pytest.fixture
def app():
    return AuthenticatorAppFactory()


def check(app, code, *, at=NOON):
    return factors.check_code(app.user, code, at=at)


# G19: six numbers


@pytest.mark.parametrize(("step", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_g19_a_code_opens_in_its_half_minute_and_the_one_beside_it(app, step, opens):
    assert check(app, shown(app, at=NOON, step=step)) is opens


def test_g19_a_code_opens_once_and_no_older_one_after_it(app):
    assert check(app, shown(app, at=NOON))
    assert not check(app, shown(app, at=NOON))
    assert not check(app, shown(app, at=NOON, step=-1))
    assert check(app, shown(app, at=NOON, step=1))


def test_g19_a_wrong_try_before_does_not_use_up_the_right_code(app):
    assert not check(app, "000000")
    assert check(app, shown(app, at=NOON))


def test_g19_blanks_are_forgiven_and_nothing_else_is(app):
    code = shown(app, at=NOON)

    for wrong in ("", code[:5], code + "0", "٠" * 6, "-" + code[1:], code[:5] + "x"):
        assert not check(app, wrong)
    assert check(app, f" {code[:3]} {code[3:]} ")


def test_g19_setting_an_app_up_uses_up_the_code_that_proved_it(app):
    secret = setting_up.new_secret()
    new = factors.add_app(app.user, secret, shown(AuthenticatorApp(secret=secret), at=NOON), at=NOON)

    assert AuthenticatorApp.objects.get(user=app.user) == new
    assert not check(new, shown(new, at=NOON))


def test_a_secret_lies_sealed_and_opens_for_nobody_else(app):
    with connection.cursor() as cursor:
        cursor.execute("select to_json(a)::text from core_authenticatorapp a")
        [[row]] = cursor.fetchall()
    assert app.secret.encode().hex() not in row
    sealed = setting_up.sealed_secret(app.secret, app.user)
    assert setting_up.secret_in(sealed, app.user) == app.secret
    assert setting_up.secret_in(sealed, UserFactory()) is None


# Codes on paper


def test_each_recovery_code_opens_once_for_its_own_person_and_new_ones_end_the_old(app):
    codes = factors.new_recovery_codes(app.user)

    assert len(set(codes)) == 10
    assert check(app, codes[0].upper().replace("-", " "))
    assert not check(app, codes[0])
    assert not factors.check_code(AuthenticatorAppFactory().user, codes[1], at=NOON)
    factors.new_recovery_codes(app.user)
    assert not check(app, codes[2])
    assert all(codes[3].replace("-", "").encode() not in bytes(row.code_hash) for row in RecoveryCode.objects.all())


def test_a_recovery_code_finishes_a_sign_in(client, app):
    codes = factors.new_recovery_codes(app.user)
    give_password(client, app.user)

    assert client.post("/sign-in/code/", {"code": codes[4]}).status_code == 302
    assert client.get("/account/").content.decode().count("9 of 10 left") == 1


# Passkeys


@pytest.fixture
def person(client):
    user = UserFactory(admin=True)
    client.force_login(user)
    return user


def enrol(client, key, name="my key"):
    options = client.post("/account/passkeys/new/").json()
    return client.post("/account/passkeys/add/", {"name": name, "credential": key.create(options)})


def ask(client):
    return client.post("/sign-in/passkey/begin/").json()


def present(client, credential):
    return client.post("/sign-in/passkey/", {"credential": credential})


def is_in(client):
    return client.get("/account/").status_code == 200


def test_a_passkey_alone_signs_in_and_is_a_second_factor_too(client, person):
    key = Authenticator()
    enrol(client, key)
    client.post("/sign-out/")

    answer = present(client, key.get(ask(client)))

    assert answer.status_code == 302
    assert is_in(client)
    assert Session.objects.get(user=person).factor_at is not None
    assert Passkey.objects.get(user=person).counter == key.counter


@pytest.mark.parametrize("fault", ["no finger", "another site", "another person", "counts backwards", "another key"])
def test_a_passkey_that_is_not_quite_right_opens_nothing(client, person, fault):
    key = Authenticator()
    enrol(client, key)
    client.post("/sign-out/")
    options, user = ask(client), None
    if fault == "no finger":
        key.verified = False
    elif fault == "another site":
        key.site = "https://evil.example"
    elif fault == "another person":
        user = UserFactory().pk.bytes
    elif fault == "counts backwards":
        Passkey.objects.update(counter=5)
    else:
        key.key = Authenticator().key

    answer = present(client, key.get(options, user=user))

    assert "That did not work with this passkey" in answer.content.decode()
    assert not is_in(client)


def test_a_passkeys_answer_is_taken_once_and_only_for_the_question_it_was_asked(client, person):
    key = Authenticator()
    enrol(client, key)
    client.post("/sign-out/")
    answer = key.get(ask(client))
    present(client, answer)
    client.post("/sign-out/")

    assert present(client, answer).status_code == 200
    ask(client)
    assert present(client, answer).status_code == 200
    assert not is_in(client)


def test_a_passkey_without_a_finger_or_for_another_site_is_not_even_added(client, person):
    for key in (Authenticator(verified=False), Authenticator(site="https://evil.example")):
        assert "could not be added" in enrol(client, key).content.decode()
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "x" * 30_000, '{"rawId": 1}', "\x00", "🙂"], ids=ascii)
def test_whatever_is_sent_in_place_of_a_passkey_is_answered_with_a_sentence(client, person, credential):
    for path in ("/account/passkeys/add/", "/sign-in/passkey/", "/confirm/", "/unlock/"):
        answer = client.post(path, {"name": "x", "credential": credential})
        assert answer.status_code in (200, 302), path
    assert not Passkey.objects.exists()


def test_somebody_elses_passkey_unlocks_and_confirms_nothing(client, person):
    key = Authenticator()
    enrol(client, key)
    client.force_login(UserFactory(admin=True))
    client.session.know(factor_at=NOON, locked_at=NOON)

    client.post("/unlock/", {"credential": key.get(ask(client))})
    client.session.know(locked_at=None)
    client.post("/confirm/", {"credential": key.get(ask(client))})

    assert Session.objects.get(user__passkeys=None).factor_at == NOON


def test_g20_a_passkey_always_passes_whatever_others_try(client, person):
    key = Authenticator()
    enrol(client, key)
    client.post("/sign-out/")
    client.cookies.clear()
    for n in range(50):
        client.post("/sign-in/", {"email": person.email, "password": f"guess {n}"})

    assert present(client, key.get(ask(client))).status_code == 302
    assert is_in(client)


# G18: passwords

REFUSED = [
    "short",
    "1234567",
    "12345678",
    "password",
    "password1",
    "Password123!",
    "qwertyuiop",
    "iloveyou1",
    "letmein123",
    "welcome2026",
    "aaaaaaaa",
    "abababab",
    "11111111",
    "hearth2026",
    "Hearth123!",
    "mentor123",
    "mentormentor",
    "survivor1",
    "survivors2026",
    "youthmentor",
    "mentor-youth",
    "p4ssw0rd",
    "p@ssw0rd1",
    "m3nt0r2026",
    "surv1v0r!",
    "program1",
    "youthprogram",
    "casemanager",
    "supervisor1",
    "director2026",
    "boston2026",
    "winter2026",
    "Summer2026!",
    "december24",
    "monday123",
    "freedom2026",
    "healing123",
    "shelter99",
    "robinperson",
    "robin.person",
    "sunshine1",
    "football1",
    "princess1",
    "qwerty123",
    "abc12345",
    "admin2026",
    "secret123",
    "trafficking1",
    "mlmcmlmc",
]
ACCEPTED = [
    "three words here",
    "correct horse battery",
    "tr0ub4dor-and-3",
    "cooking plantains",
    "mentor of the lighthouse",
    "83920174659",
    "a trailing space ",
    " a leading space",
    "🙂🚀🌊🔥🎈🎩🧵🪴",
    "ñandú y mate",
    "пароль для меня",
    "w" * 10 + "x y z q" * 27,
    "-".join("abcdefghijklmnopqrstuvwxyz"),
    "allsmallletters",
    "ALLCAPITALLETTERS",
]


@pytest.mark.parametrize("words", REFUSED)
def test_g18_the_first_words_somebody_would_try_are_no_password(words):
    with pytest.raises(ValidationError):
        validate_password(words, UserFactory.build(name="Robin Person", email="robin.person@example.org"))


@pytest.mark.parametrize("words", ACCEPTED, ids=range(len(ACCEPTED)))
def test_g18_words_of_ones_own_are_a_password_whatever_they_are_made_of(client, words, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = AuthenticatorAppFactory(user__name="Robin Person").user
    client.force_login(user)

    answer = client.post("/account/password/", {"password": words, "again": words})

    user.refresh_from_db()
    assert answer.status_code == 302
    assert user.password.startswith("argon2$argon2id$")
    assert user.check_password(words)
    assert not user.check_password(words.strip() + "x")


def test_g18_two_hundred_characters_are_a_password_and_all_of_them_count(client):
    user = AuthenticatorAppFactory().user
    client.force_login(user)
    words = "a long walk by the harbour, " * 7

    client.post("/account/password/", {"password": words, "again": words})

    user.refresh_from_db()
    assert user.check_password(words)
    assert not user.check_password(words[:-1])
