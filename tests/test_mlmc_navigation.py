"""What each role finds where."""

import pytest

from mlmc import navigation
from mlmc.core.models import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_first_screen_it_may_open(client, role):
    client.force_login(UserFactory(roles=[role]))

    answer = client.get("/", follow=True)

    assert answer.status_code == 200
    assert answer.redirect_chain


@pytest.mark.parametrize("role", Role)
def test_a_role_may_open_every_line_of_its_menu_and_there_are_eight_at_most(client, role):
    user = UserFactory(roles=[role])
    client.force_login(user)

    urls = [url for _, items in navigation.menu(user) for _, url, *_ in items]

    assert len(urls) <= 8
    assert {client.get(url).status_code for url in urls} <= {200}


def test_somebody_with_two_roles_finds_the_lines_of_both():
    both = UserFactory(intake=True, admin=True)

    keys = [key for _, items in navigation.menu(both) for key, *_ in items]

    assert {"today", "referrals", "people", "health"} <= set(keys)
