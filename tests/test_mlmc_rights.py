"""Who can do what: the page says what the program's own tables say, role by role."""

import pytest
from django.urls import reverse

from mlmc.core.models import Role
from mlmc.people import rights
from tests.factories import UserFactory
from tests.pages import text

pytestmark = pytest.mark.django_db


def test_each_role_is_told_by_the_menu_and_by_the_pages_that_name_it():
    priya = UserFactory(intake=True)

    found = {one.role: one for one in rights.of_every_role()}

    assert set(found) == set(Role)
    assert found[Role.INTAKE].people == [priya]
    assert {"Referrals", "Matching"} <= set(found[Role.INTAKE].menu) and "My youth" not in found[Role.INTAKE].menu
    assert "the welcome" in found[Role.INTAKE].more and "the welcome" not in found[Role.MENTOR].more
    assert "the check-in" in found[Role.MENTOR].more


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("director", 200), ("supervisor", 403)])
def test_it_is_for_who_manages_people_and_names_no_youth(client, role, status):
    client.force_login(UserFactory(**{role: True}))

    assert client.get(reverse("people:who_can")).status_code == status


def test_many_who_hold_a_role_are_counted_here_and_named_on_the_list_of_people(client, monkeypatch):
    monkeypatch.setattr(rights, "NAMED", 2)
    client.force_login(UserFactory(admin=True, name="Ada Admin"))
    mentors = [UserFactory(mentor=True, name=f"Robin {letter}") for letter in "ABC"]
    UserFactory(mentor=True, is_active=False), UserFactory(supervisor=True, name="Sol Super")

    page = text(client.get(reverse("people:who_can")))
    by_role = {one.role: (one.count, [person.name for person in one.people]) for one in rights.of_every_role()}
    listed = client.get(reverse("people:people"), {"role": "mentor"})

    assert by_role["mentor"] == (3, []) and by_role["supervisor"] == (1, ["Sol Super"])
    assert by_role["director"] == (0, [])
    assert "Robin A" not in page and "3 here" in page and "?role=mentor" in page
    assert list(listed.context["people"]) == mentors
    assert len(client.get(reverse("people:people"), {"role": "nobody"}).context["people"]) == 6
