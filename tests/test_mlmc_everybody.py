"""The list of people: by name, who is gone last, and whoever comes next however many came before."""

import pytest
from django.urls import reverse

from mlmc.core import colleagues
from mlmc.core.colleagues import WHO
from mlmc.core.models import User
from mlmc.people import everybody
from tests.factories import UserFactory
from tests.pages import sign_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_two(monkeypatch):
    monkeypatch.setattr(everybody, "PAGE", 2)


def walked(role=""):
    """Everybody, page by page; each page says behind whom the next begins."""
    found, after = [], None
    while True:
        people, after = everybody.page(everybody.in_order(role), after=after)
        found.append(people)
        if after is None:
            return found


@pytest.mark.parametrize("gone", [0, 1, 2, 3, 4])
def test_every_page_continues_behind_a_person_and_nobody_is_missed_or_shown_twice(of_two, gone):
    names = ["Ana Cole", "Robin Keane", "Robin Keane", "Robin Keane", "Zoe Ray"]
    here = [UserFactory(mentor=True, name=name) for name in names]
    left = [UserFactory(mentor=True, is_active=False, name="Bea Quill") for _ in range(gone)]
    UserFactory(name="A program", is_program=True, roles=[])

    pages = walked()

    by_name = [*sorted(here, key=lambda one: (one.name, one.pk)), *sorted(left, key=lambda one: one.pk)]
    assert [one for page in pages for one in page] == by_name
    assert {len(page) for page in pages[:-1]} <= {2}
    assert [one for page in walked("mentor") for one in page] == by_name[:5]


def test_the_address_of_a_page_holds_no_name_and_an_odd_one_is_the_beginning(client, of_two):
    admin = sign_in(client, admin=True, name="Ada Admin")
    ana, robin = UserFactory(mentor=True, name="Ana Cole"), UserFactory(mentor=True, name="Robin Keane")
    people = reverse("people:people")

    first, second = client.get(people), client.get(people, {"after": ana.pk})

    assert first.context["people"] == [admin, ana] and f"?after={ana.pk}" in text(first)
    assert "From the beginning" not in text(first)
    assert second.context["people"] == [robin] and "From the beginning" in text(second)
    assert "Show later ones" not in text(second)
    for odd in ("", "zz", "\x00", admin.pk.hex[:8], "00000000-0000-0000-0000-000000000000"):
        assert client.get(people, {"after": odd}).context["people"] == [admin, ana]


def test_among_many_somebody_is_found_by_name_also_when_they_are_gone(client, monkeypatch):
    sign_in(client, admin=True)
    gone = UserFactory(mentor=True, name="Ana Cole", is_active=False)
    UserFactory(mentor=True, name="Joana Cole")
    few = text(client.get(reverse("people:people")))
    monkeypatch.setattr(colleagues, "FEW", 2)

    many = text(client.get(reverse("people:people")))
    found = client.post(reverse("people:find"), {"person": "ana cole"})
    asked = text(client.post(reverse("people:find"), {"person": "cole"}))

    assert "Find somebody" in many and "Find somebody" not in few
    assert found.url == reverse("people:person", args=[gone.pk])
    assert WHO in asked and "Joana Cole, " in asked


def test_where_nobody_is_found_the_list_below_leads_on_as_well(client, of_two):
    sign_in(client, admin=True)
    UserFactory.create_batch(3, mentor=True)

    page = text(client.post(reverse("people:find"), {"person": "nobody of this name"}))

    assert f'href="{reverse("people:people")}?after=' in page


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("director", 200), ("supervisor", 403)])
def test_finding_somebody_is_for_who_manages_people(client, role, status):
    sign_in(client, **{role: True})

    assert client.post(reverse("people:find"), {"person": "nobody of this name"}).status_code == status
    assert User.objects.count() == 1
