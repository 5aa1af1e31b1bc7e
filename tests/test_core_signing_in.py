"""The front door: alike for everybody who is not let in, slower for whoever keeps trying, never shut for its owner."""

import time
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
import redis
import time_machine

from mlmc.core.door import devices
from mlmc.core.models import Attempt, AuditEntry, KnownDevice, OutboxRow, Session
from tests import cluster
from tests.authenticator import Authenticator
from tests.conftest import StrictClient
from tests.door import enter, give_password, shown
from tests.factories import AuthenticatorAppFactory, UserFactory
from tests.factories.core import PASSWORD

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"


@pytest.fixture
def user():
    return AuthenticatorAppFactory(user__intake=True).user


def plain(page, email):
    """A page without what is different every time."""
    lines = page.content.decode().replace(email, "").split("\n")
    return [line for line in lines if "csrf" not in line.lower()]


def wrong(client, email, **more):
    return client.post("/sign-in/", {"email": email, "password": "not this one"}, **more)


def says(answer, words):
    return words in answer.content.decode()


# G21: no page tells who works here


def test_g21_a_wrong_email_and_a_wrong_password_are_answered_alike_also_when_one_has_to_wait(client, user):
    for n in range(8):
        known, unknown = wrong(client, user.email), wrong(client, "nobody@example.org")

        assert known.status_code == unknown.status_code == 200
        assert plain(known, user.email) == plain(unknown, "nobody@example.org")
        assert says(known, "Too many tries" if n >= 5 else "The e-mail or the password is not right.")


def test_g21_one_hash_is_computed_for_everybody_so_the_time_tells_nothing(client, user, settings):
    """The known, the unknown, and those who have no password yet take as long as each other."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user.set_password(PASSWORD)
    user.save()
    invited = UserFactory(password="!")
    took = {user.email: [], invited.email: [], "nobody@example.org": []}

    for _ in range(7):
        for email, times in took.items():
            Attempt.objects.all().delete()
            begun = time.process_time()
            wrong(client, email)
            times.append(time.process_time() - begun)

    middle = [median(times) for times in took.values()]
    assert max(middle) < 1.5 * min(middle), middle


@pytest.mark.parametrize("email", ["", "x" * 400, "a\x00b@example.org", "\ufffd@example.org", "‮@example.org", "🙂"])
def test_bad_input_at_the_door_is_answered_with_a_sentence(client, email):
    page = client.post("/sign-in/", {"email": email, "password": "\x00"})

    assert page.status_code == 200
    assert says(page, "invalid-feedback")


# The two steps


def test_g17_a_password_alone_signs_nobody_in_who_has_a_second_factor(client, user):
    answer = give_password(client, user)

    assert says(answer, "Enter your code")
    assert client.get("/account/").headers["Location"].startswith("/sign-in/")
    assert client.get("/sign-in/code/").status_code == 200
    assert not Session.objects.filter(user=user).exists()


def test_g17_the_code_finishes_it_and_a_wrong_one_does_not(client, user):
    give_password(client, user)

    refused = client.post("/sign-in/code/", {"code": "000000"})
    let_in = client.post("/sign-in/code/", {"code": shown(user.authenticator_app)})

    assert (refused.status_code, let_in.status_code) == (200, 302)
    assert says(refused, "not right")
    assert Session.objects.get(user=user).factor_at is not None
    assert client.get("/account/").status_code == 200


def test_a_code_without_a_password_before_it_leads_back_to_the_beginning(client, user):
    answer = client.post("/sign-in/code/", {"code": shown(user.authenticator_app)})

    assert answer.headers["Location"] == "/sign-in/"


def test_the_wait_for_a_code_ends_after_a_quarter_of_an_hour_or_with_a_new_password(client, user):
    with time_machine.travel(NOON, tick=False) as clock:
        give_password(client, user)
        clock.shift(timedelta(minutes=15, seconds=1))
        assert client.get("/sign-in/code/").status_code == 302
        give_password(client, user)
        user.set_password("another one entirely")
        user.save()
        assert client.get("/sign-in/code/").status_code == 302


def test_somebody_switched_off_is_let_in_at_neither_step(client, user):
    give_password(client, user)
    user.is_active = False
    user.save()

    assert client.post("/sign-in/code/", {"code": shown(user.authenticator_app)}).headers["Location"] == "/sign-in/"
    assert says(give_password(client, user), "not right")


def test_signing_in_goes_back_to_where_one_was(client, user):
    assert enter(client, user, next="/referrals/?view=table").headers["Location"] == "/referrals/?view=table"


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "javascript:x",
    "evil",
    "people:people",
    "[",
    "//[",
]


@pytest.mark.parametrize("there", [*ELSEWHERE, "https://example.org/", "x" * 9000], ids=lambda there: there[:20])
def test_nobody_is_led_elsewhere_after_signing_in_and_nothing_breaks(client, user, there):
    answer = enter(client, user, next=there)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_g60_each_step_at_the_door_stands_in_the_trail_in_our_own_words(client, user):
    wrong(client, user.email)
    enter(client, user)

    lines = AuditEntry.objects.filter(what__startswith="core:sign_in").order_by("at", "seq")
    said = list(lines.values_list("act", "why"))
    assert ("deny", "sign-in: wrong e-mail or password") in said
    assert said[-1] == ("sign-in", "password and code")


def test_g60_a_sign_in_says_who_signed_in_and_a_wrong_code_whose_it_was(client, user):
    give_password(client, user)
    client.post("/sign-in/code/", {"code": "000000"})
    enter(client, user)

    lines = AuditEntry.objects.filter(what="core:sign_in_code").order_by("at", "seq")
    refused, came_in = lines.values("act", "user_id", "scope", "record")
    assert came_in == {"act": "sign-in", "user_id": user.pk, "scope": ["intake"], "record": ""}
    assert refused == {"act": "deny", "user_id": None, "scope": ["door"], "record": str(user.pk)}


# G20: slower and slower, counted in PostgreSQL


def test_g20_an_attacker_gets_at_most_ten_tries_in_an_hour(client, user):
    checked = 0
    with time_machine.travel(NOON, tick=False) as clock:
        for n in range(6 * 60):  # every ten seconds, from a new address each time
            checked += says(wrong(client, user.email, REMOTE_ADDR=f"203.0.{n // 250}.{n % 250}"), "not right")
            clock.shift(timedelta(seconds=10))

    assert checked == 10


def test_g20_after_the_first_hour_one_try_an_hour_is_left(client, user):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(12):
            wrong(client, user.email)
            clock.shift(timedelta(hours=1, seconds=1))
        assert says(wrong(client, user.email), "not right")
        clock.shift(timedelta(minutes=59))
        assert says(wrong(client, user.email), "Too many tries")


def test_g20_a_flushed_redis_forgives_nothing(client, user):
    for _ in range(5):
        wrong(client, user.email)

    with redis.Redis.from_url(cluster.broker()) as broker:
        broker.flushdb()

    assert says(give_password(client, user), "Too many tries")


def test_g20_whoever_holds_a_device_of_theirs_is_let_in_while_others_keep_trying(client, user):
    enter(client, user)
    client.post("/sign-out/")
    stranger = StrictClient()
    for _ in range(8):
        wrong(stranger, user.email)

    assert says(give_password(stranger, user), "Too many tries")
    assert enter(client, user).status_code == 302
    assert says(give_password(stranger, user), "Too many tries")  # the owner's success forgives nobody else


def test_g20_a_made_up_device_cookie_is_no_device(client, user):
    enter(client, user)
    stranger, real = StrictClient(), client.cookies["device"].value
    for value in ("x", "x:y:z", real.replace(":", ";"), real[1:]):
        stranger.cookies["device"] = value
        for _ in range(2):
            answer = wrong(stranger, user.email)

    assert says(answer, "Too many tries")


def test_g20_a_device_of_one_person_is_none_of_another(client, user):
    enter(client, user)
    client.post("/sign-out/")
    other = UserFactory()
    for _ in range(6):
        wrong(StrictClient(), other.email)

    assert says(give_password(client, other), "Too many tries")


def test_g20_one_address_slows_down_whatever_accounts_it_tries(client, user):
    for n in range(30):
        wrong(client, f"person{n}@example.org", REMOTE_ADDR="203.0.113.9")

    there = client.post("/sign-in/", {"email": user.email, "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    assert says(there, "Too many tries")
    assert says(give_password(client, user), "Enter your code")


def test_g20_the_owner_signs_in_by_passkey_while_others_are_being_delayed(client, user):
    """From a browser and an address where even the right password has to wait; and it forgives nobody else."""
    key = Authenticator()
    client.force_login(user)
    made = key.create(client.post("/account/passkeys/new/").json())
    client.post("/account/passkeys/add/", {"name": "my key", "credential": made})
    for n in range(40):
        wrong(StrictClient(), user.email, REMOTE_ADDR="203.0.113.9" if n % 2 else f"203.0.114.{n}")
        wrong(StrictClient(), f"person{n}@example.org", REMOTE_ADDR="203.0.113.9")
    owner = StrictClient(REMOTE_ADDR="203.0.113.9")
    assert says(give_password(owner, user), "Too many tries")

    asked = owner.post("/sign-in/passkey/begin/").json()
    answer = owner.post("/sign-in/passkey/", {"credential": key.get(asked)})

    assert answer.status_code == 302
    assert owner.get("/account/").status_code == 200
    assert says(give_password(StrictClient(), user), "Too many tries")  # and whoever guessed still waits
    assert says(give_password(StrictClient(REMOTE_ADDR="203.0.113.9"), UserFactory()), "Too many tries")


def test_g20_codes_are_counted_too_and_a_right_password_forgives_none_of_them(client, user):
    for _ in range(5):
        give_password(client, user)
        client.post("/sign-in/code/", {"code": "000000"})

    give_password(client, user)
    assert says(client.post("/sign-in/code/", {"code": shown(user.authenticator_app)}), "Too many tries")


# G25: a new device is told of


def test_g25_a_sign_in_from_a_new_device_is_told_and_from_a_known_one_is_not(client, user):
    enter(client, user)
    client.post("/sign-out/")
    enter(client, user)

    [letter] = OutboxRow.objects.all()
    assert (letter.kind, letter.recipient) == ("news", user)
    assert KnownDevice.objects.filter(user=user).count() == 1
    enter(StrictClient(headers={"User-Agent": CHROME}), user)
    assert OutboxRow.objects.count() == 2
    assert says(client.get("/account/"), "Chrome on Android")


def test_g25_two_people_at_one_computer_are_each_told_once(client, user):
    other = AuthenticatorAppFactory().user
    for person in (user, other, user):
        enter(client, person)
        client.post("/sign-out/")

    assert sorted(row.recipient.email for row in OutboxRow.objects.all()) == sorted([user.email, other.email])
    assert KnownDevice.objects.values("token_hash").distinct().count() == 1


def test_the_device_cookie_says_nothing_and_no_script_reads_it(client, user):
    enter(client, user)

    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert user.email not in cookie.value
    assert str(user.pk) not in cookie.value
    assert bytes(KnownDevice.objects.get().token_hash).hex() not in cookie.value


@pytest.mark.parametrize(
    ("agent", "words", "phone"),
    [
        (CHROME, "Chrome on Android", True),
        (IPHONE, "Safari on iPhone", True),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows", False),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux", False),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1", "Safari on Mac", False),
        ("", "A browser", False),
        ("\x00\ud800" * 4000, "A browser", False),
    ],
    ids=["android", "iphone", "windows", "linux", "mac", "nothing", "odd"],
)
def test_a_device_is_named_in_words_its_owner_knows(agent, words, phone):
    assert (devices.in_words(agent), devices.is_phone(agent)) == (words, phone)
