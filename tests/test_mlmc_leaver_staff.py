"""A team, a turn on call, a cover; an account that ends at once, and somebody who comes back."""

import pytest

from cases.models import Access, As
from mentors import concerns, leave, mentorships
from mentors.models import (
    ConcernStatus,
    Mentor,
    Mentorship,
    MentorStatus,
)
from mlmc import program
from mlmc.core import holding
from mlmc.core.models import User
from mlmc.core.people import NotPossible
from mlmc.people import leaving
from tests.factories import (
    AccessFactory,
    ConcernFactory,
    MentorFactory,
    MentorshipFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
)
from tests.leaving import DAY, NOW, gives, hands_over, held, page_of

pytestmark = pytest.mark.django_db


def test_a_supervisor_without_a_team_leads_the_whole_and_sees_each_youth(client, director):
    person, to = UserFactory(supervisor=True, team=TeamFactory()), UserFactory(supervisor=True)
    rows = [MentorshipFactory(mentor__user__team=person.team) for _ in range(2)]

    hands_over(client, director, person, "led", {f"line_{rows[0].mentor_id}": to})

    assert User.objects.get(pk=to.pk).team == person.team
    assert {row.case_id for row in Access.objects.filter(user=to, as_what=As.SUPERVISOR, until=None)} == {
        row.case_id for row in rows
    }
    assert "led" not in held(person)


def test_a_supervisor_with_a_team_takes_a_mentor_into_it(client, director):
    person, to = (UserFactory(supervisor=True, team=TeamFactory()) for _ in range(2))
    mentorship, stays = (MentorshipFactory(mentor__user__team=person.team) for _ in range(2))
    gives(As.SUPERVISOR, person, case=mentorship.case, why="supervises the mentor")
    third = UserFactory(supervisor=True, team=TeamFactory())
    gives(As.SUPERVISOR, third, case=mentorship.case, why="handed over")
    gives(As.SUPERVISOR, third, case=stays.case, why="handed over")

    hands_over(client, director, person, "led", {f"line_{mentorship.mentor_id}": to})

    assert User.objects.get(pk=mentorship.mentor.user_id).team == to.team
    rows = Access.objects.filter(as_what=As.SUPERVISOR, until=None)
    assert {(row.user, row.case) for row in rows} == {(to, mentorship.case), (third, stays.case)}
    assert held(person)["led"] == 1
    assert stays.mentor.user.team == person.team


def test_g12_nobody_leads_a_mentor_whose_youth_a_wall_keeps_from_them(client, director):
    person = UserFactory(supervisor=True, team=TeamFactory())
    to = UserFactory(supervisor=True, team=TeamFactory())
    mentorship = MentorshipFactory(mentor__user__team=person.team)
    WallFactory(user=to, youth=mentorship.case.youth)

    hands_over(client, director, person, "led", {f"line_{mentorship.mentor_id}": to})

    assert User.objects.get(pk=mentorship.mentor.user_id).team == person.team


@pytest.mark.parametrize("walled", [True, False])
def test_g12_who_leads_a_mentor_is_not_for_somebody_to_choose_who_may_know_no_wall(client, admin, walled):
    """The page and its answer are the same, whether there is a wall or not."""
    person, to = (UserFactory(supervisor=True, team=TeamFactory()) for _ in range(2))
    mentorship = MentorshipFactory(mentor__user__team=person.team)
    if walled:
        WallFactory(user=to, youth=mentorship.case.youth)

    page = page_of(client, admin, person)
    section = page.partition('id="led"')[2].partition("</section>")[0]
    assert "The program director chooses" in section
    assert (mentorship.mentor.user.name in section, to.name in section, "<select" in section) == (True, False, False)
    answer = hands_over(client, admin, person, "led", {f"line_{mentorship.mentor_id}": to})
    assert (answer.status_code, answer.url) == (302, f"/people/{person.pk}/leave/")
    kind = holding.named("led")
    with pytest.raises(holding.NotTaken, match="The program director chooses"):
        holding.hand_over(kind, *kind.find([person.pk]), to, person=person, by=admin, at=NOW)

    assert User.objects.get(pk=mentorship.mentor.user_id).team == person.team


def test_a_turn_on_call_goes_to_somebody_in_the_same_place_or_is_left_out(client, admin):
    one, two, three = (UserFactory(supervisor=True) for _ in range(3))
    program.save(program.Program(on_call=[str(one.pk), str(two.pk)]))

    hands_over(client, admin, one, "on_call", {f"line_{one.pk}": three})
    assert program.current().on_call == [str(three.pk), str(two.pk)]
    hands_over(client, admin, three, "on_call", {f"line_{three.pk}": two})
    assert program.current().on_call == [str(two.pk)]
    hands_over(client, admin, two, "on_call", {f"line_{two.pk}": "nobody"})
    assert program.current().on_call == []


def test_somebody_else_covers_from_that_moment_until_the_same_day(client, director):
    mentorship, person, to = MentorshipFactory(), MentorFactory().user, MentorFactory().user
    made = leave.plan(
        mentorship.mentor.user, begins=NOW, until=NOW + 5 * DAY, kind="time_off", cover=person, by=director, at=NOW
    )

    hands_over(client, director, person, "covers", {f"line_{made.pk}": to})

    rows = Access.objects.filter(case=mentorship.case, as_what=As.COVER).order_by("begins")
    assert [(row.user, row.until == made.until) for row in rows] == [(person, False), (to, True)]
    assert rows[0].until == rows[1].begins
    made.refresh_from_db()
    assert made.cover == to


def test_who_may_not_cover_there_is_refused(client, director):
    mentorship, person, to = MentorshipFactory(), MentorFactory().user, MentorFactory().user
    WallFactory(user=to, youth=mentorship.case.youth)
    made = leave.plan(
        mentorship.mentor.user, begins=NOW, until=NOW + 5 * DAY, kind="time_off", cover=person, by=director, at=NOW
    )

    page = hands_over(client, director, person, "covers", {f"line_{made.pk}": to}).content.decode()

    assert "cannot cover for everybody" in page
    made.refresh_from_db()
    assert made.cover == person


def ends_at_once(client, reader, person):
    client.force_login(reader)
    return client.post(f"/people/{person.pk}/leave/", {"anyway": "on"})


def test_an_account_that_ends_at_once_leaves_a_page_of_what_is_with_nobody(client, admin, director):
    team = TeamFactory()
    supervisor = UserFactory(supervisor=True, team=team)
    mentorship = MentorshipFactory(mentor__user__team=team)
    gives(As.SUPERVISOR, supervisor, case=mentorship.case)
    person, to = mentorship.mentor.user, MentorFactory()

    assert ends_at_once(client, admin, person).headers["Location"] == f"/people/{person.pk}/leave/"

    assert not User.objects.get(pk=person.pk).is_active
    for reader, first in ((admin, "/health/"), (director, "/today/"), (supervisor, "/team/")):
        client.force_login(reader)
        page = client.get(first).content.decode()
        assert f"{person.name}: 1 thing to hand over" in page
    hands_over(client, supervisor, person, "mentorships", {f"line_{mentorship.pk}": to.user})
    assert holding.left_behind(director) == []
    assert not Access.objects.filter(user=person, until=None).exists()
    assert "Nothing is left" in page_of(client, admin, person)


def test_danger_waits_for_no_hand_over(client, admin):
    person, next_one = UserFactory(supervisor=True), UserFactory(supervisor=True)
    program.save(program.Program(on_call=[str(person.pk), str(next_one.pk)]))
    waits, had = ConcernFactory(told=person), ConcernFactory(told=person)
    concerns.acknowledge(had, by=person, at=NOW)

    ends_at_once(client, admin, person)

    for concern in (waits, had):
        concern.refresh_from_db()
        assert (concern.status, concern.told) == (ConcernStatus.TOLD, next_one)
    assert program.current().on_call == [str(next_one.pk)]


def test_whoever_covered_for_them_goes_on_until_it_is_handed_over(client, admin, director):
    mentorship, cover = MentorshipFactory(), MentorFactory().user
    person = mentorship.mentor.user
    leave.plan(person, begins=NOW, until=NOW + 5 * DAY, kind="time_off", cover=cover, by=director, at=NOW)

    ends_at_once(client, admin, person)
    assert Access.objects.open_to(cover, as_what=[As.COVER]).exists()

    hands_over(client, director, person, "mentorships", {f"line_{mentorship.pk}": MentorFactory().user})
    assert not Access.objects.open_to(cover, as_what=[As.COVER]).exists()


def test_the_last_admin_stays_also_at_once(admin):
    with pytest.raises((NotPossible, leaving.StillOpen)):
        leaving.leave(admin, by=UserFactory(director=True), at=NOW, anyway=True)

    assert User.objects.get(pk=admin.pk).is_active


def test_somebody_who_comes_back_goes_on_with_whom_they_still_have(client, admin):
    mentorship, idle = MentorshipFactory(), MentorFactory()

    for person in (mentorship.mentor.user, idle.user):
        ends_at_once(client, admin, person)
        client.post(f"/people/{person.pk}/return/")

    assert {Mentor.objects.get(pk=pk).status for pk in (mentorship.mentor_id,)} == {MentorStatus.ACTIVE}
    assert Mentor.objects.get(pk=idle.pk).status == MentorStatus.SHADOWING
    assert Mentorship.objects.visible_to(User.objects.get(pk=mentorship.mentor.user_id)).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_questions_for_any_number_of_youth(client, director, rows, asks):
    mentor = MentorFactory()
    [MentorshipFactory(mentor=mentor) for _ in range(rows)]
    MentorFactory()
    client.force_login(director)
    client.get("/")

    # session, reader, leaver; each subject once; whose they are, who takes over, who cannot; program, menu counts
    with asks(33):
        page = client.get(f"/people/{mentor.user_id}/leave/").content.decode()

    assert page.count("Goes to:") == rows


@pytest.mark.parametrize("role", ["admin", "director"])
def test_who_manages_people_gets_no_youth_by_covering_instead(client, role):
    manager, cover = UserFactory(roles=[role, "supervisor"]), UserFactory(supervisor=True)
    mentor, by = MentorshipFactory().mentor.user, UserFactory(director=True)
    leave.plan(mentor, begins=NOW, until=NOW + 5 * DAY, kind="time_off", cover=cover, by=by, at=NOW)

    hands_over(client, manager, cover, "covers", {f"line_{mentor.leaves.get().pk}": manager})

    assert not Access.objects.open_to(manager).exists()


def test_who_manages_people_gets_no_youth_by_leading_instead(client):
    manager, person = UserFactory(roles=["director", "supervisor"]), UserFactory(supervisor=True, team=TeamFactory())
    mentorship = MentorshipFactory(mentor__user__team=person.team)

    hands_over(client, manager, person, "led", {f"line_{mentorship.mentor_id}": manager})

    assert not Access.objects.open_to(manager).exists()


@pytest.mark.parametrize("event", ["a colleague joins", "the mentor's page is saved", "her own page is saved"])
def test_supervision_that_was_handed_over_does_not_come_back_by_itself(client, admin, director, event):
    east, west = TeamFactory(), TeamFactory()
    one, other = UserFactory(supervisor=True, team=east), UserFactory(supervisor=True, team=west)
    mentorship = MentorshipFactory(mentor__user__team=east)
    handed = {"case": mentorship.case, "why": mentorships.WHY[As.SUPERVISOR], "begins": NOW - DAY}
    row = AccessFactory(user=one, as_what=As.SUPERVISOR, **handed)
    hands_over(client, director, one, "supervisor", {f"line_{row.pk}": other})
    client.force_login(admin)

    if event == "a colleague joins":
        said = {"name": "New Here", "email": "new@example.org", "roles": ["support"], "team": str(east.pk)}
        client.post("/people/invite/", said)
        assert set(Access.objects.open_to(User.objects.get(email="new@example.org")).values_list("case", flat=True))
    else:
        who, role = (mentorship.mentor.user, "mentor") if "mentor" in event else (one, "supervisor")
        client.post(f"/people/{who.pk}/", {"roles": [role], "team": str(east.pk), "on_council": "on"})
        assert User.objects.get(pk=who.pk).on_council

    assert not Access.objects.open_to(one).exists()
    assert Access.objects.open_to(other).exists()
