"""Nobody makes a director or an admin alone (A14): one asks, another says yes."""

import pytest
from django.urls import reverse

from mlmc.core import people, raising
from mlmc.core.models import OutboxRow, RoleRequest, User
from tests.factories import UserFactory
from tests.test_core_people import NOW

pytestmark = pytest.mark.django_db
LIST = "/people/"


def roles_of(user):
    return User.objects.get(pk=user.pk).roles


def raise_(user, *, by, roles=("intake", "director")):
    people.change(user, roles=list(roles), team=None, on_council=False, by=by, at=NOW)
    return RoleRequest.objects.get()


def test_a_new_role_of_director_waits_and_the_rest_is_given(admin, director):
    user = UserFactory()

    request = raise_(user, by=admin)

    assert roles_of(user) == ["intake"]
    assert (request.role, request.asked_by) == ("director", admin)
    assert {row.recipient for row in OutboxRow.objects.all()} == {director}


def test_a_second_person_says_yes(admin, director):
    user = UserFactory()
    request = raise_(user, by=admin)

    raising.answer(request.pk, True, by=director, at=NOW)

    assert roles_of(user) == ["intake", "director"]
    with pytest.raises(raising.NotYours):
        raising.answer(request.pk, True, by=director, at=NOW)


def test_a_no_changes_nothing_and_it_can_be_asked_again(admin, director):
    user = UserFactory(intake=True)
    raising.answer(raise_(user, by=admin).pk, False, by=director, at=NOW)

    assert roles_of(user) == ["intake"]
    people.change(user, roles=["intake", "director"], team=None, on_council=False, by=admin, at=NOW)
    assert RoleRequest.objects.filter(answered_at=None).count() == 1


@pytest.mark.parametrize("who", ["asked", "raised"])
def test_neither_who_asked_nor_who_it_is_about_is_the_second(admin, who):
    user = UserFactory(admin=True)
    request = raise_(user, by=admin, roles=("admin", "director"))

    with pytest.raises(raising.NotYours):
        raising.answer(request.pk, True, by=admin if who == "asked" else user, at=NOW)

    assert roles_of(user) == ["admin"]


def test_an_invitation_raises_nobody_either(admin, director):
    user, _ = people.invite("new@example.org", name="New Person", roles=["admin"], by=admin, at=NOW)

    assert roles_of(user) == []
    raising.answer(RoleRequest.objects.get().pk, True, by=director, at=NOW)
    assert roles_of(user) == ["admin"]


def test_asking_twice_is_asking_once(admin):
    user = UserFactory()
    for _ in range(2):
        people.change(user, roles=["director"], team=None, on_council=False, by=admin, at=NOW)

    assert RoleRequest.objects.count() == 1


def test_a_link_for_a_director_is_heard_of_by_the_others(admin, director):
    other = UserFactory(director=True)

    people.new_link(director, by=admin, at=NOW)

    assert {row.recipient for row in OutboxRow.objects.all()} == {director, other}


def test_it_is_answered_on_the_people_page(client, admin, director):
    user = UserFactory(name="Nia Osei")
    request = raise_(user, by=admin)
    client.force_login(admin)
    assert "Somebody else says yes" in client.get(LIST).content.decode()
    client.post(reverse("people:role_answer", args=[request.pk]), {"yes": "yes"})
    assert roles_of(user) == ["intake"]

    client.force_login(director)
    assert "Nia Osei may be program director" in client.get(LIST).content.decode()
    client.post(reverse("people:role_answer", args=[request.pk]), {"yes": "yes"})

    assert roles_of(user) == ["intake", "director"]
    assert "Waiting for a second yes" not in client.get(LIST).content.decode()
