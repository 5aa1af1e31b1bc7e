"""The page of programs that may ask: a key is made with a fresh second factor, shown once, and revoked."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import AgencyProgram
from mlmc.core.models import AuditEntry, Integration, RoleRequest, Session
from tests.api import Asks, agree, problem
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


def text(page):
    """What stands on it, in one line and without its marks."""
    return " ".join(re.sub(r"<[^>]+>", "", page.content.decode()).split())


def key_on(page):
    return re.search(r'value="(mk_[^"]+)"', page.content.decode())[1]


def test_a_key_is_shown_once_and_opens_what_was_ticked(client, admin):
    key = key_on(client.post(PAGE, wanted()))

    made = Integration.objects.get()
    assert (made.roles, made.scopes, made.made_by) == ([], ["referrals:read"], admin)
    agree(made)
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


def test_a_key_with_roles_waits_and_the_second_person_sees_what_for(client, admin):
    director = UserFactory(director=True, name="Dena Ruiz")
    page = client.post(PAGE, wanted())
    key = key_on(page)

    for words in (page.content.decode(), client.get(PAGE).content.decode()):
        assert "by Dena R., on the page People" in words
    assert "Somebody else says yes" in client.get("/people/").content.decode()

    client.force_login(director)
    assert "is to see what the intake coordinator sees, and asks for: Referrals: read." in text(client.get("/people/"))
    problem(Asks(key).read("/api/v1/referrals/"), 401, "no-key")
    client.post(f"/people/requests/{RoleRequest.objects.get().pk}/", {"yes": "yes"})

    assert Asks(key).read("/api/v1/referrals/").status_code == 200
    assert "Sees what the intake coordinator sees." in text(client.get(PAGE))


def test_with_one_leader_a_key_with_roles_waits_for_a_second_one(client, admin):
    assert "nobody else is admin or director" in text(client.post(PAGE, wanted()))


def test_after_a_no_the_page_says_who_said_it(client, admin):
    client.post(PAGE, wanted())
    agree(Integration.objects.get(), yes=False, by=UserFactory(director=True, name="Dena Ruiz"))

    page = text(client.get(PAGE))

    assert "Opens nothing. Dena R. said no to intake coordinator. Would ask for: Referrals: read." in page
    assert "Sees what" not in page


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
    made = agree(Integration.objects.get())
    assert Asks(key).read("/api/v1/referrals/").status_code == 200

    client.post(f"{PAGE}{made.pk}/revoke/")
    client.post(f"{PAGE}{made.pk}/revoke/")  # twice is once

    made.refresh_from_db()
    assert (made.revoked_by, made.user.is_active) == (admin, False)
    page = text(client.get(PAGE))
    assert f"{admin.short_name} revoked it." in page
    assert "Opens nothing since" in page
    assert "Sees what" not in page
    problem(Asks(key).read("/api/v1/referrals/"), 401, "no-key")


def test_revoking_is_asked_once(client, admin):
    """The button stands behind a disclosure that says what it does; it works without a script."""
    IntegrationFactory()

    page = client.get(PAGE).content.decode()

    [form] = re.findall(r"<form[^>]*/revoke/.*?</form>", page, re.DOTALL)
    [asked] = [part for part in re.findall(r"<details.*?</details>", page, re.DOTALL) if form in part]
    assert "To let it ask again takes a new key." in asked


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_questions_for_any_number_of_programs(client, admin, asks, rows):
    IntegrationFactory.create_batch(rows)
    client.get(PAGE)

    with asks(7):  # the session, the person, programs, what was asked for them, who may say yes, settings, the menu
        client.get(PAGE)
