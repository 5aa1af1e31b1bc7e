"""G26: what could harm somebody asks again who it is, and what was typed goes on afterwards."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import get_resolver, reverse

from mlmc.core.models import User
from tests.conftest import NO_ROWS, READS, TRACES
from tests.door import shown
from tests.factories import (
    AuthenticatorAppFactory,
    CaseFactory,
    MentorFactory,
    MentorshipFactory,
    UserFactory,
    WallFactory,
)
from tests.test_attacks import ROUTES, filled, patterns

pytestmark = pytest.mark.django_db


NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


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


# A form without a mistake, where a mistake is said first.
GOOD = {
    "people/invite/": {"name": "New Person", "email": "x@example.org", "roles": ["director"]},
    "people/<uuid:pk>/": {"roles": ["director"]},
    "people/teams/": {"name": "East"},
    "people/<uuid:pk>/leave/<slug:kind>/": {"mentors-rest": ""},
    "account/password/": {"password": "a long and quiet phrase", "again": "a long and quiet phrase"},
    "programs/": {"name": "Theirs", "roles": ["intake"], "scopes": ["referrals:read"], "ends_on": TOMORROW},
    "exit/": {"why": "The county asks for everything."},
    "emergency/": {"code": "Y-0412", "reason": "A caller says that they are in danger right now."},
}
GUARDED = sorted(route for route, view, _ in patterns() if getattr(view, "asks_for_proof", False))


@pytest.fixture
def someone(admin):
    CaseFactory(youth__code="Y-0412")
    return UserFactory(support=True)


@pytest.mark.parametrize("route", sorted({*ASKS, *GOOD} - {"people/<uuid:pk>/leave/<slug:kind>/"}))
def test_g26_what_could_harm_somebody_asks_for_a_second_factor_again(client, someone, route):
    before = list(User.objects.order_by("pk").values())

    answer = client.post(filled(route, someone.pk), GOOD.get(route, {"roles": ["director"], "email": "x@example.org"}))

    assert says(answer, "Is it still you?")
    assert list(User.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("typed", ["good", "nothing"])
@pytest.mark.parametrize("route", GUARDED)
def test_g26_nothing_at_all_is_changed_before_the_factor_is_proven(client, someone, mailoutbox, route, typed):
    """Whatever a guarded view would do: not a row is written beside that somebody knocked, and no letter leaves."""
    done = []

    def watched(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if not (NO_ROWS.match(sql) or READS.match(sql) or TRACES.match(sql) or sql.startswith("set local")):
            done.append(sql)
        return answer

    with connection.execute_wrapper(watched):
        client.post(filled(route, someone.pk), GOOD.get(route, {}) if typed == "good" else {})

    assert done == []
    assert mailoutbox == []


MISTAKES = {
    "people/invite/": ({"email": "no address"}, "Enter an e-mail address, for example"),
    "people/<uuid:pk>/": ({"roles": ["queen"]}, "Choose from the list."),
    "people/teams/": ({"name": ""}, "Name of the team"),
    "account/password/": ({"password": "short", "again": "short"}, "too short"),
    "programs/": (
        {"name": "Theirs", "roles": ["intake"], "ends_on": TOMORROW},
        "Tick what it sees and what it asks for",
    ),
    "exit/": ({"why": ""}, "the second person reads it"),
    "emergency/": ({"code": "Y-0412", "reason": ""}, "Y-0412"),
}


@pytest.mark.parametrize("route", MISTAKES)
def test_a_mistake_is_said_before_anybody_is_asked_who_they_are(client, someone, route):
    typed, said = MISTAKES[route]

    answer = client.post(filled(route, someone.pk), typed)

    assert not says(answer, "Is it still you?")
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert says(answer, said)
    if name := typed.get("name"):
        assert says(answer, name)


def test_g26_until_it_is_still_them_no_code_tells_whether_it_opens_something(client, admin):
    """A form's mistake is theirs to know; what is behind a wall, or whether a code was ever given, is not."""
    WallFactory(user=admin, youth=CaseFactory(youth__code="Y-0413").youth)
    CaseFactory(youth__code="Y-0412")

    for code in ("Y-0412", "Y-0413", "Y-9999"):
        assert says(client.post("/emergency/", GOOD["emergency/"] | {"code": code}), "Is it still you?")


def test_g26_until_it_is_still_them_no_cover_tells_of_a_wall(client, admin):
    mentorship, walled, other = MentorshipFactory(), MentorFactory().user, MentorFactory().user
    WallFactory(user=walled, youth=mentorship.case.youth)
    days = {"first": TOMORROW, "last": TOMORROW, "kind": "health"}

    for cover in (walled, other):
        address = reverse("mentors:leave_plan", args=[mentorship.mentor.user_id])
        assert says(client.post(address, days | {"cover": cover.pk}), "Is it still you?")


def test_g26_until_it_is_still_them_whom_one_hands_over_to_tells_of_no_wall(client, admin):
    """Of a youth whom a system admin sees in numbers alone."""
    User.objects.filter(pk=admin.pk).update(roles=["admin"])
    mentorship, walled, other = MentorshipFactory(), MentorFactory().user, MentorFactory().user
    WallFactory(user=walled, youth=mentorship.case.youth)

    for taker in (walled, other):
        address = reverse("people:hand_over", args=[mentorship.mentor.user_id, "mentorships"])
        assert says(client.post(address, {"mentorships-rest": taker.pk}), "Is it still you?")


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
