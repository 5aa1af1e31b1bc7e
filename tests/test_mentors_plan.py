"""A planned meeting keeps to what keeps the youth safe, or is none; what would do is said."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cases import access
from cases.models import As, SafetyNeed
from mentors import accompaniment, lifecycle, needs
from mentors.models import Accompaniment, AccompanimentStatus
from mlmc.core.models import Change
from tests.factories import (
    AccompanimentFactory,
    MentorFactory,
    MentorshipFactory,
    SafetyNeedFactory,
    UserFactory,
    WallFactory,
)

NOW = timezone.now()
KIND, PLACE, PROVIDER = SafetyNeed.Kind, Accompaniment.PlaceKind, Accompaniment.Provider
HARD = SafetyNeed(kind=KIND.CLOSED_ROOM, is_hard=True)
ROOM = {"place_kind": PLACE.CLOSED_ROOM, "provider": PROVIDER.MAN, "mentor_stays": False}


def thought_of(**details):
    return Accompaniment(**{"place_kind": PLACE.OPEN, "provider": PROVIDER.NOBODY} | details)


@pytest.mark.parametrize(
    ("details", "gender", "stopped"),
    [
        (ROOM, "woman", True),
        (ROOM | {"place_kind": PLACE.CAR}, "woman", True),
        (ROOM | {"provider": PROVIDER.NOT_KNOWN}, "woman", True),
        (ROOM | {"provider": PROVIDER.WOMAN}, "woman", False),
        (ROOM | {"provider": PROVIDER.NONBINARY}, "woman", False),
        (ROOM | {"mentor_stays": True}, "woman", False),
        (ROOM | {"mentor_stays": True}, "man", True),
        (ROOM | {"chosen_stays": True}, "man", False),
        (ROOM | {"place_kind": PLACE.OPEN_ROOM}, "man", False),
        (ROOM | {"place_kind": PLACE.OPEN}, "man", False),
        ({"place_kind": PLACE.CAR}, "man", True),
        ({"place_kind": PLACE.CAR, "mentor_stays": False}, "man", True),
        ({"place_kind": PLACE.CAR}, "woman", False),
        ({"place_kind": PLACE.CAR}, "", False),  # then its words are read
    ],
)
def test_alone_with_a_man_in_a_closed_room_or_car(details, gender, stopped):
    plan = thought_of(**details)

    assert bool(needs.breaks(plan, [HARD], mentor_gender=gender)) is stopped
    assert needs.breaks(plan, [], mentor_gender=gender) == []
    assert needs.breaks(plan, [SafetyNeed(kind=KIND.CLOSED_ROOM, is_hard=False)], mentor_gender=gender) == []


def test_as_received_stops_it_as_well_as_confirmed():
    for need in (HARD, SafetyNeed(kind=KIND.CLOSED_ROOM, is_hard=True, confirmed_at=NOW)):
        assert needs.breaks(thought_of(**ROOM), [need], mentor_gender="woman")


@pytest.mark.parametrize("place", [PLACE.CLOSED_ROOM, PLACE.CAR])
@pytest.mark.parametrize("provider", PROVIDER.values)
@pytest.mark.parametrize("gender", ["woman", "man", "nonbinary", ""])
@pytest.mark.parametrize("stays", [True, False])
def test_whatever_is_stopped_there_is_a_way_and_each_keeps_to_the_need(place, provider, gender, stays):
    plan = thought_of(place_kind=place, provider=provider, mentor_stays=stays)
    changes = dict(needs.WAYS[place])
    if needs.breaks(plan, [HARD], mentor_gender=gender):
        offered = needs.alternatives(plan, mentor_gender=gender)
        assert len(offered) >= 3
        for words in offered:
            other = thought_of(**{"place_kind": place, "provider": provider, "mentor_stays": stays} | changes[words])
            assert needs.breaks(other, [HARD], mentor_gender=gender) == []


def test_a_man_who_mentors_is_not_offered_to_stay():
    offered = needs.alternatives(thought_of(**ROOM), mentor_gender="man")

    assert "The mentor stays with them all the time." not in offered
    assert "Somebody they chose stays with them." in offered


def test_what_the_program_cannot_judge_is_read_by_a_person():
    others = [SafetyNeed(kind=kind) for kind in KIND.values if kind != KIND.CLOSED_ROOM]

    assert needs.to_read([*others, HARD], mentor_gender="woman") == others
    assert needs.to_read([HARD], mentor_gender="") == [HARD]


@pytest.fixture
def mentorship(db):
    return MentorshipFactory(mentor=MentorFactory(gender="woman"))


def supervisor_of(mentorship, as_what=As.SUPERVISOR):
    person = UserFactory(supervisor=True)
    access.give(mentorship.case, user=person, as_what=as_what, why="supervises", by=None, at=NOW - timedelta(1))
    return person


def send(client, mentorship, **more):
    sent = {
        "client_key": str(uuid.uuid4()),
        "kind": "doctor",
        "begins_at": (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
        "place_kind": "open",
        "place": "Dr. Reyes, Main Street 4",
        "provider": "nobody",
        "stays": ["mentor"],
    }
    return client.post(f"/my-youth/{mentorship.pk}/plan/", sent | more, follow=True)


def test_a_hard_need_stops_a_plan_and_the_page_says_what_would_do(client, mentorship):
    SafetyNeedFactory(youth=mentorship.case.youth, kind=KIND.CLOSED_ROOM, is_hard=True)
    client.force_login(mentorship.mentor.user)

    page = send(client, mentorship, place_kind="closed_room", provider="man", stays=[]).content.decode()

    assert "alone with a man in a closed room" in page
    assert "Somebody they chose stays with them." in page
    assert not Accompaniment.objects.exists()

    send(client, mentorship, place_kind="closed_room", provider="man", stays=["chosen"])
    assert Accompaniment.objects.get().chosen_stays


def test_a_lifted_need_stops_nothing(client, mentorship):
    SafetyNeedFactory(youth=mentorship.case.youth, kind=KIND.CLOSED_ROOM, is_hard=True, lifted_at=NOW)
    client.force_login(mentorship.mentor.user)

    send(client, mentorship, place_kind="closed_room", provider="man", stays=[])

    assert Accompaniment.objects.exists()


@pytest.mark.parametrize("kind", [KIND.PERSON, KIND.PLACE])
def test_somebody_or_somewhere_to_stay_away_from_is_read_first(client, mentorship, kind):
    SafetyNeedFactory(youth=mentorship.case.youth, kind=kind, words="Not near the old pier.")
    client.force_login(mentorship.mentor.user)

    shown = client.get(f"/my-youth/{mentorship.pk}/plan/").content.decode()
    assert "Not near the old pier." in shown
    assert "I have read this" in shown

    page = send(client, mentorship).content.decode()
    assert "Read what keeps them safe" in page
    assert not Accompaniment.objects.exists()

    send(client, mentorship, needs_read="on")
    assert Accompaniment.objects.get().needs_read


def test_a_plan_stands_on_the_card_and_in_the_log_and_on_the_timeline(client, mentorship):
    client.force_login(mentorship.mentor.user)

    log = send(client, mentorship).content.decode()

    plan = Accompaniment.objects.get()
    assert "Dr. Reyes, Main Street 4" in log
    home = client.get("/my-youth/").content.decode()
    assert "Doctor with" in home
    assert "Dr. Reyes" not in home
    assert [line.what for line in mentorship.case.events.all()] == ["A meeting was planned"]
    assert (plan.planned_by, plan.status) == (mentorship.mentor.user, AccompanimentStatus.PLANNED)


def test_the_next_one_comes_first(client, mentorship):
    AccompanimentFactory(mentorship=mentorship, kind="court", begins_at=NOW + timedelta(days=9))
    AccompanimentFactory(mentorship=mentorship, kind="school", begins_at=NOW + timedelta(days=3))
    AccompanimentFactory(mentorship=mentorship, kind="agency", begins_at=NOW + timedelta(days=1), status="called_off")
    client.force_login(mentorship.mentor.user)

    home = client.get("/my-youth/").content.decode()

    assert "<b>School</b>" in home
    assert "<b>Court</b>" not in home
    assert "<b>Agency</b>" not in home


def test_a_need_that_came_after_the_plan_is_said(client, mentorship):
    AccompanimentFactory(mentorship=mentorship, place_kind="car", provider="man", mentor_stays=False)
    client.force_login(mentorship.mentor.user)
    assert "Not like this" not in client.get("/my-youth/").content.decode()

    SafetyNeedFactory(youth=mentorship.case.youth, kind=KIND.CLOSED_ROOM, is_hard=True)

    assert "Not like this" in client.get("/my-youth/").content.decode()
    assert "alone with a man in a car" in client.get(mentorship.get_absolute_url()).content.decode()


def test_a_form_sent_twice_is_one_plan(client, mentorship):
    client.force_login(mentorship.mentor.user)
    key = str(uuid.uuid4())

    for _ in range(2):
        send(client, mentorship, client_key=key)
    other = MentorshipFactory(mentor=mentorship.mentor)
    assert "used before" in send(client, other, client_key=key).content.decode()

    assert Accompaniment.objects.count() == 1
    assert mentorship.case.events.count() == 1


def test_what_was_is_no_plan(client, mentorship):
    client.force_login(mentorship.mentor.user)

    page = send(client, mentorship, begins_at="2026-01-28T10:00").content.decode()

    assert "still to come" in page
    assert not Accompaniment.objects.exists()


@pytest.mark.django_db
def test_nothing_is_planned_after_a_goodbye():
    ended = MentorshipFactory(ended=True)
    details = {"kind": "meal", "begins_at": NOW + timedelta(1), "minutes": None, "place_kind": PLACE.OPEN, "place": ""}
    details |= {"provider": PROVIDER.NOBODY, "mentor_stays": True, "chosen_stays": False, "client_key": uuid.uuid4()}

    with pytest.raises(accompaniment.NotThisPlan, match="do not meet"):
        accompaniment.plan(ended, by=ended.mentor.user, at=NOW, needs_read=True, **details)


@pytest.mark.django_db
def test_it_happens_or_is_called_off_once_and_not_before_it_begins(mentorship):
    plan = AccompanimentFactory(mentorship=mentorship, begins_at=NOW)
    later = AccompanimentFactory(mentorship=mentorship)
    by = mentorship.mentor.user

    with pytest.raises(accompaniment.NotThisPlan):
        accompaniment.close(later, AccompanimentStatus.HELD, by=by, at=NOW)
    accompaniment.close(plan, AccompanimentStatus.HELD, by=by, at=NOW + timedelta(hours=1))
    with pytest.raises(lifecycle.MoveNotAllowed):
        accompaniment.close(plan, AccompanimentStatus.CALLED_OFF, by=by, at=NOW + timedelta(hours=2))

    assert (Accompaniment.objects.get(pk=plan.pk).status, plan.closed_by) == (AccompanimentStatus.HELD, by)
    assert Change.objects.filter(table_name="mentors_accompaniment", row_id=str(plan.pk)).exists()


def test_what_was_closed_by_mistake_is_planned_again_if_it_keeps_to_what_holds_today(client, mentorship):
    plan = AccompanimentFactory(
        mentorship=mentorship, status="called_off", closed_at=NOW, place_kind="car", provider="man", mentor_stays=False
    )
    client.force_login(mentorship.mentor.user)
    assert "Plan it again" in client.get(mentorship.get_absolute_url()).content.decode()

    need = SafetyNeedFactory(youth=mentorship.case.youth, kind=KIND.CLOSED_ROOM, is_hard=True)
    page = client.post(f"/plans/{plan.pk}/again/", follow=True).content.decode()
    assert "alone with a man in a car" in page
    assert Accompaniment.objects.get().status == AccompanimentStatus.CALLED_OFF

    need.lifted_at = NOW
    need.save()
    client.post(f"/plans/{plan.pk}/again/")
    again = Accompaniment.objects.get()
    assert (again.status, again.closed_at, again.closed_by) == (AccompanimentStatus.PLANNED, None, None)


def test_a_supervisor_plans_and_calls_off_for_a_mentor_of_theirs(client, mentorship):
    client.force_login(supervisor_of(mentorship))

    send(client, mentorship)
    plan = Accompaniment.objects.get()
    client.post(f"/plans/{plan.pk}/call-off/")

    plan.refresh_from_db()
    assert plan.status == AccompanimentStatus.CALLED_OFF


def test_nobody_else_plans_or_sees(client, mentorship):
    plan = AccompanimentFactory(mentorship=mentorship)
    walled = supervisor_of(mentorship)
    WallFactory(user=walled, youth=mentorship.case.youth)
    for person in (MentorFactory().user, UserFactory(supervisor=True), walled):
        client.force_login(person)
        assert send(client, mentorship).status_code == 404
        assert client.post(f"/plans/{plan.pk}/call-off/").status_code == 404
    on_call = supervisor_of(mentorship, As.ON_CALL)
    client.force_login(on_call)
    assert client.get(mentorship.get_absolute_url()).status_code == 200
    assert client.get(f"/my-youth/{mentorship.pk}/plan/").status_code == 404
    assert client.post(f"/plans/{plan.pk}/call-off/").status_code == 404
    assert Accompaniment.objects.get().status == AccompanimentStatus.PLANNED


def test_before_the_first_meeting_my_youth_leads_to_what_helps(client, mentorship):
    client.force_login(mentorship.mentor.user)
    words = "Before you meet for the first time"
    assert words in client.get("/my-youth/").content.decode()

    mentorship.first_met_on = timezone.localdate()
    mentorship.save()
    assert words not in client.get("/my-youth/").content.decode()


def test_a_wish_that_cannot_be_kept_costs_a_reason_that_is_kept_and_shown(client, mentorship):
    SafetyNeedFactory(youth=mentorship.case.youth, kind=KIND.CLOSED_ROOM, is_hard=False)
    client.force_login(mentorship.mentor.user)
    alone = {"place_kind": "closed_room", "provider": "man", "stays": []}

    page = send(client, mentorship, **alone).content.decode()
    assert "They would rather not be alone with a man there." in page
    assert "Somebody they chose stays with them." in page
    assert not Accompaniment.objects.exists()

    log = send(client, mentorship, **alone, wish_why="The only doctor on duty.").content.decode()
    assert Accompaniment.objects.get().wish_why == "The only doctor on duty."
    assert "The only doctor on duty." in log


def test_a_wish_only_a_person_can_judge_is_read_or_its_reason_said(client, mentorship):
    SafetyNeedFactory(youth=mentorship.case.youth, kind=KIND.PLACE, is_hard=False, words="Rather not downtown.")
    client.force_login(mentorship.mentor.user)

    assert "Read what they wish" in send(client, mentorship).content.decode()
    send(client, mentorship, needs_read="on")
    send(client, mentorship, wish_why="Court is downtown.")

    assert sorted(Accompaniment.objects.values_list("needs_read", flat=True)) == [False, True]


def test_a_reason_opens_no_way_past_what_must_not_happen(client, mentorship):
    SafetyNeedFactory(youth=mentorship.case.youth, kind=KIND.CLOSED_ROOM, is_hard=True)
    client.force_login(mentorship.mentor.user)

    send(client, mentorship, place_kind="closed_room", provider="man", stays=[], wish_why="It has to be.")
    SafetyNeedFactory(youth=mentorship.case.youth, kind=KIND.PERSON, is_hard=True)
    send(client, mentorship, wish_why="It has to be.")

    assert not Accompaniment.objects.exists()
