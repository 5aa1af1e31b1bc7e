"""Nobody makes a director or an admin alone (A14): one asks, another says yes."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from mlmc.core import people, raising
from mlmc.core.models import ExitRequest, Invitation, OutboxRow, RoleRequest, User
from mlmc.plain_exit import asking
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


def uses_a_link_of(maker, user, *, at=NOW):
    """Somebody's way back in, made by this person, and used."""
    token = people.new_link(user, by=maker, at=at)
    people.accept(people.invitation_for(token, at=at), password="a long and quiet phrase", at=at)


def test_nobody_becomes_the_second_person_by_a_link_they_made(client, admin, director):
    """Whoever makes a link can open it: for a week nobody knows who is behind that account."""
    request = raise_(UserFactory(), by=admin)
    uses_a_link_of(admin, director)

    with pytest.raises(raising.NotYours, match="less than a week ago"):
        raising.answer(request.pk, True, by=director, at=NOW)
    assert not raising.waiting(director)[0].may_answer
    raising.answer(request.pk, True, by=UserFactory(admin=True), at=NOW)


@pytest.mark.parametrize("link", ["of somebody else", "never used", "a week ago"])
def test_other_links_keep_nobody_from_being_the_second_person(admin, director, link):
    request = raise_(UserFactory(), by=admin)
    if link == "never used":
        people.new_link(director, by=admin, at=NOW)
    else:
        uses_a_link_of(UserFactory(admin=True) if link == "of somebody else" else admin, director)
    if link == "a week ago":
        Invitation.objects.update(made_at=NOW - timedelta(days=7))

    assert raising.answer(request.pk, True, by=director, at=NOW)


def test_a_director_who_was_gone_comes_back_as_one_by_a_second_yes(client, admin, director):
    gone = UserFactory(roles=["director", "intake"])
    people.switch_off(gone, at=NOW)
    client.force_login(admin)

    page = client.post(f"/people/{gone.pk}/return/", follow=True).content.decode()

    assert "What they were as program director waits for a second yes." in page
    assert roles_of(gone) == ["intake"]
    raising.answer(RoleRequest.objects.get().pk, True, by=director, at=NOW)
    assert roles_of(gone) == ["intake", "director"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": ["intake"]}], ids=["switched off", "no admin"])
def test_what_somebody_asked_who_may_no_longer_is_only_said_no_to(admin, director, change):
    user = UserFactory()
    request = raise_(user, by=admin)
    User.objects.filter(pk=admin.pk).update(**change)

    with pytest.raises(raising.NotYours, match="may no longer do so"):
        raising.answer(request.pk, True, by=director, at=NOW)
    raising.answer(request.pk, False, by=director, at=NOW)
    assert roles_of(user) == ["intake"]


def test_who_lets_nobody_in_is_no_second_person(admin):
    request = raise_(UserFactory(), by=admin)

    with pytest.raises(raising.NotYours):
        raising.answer(request.pk, True, by=UserFactory(supervisor=True), at=NOW)


def test_nobody_says_yes_to_their_own_question_not_even_by_sql(admin):
    raise_(UserFactory(), by=admin)

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleRequest.objects.update(answered_by=F("asked_by"), answered_at=NOW, granted=True)


def test_whoever_waits_for_a_second_yes_is_told_so_on_the_first_page_and_can_leave(client, admin, director):
    user, _ = people.invite("new@example.org", name="New Person", roles=["director"], by=admin, at=NOW)
    client.force_login(user)

    answer = client.get("/")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "You are to become program director" in page
    assert admin.name not in page
    assert director.name not in page
    assert page.count(f'action="{reverse("core:sign_out")}"') == 2  # on the page, and in the menu
    raising.answer(RoleRequest.objects.get().pk, True, by=director, at=NOW)
    client.force_login(User.objects.get(pk=user.pk))
    assert client.get("/").url == "/today/"


def test_whoever_has_no_role_and_waits_for_none_is_told_whom_to_ask(client):
    client.force_login(UserFactory(roles=[]))

    answer = client.get("/")

    assert answer.status_code == 403
    assert "You have no role yet" in answer.content.decode()


def test_who_invites_a_director_reads_that_it_waits_with_the_link_and_on_their_page(client, admin):
    client.force_login(admin)
    asked = {"name": "New Person", "email": "new@example.org", "roles": ["director"]}
    words = "They are to become program director: that waits for a second yes"

    link = client.post(reverse("people:invite"), asked).content.decode()
    user = User.objects.get(email="new@example.org")
    theirs = client.get(reverse("people:person", args=[user.pk])).content.decode()

    assert words in link
    assert "waits for a second yes" in client.get(LIST).content.decode().partition('id="h-people"')[2]
    assert words in theirs
    assert "A new one lasts 7 days" in theirs
    raising.take_back(user, by=admin, at=NOW)
    assert words not in client.get(reverse("people:person", args=[user.pk])).content.decode()


@pytest.mark.parametrize(("word", "said"), [("yes", "is program director from now on."), ("no", "does not become")])
def test_the_answer_names_whom_and_what_it_is_about(client, admin, director, word, said):
    request = raise_(UserFactory(name="Nia Osei"), by=admin)
    client.force_login(director)

    page = client.post(reverse("people:role_answer", args=[request.pk]), {word: word}, follow=True).content.decode()

    assert f"Nia Osei {said}" in page


def test_on_ones_own_page_no_link_is_offered_and_it_says_who_changes_roles(client, admin):
    client.force_login(admin)

    page = client.get(reverse("people:person", args=[admin.pk])).content.decode()

    assert "somebody else has to change your roles" in page
    assert reverse("people:new_link", args=[admin.pk]) not in page


def waits_on_first_page(client, user):
    """What this person's first page says waits for their yes or no, and where it is given."""
    client.force_login(user)
    page = client.get("/", follow=True).content.decode()
    return re.findall(r"<p>([^<]*) for a second person’s yes or no[^<]*</p><a[^>]*href=.([^\"]*)", page)


@pytest.mark.parametrize("roles", [["director"], ["admin"], ["admin", "intake"], ["admin", "mentor"]], ids=str)
def test_what_waits_for_a_second_yes_is_said_on_the_first_page_of_whoever_may_give_it(client, admin, roles):
    other = UserFactory(roles=roles)
    user = UserFactory(name="Nia Osei")
    request = raise_(user, by=admin)

    assert waits_on_first_page(client, other) == [("One question waits", "/people/")]
    assert "Nia Osei" not in client.get("/", follow=True).content.decode()
    assert "second person’s yes" not in client.get("/help/").content.decode()  # there alone
    assert waits_on_first_page(client, admin) == []  # who asked
    assert waits_on_first_page(client, UserFactory(supervisor=True)) == []
    uses_a_link_of(admin, other, at=timezone.now())
    assert waits_on_first_page(client, other) == []
    raising.answer(request.pk, False, by=UserFactory(director=True), at=NOW)
    Invitation.objects.all().delete()
    assert waits_on_first_page(client, other) == []


def test_whom_it_is_about_is_not_told_to_answer(client, admin):
    user = UserFactory(admin=True)
    raise_(user, by=admin, roles=("admin", "director"))

    assert waits_on_first_page(client, user) == []


def test_everything_as_plain_files_waits_on_the_first_page_too_for_as_long_as_the_question_stands(
    client, admin, director
):
    asking.ask("The county takes over.", by=admin, at=timezone.now())

    assert waits_on_first_page(client, director) == [("One question waits", "/exit/")]
    assert waits_on_first_page(client, admin) == []
    ExitRequest.objects.update(asked_at=timezone.now() - timedelta(days=4))
    assert waits_on_first_page(client, director) == []


@pytest.mark.parametrize("rows", [1, 4])
def test_what_waits_costs_one_statement_of_the_menu_however_much_it_is(client, admin, director, asks, rows):
    for _ in range(rows):
        people.change(UserFactory(), roles=["director"], team=None, on_council=False, by=admin, at=NOW)
    client.force_login(director)

    with asks(9):
        client.get(LIST)
