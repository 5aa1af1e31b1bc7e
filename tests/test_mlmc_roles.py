"""A role that is taken away takes its rights along: on the pages, in the rows, and at once (G11)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import access
from cases.models import Access, As
from mentors.models import Mentorship
from mlmc.core.models import User
from mlmc.core.people import NotPossible
from mlmc.people import leaving, roles
from tests.factories import AccessFactory, CaseFactory, MentorshipFactory, TeamFactory, UserFactory, WallFactory

pytestmark = pytest.mark.django_db
EVALUATION = {"roles": ["evaluation"], "team": None, "on_council": False}


def change(someone, **more):
    now = EVALUATION | more
    roles.change(someone, **now, by=UserFactory(admin=True), at=timezone.now())
    return User.objects.get(pk=someone.pk)


@pytest.mark.parametrize(
    ("role", "as_what", "lasts"),
    [
        ("supervisor", As.SUPERVISOR, None),  # handed over by a colleague: not by the team
        ("support", As.SUPPORT, None),
        ("supervisor", As.ON_CALL, None),
        ("director", As.BREAK_GLASS, timedelta(minutes=50)),
    ],
)
def test_g11_a_row_that_was_given_for_a_role_ends_with_the_role(client, role, as_what, lasts):
    UserFactory(**{role: True})  # the last director stays
    case, someone = CaseFactory(access=False), UserFactory(**{role: True})
    until = timezone.now() + lasts if lasts else None
    AccessFactory(case=case, user=someone, as_what=as_what, until=until, why="handed over")
    client.force_login(someone)
    assert client.get(case.get_absolute_url()).status_code == 200

    change(someone)

    assert client.get(case.get_absolute_url()).status_code == 404
    assert not Access.objects.open_to(someone).exists()


def test_g11_what_another_role_of_theirs_holds_stays():
    someone = UserFactory(supervisor=True, support=True)
    kept = AccessFactory(user=someone, as_what=As.SUPERVISOR, why="handed over")
    AccessFactory(user=someone, as_what=As.SUPPORT, why="handed over")
    covers = AccessFactory(user=someone, as_what=As.COVER, until=timezone.now() + timedelta(days=2))

    someone = change(someone, roles=["supervisor"])

    assert set(Access.objects.open_to(someone)) == {kept, covers}


def test_g11_whoever_has_no_role_left_sees_nobody():
    someone = UserFactory(supervisor=True)
    AccessFactory(user=someone, as_what=As.COVER, until=timezone.now() + timedelta(days=2))

    someone = change(someone, roles=[])

    assert not Access.objects.open_to(someone).exists()


def test_a_mentor_who_meets_youth_keeps_the_role_until_somebody_takes_over():
    mentorship = MentorshipFactory()
    someone = mentorship.mentor.user

    with pytest.raises(NotPossible, match="1 youth"):
        change(someone)

    assert User.objects.get(pk=someone.pk).roles == ["mentor"]
    assert Mentorship.objects.visible_to(someone).exists()


def test_a_case_manager_keeps_the_role_until_somebody_takes_over():
    someone = UserFactory(case_manager=True)
    AccessFactory(user=someone, as_what=As.CASE_MANAGER)

    with pytest.raises(NotPossible, match="1 youth"):
        change(someone)


def test_the_form_says_what_is_open(client):
    mentorship = MentorshipFactory()
    client.force_login(UserFactory(admin=True))

    page = client.post(f"/people/{mentorship.mentor.user_id}/", {"roles": ["evaluation"]}).content.decode()

    assert "1 youth" in page
    assert "Hand over" in page


def test_g11_an_hour_that_was_opened_does_not_come_back_with_the_person(client):
    case, someone = CaseFactory(access=False), UserFactory(supervisor=True)
    AccessFactory(case=case, user=someone, as_what=As.BREAK_GLASS, until=timezone.now() + timedelta(minutes=50))
    admin = UserFactory(admin=True)

    leaving.leave(someone, by=admin, at=timezone.now())
    someone.refresh_from_db()
    client.force_login(admin)
    client.post(f"/people/{someone.pk}/return/")

    assert not Access.objects.open_to(User.objects.get(pk=someone.pk)).exists()


@pytest.mark.parametrize("role", ["intake", "assessment"])
@pytest.mark.parametrize("other", ["nobody", "walled", "here"])
def test_the_last_who_welcomes_or_finds_mentors_keeps_the_role_while_youth_wait(role, other):
    """The same rule as on the page of somebody who leaves."""
    someone, admin = UserFactory(roles=[role, "support"]), UserFactory(admin=True)
    case = CaseFactory(access=False)
    access.give(case, role=role, as_what=As(role), why="until the match", by=None, at=timezone.now())
    if other != "nobody":
        colleague = UserFactory(roles=[role])
        if other == "walled":
            WallFactory(user=colleague, youth=case.youth)
    words = {"roles": ["support"], "team": None, "on_council": False, "by": admin, "at": timezone.now()}

    if other == "here":
        roles.change(someone, **words)
    else:
        with pytest.raises(NotPossible, match="1 youth wait for whoever is"):
            roles.change(someone, **words)

    assert (role in User.objects.get(pk=someone.pk).roles) == (other != "here")
    roles.change(someone, **words | {"roles": [role]} if other != "here" else words)  # another role goes


@pytest.mark.parametrize("supervised", [True, False])
def test_who_took_a_youth_over_steps_back_when_the_mentor_moves_to_another_team(supervised):
    """As when another mentor takes over: where nobody supervises in the new team, they watch on."""
    old, new = TeamFactory(), TeamFactory()
    mentorship = MentorshipFactory(mentor__user__team=old)
    third = UserFactory(supervisor=True, team=TeamFactory())
    AccessFactory(case=mentorship.case, user=third, as_what=As.SUPERVISOR, why="handed over")
    leads = UserFactory(supervisor=True, team=new) if supervised else None
    words = {"roles": ["mentor"], "on_council": False, "by": UserFactory(admin=True), "at": timezone.now()}

    roles.change(mentorship.mentor.user, team=old, **words)  # nothing moves
    assert supervisors(mentorship) == {third}
    roles.change(mentorship.mentor.user, team=new, **words)

    assert supervisors(mentorship) == {leads or third}


def supervisors(mentorship):
    rows = Access.objects.filter(case=mentorship.case, as_what=As.SUPERVISOR, until=None)
    return {row.user for row in rows}
