"""Who joins or leaves a team, and what a mentor chose to tell."""

import pytest
from django.utils import timezone

from cases.models import Access
from mentors import lifecycle, workforce
from mentors.models import Mentor, Mentorship
from tests.factories import MentorFactory, MentorshipFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
TOLD = {
    "languages": ["en", "es"],
    "areas": ["lynn"],
    "interests": ["music"],
    "experiences": ["kin"],
    "backgrounds": ["latina"],
    "gender": "woman",
    "texts": "yes",
}


def welcome(user, **more):
    workforce.welcome(user, by=UserFactory(admin=True), at=timezone.now(), **more)


def sees(user, mentorship):
    return Mentorship.objects.visible_to(user).filter(pk=mentorship.pk).exists()


@pytest.mark.parametrize("role", ["supervisor", "support"])
def test_who_joins_a_team_sees_the_youth_of_its_mentors_and_who_leaves_it_no_longer(role):
    team, elsewhere = TeamFactory(), TeamFactory()
    mentorship = MentorshipFactory(mentor=MentorFactory(user__team=team))
    joins = UserFactory(roles=[role], team=team)

    welcome(joins)
    welcome(joins)

    assert sees(joins, mentorship)
    assert Access.objects.filter(user=joins).count() == 1
    joins.team = elsewhere
    joins.save(update_fields=["team"])
    welcome(joins)
    assert not sees(joins, mentorship)


def test_who_gives_up_the_role_no_longer_sees_the_teams_youth():
    team = TeamFactory()
    mentorship = MentorshipFactory(mentor=MentorFactory(user__team=team))
    supervisor = UserFactory(supervisor=True, team=team)
    welcome(supervisor)

    supervisor.roles = ["intake"]
    supervisor.save(update_fields=["roles"])
    welcome(supervisor)

    assert not sees(supervisor, mentorship)


def test_a_mentor_who_changes_teams_takes_the_youth_along():
    old, new = TeamFactory(), TeamFactory()
    mentor = MentorFactory(user__team=old)
    mentorship = MentorshipFactory(mentor=mentor)
    was, becomes = UserFactory(supervisor=True, team=old), UserFactory(supervisor=True, team=new)
    welcome(was)

    mentor.user.team = new
    mentor.user.save(update_fields=["team"])
    welcome(mentor.user, moves=True)

    assert (sees(was, mentorship), sees(becomes, mentorship), sees(mentor.user, mentorship)) == (False, True, True)


def test_a_mentor_says_what_the_team_may_compare(client):
    mentor = MentorFactory()
    client.force_login(mentor.user)

    assert "/my-youth/about-me/" in client.get("/my-youth/").content.decode()
    assert "I have been through, and would share" in client.get("/my-youth/about-me/").content.decode()
    answer = client.post("/my-youth/about-me/", TOLD)

    mentor.refresh_from_db()
    assert answer.headers["Location"] == "/my-youth/"
    assert {name: getattr(mentor, name) for name in TOLD} == TOLD | {"texts": True}


def test_something_else_than_the_list_is_said_beside_the_field(client):
    mentor = MentorFactory()
    client.force_login(mentor.user)

    answer = client.post("/my-youth/about-me/", TOLD | {"areas": ["atlantis"]})

    assert answer.status_code == 200
    assert "Choose from the list." in answer.content.decode()
    assert Mentor.objects.get(pk=mentor.pk).areas == mentor.areas


def test_only_a_mentor_has_something_to_say_there(client):
    client.force_login(UserFactory(intake=True))

    assert client.post("/my-youth/about-me/", TOLD).status_code == 403


def step(client, mentor, to):
    client.post(f"/team/{mentor.pk}/step/", {"to": to})
    mentor.refresh_from_db()
    return mentor.status


def test_a_supervisor_says_when_a_mentor_is_ready_and_back_and_leave_is_planned(client):
    team = TeamFactory()
    mentor = MentorFactory(user__team=team, status="shadowing")
    client.force_login(UserFactory(supervisor=True, team=team))

    assert step(client, mentor, "ready") == "ready"
    assert step(client, mentor, "on_leave") == "ready"
    lifecycle.move_mentor(mentor, "on_leave")
    assert step(client, mentor, "active") == "active"


def test_a_step_that_is_not_the_next_one_changes_nothing(client):
    team = TeamFactory()
    mentor = MentorFactory(user__team=team, status="shadowing")
    client.force_login(UserFactory(supervisor=True, team=team))

    assert step(client, mentor, "departed") == "shadowing"
    assert step(client, mentor, "on_leave") == "shadowing"


@pytest.mark.parametrize(("role", "status"), [("supervisor", 404), ("mentor", 403), ("director", 403)])
def test_nobody_else_decides_about_a_mentor(client, role, status):
    mentor = MentorFactory(user__team=TeamFactory(), status="shadowing")
    client.force_login(UserFactory(roles=[role], team=TeamFactory()))

    assert client.post(f"/team/{mentor.pk}/step/", {"to": "ready"}).status_code == status
