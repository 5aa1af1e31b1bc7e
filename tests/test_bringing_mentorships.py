"""Mentorships and past check-ins of earlier records: with their places, seen by whom they belong to, and gone."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Access, As, Case, CaseEvent, CaseStatus, Youth
from mentors import mentorships
from mentors.models import Meeting, Mentor, Mentorship, MentorStatus, Status
from mlmc.core.context import on_duty
from mlmc.core.models import Import, ImportRow, ImportStatus, Role, User
from outcomes import followups
from outcomes.models import FollowUp, Respondent
from tests.bringing import brought, counts, reasons, taken_back
from tests.conftest import acting
from tests.factories import (
    CaseFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
    YouthFactory,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def mentor():
    team = TeamFactory()
    UserFactory(supervisor=True, team=team)
    UserFactory(support=True, team=team)
    user = UserFactory(mentor=True, team=team, email="ines@example.org")
    return MentorFactory(user=user, status=MentorStatus.READY, places=2)


def youth(*numbers):
    made = []
    for number in numbers:
        made.append(YouthFactory(identity=True, identity__earlier_number=number))
    return made[0] if len(made) == 1 else made


@pytest.mark.parametrize("has_team", [True, False])
def test_of_a_mentor_who_is_shadowing_it_says_who_makes_them_ready_and_then_the_same_row_goes(
    director, mentor, client, has_team
):
    youth("A-17")
    supervisor, team = User.objects.get(roles__contains=[Role.SUPERVISOR]), mentor.user.team
    Mentor.objects.update(status=MentorStatus.SHADOWING)
    User.objects.filter(pk=mentor.user_id).update(team=team if has_team else None)

    [why] = reasons(brought("mentorships", [row()], by=director))

    assert "marks them as ready for youth on My team" in str(why)
    assert ("Choose their team on People" in str(why)) is not has_team
    User.objects.filter(pk=mentor.user_id).update(team=team)
    client.force_login(supervisor)
    assert "Mark as ready for youth" in client.get("/team/").content.decode()
    client.post(f"/team/{mentor.pk}/step/", {"to": MentorStatus.READY})
    assert counts(brought("mentorships", [row()], by=director))["added"] == 1


def row(number="A-17", **more):
    return {"Youth": number, "Mentor": "ines@example.org", "Stage": "Weekly", "Began": "2024-03-05"} | more


def test_a_mentorship_takes_a_place_and_is_seen_by_mentor_and_team(director, mentor):
    who = youth("A-17")

    file = brought("mentorships", [row()], by=director)

    assert counts(file) == {"total": 1, "accepted": 1, "added": 1, "rejected": 0}
    mentorship = Mentorship.objects.get()
    case = mentorship.case
    assert (mentorship.mentor, mentorship.slot, mentorship.status) == (mentor, 1, Status.WEEKLY)
    assert (case.youth, case.status, case.episode) == (who, CaseStatus.WITH_MENTOR, 1)
    assert timezone.localdate(case.accepted_at) == mentorship.began_on == datetime.date(2024, 3, 5)
    assert sorted(Access.objects.values_list("as_what", flat=True)) == [As.MENTOR, As.SUPERVISOR, As.SUPPORT]
    mentor.refresh_from_db()
    assert mentor.status == MentorStatus.ACTIVE
    assert list(case.events.values_list("what", "by")) == [
        ("The mentorship was brought in from earlier records", director.pk)
    ]
    with acting(mentor.user):
        assert [one.pk for one in Mentorship.objects.visible_to(mentor.user)] == [mentorship.pk]


def test_pages_about_them_open(client, director, mentor):
    youth("A-17")
    manager = UserFactory(case_manager=True, email="cm@example.org")
    brought("mentorships", [row(**{"Case manager": "cm@example.org"})], by=director)
    mentorship = Mentorship.objects.get()

    client.force_login(manager)
    assert client.get(mentorship.case.get_absolute_url()).status_code == 200
    client.force_login(mentor.user)
    assert client.get("/my-youth/").status_code == 200
    assert client.get(mentorship.get_absolute_url()).status_code == 200
    client.force_login(director)
    assert client.get("/today/").status_code == 200
    assert client.get(mentorship.case.get_absolute_url()).status_code == 200


def test_a_full_mentor_is_an_error_of_that_row_alone_and_family_takes_no_place(director, mentor):
    youth("A-17", "A-18", "A-19", "A-20")
    rows = [row("A-17"), row("A-18", Stage="part of the family"), row("A-19", Stage="monthly"), row("A-20")]

    file = brought("mentorships", rows, by=director)

    assert reasons(file) == [(5, "Mentor", "All 2 places with this mentor are taken.")]
    assert sorted(Mentorship.objects.values_list("slot", flat=True), key=str) == [1, 2, None]


def test_one_that_has_ended_lies_behind_and_nobody_sees_it(director, mentor):
    who = youth("A-17")
    rows = [row(Stage="ended", Ended="2024-12-01"), row(Began="2025-02-01")]

    file = brought("mentorships", rows, by=director)

    assert file.added == 2
    old, new = Mentorship.objects.order_by("began_on")
    assert (old.status, old.ended_on, old.slot) == (Status.ENDED, datetime.date(2024, 12, 1), None)
    assert [(case.episode, case.status) for case in who.cases.order_by("episode")] == [
        (1, CaseStatus.ELSEWHERE),
        (2, CaseStatus.WITH_MENTOR),
    ]
    assert set(Access.objects.values_list("case", flat=True)) == {new.case_id}


def test_what_cannot_be_taken_says_why(director, mentor):
    waits, walled, *_ = youth("A-17", "A-18", "A-19", "A-20", "A-21")
    CaseFactory(youth=waits)
    WallFactory(user=mentor.user, youth=walled)
    MentorFactory(user__email="new@example.org", status=MentorStatus.SHADOWING)
    rows = [
        row("A-17"),
        row("A-18"),
        row("A-19", Mentor="nobody@example.org"),
        row("A-404"),
        row("A-19", Mentor="new@example.org"),
        row("A-19", Stage="ended"),
        row("A-19", Ended="2025-01-01"),
        row("A-19", Began="2024-13-01"),
        row("A-19", Stage="daily"),
        row("A-19", Began=(TODAY + datetime.timedelta(days=2)).isoformat()),
        row("A-20", **{"Case manager": "nobody@example.org"}),
        row("A-21"),
        row("A-21", Began="2025-01-01"),
    ]

    file = brought("mentorships", rows, by=director)

    assert [(number, column) for number, column, _ in reasons(file)] == [
        (2, "Youth"),
        (3, "Mentor"),
        (4, "Mentor"),
        (5, "Youth"),
        (6, "Mentor"),
        (7, "Ended"),
        (8, "Ended"),
        (9, "Began"),
        (10, "Stage"),
        (11, "Began"),
        (12, "Case manager"),
        (14, "Youth"),
    ]
    assert counts(file)["added"] == 1
    assert not any("wall" in why or "A-18" in why for _, _, why in reasons(file))


def test_they_can_be_taken_back_also_after_the_clock_made_follow_ups(director, mentor):
    youth("A-17", "A-18")
    recent = TODAY - datetime.timedelta(days=200)
    file = brought("mentorships", [row(Began=recent.isoformat()), row("A-18")], by=director)
    followups.make_due(at=timezone.now())
    assert Respondent.objects.count() == 1

    file = taken_back(file, by=director)

    assert (file.status, file.undone, file.kept) == (ImportStatus.UNDONE, 2, 0)
    left = [model.objects.count() for model in (Case, Mentorship, Access, CaseEvent, Respondent, FollowUp)]
    assert left == [0, 0, 0, 0, 0, 0]
    assert Youth.objects.count() == 2
    assert brought("mentorships", [row()], by=director).added == 1


def test_what_somebody_lived_since_stays(director, mentor):
    youth("A-17", "A-18")
    file = brought("mentorships", [row(), row("A-18")], by=director)
    one = Mentorship.objects.get(slot=1)
    with acting(mentor.user):
        mentorships.change_pace(one, Status.MONTHLY, by=mentor.user, at=timezone.now())

    file = taken_back(file, by=director)

    assert (file.status, file.undone, file.kept) == (ImportStatus.FINISHED, 1, 1)
    assert [why for _, _, why in reasons(file)] == ["Something was written about this since."]
    assert list(Mentorship.objects.values_list("pk", flat=True)) == [one.pk]
    assert Access.objects.filter(case=one.case).count() == 3


def test_waves_that_were_due_before_are_nobodys_here_to_ask_and_none_is_missed(director, mentor):
    youth("A-17", "A-18", "A-19")
    recent = (TODAY - datetime.timedelta(days=200)).isoformat()
    rows = [row("A-17"), row("A-18", Began=recent), row("A-19", Stage="ended", Began="2023-01-01", Ended=recent)]
    brought("mentorships", rows, by=director)

    followups.make_due(at=timezone.now())

    assert [one.case.youth.identity.earlier_number for one in Respondent.objects.all()] == ["A-18"]
    assert [one.wave.months for one in FollowUp.objects.all()] == [12]


# Past check-ins


def told(**more):
    return {
        "Youth": "A-17",
        "Mentor e-mail": "ines@example.org",
        "Date": "2025-05-02",
        "Kind": "In person",
        "Minutes": "90",
        "Notes": "We cooked.",
    } | more


@pytest.fixture
def together(director, mentor):
    youth("A-17")
    brought("mentorships", [row()], by=director)
    return Mentorship.objects.get()


def test_past_check_ins_belong_to_the_mentorship_and_are_read_by_the_mentor(director, mentor, together):
    rows = [told(), told(Date="2025-05-09", Kind="text", Reached="no", Mood="2", Topics="School; Family")]

    file = brought("check-ins", rows, by=director)

    assert counts(file) == {"total": 2, "accepted": 2, "added": 2, "rejected": 0}
    first, second = Meeting.objects.order_by("held_on")
    assert (first.mentorship, first.kind, first.minutes, first.words) == (together, "in_person", 90, "We cooked.")
    assert (second.reached, second.mood, second.topics) == (False, 2, ["school", "family"])
    assert (first.logged_by, first.handed_over) == (director, False)
    with acting(mentor.user):
        assert Meeting.objects.visible_to(mentor.user).count() == 2
    with acting(director):
        assert Meeting.objects.count() == 0  # whoever brings them in does not read them here
    assert CaseEvent.objects.filter(what="Check-ins were brought in").count() == 1


def test_a_check_in_outside_of_the_mentorship_or_of_nobody_is_refused(director, together):
    rows = [
        told(Date="2024-03-04"),
        told(Date=(TODAY + datetime.timedelta(days=2)).isoformat()),
        told(Youth="A-404"),
        told(**{"Mentor e-mail": "nobody@example.org"}),
        told(Kind="seance"),
        told(Minutes="0"),
        told(Mood="6"),
    ]
    MentorFactory(user__email="other@example.org")

    file = brought("check-ins", [*rows, told(**{"Mentor e-mail": "other@example.org"})], by=director)

    assert [column for _, column, _ in reasons(file)] == [
        "Date",
        "Date",
        "Youth",
        "Mentor e-mail",
        "Kind",
        "Minutes",
        "Mood",
        "Date",
    ]
    assert Meeting.objects.count() == 0


def test_check_ins_can_be_taken_back_and_then_the_mentorship(director, together):
    file = brought("check-ins", [told(), told(Date="2025-05-09")], by=director)
    earlier = Import.objects.get(kind="mentorships")
    assert taken_back(earlier, by=director).kept == 1

    file = taken_back(file, by=director)

    assert (file.status, Meeting.objects.count()) == (ImportStatus.UNDONE, 0)
    assert taken_back(earlier, by=director).status == ImportStatus.UNDONE
    assert Mentorship.objects.count() == 0


def test_a_check_in_support_took_up_or_a_worry_hangs_on_stays(director, together):
    file = brought("check-ins", [told(), told(Date="2025-05-09")], by=director)
    Meeting.objects.filter(held_on="2025-05-02").update(taken_up_at=timezone.now())

    file = taken_back(file, by=director)

    assert (file.undone, file.kept) == (1, 1)
    assert Meeting.objects.count() == 1


def test_whom_a_wall_keeps_from_the_reader_is_nobody_in_their_file(director, together):
    WallFactory(user=director, youth=together.case.youth)

    for kind, said in (("mentorships", row()), ("check-ins", told())):
        file = brought(kind, [said | {"Youth": together.case.youth.code}], by=director)
        assert [why for _, _, why in reasons(file)] == ["No youth has this code or number. Bring in the youth first."]


def test_who_brings_in_check_ins_does_not_learn_who_is_with_whom():
    """Intake holds no row of this youth any more: with whom they are, and whether on that day, are one sentence."""
    intake, case = UserFactory(intake=True), CaseFactory(with_mentor=True, access=False)
    theirs, other = MentorFactory(user__email="one@example.org"), MentorFactory(user__email="other@example.org")
    MentorshipFactory(case=case, mentor=theirs)
    row = {"Youth": case.youth.code, "Day": "1999-01-01", "Kind": "Text"}

    file = brought("check-ins", [row | {"Mentor": mentor.user.email} for mentor in (theirs, other)], by=intake)

    first, second = [why for _, _, why in reasons(file)]
    assert first == second


@pytest.mark.parametrize("handed_over", [False, True])
def test_whoever_takes_a_file_back_sees_the_meetings_it_made_and_no_other_of_that_mentorship(admin, handed_over):
    mentorship = MentorshipFactory()
    made, _ = (MeetingFactory(mentorship=mentorship, handed_over=handed_over) for _ in range(2))
    file = Import.objects.create(kind="mentorships", by=admin, file_hash=b"-" * 16, columns="[]")
    ImportRow.objects.create(file=file, number=2, status="undoing", made=[made.pk])

    with acting(admin):
        assert not Meeting.objects.exists()
        with on_duty("bringing"):
            assert list(Meeting.objects.all()) == [made]
    mentor = mentorship.mentor.user
    with acting(mentor), on_duty("bringing"):
        assert Meeting.objects.count() == 2
