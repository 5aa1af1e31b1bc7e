"""Who can do what: the page says what the program's own tables say, role by role."""

import pytest
from django.urls import reverse

from mlmc.core.models import Role
from mlmc.people import rights
from tests.factories import UserFactory

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
