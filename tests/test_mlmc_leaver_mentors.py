"""A mentor leaves: each youth goes with a goodbye and a beginning, and nobody sees what was before."""

import pytest

from matching.suggest import suggest
from mentors import places
from mentors.models import (
    AccompanimentStatus,
    Mentor,
    Mentorship,
    MentorStatus,
    Status,
)
from mentors.places import NotToBeAsked
from tests.conftest import acting
from tests.factories import (
    AccompanimentFactory,
    CaseFactory,
    ExclusionFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    SafetyNeedFactory,
    UserFactory,
    WallFactory,
)
from tests.leaving import DAY, NOW, hands_over, held, page_of, told

pytestmark = pytest.mark.django_db


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
