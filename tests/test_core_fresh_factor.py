"""G26: what could harm somebody asks again who it is, and what was typed goes on afterwards."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import get_resolver

from mlmc.core.models import User
from tests.door import shown
from tests.factories import AuthenticatorAppFactory, UserFactory
from tests.test_attacks import ROUTES, filled

pytestmark = pytest.mark.django_db


NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)


def says(answer, words):
    return words in answer.content.decode()


def hidden(answer, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    return html.unescape(found[1]) if found else None


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
    "files/<uuid:pk>/fetch/",
    "files/<uuid:pk>/again/",
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
