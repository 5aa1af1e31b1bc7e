"""What each role finds where."""

import pytest
from django.utils import timezone

from cases import access
from cases.models import As
from mlmc import navigation
from mlmc.core.models import Role
from tests.factories import CaseFactory, UserFactory, YouthFactory

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


@pytest.mark.parametrize("role", Role)
def test_everybody_may_open_the_practice_youth(client, role):
    youth = YouthFactory(is_practice=True)
    case = CaseFactory(youth=youth, access=False)
    access.give(case, role=role, as_what=As.PRACTICE, why="practice youth", by=None, at=timezone.now())
    client.force_login(UserFactory(roles=[role]))

    answer = client.get("/practice/", follow=True)

    assert answer.redirect_chain == [(case.get_absolute_url(), 302)]
    assert answer.status_code == 200


def test_without_a_practice_youth_there_is_nothing_to_open(client):
    client.force_login(UserFactory(intake=True))

    assert client.get("/practice/").status_code == 404
