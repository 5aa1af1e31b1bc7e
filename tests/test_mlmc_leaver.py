"""Somebody leaves: one page lists all they have in hand and hands it over, and in no moment is anybody unwatched."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import access
from cases.models import Access, As, Emergency, Referral
from matching.suggest import suggest
from mentors import concerns, leave, places
from mentors.models import (
    AccompanimentStatus,
    ConcernStatus,
    Mentor,
    Mentorship,
    MentorStatus,
    Status,
)
from mentors.places import NotToBeAsked
from mlmc import program
from mlmc.core import holding
from mlmc.core.models import OutboxRow, User
from mlmc.core.people import NotPossible
from mlmc.people import leaving
from tests.conftest import acting
from tests.factories import (
    AccessFactory,
    AccompanimentFactory,
    CaseFactory,
    ConcernFactory,
    ExclusionFactory,
    FollowUpFactory,
    LeaveFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    ReferralFactory,
    RespondentFactory,
    SafetyNeedFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)
NEVER_SAID = "cannot take this over"


@pytest.fixture
def admin():
    return UserFactory(admin=True)


@pytest.fixture
def director():
    return UserFactory(director=True)


def page_of(client, reader, person):
    client.force_login(reader)
    return client.get(f"/people/{person.pk}/leave/").content.decode()


def hands_over(client, reader, person, kind, data):
    client.force_login(reader)
    fields = {f"{kind}-{name}": getattr(to, "pk", to) for name, to in data.items()}
    return client.post(f"/people/{person.pk}/leave/{kind}/", fields)


def held(person):
    return {section.kind.name: len(section.lines) for section in holding.of(person)}


def gives(as_what, user, **case):
    return AccessFactory(user=user, as_what=as_what, begins=NOW - DAY, **case)


def told():
    return {row.recipient for row in OutboxRow.objects.all()}


# What stands on the page


def test_everything_a_leaver_has_in_hand_stands_there_by_subject(director):
    team = TeamFactory()
    person = UserFactory(mentor=True, supervisor=True, case_manager=True, intake=True, team=team)
    person.roles = ["mentor", "supervisor", "case_manager", "intake"]
    person.save(update_fields=["roles"])
    mentor = MentorFactory(user=person)
    mine = MentorshipFactory(mentor=mentor)
    MentorshipFactory(mentor=mentor, asking=True)
    AccompanimentFactory(mentorship=mine, begins_at=NOW + DAY)
    FollowUpFactory(respondent=RespondentFactory(case=mine.case), status="open")
    MentorFactory(user__team=team)
    supervised, managed = gives(As.SUPERVISOR, person).case, gives(As.CASE_MANAGER, person).case
    opened = AccessFactory(case=supervised, as_what=As.BREAK_GLASS, user=director, until=NOW + DAY)
    Emergency.objects.create(access=opened, by=director, reason="A worried call.")
    ConcernFactory(case=managed, told=person)
    ReferralFactory(taken_by=person)
    program.save(program.Program(on_call=[str(person.pk)]))
    away = UserFactory(support=True)
    leave.plan(away, begins=NOW, until=NOW + DAY, kind="time_off", cover=person, by=director, at=NOW)
    asks = UserFactory(support=True, team=team)
    leave.plan(asks, begins=NOW, until=NOW + DAY, kind="time_off", cover=None, by=asks, at=NOW)

    assert held(person) == {
        "concerns": 1,
        "mentorships": 1,
        "plans": 1,
        "asked": 1,
        "led": 1,
        "case_manager": 1,
        "supervisor": 1,
        "referrals": 1,
        "emergencies": 1,
        "follow-ups": 1,
        "on_call": 1,
        "covers": 1,
        "leaves": 1,
    }


def test_whoever_holds_nothing_is_switched_off_from_there(client, admin):
    person = UserFactory(evaluation=True)

    assert "Nothing is left" in page_of(client, admin, person)
    client.post(f"/people/{person.pk}/leave/")

    assert not User.objects.get(pk=person.pk).is_active


def test_while_something_is_left_the_account_does_not_end(client, admin):
    mentorship = MentorshipFactory()
    person = mentorship.mentor.user
    client.force_login(admin)

    page = client.post(f"/people/{person.pk}/leave/").content.decode()

    assert "1 thing is still with them" in page
    assert User.objects.get(pk=person.pk).is_active


def test_what_a_colleague_has_in_hand_as_well_holds_nobody_back(admin):
    person, colleague = UserFactory(case_manager=True), UserFactory(case_manager=True, name="Dana Reyes")
    case = gives(As.CASE_MANAGER, person).case
    gives(As.CASE_MANAGER, colleague, case=case)
    [section] = holding.of(person)
    assert (section.lines[0].also, section.left) == (("Dana R.",), [])

    leaving.leave(person, by=admin, at=NOW)

    assert not Access.objects.filter(user=person, until=None).exists()


@pytest.mark.parametrize("why", ["switched off", "walled"])
def test_a_colleague_who_cannot_see_them_is_none(why):
    person, colleague = UserFactory(case_manager=True), UserFactory(case_manager=True)
    case = gives(As.CASE_MANAGER, person).case
    gives(As.CASE_MANAGER, colleague, case=case)
    if why == "walled":
        WallFactory(user=colleague, youth=case.youth)
    else:
        User.objects.filter(pk=colleague.pk).update(is_active=False)

    assert holding.left_with(person) == 1


@pytest.mark.parametrize("in_person", [True, False])
@pytest.mark.parametrize("other", ["nobody", "switched off", "walled", "here"])
def test_the_last_who_welcomes_stays_while_youth_wait_for_everybody_who_does(admin, in_person, other):
    person = UserFactory(intake=True)
    case = CaseFactory(access=False)
    access.give(case, role="intake", as_what=As.INTAKE, why="until the match", by=None, at=NOW - DAY)
    if in_person:
        gives(As.INTAKE, person, case=case)
    if other != "nobody":
        colleague = UserFactory(intake=True, is_active=other != "switched off")
        if other == "walled":
            WallFactory(user=colleague, youth=case.youth)

    if other == "here":
        leaving.leave(person, by=admin, at=NOW)
    else:
        with pytest.raises(leaving.StillOpen, match=r"1 (youth|thing)"):
            leaving.leave(person, by=admin, at=NOW)

    assert User.objects.get(pk=person.pk).is_active == (other != "here")


# Whose names stand there


def test_an_admin_reads_numbers_a_director_codes_and_the_supervisor_names(client, admin, director):
    team = TeamFactory()
    supervisor = UserFactory(supervisor=True, team=team)
    case = CaseFactory(with_mentor=True, access=False, youth__identity=True, youth__chosen_name="Zanzibelle Q.")
    mentorship = MentorshipFactory(case=case, mentor__user__team=team)
    gives(As.SUPERVISOR, supervisor, case=case)
    person, code = mentorship.mentor.user, case.youth.code

    pages = {reader: page_of(client, reader, person) for reader in (admin, director, supervisor)}

    assert [("Zanzibelle" in page, code in page) for page in pages.values()] == [
        (False, False),
        (False, True),
        (True, False),
    ]
    assert "1 whose names and codes you do not see" in pages[admin]
    assert "The end of the account" not in pages[supervisor]


def test_a_supervisor_hands_over_what_is_about_her_youth_and_ends_no_account(client):
    team = TeamFactory()
    supervisor, to = UserFactory(supervisor=True, team=team), MentorFactory()
    mine, other = (MentorshipFactory(mentor=MentorFactory(user__team=team)) for _ in range(2))
    hidden = MentorshipFactory(mentor=mine.mentor)
    gives(As.SUPERVISOR, supervisor, case=mine.case)
    person = mine.mentor.user

    hands_over(client, supervisor, person, "mentorships", {f"line_{mine.pk}": to.user, "rest": to.user})
    client.post(f"/people/{person.pk}/leave/", {"anyway": "on"})

    assert Mentorship.objects.get(case=mine.case, status=Status.BEGINNING).mentor == to
    hidden.refresh_from_db(), other.refresh_from_db()
    assert {hidden.status, other.status} == {Status.WEEKLY}
    assert User.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("peer", 404), ("herself", 404), ("mentor", 403)])
def test_nobody_else_opens_it(client, who, status):
    team = TeamFactory()
    supervisor, mentor = UserFactory(supervisor=True, team=team), MentorFactory(user__team=team).user
    peer = UserFactory(supervisor=True, team=team)
    elsewhere = UserFactory(supervisor=True, team=TeamFactory())
    reader, person = {
        "elsewhere": (elsewhere, mentor),
        "peer": (supervisor, peer),
        "herself": (supervisor, supervisor),
        "mentor": (mentor, mentor),
    }[who]
    client.force_login(reader)

    assert client.get(f"/people/{person.pk}/leave/").status_code == status
    assert client.post(f"/people/{person.pk}/leave/mentorships/").status_code == status


# Handing over a mentorship


def test_line_by_line_each_youth_goes_to_whom_was_chosen(client, director):
    mentor, one, two = MentorFactory(), MentorFactory(status=MentorStatus.READY), MentorFactory()
    rows = [MentorshipFactory(mentor=mentor) for _ in range(3)]
    chosen = {f"line_{rows[0].pk}": one.user, f"line_{rows[1].pk}": two.user, f"line_{rows[2].pk}": "nobody"}

    hands_over(client, director, mentor.user, "mentorships", chosen)

    now = [Mentorship.objects.filter(case=row.case, status=Status.BEGINNING).first() for row in rows]
    assert [row and row.mentor for row in now] == [one, two, None]
    rows[2].case.refresh_from_db()
    assert rows[2].case.status == "waiting"
    assert told() == {one.user, two.user, mentor.user}
    assert not held(mentor.user)
    assert [event.what for event in rows[0].case.events.order_by("at")] == ["Handed over to another mentor"]


def test_no_mentorship_ends_with_nobody_by_one_choice_for_all(client, admin, director):
    mentor = MentorFactory()
    [MentorshipFactory(mentor=mentor) for _ in range(2)]

    for reader in (admin, director):
        page = hands_over(client, reader, mentor.user, "mentorships", {"rest": "nobody"}).content.decode()
        assert "Choose from the list" in page
    assert held(mentor.user) == {"mentorships": 2}


def test_the_rest_goes_as_far_as_there_are_places_and_what_stays_says_so(client, director):
    mentor, to = MentorFactory(), MentorFactory(places=2)
    [MentorshipFactory(mentor=mentor) for _ in range(3)]

    page = hands_over(client, director, mentor.user, "mentorships", {"rest": to.user}).content.decode()

    assert (held(mentor.user), to.mentorships.count()) == ({"mentorships": 1}, 2)
    assert "2 no longer with them" in page
    assert "1 still here. All 2 places are taken." in page


def test_what_the_mentor_knew_stays_closed_to_who_takes_over(client, director):
    mentorship, to = MentorshipFactory(), MentorFactory()
    MeetingFactory(mentorship=mentorship, words="From before.")

    hands_over(client, director, mentorship.mentor.user, "mentorships", {f"line_{mentorship.pk}": to.user})

    with acting(to.user):
        rows = Mentorship.objects.visible_to(to.user)
        assert [row.status for row in rows] == [Status.BEGINNING]
        assert not any(row.meetings.exists() for row in Mentorship.objects.all())


def test_g12_who_is_walled_or_ruled_out_is_in_no_list_and_only_who_may_know_reads_why(client, director):
    mentorship = MentorshipFactory()
    walled, excluded = MentorFactory(user__name="Wanda Hale"), MentorFactory(user__name="Exa Bright")
    fits = MentorFactory(user__name="Fay Holt")
    WallFactory(user=walled.user, youth=mentorship.case.youth)
    ExclusionFactory(youth=mentorship.case.youth, mentor=excluded, said_by="youth")
    both = UserFactory(roles=["director", "assessment"])

    pages = [page_of(client, reader, mentorship.mentor.user) for reader in (director, both)]
    line = [page.partition(f'line_{mentorship.pk}"')[2].partition("</select>")[0] for page in pages]

    assert all(str(fits.user.pk) in one and str(walled.user.pk) not in one for one in line)
    assert all(str(excluded.user.pk) not in one for one in line)
    assert ["The youth would rather not." in page for page in pages] == [False, True]
    assert ["Is kept away from this youth." in page for page in pages] == [True, True]


@pytest.mark.parametrize("why", ["wall", "exclusion", "full", "on leave", "a hard no"])
def test_g12_who_cannot_be_with_them_is_refused_also_when_chosen(client, director, admin, why):
    mentorship, other = MentorshipFactory(), MentorFactory(gender="man")
    youth = mentorship.case.youth
    if why == "wall":
        WallFactory(user=other.user, youth=youth)
    elif why == "exclusion":
        ExclusionFactory(youth=youth, mentor=other)
    elif why == "a hard no":
        youth.hard_nos = ["no_men"]
        youth.save(update_fields=["hard_nos"])
    else:
        changed = {"full": {"places": 0}, "on leave": {"status": MentorStatus.ON_LEAVE}}[why]
        Mentor.objects.filter(pk=other.pk).update(**changed)

    for reader in (director, admin):
        for data in ({f"line_{mentorship.pk}": other.user}, {"rest": other.user}):
            answer = hands_over(client, reader, mentorship.mentor.user, "mentorships", data)
            assert answer.status_code == 200
            assert "would rather not" not in answer.content.decode()

    mentorship.refresh_from_db()
    assert (mentorship.status, other.mentorships.count()) == (Status.WEEKLY, 0)


def test_what_was_planned_goes_along_unless_it_breaks_a_need_with_the_new_mentor(client, director):
    mentorship = MentorshipFactory(mentor__gender="woman")
    man = MentorFactory(gender="man")
    SafetyNeedFactory(youth=mentorship.case.youth, is_hard=True, kind="closed_room")
    fine = AccompanimentFactory(mentorship=mentorship, begins_at=NOW + DAY, place_kind="open")
    breaks = AccompanimentFactory(mentorship=mentorship, begins_at=NOW + DAY, place_kind="car")

    hands_over(client, director, mentorship.mentor.user, "mentorships", {f"line_{mentorship.pk}": man.user})

    fine.refresh_from_db(), breaks.refresh_from_db()
    assert (fine.status, fine.mentorship.mentor) == (AccompanimentStatus.PLANNED, man)
    assert breaks.status == AccompanimentStatus.CALLED_OFF


def test_a_mentor_who_hands_over_is_proposed_for_nobody_new_unless_they_stay(client, director):
    """By no way: the board, the question itself, and the page of another one who leaves."""
    mentor, team = MentorFactory(), UserFactory(assessment=True)
    rows = [MentorshipFactory(mentor=mentor) for _ in range(2)]
    waiting, other = CaseFactory(), MentorshipFactory()

    def why_not():
        with acting(team):
            return {one.mentor.pk: one.why for one in suggest(waiting, at=NOW).not_now}.get(mentor.pk)

    assert why_not() is None
    hands_over(client, director, mentor.user, "mentorships", {f"line_{rows[0].pk}": "nobody"})

    assert why_not() == "Is handing over their youth, and takes nobody new."
    with pytest.raises(NotToBeAsked, match="handing over"):
        places.ask(mentor, waiting, by=team, at=NOW)
    hands_over(client, director, other.mentor.user, "mentorships", {f"line_{other.pk}": mentor.user})
    other.refresh_from_db()
    assert other.status == Status.WEEKLY
    assert "is proposed for nobody new" in page_of(client, director, mentor.user)

    client.post(f"/people/{mentor.user.pk}/leave/", {"stays": "stays"})

    assert why_not() is None
    assert "is proposed for nobody new" not in page_of(client, director, mentor.user)


def test_with_a_goodbye_what_was_planned_is_called_off(client, director):
    mentorship = MentorshipFactory()
    made = AccompanimentFactory(mentorship=mentorship, begins_at=NOW + DAY)

    hands_over(client, director, mentorship.mentor.user, "mentorships", {f"line_{mentorship.pk}": "nobody"})

    made.refresh_from_db()
    assert made.status == AccompanimentStatus.CALLED_OFF


def test_who_was_asked_gives_the_place_back(client, director):
    asked = MentorshipFactory(asking=True)

    hands_over(client, director, asked.mentor.user, "asked", {f"line_{asked.pk}": "nobody"})

    asked.refresh_from_db()
    assert asked.status == Status.NOT_THIS_TIME


# Cases, concerns, referrals


@pytest.mark.parametrize("as_what", ["case_manager", "supervisor", "support", "intake", "assessment"])
def test_a_case_goes_to_a_colleague_in_the_same_role_and_no_moment_lies_between(client, director, as_what):
    person, to = UserFactory(**{as_what: True}), UserFactory(**{as_what: True})
    row = gives(as_what, person)

    hands_over(client, director, person, as_what, {f"line_{row.pk}": to})

    row.refresh_from_db()
    [new] = Access.objects.filter(user=to)
    assert (new.case, new.as_what, new.until, new.begins) == (row.case, as_what, None, row.until)
    assert told() == {to, person}
    assert row.case.events.filter(what="Handed over to a colleague", by=director).count() == 1


def test_nobody_in_another_role_can_be_chosen(client, director):
    person, to = UserFactory(case_manager=True), UserFactory(support=True)
    row = gives(As.CASE_MANAGER, person)

    page = hands_over(client, director, person, "case_manager", {f"line_{row.pk}": to}).content.decode()

    assert NEVER_SAID in page
    assert not Access.objects.filter(user=to).exists()


def test_an_emergency_waiting_for_review_is_told_to_who_supervises_next(client, director):
    person, to = UserFactory(supervisor=True), UserFactory(supervisor=True)
    row = gives(As.SUPERVISOR, person)
    opened = AccessFactory(case=row.case, as_what=As.BREAK_GLASS, user=director, until=NOW + DAY)
    emergency = Emergency.objects.create(access=opened, by=director, reason="A worried call.")

    hands_over(client, director, person, "supervisor", {f"line_{row.pk}": to})

    assert OutboxRow.objects.filter(recipient=to, about=str(emergency.pk)).exists()


@pytest.mark.parametrize("who", ["admin", "director"])
def test_who_manages_people_takes_no_youth_over_by_this_page(client, who):
    reader = UserFactory(roles=[who, "case_manager"])
    person, to = UserFactory(case_manager=True), UserFactory(case_manager=True)
    row, kind = gives(As.CASE_MANAGER, person), holding.named("case_manager")

    page = page_of(client, reader, person)
    refused = hands_over(client, reader, person, "case_manager", {"rest": reader})
    with pytest.raises(holding.NotTaken, match="You manage people"):
        holding.hand_over(kind, *kind.find([person.pk]), reader, person=person, by=reader, at=NOW)

    assert f'value="{to.pk}"' in page
    assert f'value="{reader.pk}"' not in page
    assert refused.status_code == 200
    row.refresh_from_db()
    assert (row.until, Access.objects.filter(user=reader).exists()) == (None, False)


@pytest.mark.parametrize("works_here", [True, False])
def test_who_had_it_hears_that_it_went_while_they_work_here(client, director, works_here):
    person, to = UserFactory(case_manager=True, is_active=works_here), UserFactory(case_manager=True)
    [gives(As.CASE_MANAGER, person) for _ in range(2)]

    hands_over(client, director, person, "case_manager", {"rest": to})

    assert OutboxRow.objects.filter(recipient=person).count() == works_here
    assert OutboxRow.objects.filter(recipient=to).count() == 2


def test_whoever_leads_from_now_on_is_read_anew(director):
    person, to = UserFactory(supervisor=True, team=TeamFactory()), UserFactory(supervisor=True)
    mentor = MentorFactory(user__team=person.team)
    own = TeamFactory()
    User.objects.filter(pk=to.pk).update(team=own)  # since the page was opened
    kind = holding.named("led")

    holding.hand_over(kind, *kind.find([person.pk]), to, person=person, by=director, at=NOW)

    assert (User.objects.get(pk=mentor.user_id).team, User.objects.get(pk=to.pk).team) == (own, own)


@pytest.mark.parametrize("taken", [False, True])
def test_a_concern_stands_with_who_takes_it_over_until_they_say_so(client, director, taken):
    person, to = UserFactory(supervisor=True), UserFactory(supervisor=True)
    concern = ConcernFactory(told=person)
    access.give(concern.case, user=person, as_what=As.ON_CALL, why="on call", by=None, at=NOW - DAY)
    if taken:
        concerns.acknowledge(concern, by=person, at=NOW)

    hands_over(client, director, person, "concerns", {"line_" + str(concern.pk): to})

    concern.refresh_from_db()
    assert (concern.status, concern.told, concern.acknowledged_by) == (ConcernStatus.TOLD, to, None)
    rows = Access.objects.filter(case=concern.case, as_what=As.ON_CALL, until=None)
    assert [row.user for row in rows] == [to]
    assert OutboxRow.objects.filter(kind="concern", recipient=to).count() == 1


@pytest.mark.parametrize("why", ["on leave", "raised it"])
@pytest.mark.parametrize("chosen", [True, False])
def test_a_concern_goes_to_nobody_who_is_away_or_raised_it(client, admin, director, why, chosen):
    """By the page, or to the next on call where the account ends at once."""
    person, to, other = (UserFactory(supervisor=True) for _ in range(3))
    concern = ConcernFactory(told=person, raised_by=to if why == "raised it" else None)
    if why == "on leave":
        LeaveFactory(person=to, granted=True)
    program.save(program.Program(on_call=[str(person.pk), str(to.pk), str(other.pk)]), by=admin, at=NOW)
    everybody = UserFactory(roles=["director", "supervisor"])
    gives(As.ON_CALL, everybody, case=concern.case)

    if chosen:
        answer = hands_over(client, everybody, person, "concerns", {"line_" + str(concern.pk): to})
        assert answer.status_code == 200
        assert str(to.pk) not in answer.content.decode().partition(f'line_{concern.pk}"')[2].partition("</select>")[0]
        concern.refresh_from_db()
        assert concern.told == person
        concerns.pass_to(concern, to, person=person, by=admin, at=NOW)  # whoever asks for it
    else:
        leaving.leave(person, by=admin, at=NOW, anyway=True)

    concern.refresh_from_db()
    assert concern.told == other


def test_who_raised_a_concern_takes_it_where_nobody_else_is(admin):
    person, to = UserFactory(supervisor=True), UserFactory(supervisor=True)
    concern = ConcernFactory(told=person, raised_by=to)
    kind = holding.named("concerns")

    holding.hand_over(kind, *kind.find([person.pk]), to, person=person, by=admin, at=NOW)

    concern.refresh_from_db()
    assert concern.told == to


@pytest.mark.parametrize("as_what", [As.CASE_MANAGER, As.SUPERVISOR])
def test_nothing_goes_to_somebody_who_is_away_today(client, director, as_what):
    person, to = UserFactory(roles=[as_what.value]), UserFactory(roles=[as_what.value], name="Ada Away")
    row = gives(as_what, person)
    LeaveFactory(person=to, granted=True)

    answer = hands_over(client, director, person, as_what.value, {f"line_{row.pk}": to})

    assert answer.status_code == 200
    assert "Is on leave." in answer.content.decode()
    row.refresh_from_db()
    assert row.until is None


def test_whose_leave_begins_later_is_covered_there_too(client, director):
    person, to, cover = (UserFactory(case_manager=True) for _ in range(3))
    row = gives(As.CASE_MANAGER, person)
    LeaveFactory(person=to, cover=cover, granted_at=NOW)

    hands_over(client, director, person, "case_manager", {f"line_{row.pk}": to})

    assert Access.objects.get(case=row.case, user=cover, as_what=As.COVER).begins > NOW + DAY


def test_a_referral_goes_to_a_colleague_who_is_told(client, admin):
    person, to = UserFactory(intake=True), UserFactory(intake=True)
    referral = ReferralFactory(taken_by=person)

    hands_over(client, admin, person, "referrals", {"rest": to})

    assert Referral.objects.get(pk=referral.pk).taken_by == to
    assert told() == {to, person}


# The team, the rota, covering


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


# An account that ends at once


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
    with asks(32):
        page = client.get(f"/people/{mentor.user_id}/leave/").content.decode()

    assert page.count("Goes to:") == rows
