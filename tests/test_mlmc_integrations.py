"""The page of programs that may ask: a key is made with a fresh second factor, shown once, and revoked."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import AgencyProgram
from mlmc.core.models import AuditEntry, Integration, Session
from tests.api import Asks, problem
from tests.factories import AuthenticatorAppFactory, IntegrationFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/programs/"


def wanted(**more):
    ends = (timezone.localdate() + timedelta(days=90)).isoformat()
    words = {"name": "The office's system", "agency": "", "roles": ["intake"], "scopes": ["referrals:read"]}
    return words | {"ends_on": ends} | more


@pytest.fixture
def admin(client):
    user = UserFactory(admin=True)
    client.force_login(user)
    return user


def key_on(page):
    return re.search(r'value="(mk_[^"]+)"', page.content.decode())[1]


def test_a_key_is_shown_once_and_opens_what_was_ticked(client, admin):
    key = key_on(client.post(PAGE, wanted()))

    made = Integration.objects.get()
    assert (made.roles, made.scopes, made.made_by) == (["intake"], ["referrals:read"], admin)
    page = client.get(PAGE).content.decode()
    assert "The office&#x27;s system" in page
    assert key not in page
    assert Asks(key).read("/api/v1/referrals/").status_code == 200
    problem(Asks(key).read("/api/v1/cases/"), 403, "not-yours")
    line = AuditEntry.objects.get(what="integrations:programs", act="write")
    assert (line.user_id, line.record) == (admin.pk, str(made.pk))


def test_an_agencys_key_refers_for_it_and_no_more(client, admin):
    key = key_on(client.post(PAGE, wanted(agency="Lynn Area Office", roles=[], scopes=[])))

    assert Integration.objects.get().scopes == ["agency"]
    assert AgencyProgram.objects.get().agency.name == "Lynn Area Office"
    assert Asks(key).read("/api/v1/agency/referrals/").status_code == 200


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"agency": "Lynn Area Office"}, "agency"),
        ({"roles": []}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"roles": ["director"]}, "roles"),
        ({"roles": ["mentor"]}, "roles"),
        ({"scopes": ["agency"]}, "scopes"),
        ({"scopes": ["meetings:write"]}, "scopes"),
        ({"ends_on": "2199-01-01"}, "ends_on"),
        ({"ends_on": "2026-01-01"}, "ends_on"),
        ({"name": ""}, "name"),
    ],
    ids=str,
)
def test_what_does_not_fit_makes_no_key(client, admin, more, field):
    answer = client.post(PAGE, wanted(**more))

    assert field in answer.context["form"].errors
    assert not Integration.objects.exists()


def test_making_and_revoking_ask_for_a_fresh_second_factor(client, admin):
    AuthenticatorAppFactory(user=admin)
    made = IntegrationFactory()
    Session.objects.update(factor_at=timezone.now() - timedelta(minutes=6))

    assert client.get(PAGE).status_code == 200  # looking is free
    for path, values in ((PAGE, wanted()), (f"{PAGE}{made.pk}/revoke/", {})):
        assert "core/confirm.html" in [template.name for template in client.post(path, values).templates]
    assert Integration.objects.get().revoked_at is None


def test_a_revoked_key_stays_in_the_list_and_opens_nothing(client, admin):
    key = key_on(client.post(PAGE, wanted()))
    made = Integration.objects.get()

    client.post(f"{PAGE}{made.pk}/revoke/")
    client.post(f"{PAGE}{made.pk}/revoke/")  # twice is once

    made.refresh_from_db()
    assert (made.revoked_by, made.user.is_active) == (admin, False)
    assert "Revoked" in client.get(PAGE).content.decode()
    problem(Asks(key).read("/api/v1/referrals/"), 401, "no-key")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_questions_for_any_number_of_programs(client, admin, asks, rows):
    IntegrationFactory.create_batch(rows)
    client.get(PAGE)

    with asks(4):  # the session, the person, programs, settings
        client.get(PAGE)
