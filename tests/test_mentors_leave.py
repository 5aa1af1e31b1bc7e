"""Time away: in no moment a youth or a mentor is unwatched, and who covers sees no more and no longer than that."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import Access, As
from mentors import concerns, leave, mentorships
from mentors.models import Leave, Meeting, Mentorship, MentorStatus
from mlmc import program
from mlmc.core.models import User
from mlmc.core.people import NotPossible
from mlmc.people import leaving, roles
from tests.conftest import acting
from tests.factories import (
    AccessFactory,
    CaseFactory,
    ConcernFactory,
    MentorFactory,
    MentorshipFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def team():
    return TeamFactory()


def plan(person, cover, by, *, begins=NOW, days=7, **more):
    return leave.plan(
        person, begins=begins, until=begins + days * DAY, kind="time_off", cover=cover, by=by, at=NOW, **more
    )


def covers(user):
    rows = Access.objects.open_to(user, as_what=[As.COVER])
    return set(rows.values_list("case", flat=True))


def supervised(mentorship, supervisor):
    access.give(
        mentorship.case, user=supervisor, as_what=As.SUPERVISOR, why="supervises the mentor", by=None, at=NOW - DAY
    )


# Who covers


def test_each_youth_of_a_mentor_is_covered_by_somebody_for_these_days(director):
    one = MentorshipFactory()
    two = MentorshipFactory(mentor=one.mentor)
    ours, theirs = MentorFactory().user, UserFactory(supervisor=True)

    made = plan(one.mentor.user, ours, director, instead={two.case_id: theirs})

    assert (covers(ours), covers(theirs)) == ({one.case_id}, {two.case_id})
    assert {row.until for row in Access.objects.filter(as_what=As.COVER)} == {made.until}
    assert one.case.events.order_by("at").last().what == "Somebody covers while a colleague is on leave"


@pytest.mark.parametrize("role", ["supervisor", "case_manager"])
def test_staff_are_covered_by_a_colleague_in_the_same_role(director, role):
    person, colleague, other = UserFactory(**{role: True}), UserFactory(**{role: True}), UserFactory(support=True)
    mentorship = MentorshipFactory()
    access.give(mentorship.case, user=person, as_what=role, why="works with them", by=None, at=NOW - DAY)

    for unfit in (other, None, person):
        with pytest.raises(leave.NotCovered):
            plan(person, unfit, director)
    plan(person, colleague, director)

    assert covers(colleague) == {mentorship.case_id}


def test_intake_is_away_only_with_another_coordinator(director):
    person, colleague = UserFactory(intake=True), UserFactory(intake=True)

    with pytest.raises(leave.NotCovered, match="intake coordinator"):
        plan(person, None, director)

    assert plan(person, colleague, director).granted_at


def test_before_and_after_these_days_who_covers_sees_nothing(director):
    mentorship, cover = MentorshipFactory(), MentorFactory().user

    plan(mentorship.mentor.user, cover, director, begins=NOW + 2 * DAY)

    row = Access.objects.get(as_what=As.COVER)
    assert (row.begins, row.until) == (NOW + 2 * DAY, NOW + 9 * DAY)
    assert not covers(cover)
    with acting(cover):
        assert not Mentorship.objects.exists()


def test_nobody_covers_a_youth_a_wall_keeps_them_from(director):
    one = MentorshipFactory()
    two = MentorshipFactory(mentor=one.mentor)
    cover, other = MentorFactory().user, MentorFactory().user
    WallFactory(user=cover, youth=two.case.youth)

    with pytest.raises(leave.NotCovered, match="1 youth need somebody else") as refused:
        plan(one.mentor.user, cover, director)
    assert refused.value.cases == {two.case_id}
    assert not Leave.objects.exists() and not covers(cover)

    plan(one.mentor.user, cover, director, instead={two.case_id: other})
    assert (covers(cover), covers(other)) == ({one.case_id}, {two.case_id})


def test_who_covers_is_not_away_in_the_same_days_nor_gone(director):
    away, cover = MentorshipFactory().mentor.user, MentorFactory().user
    plan(away, cover, director)

    with pytest.raises(leave.NotCovered, match="covers for"):
        plan(cover, None, director)
    with pytest.raises(leave.NotCovered, match="is away in these days"):
        plan(MentorshipFactory().mentor.user, away, director, begins=NOW + DAY)
    with pytest.raises(leaving.StillOpen, match="covers for"):
        leaving.leave(cover, by=director, at=NOW)
    with pytest.raises(NotPossible, match="covers for"):
        roles.change(cover, roles=["support"], team=None, on_council=False, by=director, at=NOW)

    assert User.objects.get(pk=cover.pk).is_active


def test_the_last_admin_is_not_on_leave_without_another(director):
    admin = UserFactory(admin=True)
    with pytest.raises(leave.NotCovered, match="system admin"):
        plan(admin, None, director)

    other = UserFactory(admin=True)
    plan(admin, None, director)

    with pytest.raises(leave.NotCovered, match="system admin"):
        plan(other, None, director)
    with pytest.raises(leaving.StillOpen, match="system admin"):
        leaving.leave(other, by=director, at=NOW)
    with pytest.raises(NotPossible, match="system admin"):
        roles.change(other, roles=["support"], team=None, on_council=False, by=director, at=NOW)


# What happens in these days


def test_a_youth_who_comes_during_the_leave_is_covered_at_once(director, team):
    supervisor, cover = UserFactory(supervisor=True, team=team), UserFactory(supervisor=True)
    plan(supervisor, cover, director)
    asked = MentorshipFactory(asking=True, mentor__user__team=team)

    mentorships.begin(asked, by=director, at=timezone.now())

    assert covers(cover) == {asked.case_id}


def test_who_is_no_longer_with_the_covered_person_is_no_longer_covered(director):
    mentorship, cover = MentorshipFactory(), MentorFactory().user
    plan(mentorship.mentor.user, cover, director)
    assert covers(cover)

    mentorships.end(mentorship, by=director, at=timezone.now())

    assert not covers(cover)


def test_a_wall_that_goes_up_finds_somebody_else_with_the_next_tick(director, team):
    mentorship = MentorshipFactory(mentor__user__team=team)
    supervisor, cover = UserFactory(supervisor=True, team=team), MentorFactory().user
    plan(mentorship.mentor.user, cover, director)
    WallFactory(user=cover, youth=mentorship.case.youth)

    leave.keep(at=timezone.now())

    assert (covers(cover), covers(supervisor)) == (set(), {mentorship.case_id})


def test_a_mentor_is_on_leave_from_the_first_day_and_back_after_the_last(director):
    mentorship, cover = MentorshipFactory(), MentorFactory().user
    mentor = mentorship.mentor
    plan(mentor.user, cover, director, begins=NOW + DAY, days=2)
    seen = []

    for moment in (NOW, NOW + DAY, NOW + 2 * DAY, NOW + 3 * DAY, NOW + 4 * DAY):
        leave.keep(at=moment)
        mentor.refresh_from_db()
        seen.append(mentor.status)

    away = MentorStatus.ON_LEAVE
    assert seen == [MentorStatus.ACTIVE, away, away, MentorStatus.ACTIVE, MentorStatus.ACTIVE]


def test_back_early_ends_every_row_and_longer_lengthens_it(director):
    mentorship, cover = MentorshipFactory(), MentorFactory().user
    made = plan(mentorship.mentor.user, cover, director)
    leave.keep(at=NOW)

    leave.change_until(made, NOW + 20 * DAY, at=NOW)
    assert Access.objects.get(as_what=As.COVER).until == NOW + 20 * DAY
    leave.change_until(made, timezone.now(), at=timezone.now())

    assert not covers(cover)
    mentorship.mentor.refresh_from_db()
    assert mentorship.mentor.status == MentorStatus.ACTIVE


def test_the_rota_turns_to_who_covers_and_what_waited_goes_to_them(director, team):
    mentorship = MentorshipFactory(mentor__user__team=team)
    away, cover = UserFactory(supervisor=True, team=team), UserFactory(supervisor=True)
    program.save(program.Program(on_call=[str(away.pk), str(cover.pk)]))
    concern = ConcernFactory(case=mentorship.case, told=away)
    assert concerns.rota(mentorship.case)[0] == away

    plan(away, cover, director)
    leave.keep(at=timezone.now())

    concern.refresh_from_db()
    assert concern.told == cover
    assert concerns.rota(mentorship.case) == [cover]


def test_who_covers_a_supervisor_sees_the_team_by_every_right_and_not_after(client, director, team):
    mentorship, free = MentorshipFactory(mentor__user__team=team), MentorFactory(user__team=team)
    away, cover = UserFactory(supervisor=True, team=team), UserFactory(supervisor=True, team=TeamFactory())
    supervised(mentorship, away)
    made = plan(away, cover, director)
    client.force_login(cover)

    shown = {mentor.pk for mentor in client.get(reverse("mentors:team")).context["mentors"]}
    leave.change_until(made, timezone.now(), at=timezone.now())
    later = client.get(reverse("mentors:team")).context["mentors"]

    assert (shown, later) == ({mentorship.mentor_id, free.pk}, [])


def test_a_mentor_who_covers_checks_in_calls_and_takes_back(client, director):
    mentorship, cover = MentorshipFactory(), MentorFactory().user
    plan(mentorship.mentor.user, cover, director)
    client.force_login(cover)

    assert "You cover for" in client.get(reverse("mentors:my_youth")).content.decode()
    assert client.get(mentorship.get_absolute_url()).status_code == 200
    page = client.get(reverse("mentors:check_in", args=[mentorship.pk]))
    key = page.context["form"].initial.get("client_key") or page.context["form"]["client_key"].value()
    said = {
        "client_key": key,
        "kind": "call",
        "reached": "yes",
        "held_on": timezone.localdate(),
        "words": "We talked.",
    }
    client.post(reverse("mentors:check_in", args=[mentorship.pk]), said)

    meeting = Meeting.objects.get()
    assert meeting.logged_by == cover
    client.post(reverse("mentors:check_in_undo", args=[meeting.pk]))
    meeting.refresh_from_db()
    assert meeting.undone_at
    assert client.get(mentorship.case.get_absolute_url()).status_code == 404  # a mentor has no case pages


# Who may say so


def test_somebody_asks_and_rows_stand_there_only_after_the_supervisors_yes(client, team):
    mentorship = MentorshipFactory(mentor__user__team=team)
    cover, supervisor = MentorFactory().user, UserFactory(supervisor=True, team=team)
    first = timezone.localdate()
    client.force_login(mentorship.mentor.user)
    address = reverse("mentors:leave_plan", args=[mentorship.mentor.user_id])
    client.post(address, {"first": first, "last": first + 3 * DAY, "kind": "family", "cover": cover.pk})
    made = Leave.objects.get()
    answer = reverse("mentors:leave_answer", args=[made.pk])

    assert client.post(answer, {"yes": "yes"}).status_code == 404  # nobody says yes to themselves
    assert not covers(cover)
    client.force_login(supervisor)
    client.post(answer, {"yes": "yes"})

    assert covers(cover) == {mentorship.case_id}


def test_a_supervisor_enters_it_for_the_own_team_only(client, team):
    supervisor = UserFactory(supervisor=True, team=team)
    colleague = UserFactory(supervisor=True, team=team)
    client.force_login(supervisor)

    def status(person):
        return client.get(reverse("mentors:leave_plan", args=[person.pk])).status_code

    assert status(MentorFactory(user__team=team).user) == 200
    assert status(supervisor) == 200  # asks
    assert status(MentorFactory(user__team=TeamFactory()).user) == 404
    assert status(colleague) == 404


def test_a_wall_is_answered_beside_the_youth_and_what_was_chosen_is_kept(client, director):
    mentorship, cover, other = MentorshipFactory(), MentorFactory().user, MentorFactory().user
    WallFactory(user=cover, youth=mentorship.case.youth)
    client.force_login(director)
    first = timezone.localdate()
    said = {"first": first, "last": first, "kind": "health", "cover": cover.pk}
    address = reverse("mentors:leave_plan", args=[mentorship.mentor.user_id])

    page = client.post(address, said).content.decode()
    client.post(address, said | {f"youth_{mentorship.case_id}": other.pk})

    assert "Choose somebody else for this youth." in page and mentorship.case.youth.chosen_name not in page
    assert covers(other) == {mentorship.case_id}


def test_the_people_page_and_my_team_say_who_is_away_and_who_covers(client, director, team):
    mentorship, cover = MentorshipFactory(mentor__user__team=team), MentorFactory().user
    supervisor = UserFactory(supervisor=True, team=team)
    plan(mentorship.mentor.user, cover, director)

    for reader, page in ((director, "people:people"), (supervisor, "mentors:team"), (director, "mentors:leaves")):
        client.force_login(User.objects.get(pk=reader.pk))
        words = client.get(reverse(page)).content.decode()
        assert f"{cover.first_name}" in words and "covers" in words, page


@pytest.mark.parametrize("role", [As.SUPPORT, As.INTAKE])
def test_planning_ones_days_away_tells_of_no_wall(client, role):
    """Whoever may not read walls is asked about each of their youth, walled or not."""
    asked = []
    for walled in (False, True):
        person, case = UserFactory(roles=[role]), CaseFactory(access=False)
        AccessFactory(case=case, user=person, as_what=role)
        if walled:
            WallFactory(user=UserFactory(roles=[role]), youth=case.youth)
        client.force_login(person)
        asked.append(f"youth_{case.pk}" in client.get(f"/leave/person/{person.pk}/").content.decode())

    assert asked == [True, True]
