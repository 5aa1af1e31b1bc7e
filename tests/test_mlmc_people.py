"""Leaving: what is open goes to somebody else first, then the sign-in is off. All or nothing."""

import pytest
from django.utils import timezone

from cases.models import Access, As, Referral
from mentors.models import Mentor, Mentorship, MentorStatus, Status
from mlmc import program
from mlmc.core.models import User
from mlmc.people import leaving
from tests.factories import (
    AccessFactory,
    MentorFactory,
    MentorshipFactory,
    ReferralFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def leave(user, to, admin):
    leaving.leave(user, to=to, by=admin, at=timezone.now())


def test_a_mentor_who_leaves_hands_over_each_youth_and_loses_the_history(admin):
    leaves, takes_over = MentorFactory(), MentorFactory()
    mentorship = MentorshipFactory(mentor=leaves)

    leave(leaves.user, takes_over.user, admin)

    leaves.refresh_from_db()
    assert (leaves.user.is_active, leaves.status) == (False, MentorStatus.DEPARTED)
    assert Mentorship.objects.get(case=mentorship.case, status=Status.BEGINNING).mentor == takes_over
    assert not Mentorship.objects.visible_to(User.objects.get(pk=leaves.user_id)).exists()


def test_without_a_mentor_who_takes_over_the_youth_wait_for_a_match(admin):
    leaves = MentorFactory()
    mentorship = MentorshipFactory(mentor=leaves)

    leave(leaves.user, None, admin)

    mentorship.case.refresh_from_db()
    assert mentorship.case.status == "waiting"


def test_a_mentor_without_room_for_all_takes_nobody_and_nothing_changes(admin):
    leaves, full = MentorFactory(), MentorFactory(places=1)
    MentorshipFactory.create_batch(2, mentor=leaves)

    with pytest.raises(leaving.StillOpen, match="free places"):
        leave(leaves.user, full.user, admin)

    leaves.refresh_from_db()
    assert (leaves.user.is_active, leaves.mentorships.filter(status=Status.WEEKLY).count()) == (True, 2)


def test_a_case_manager_cannot_leave_without_naming_somebody(admin):
    leaves, takes_over = UserFactory(case_manager=True), UserFactory(case_manager=True)
    row = AccessFactory(user=leaves, as_what=As.CASE_MANAGER)

    with pytest.raises(leaving.StillOpen, match="Choose who takes over"):
        leave(leaves, None, admin)
    leave(leaves, takes_over, admin)

    assert Access.objects.open_to(takes_over).get().case == row.case
    assert not Access.objects.open_to(leaves).exists()


def test_referrals_taken_on_and_the_place_on_the_rota_go_too(admin):
    leaves, takes_over = UserFactory(intake=True, supervisor=True), UserFactory(intake=True, supervisor=True)
    referral = ReferralFactory(taken_by=leaves)
    program.save(program.Program(on_call=[str(leaves.pk), str(takes_over.pk)]))

    leave(leaves, takes_over, admin)

    assert Referral.objects.get(pk=referral.pk).taken_by == takes_over
    assert program.current().on_call == [str(takes_over.pk)]


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


@pytest.mark.parametrize("what", ["a mentorship", "a case"])
def test_g12_nobody_takes_over_a_youth_a_wall_keeps_them_from(admin, what):
    if what == "a mentorship":
        mentorship, takes_over = MentorshipFactory(), MentorFactory().user
        leaves, youth = mentorship.mentor.user, mentorship.case.youth
    else:
        row, takes_over = AccessFactory(as_what=As.CASE_MANAGER, user__roles=["case_manager"]), UserFactory()
        takes_over.roles = ["case_manager"]
        takes_over.save(update_fields=["roles"])
        leaves, youth = row.user, row.case.youth
    WallFactory(user=takes_over, youth=youth)

    with pytest.raises(leaving.StillOpen, match="Choose somebody else"):
        leave(leaves, takes_over, admin)

    assert User.objects.get(pk=leaves.pk).is_active
    assert not Access.objects.filter(user=takes_over).exists()


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
