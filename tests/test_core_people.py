"""Who works here: links that work once, roles, leaving; and the last admin and director stay."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mlmc.core import people
from mlmc.core.models import OutboxRow, Role, RoleRequest, Session, User
from tests.factories import TeamFactory, UserFactory

NOW = timezone.now()
pytestmark = pytest.mark.django_db


def invited(**fields):
    admin = UserFactory(admin=True)
    return people.invite("New.Person@Example.org", name="New Person", roles=["intake"], by=admin, at=NOW, **fields)


def test_an_invitation_makes_a_person_who_cannot_sign_in_yet_and_keeps_only_the_hash_of_its_link():
    user, token = invited()

    assert (user.email, user.roles, user.has_usable_password()) == ("new.person@example.org", ["intake"], False)
    assert token.encode() not in bytes(user.invitations.get().token_hash)
    assert people.invitation_for(token, at=NOW).user == user


def test_a_link_works_once_and_for_seven_days():
    user, token = invited()
    invitation = people.invitation_for(token, at=NOW + timedelta(days=6, hours=23))

    people.accept(invitation, password="three words to remember", at=NOW)

    user.refresh_from_db()
    assert user.check_password("three words to remember")
    assert people.invitation_for(token, at=NOW) is None
    with pytest.raises(people.NotPossible):
        people.accept(invitation, password="another one entirely", at=NOW)


def test_a_link_ends_after_seven_days_and_when_a_newer_one_is_made():
    user, token = invited()

    assert people.invitation_for(token, at=NOW + timedelta(days=7, minutes=1)) is None
    newer = people.new_link(user, by=user, at=NOW)
    assert people.invitation_for(token, at=NOW) is None
    assert people.invitation_for(newer, at=NOW).user == user


def test_g25_whoever_was_here_is_told_that_all_they_had_was_replaced():
    user, admin = UserFactory(intake=True), UserFactory(admin=True)

    people.new_link(user, by=admin, at=NOW)

    assert [row.recipient for row in OutboxRow.objects.all()] == [user]


def test_somebody_new_is_told_nothing_by_mail():
    invited()

    assert not OutboxRow.objects.exists()


def test_an_email_that_is_here_already_is_refused_whatever_its_letters():
    invited()

    with pytest.raises(people.NotPossible, match="here already"):
        people.invite("new.PERSON@example.org", name="Other", roles=["mentor"], by=UserFactory(), at=NOW)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DIRECTOR])
def test_the_last_admin_and_the_last_director_cannot_be_switched_off_or_lose_the_role(role):
    last = UserFactory(roles=[role])
    UserFactory(roles=[role], is_active=False)

    with pytest.raises(people.NotPossible, match="last"), transaction.atomic():
        people.switch_off(last, at=NOW)
    with pytest.raises(people.NotPossible, match="last"), transaction.atomic():
        people.change(last, roles=["intake"], team=None, on_council=False, by=UserFactory(intake=True), at=NOW)
    UserFactory(roles=[role])
    assert not people.switch_off(last, at=NOW).is_active


@pytest.mark.parametrize("other", [{"roles": ["admin", "director"]}, {"team": TeamFactory}], ids=["roles", "team"])
def test_nobody_changes_their_own_roles_or_their_own_team(other):
    """By either somebody would open youth to themselves."""
    admin = UserFactory(admin=True)
    UserFactory(admin=True)
    asked = {name: made() if callable(made) else made for name, made in other.items()}

    with pytest.raises(people.NotPossible, match="Somebody else"):
        people.change(admin, **{"roles": ["admin"], "team": None, "on_council": False} | asked, by=admin, at=NOW)
    assert people.change(admin, roles=["admin"], team=None, on_council=True, by=admin, at=NOW).on_council


def test_switching_somebody_off_signs_them_out_everywhere_and_ends_their_links(client):
    UserFactory(admin=True)
    user = UserFactory(intake=True)
    token = people.new_link(user, by=user, at=NOW)
    client.force_login(user)
    assert Session.objects.count() == 1

    people.switch_off(user, at=timezone.now())

    assert Session.objects.count() == 0
    assert people.invitation_for(token, at=timezone.now()) is None
    assert client.get("/").headers["Location"].startswith("/sign-in/")


def test_a_link_opens_the_way_to_a_password_and_a_stranger_gets_nothing(client):
    user, token = invited()

    assert client.get("/join/not-a-link/").status_code == 404
    assert client.get(f"/join/{token}/").status_code == 200
    short = client.post(f"/join/{token}/", {"password": "short", "again": "short"})
    assert "too short" in short.content.decode()
    assert (
        client.post(f"/join/{token}/", {"password": "three words here", "again": "three words here"}).status_code
        == 302
    )
    assert client.get(f"/join/{token}/").status_code == 404
    assert User.objects.get(pk=user.pk).check_password("three words here")


def test_pages_ask_for_a_sign_in_and_are_kept_by_nobody(client):
    answer = client.get("/people/")

    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("role", "status"),
    [(role, 200 if role in (Role.ADMIN, Role.DIRECTOR) else 403) for role in Role],
)
def test_who_may_open_the_people_pages(client, role, status):
    someone = UserFactory(intake=True)
    client.force_login(UserFactory(roles=[role]))

    for path in ("/people/", "/people/invite/", f"/people/{someone.pk}/"):
        assert client.get(path).status_code == status, path


def test_the_list_of_people_takes_the_same_queries_for_one_and_for_many(client, asks):
    client.force_login(UserFactory(admin=True))

    for more in (0, 3):
        UserFactory.create_batch(more, intake=True, team=TeamFactory())
        with asks(8):  # session, user, requests, settings, how many, people, leaves, the menu
            client.get("/people/")


def test_a_page_that_knows_an_older_role_gives_it_back_to_nobody_alone():
    admin, user = UserFactory(admin=True), UserFactory(director=True)
    stale = User.objects.get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(roles=["intake"])  # meanwhile somebody took it away

    people.change(stale, roles=["intake", "director"], team=None, on_council=False, by=admin, at=NOW)

    assert User.objects.get(pk=user.pk).roles == ["intake"]
    assert RoleRequest.objects.get().role == "director"
