"""What each role finds where."""

import pytest
from django.utils import timezone

from cases import access
from cases.models import As, Emergency, Referral
from mlmc import navigation, queues
from mlmc.core.models import Role
from tests.conftest import acting
from tests.factories import AccessFactory, CaseFactory, UserFactory, WallFactory, YouthFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


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


FIRST_LISTS = {
    "director": ("/today/", "Today"),
    "supervisor": ("/team/", "My team"),
    "intake": ("/referrals/", "Referrals"),
    "assessment": ("/match/", "Matching"),
    "case_manager": ("/follow-ups/", "Follow-ups"),
}


@pytest.mark.parametrize("role", FIRST_LISTS)
def test_from_the_page_of_a_youth_a_crumb_leads_back_to_the_list_this_person_begins_with(client, role):
    person, case = UserFactory(roles=[role]), CaseFactory()
    if role in {"supervisor", "case_manager"}:
        AccessFactory(case=case, user=person, as_what=role)
    client.force_login(person)

    page = client.get(case.get_absolute_url()).content.decode()

    crumb = page.partition('class="crumb"')[2].partition("</div>")[0]
    where, words = FIRST_LISTS[role]
    assert f'href="{where}"' in crumb
    assert words in crumb
    assert client.get("/").headers["Location"] == where


def test_without_a_practice_youth_there_is_nothing_to_open(client):
    client.force_login(UserFactory(intake=True))

    assert client.get("/practice/").status_code == 404


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DIRECTOR])
def test_emergencies_stand_in_the_menu_with_how_many_wait_for_this_persons_review(role):
    reader, other = UserFactory(roles=[role]), UserFactory(intake=True)
    case, walled = CaseFactory(access=False), CaseFactory(access=False)
    WallFactory(user=reader, youth=walled.youth)
    for of, by in ((case, other), (walled, other), (case, reader)):
        row = access.give(of, user=by, as_what=As.BREAK_GLASS, why="opened", by=by, at=NOW, until=NOW)
        Emergency.objects.create(access=row, by=by, reason="A worried call.")

    def waits():
        with acting(reader):
            found = {key: (count, hot) for _, items in navigation.menu(reader) for key, *_, count, hot in items}
        return found["emergencies"]

    assert waits() == (1, True)
    Emergency.objects.update(reviewed_at=NOW)
    assert waits() == (0, True)


@pytest.mark.parametrize("more", [[], [Role.ADMIN], [Role.DIRECTOR]], ids=["alone", "admin", "director"])
def test_g12_the_menu_counts_no_referral_a_wall_keeps_from_whoever_reads_it(more):
    """Whatever else they count under a duty, which sees no walls."""
    reader, case = UserFactory(roles=[Role.INTAKE, *more]), CaseFactory()
    Referral.objects.filter(pk=case.referral_id).update(status="needs_information", replied_at=None)

    def waits():
        with acting(reader):
            return queues.count(reader, {"referrals", "people", "settings"})["referrals"][0]

    assert waits() == 1
    WallFactory(user=reader, youth=case.youth)
    assert waits() == 0
