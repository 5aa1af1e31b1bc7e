"""The pages about people and about the program's health."""

import pytest

from cases.models import Access
from mentors.models import Mentor, MentorStatus
from mlmc.core.models import User
from tests.factories import MentorFactory, MentorshipFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_going_for_some_days_and_going_for_good_are_called_by_other_words(client):
    team = TeamFactory()
    supervisor, admin = UserFactory(supervisor=True, team=team), UserFactory(admin=True)
    mentor = MentorFactory(user=UserFactory(mentor=True, name="Mara Quill", team=team)).user

    pages = {}
    for reader in (admin, supervisor):
        client.force_login(reader)
        for path in ("/people/", f"/people/{mentor.pk}/", f"/people/{mentor.pk}/leave/", "/leave/"):
            pages[reader, path] = client.get(path).content.decode()

    assert ">Time away</a>" in pages[admin, "/people/"]
    assert "<h1>Time away</h1>" in pages[admin, "/leave/"]
    assert "Leaving the program?" in pages[admin, f"/people/{mentor.pk}/"]
    assert "<h1>Mara Quill is leaving the program</h1>" in pages[admin, f"/people/{mentor.pk}/leave/"]
    assert "<h1>Hand over from Mara Quill</h1>" in pages[supervisor, f"/people/{mentor.pk}/leave/"]
    assert [path for path, page in pages.items() if ">Leave<" in page or ">Leaving?<" in page] == []


def test_inviting_a_mentor_makes_a_mentor_who_begins_by_shadowing(client, admin):
    client.force_login(admin)

    answer = client.post(
        "/people/invite/",
        {"name": "New Mentor", "email": "new@example.org", "roles": ["mentor"], "team": TeamFactory().pk},
    )

    mentor = Mentor.objects.get(user__email="new@example.org")
    assert mentor.status == MentorStatus.SHADOWING
    assert "/join/" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "a\x00b"}, {"name": "x" * 81}, {"email": "not one"}, {"roles": []}, {"roles": ["queen"]}],
    ids=str,
)
def test_an_invitation_with_something_wrong_says_so_beside_the_field_and_keeps_the_rest(client, admin, wrong):
    client.force_login(admin)
    good = {"name": "New Person", "email": "new@example.org", "roles": ["intake"]}

    answer = client.post("/people/invite/", good | wrong)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "invalid-feedback" in page
    assert all(str(value) in page for key, value in good.items() if key not in wrong and key != "roles")
    assert not User.objects.filter(email="new@example.org").exists()


def test_health_says_in_plain_words_when_the_clock_stands_still(client, admin):
    client.force_login(admin)

    page = client.get("/health/").content.decode()

    assert "has not ticked yet" in page
    assert "Start the worker and beat again." in page
    assert "same as the program" in page


@pytest.mark.parametrize("page", ["invite", "person"])
def test_a_team_is_called_by_its_name(client, admin, page):
    TeamFactory(name="Harbor")
    client.force_login(admin)

    words = client.get("/people/invite/" if page == "invite" else f"/people/{UserFactory().pk}/").content.decode()

    assert ">Harbor<" in words
    assert "Team 0" not in words


def test_health_asks_nothing_of_anybody_where_all_is_well(client, admin):
    client.force_login(admin)

    words = client.get("/health/").content.decode()

    assert "Nothing" in words
    assert "Not known yet" not in words


@pytest.mark.parametrize("role", ["supervisor", "support"])
def test_nobody_moves_themselves_to_another_team_and_so_to_its_youth(client, role):
    here, there = TeamFactory(), TeamFactory()
    manager = UserFactory(roles=["admin", role], team=here)
    UserFactory(supervisor=True, team=here)
    MentorshipFactory(mentor__user__team=there)
    client.force_login(manager)

    page = client.post(f"/people/{manager.pk}/", {"roles": ["admin", role], "team": str(there.pk)}).content.decode()

    assert "Somebody else has to change your own roles and your own team." in page
    assert not Access.objects.open_to(manager).exists()
    assert User.objects.get(pk=manager.pk).team == here
