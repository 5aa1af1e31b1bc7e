"""A screen nobody watches locks itself and nothing typed is lost (G24); what could do harm asks again (G26)."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.urls import get_resolver, reverse
from django.utils import timezone

from cases.models import Access, As
from mentors.models import Meeting
from mlmc.core import carried
from mlmc.core.models import AuthenticatorApp, Invitation, Session, User
from tests.conftest import StrictClient
from tests.door import enter, give_password, shown
from tests.factories import (
    AuthenticatorAppFactory,
    CaseFactory,
    MentorshipFactory,
    PasskeyFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
)
from tests.factories.core import PASSWORD

NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36"
WORDS = "We cooked <b>arroz</b> & talked,\r\nand it was good. 🌻"
pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return AuthenticatorAppFactory(user__intake=True).user


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def is_locked(answer):
    return answer.status_code == 200 and "You were away, so we locked the screen" in answer.content.decode()


def asks(answer):
    return "Is it still you?" in answer.content.decode()


def unlock(client, **more):
    return client.post("/unlock/", {"password": PASSWORD, **more})


def carried_by(page):
    return page.context["carried"]


def sent_on(client, page):
    """Press the one button of the page that holds what was typed."""
    held = page.context["held"]
    typed = QueryDict(mutable=True)
    for name, value in held.fields:
        typed.appendlist(name, value)
    return client.post(held.path, typed.urlencode(), content_type="application/x-www-form-urlencoded")


# G24: the lock


@pytest.mark.parametrize(("agent", "minutes"), [(PHONE, 15), ("", 30)], ids=["phone", "desk"])
def test_g24_it_locks_when_nobody_touched_it_for_so_long_and_not_a_second_earlier(client, user, clock, agent, minutes):
    client.defaults["HTTP_USER_AGENT"] = agent
    enter(client, user)

    clock.shift(timedelta(minutes=minutes, seconds=-1))
    assert not is_locked(client.get("/account/"))
    clock.shift(timedelta(minutes=minutes, seconds=1))
    assert is_locked(client.get("/account/"))
    assert is_locked(client.get("/"))


def test_g24_a_locked_screen_shows_no_name_no_menu_and_no_count(client, user, clock):
    enter(client, user)
    client.post("/lock/")

    page = client.get("/referrals/").content.decode()

    assert not [word for word in (user.name, user.email, "Referrals", "data-lock") if word in page]
    assert is_locked(client.get("/account/app/"))
    assert is_locked(client.post("/account/sessions/end/"))
    assert is_locked(client.post("/confirm/", {"code": shown(user.authenticator_app)}))


def test_g24_the_password_unlocks_it_under_a_new_key_and_leads_back(client, user, clock):
    enter(client, user)
    client.post("/lock/")
    before = client.cookies["session"].value

    refused = client.post("/unlock/", {"password": "not this one"})
    answer = unlock(client, next="/referrals/?view=table")

    assert is_locked(refused)
    assert "not right" in refused.content.decode()
    assert answer.headers["Location"] == "/referrals/?view=table"
    assert client.cookies["session"].value != before
    assert client.get("/account/").status_code == 200
    assert Session.objects.filter(user=user).count() == 1


def test_g24_whoever_holds_a_locked_screen_guesses_five_times_and_slows_down_no_sign_in(client, user, clock):
    enter(client, user)
    client.post("/lock/")
    for _ in range(5):
        client.post("/unlock/", {"password": "not this one"})

    assert "Too many tries" in unlock(client).content.decode()
    assert "Enter your code" in give_password(StrictClient(), user).content.decode()


def test_g24_unlocking_does_not_begin_the_twelve_hours_again(client, user, clock):
    enter(client, user)
    for _ in range(23):
        clock.shift(timedelta(minutes=31))
        assert is_locked(client.get("/account/"))
        unlock(client)
    clock.shift(timedelta(minutes=8))

    assert client.get("/account/").headers["Location"].startswith("/sign-in/")


def test_g24_after_twelve_hours_of_work_one_signs_in_anew(client, user, clock):
    enter(client, user)
    for _ in range(12 * 4 - 1):
        clock.shift(timedelta(minutes=15))
        assert client.get("/account/").status_code == 200
    clock.shift(timedelta(minutes=14, seconds=59))
    assert client.get("/account/").status_code == 200
    clock.shift(timedelta(seconds=2))
    assert client.get("/account/").headers["Location"].startswith("/sign-in/")


def test_g24_a_part_of_a_page_that_fetches_itself_is_no_activity_and_gets_nothing_when_locked(client, user, clock):
    enter(client, user)
    for _ in range(7):
        answer = client.get("/today/", headers={"X-Poll": "1"})
        clock.shift(timedelta(minutes=5))

    assert answer.status_code == 200
    assert is_locked(client.get("/today/"))
    poll = client.get("/today/", headers={"X-Poll": "1"})
    assert (poll.status_code, poll.content) == (204, b"")


def test_g24_a_part_asked_for_by_hand_gets_the_whole_locked_page(client, user, clock):
    enter(client, user)
    client.post("/lock/")

    answer = client.get("/today/", headers={"HX-Request": "true"})

    assert is_locked(answer)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("body", "innerHTML")


# G24: what was typed


@pytest.fixture
def mentorship(clock):
    mentorship = MentorshipFactory()
    AuthenticatorAppFactory(user=mentorship.mentor.user)
    return mentorship


def check_in(client, mentorship):
    """What is typed into the check-in, as its page asks for it."""
    path = reverse("mentors:check_in", args=[mentorship.pk])
    said = {"client_key": str(uuid.uuid4()), "kind": "dinner", "reached": "yes", "held_on": "2026-11-30"}
    return path, said | {"minutes": "60", "mood": "4", "topics": "fun", "words": WORDS}


def test_g24_a_check_in_sent_into_a_lock_arrives_after_it_word_for_word(client, mentorship, clock):
    enter(client, mentorship.mentor.user)
    path, typed = check_in(client, mentorship)
    clock.shift(timedelta(minutes=31))

    page = client.post(path, typed)
    assert is_locked(page)
    assert "arroz" not in page.content.decode()
    held = unlock(client, carried=carried_by(page))
    assert not Meeting.objects.exists()
    assert sent_on(client, held).status_code == 302

    assert Meeting.objects.get().words.split() == WORDS.split()


def test_g24_a_wrong_password_in_between_loses_nothing(client, mentorship, clock):
    enter(client, mentorship.mentor.user)
    path, typed = check_in(client, mentorship)
    client.post("/lock/")

    page = client.post(path, typed)
    page = unlock(client, carried=carried_by(page), password="not this one")
    held = unlock(client, carried=carried_by(page))

    assert dict(held.context["held"].fields) == typed


def test_g24_the_page_that_locks_itself_brings_along_what_stood_in_it(client, mentorship, clock):
    enter(client, mentorship.mentor.user)
    path, typed = check_in(client, mentorship)
    standing = QueryDict(mutable=True)
    standing.update({**typed, "csrfmiddlewaretoken": "x"})

    page = client.post("/lock/", {"next": path, "path": path, "typed": standing.urlencode()})
    held = unlock(client, carried=carried_by(page))

    assert "arroz" not in page.content.decode()
    assert (held.context["held"].path, dict(held.context["held"].fields)) == (path, typed)


def test_g24_after_twelve_hours_what_was_typed_arrives_behind_both_steps(client, mentorship, clock):
    user = mentorship.mentor.user
    enter(client, user)
    path, typed = check_in(client, mentorship)
    clock.shift(timedelta(hours=12, minutes=1))

    page = client.post(path, typed)
    assert "What you typed is not lost" in page.content.decode()
    assert "arroz" not in page.content.decode()
    held = enter(client, user, carried=carried_by(page))
    sent_on(client, held)

    assert Meeting.objects.get().words.split() == WORDS.split()


def test_g24_what_one_typed_opens_to_nobody_else(client, mentorship, clock):
    enter(client, mentorship.mentor.user)
    path, typed = check_in(client, mentorship)
    client.post("/lock/")
    sealed = carried_by(client.post(path, typed))
    other = StrictClient()

    answer = enter(other, AuthenticatorAppFactory(user__mentor=True).user, carried=sealed)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("sealed", ["x", "\x00", "🙂", "A" * 5000, "====", "e30="], ids=ascii)
def test_g24_something_made_up_is_nothing_carried(client, user, clock, sealed):
    enter(client, user)
    client.post("/lock/")

    assert unlock(client, carried=sealed).headers["Location"] == "/"


def test_g24_what_was_carried_for_more_than_a_day_is_let_go(user, clock):
    sealed = carried.sealed(user.pk, "/x/", QueryDict("a=b"))
    clock.shift(timedelta(hours=23, minutes=59))
    assert carried.opened(sealed, user).fields == [("a", "b")]
    clock.shift(timedelta(minutes=2))
    assert carried.opened(sealed, user) is None


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:x", "/\\evil.example"])
def test_g24_what_was_typed_is_carried_to_no_other_site(client, user, clock, there):
    enter(client, user)

    page = client.post("/lock/", {"path": there, "typed": "a=b", "next": there})

    assert carried_by(page) == ""
    assert unlock(client, next=there).headers["Location"] == "/"


# G26: is it still you?


@pytest.fixture
def things():
    """Something for each address that asks: an id by name."""
    someone = UserFactory(intake=True)
    case = CaseFactory()
    wall = WallFactory(youth=case.youth)
    gone = UserFactory(intake=True, is_active=False)
    return {"someone": [someone.pk], "gone": [gone.pk], "wall": [case.pk, wall.pk], "": []}


FRESH = [
    ("admin", "people:invite", ""),
    ("admin", "people:person", "someone"),
    ("admin", "people:new_link", "someone"),
    ("admin", "people:sign_out", "someone"),
    ("admin", "people:leave", "someone"),
    ("admin", "people:come_back", "gone"),
    ("director", "cases:wall_remove", "wall"),
    ("director", "cases:emergency_open", ""),
    ("evaluation", "outcomes:figures_file", ""),
    ("intake", "core:passkey_new", ""),
    ("intake", "core:passkey_add", ""),
    ("intake", "core:passkey_remove", "someone"),
    ("intake", "core:app", ""),
    ("intake", "core:app_remove", ""),
    ("intake", "core:codes", ""),
    ("intake", "core:password", ""),
    ("intake", "core:email", ""),
]


@pytest.mark.parametrize(("role", "name", "of"), FRESH)
def test_g26_five_minutes_after_the_last_proof_it_is_asked_for_again(client, things, clock, role, name, of):
    user = UserFactory(**{role: True})
    path = reverse(name, args=things[of])
    client.force_login(user)
    clock.shift(timedelta(minutes=5))
    assert not asks(client.post(path, {"x": "y"}))
    client.force_login(user)
    clock.shift(timedelta(minutes=5, seconds=1))

    people, rights = list(User.objects.values()), list(Access.objects.values())
    page = client.post(path, {"x": "y"})

    assert asks(page)
    assert (list(User.objects.values()), list(Access.objects.values())) == (people, rights)


def test_g26_every_address_that_asks_is_in_the_table():
    def views(resolver, space=""):
        for part in resolver.url_patterns:
            if hasattr(part, "url_patterns"):
                yield from views(part, f"{part.namespace}:" if part.namespace else space)
            else:
                yield f"{space}{part.name}", part.callback

    marked = {name for name, view in views(get_resolver()) if getattr(view, "asks_for_proof", False)}
    assert marked == {name for _, name, _ in FRESH}


@pytest.mark.parametrize("path", ["/people/invite/", "/people/", "/emergency/", "/account/"])
def test_g26_looking_is_free(client, clock, path):
    client.force_login(UserFactory(admin=True, director=True, mentor=True, supervisor=True))
    clock.shift(timedelta(minutes=20))

    assert client.get(path).status_code == 200


def test_g26_a_role_that_may_not_is_not_asked_but_refused(client, clock):
    client.force_login(UserFactory(intake=True))
    clock.shift(timedelta(minutes=20))

    assert client.post("/people/invite/").status_code == 403


def test_g26_the_invitation_that_was_typed_arrives_when_the_code_is_right(client, clock):
    admin = AuthenticatorAppFactory(user__admin=True).user
    enter(client, admin)
    clock.shift(timedelta(minutes=6))
    typed = {"name": "New Person", "email": "new@example.org", "roles": ["intake", "mentor"]}

    page = client.post("/people/invite/", typed | {"team": TeamFactory().pk})
    wrong = client.post("/confirm/", {"code": "000000", "carried": carried_by(page)})
    assert asks(wrong)
    assert not Invitation.objects.exists()
    code = {"code": shown(admin.authenticator_app), "carried": carried_by(wrong)}
    held = client.post("/confirm/", code)
    answer = sent_on(client, held)

    assert "/join/" in answer.content.decode()
    assert User.objects.get(email="new@example.org").roles == ["intake", "mentor"]


def test_g26_a_password_is_no_proof_and_unlocking_by_password_is_none_either(client, user, clock):
    enter(client, user)
    clock.shift(timedelta(minutes=6))
    client.post("/lock/")
    unlock(client)

    assert asks(client.post("/account/codes/"))
    client.post("/confirm/", {"code": PASSWORD})
    assert asks(client.post("/account/codes/"))


def test_g26_a_code_that_signed_in_is_no_proof_a_second_time(client, user, clock):
    enter(client, user)
    code = shown(user.authenticator_app)
    Session.objects.update(factor_at=timezone.now() - timedelta(minutes=6))

    assert asks(client.post("/confirm/", {"code": code}))
    AuthenticatorApp.objects.update(last_step=0)
    assert client.post("/confirm/", {"code": code}).status_code == 302


def test_g26_an_emergency_is_not_opened_by_whoever_finds_an_open_screen(client, clock):
    case = CaseFactory()
    client.force_login(PasskeyFactory(user__director=True).user)
    clock.shift(timedelta(minutes=6))

    page = client.post("/emergency/", {"code": case.youth.code, "reason": "They called from the bus at night."})

    assert asks(page)
    assert not Access.objects.filter(as_what=As.BREAK_GLASS).exists()
