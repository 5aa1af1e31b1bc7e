"""Programs that may ask: keys, scopes, roles and limits; nothing but a key opens."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from mlmc.core import context, raising
from mlmc.core.api import door, keys, scopes
from mlmc.core.api.views import Api, Json
from mlmc.core.guesses import Guesses
from mlmc.core.models import AuditEntry, Integration, OutboxRow, RoleRequest, User
from mlmc.core.models.integrations import AGENCY
from tests.api import Asks, made, problem
from tests.conftest import StrictClient
from tests.factories import IntegrationFactory, ReferralFactory, UserFactory
from tests.test_access_matrix import named_views

LIST = "/api/v1/referrals/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_wrong_keys_yet():
    yield
    door.guesses.wrong.clear()


def test_a_key_is_long_shown_once_and_kept_as_a_hash():
    integration, key = made()

    assert len(key.removeprefix(keys.BEGINS)) >= 43  # 256 bits
    assert bytes(integration.key_hash) == keys.hashed(key)
    assert key not in str(Integration.objects.values())
    assert not integration.user.has_usable_password()


def test_a_key_opens_what_its_roles_see_and_says_when_it_was_used():
    integration, key = made()
    referral = ReferralFactory()

    answer = Asks(key).read(LIST)

    assert answer.status_code == 200, answer.content
    assert [one["receipt"] for one in answer.json()["results"]] == [referral.receipt]
    integration.refresh_from_db()
    assert integration.last_used_at is not None
    line = AuditEntry.objects.get()
    assert (line.user_id, line.what, line.act, line.cases) == (
        integration.user_id,
        "api:referrals-list",
        "view",
        [referral.pk],
    )
    assert "program" in line.scope


@pytest.mark.parametrize("why", ["wrong", "none", "waiting", "ended", "revoked", "another word", "not a key"])
def test_what_is_no_key_opens_nothing_and_looks_the_same(why):
    integration, key = made(agreed=why != "waiting")
    client, headers = Asks(key), {}
    if why == "wrong":
        client.key = key[:-1] + ("A" if key[-1] != "A" else "B")
    elif why == "ended":
        Integration.objects.update(made_at=timezone.now() - timedelta(days=9), ends_at=timezone.now())
    elif why == "revoked":
        keys.revoke(integration, by=integration.made_by, at=timezone.now())
    elif why != "none":
        headers = {"HTTP_AUTHORIZATION": f"Basic {key}" if why == "another word" else "Bearer \u00fc"}

    answer = StrictClient().get(LIST) if why == "none" else client.generic("GET", LIST, **headers)

    said = problem(answer, 401, "no-key")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert key not in str(said)


def test_a_revoked_key_opens_nothing_from_the_next_request_on():
    integration, key = made()
    assert Asks(key).read(LIST).status_code == 200

    keys.revoke(integration, by=integration.made_by, at=timezone.now())

    problem(Asks(key).read(LIST), 401, "no-key")


def test_a_role_opens_once_a_second_person_said_yes_to_it():
    """Nobody makes a key with roles alone, not with two accounts' worth of clicks either: who made it is not asked."""
    integration, key = made(roles=["intake", "evaluation"], agreed=False)
    first, second = RoleRequest.objects.filter(user=integration.user).order_by("role")
    problem(Asks(key).read(LIST), 401, "no-key")
    with pytest.raises(raising.NotYours):
        raising.answer(second.pk, True, by=integration.made_by, at=timezone.now())
    problem(Asks(key).read(LIST), 401, "no-key")

    director = UserFactory(director=True)
    raising.answer(first.pk, False, by=director, at=timezone.now())
    problem(Asks(key).read(LIST), 401, "no-key")
    raising.answer(second.pk, True, by=director, at=timezone.now())

    assert Asks(key).read(LIST).status_code == 200
    integration.refresh_from_db()
    assert integration.roles == ["intake"]
    assert User.objects.get(pk=integration.user_id).roles == []  # nobody's colleague


def test_a_revoked_key_waits_for_nobody():
    integration, key = made(agreed=False)

    keys.revoke(integration, by=integration.made_by, at=timezone.now())

    assert raising.waiting(UserFactory(director=True)) == []
    with pytest.raises(raising.NotYours):
        raising.answer(RoleRequest.objects.get().pk, True, by=UserFactory(director=True), at=timezone.now())
    problem(Asks(key).read(LIST), 401, "no-key")


def test_a_browser_that_is_signed_in_opens_nothing_here():
    """No cookie counts, so no other site can make anybody's browser ask."""
    client = StrictClient()
    client.force_login(UserFactory(intake=True))

    problem(client.get(LIST), 401, "no-key")
    problem(client.post(LIST, {}, "application/json"), 401, "no-key")
    assert not AuditEntry.objects.exists()  # and it is nobody who asked


def test_a_signed_in_browser_with_a_key_asks_as_the_program():
    integration, key = made()
    client = Asks(key)
    client.force_login(UserFactory(director=True))

    assert client.read(LIST).status_code == 200
    assert AuditEntry.objects.get(what="api:referrals-list").user_id == integration.user_id


def test_an_answer_is_written_while_the_program_acts(monkeypatch):
    integration, key = made()
    seen = []

    def render(self, *args, **kwargs):
        seen.append((context.current(), connection.in_atomic_block))
        return JSONRenderer.render(self, *args, **kwargs)

    monkeypatch.setattr(Json, "render", render)
    Asks(key).read(LIST)

    assert seen == [(keys.actor_of(integration), True)]


def test_a_scope_is_asked_for_beside_the_role():
    _, key = made(scopes=["cases:read"])
    assert "referrals:read" in problem(Asks(key).read(LIST), 403, "not-yours")["detail"]

    _, key = made(scopes=["referrals:read"])
    assert "referrals:write" in problem(Asks(key).send(LIST), 403, "not-yours")["detail"]

    _, key = made(roles=["evaluation"])
    problem(Asks(key).read(LIST), 403, "not-yours")


@pytest.mark.parametrize(
    "wanted",
    [
        {"days": 400},
        {"days": -1},
        {"roles": ["director"]},
        {"roles": ["admin"]},
        {"roles": ["mentor"]},
        {"scopes": []},
        {"scopes": ["agency", "referrals:read"], "roles": []},
        {"scopes": ["agency"], "roles": ["intake"]},
    ],
    ids=str,
)
def test_some_keys_are_not_made(wanted):
    with pytest.raises(keys.NotPossible):
        made(**wanted)


def test_the_database_knows_that_a_program_is_no_colleague():
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(is_program=True, intake=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        IntegrationFactory(scopes=["agency", "cases:read"])


def test_a_program_is_in_no_list_of_people_and_signs_in_nowhere():
    integration, _ = made()
    admin, client = UserFactory(admin=True), StrictClient()
    client.force_login(admin)

    assert "Their system" not in client.get("/people/").content.decode()
    assert client.get(f"/people/{integration.user_id}/").status_code == 404
    assert client.post(f"/people/{integration.user_id}/link/").status_code == 404
    assert list(User.objects.with_role("intake")) == []
    answer = client.post("/sign-in/", {"email": integration.user.email, "password": ""})
    assert "_auth_user_id" in client.session or answer.status_code == 200


def test_too_many_requests_are_told_to_wait_and_fill_no_trail(monkeypatch):
    monkeypatch.setattr(door, "PER_MINUTE", 3)
    _, key = made()
    client = Asks(key)

    answers = [client.read(LIST) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 3
    problem(answers[-1], 429, "too-many")
    assert answers[-1]["Retry-After"] == "60"
    assert [line.status for line in AuditEntry.objects.order_by("at", "seq")] == [200, 200, 200, 429]


def test_whoever_guesses_keys_is_told_to_wait():
    answers = [Asks(f"mk_{'x' * 40}{n}").read(LIST) for n in range(21)]

    assert [answer.status_code for answer in answers] == [401] * 20 + [429]
    assert Asks(made()[1]).read(LIST).status_code == 200  # from the same address: a key that opens goes on
    assert AuditEntry.objects.filter(why="a key that opens nothing").count() == 20


@pytest.mark.parametrize(
    ("addresses", "is_one"),
    [
        (("2001:db8:1:2::7", "2001:db8:1:2:9::1"), True),
        (("2001:db8:1:2::7", "2001:db8:1:3::7"), False),
        (("192.0.2.1", "::ffff:192.0.2.1"), True),
        (("192.0.2.1", "192.0.2.2"), False),
        (("unknown", "unknown"), True),
    ],
)
def test_guesses_are_counted_by_who_holds_the_addresses(addresses, is_one):
    guesses, now = Guesses(limit=1), timezone.now()

    guesses.count(addresses[0], at=now)

    assert guesses.too_many(addresses[1], at=now) == is_one


@pytest.mark.parametrize(("wanted", "told"), [({}, 2), ({"roles": [], "scopes": [AGENCY]}, 0)])
def test_whoever_answers_for_the_program_hears_of_a_key_with_roles(wanted, told):
    director, other = UserFactory(director=True), UserFactory(admin=True)

    integration, _ = made(**wanted, agreed=False)
    assert OutboxRow.objects.filter(recipient__in=[director, other]).count() == OutboxRow.objects.count() == told
    keys.revoke(integration, by=other, at=timezone.now())

    assert OutboxRow.objects.filter(recipient=director).count() == told  # once made, once revoked


def test_every_address_is_of_one_kind_and_every_thing_has_its_scopes():
    """So a key, a scope and a role are asked for everywhere, in one place."""
    views = [view.cls for name, view in named_views() if name.startswith("api:")]

    assert len(views) > 20
    assert all(issubclass(view, Api) for view in views)
    assert {view.thing for view in views} == {*scopes.THINGS, AGENCY, ""}  # and what describes them
    assert {view.permission_classes == Api.permission_classes for view in views} == {True}
