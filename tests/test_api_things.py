"""Youth, mentors, meetings, matches, concerns, follow-ups, answers and the report, for programs."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matching.models import Match
from mentors.models import Concern, Meeting, Mentorship
from mlmc.core.api.problems import Problem
from mlmc.core.models import AuditEntry
from outcomes.models import Answer, FollowUp
from tests.api import Asks, problem
from tests.conftest import NO_ROWS
from tests.factories import (
    AccessFactory,
    CaseFactory,
    ConcernFactory,
    FollowUpFactory,
    IntegrationFactory,
    MatchFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    ReportSnapshotFactory,
    RespondentFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
KEY = "the key of these tests"
MEETINGS = "/api/v1/meetings/"


def program(*roles, user=None):
    """A program with these roles; or with the rights of somebody here, as no page makes one."""
    IntegrationFactory(key=KEY, roles=list(roles), **({"user": user} if user else {}))
    return Asks(KEY)


@pytest.fixture
def mentorship():
    return MentorshipFactory(began_on=timezone.localdate() - timedelta(days=60))


@pytest.fixture
def mentor(mentorship):
    return program("mentor", user=mentorship.mentor.user)


def check_in(mentorship, **said):
    today = timezone.localdate().isoformat()
    words = {"mentorship": str(mentorship.pk), "client_key": str(uuid.uuid4()), "kind": "dinner", "held_on": today}
    return words | said


def edit(client, address, verb, body=None):
    return client.send(f"{address}{verb}/", body or {}, **{"If-Match": client.read(address)["ETag"]})


# Meetings


def test_a_meeting_is_written_down_once_for_its_client_key(mentor, mentorship):
    body = check_in(mentorship, minutes=60, topics=["school", "fun"], words="We cooked.")

    first, second = mentor.send(MEETINGS, body), mentor.send(MEETINGS, body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    meeting = Meeting.objects.get()
    assert (meeting.minutes, meeting.topics, meeting.words) == (60, ["school", "fun"], "We cooked.")
    assert [event.what for event in mentorship.case.events.all()].count("Had dinner together") == 1


def test_many_meetings_have_a_result_each_and_a_bad_one_stops_no_other(mentor, mentorship):
    other = MentorshipFactory()  # somebody else's
    good, same = check_in(mentorship), check_in(mentorship)
    rows = [
        good,
        {**good, "client_key": "nothing"},
        check_in(other),
        check_in(mentorship, held_on="2020-01-01"),
        "not a row",
        same,
        same,
    ]

    answer = mentor.send(f"{MEETINGS}bulk/", {"meetings": rows})

    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert [one["status"] for one in results] == [201, 422, 422, 409, 422, 201, 200]
    assert results[1]["problem"]["errors"][0]["pointer"] == "#/client_key"
    assert results[5]["meeting"] == results[6]["meeting"]
    assert Meeting.objects.count() == 2


def test_a_hundred_and_one_meetings_are_too_many(mentor, mentorship):
    rows = [check_in(mentorship)] * 101

    problem(mentor.send(f"{MEETINGS}bulk/", {"meetings": rows}), 422, "fields")


def test_a_worry_about_safety_is_told_with_its_meeting(mentor, mentorship):
    UserFactory(supervisor=True)

    answer = mentor.send(MEETINGS, check_in(mentorship, safety=True, safety_words="Somebody waited outside."))

    assert answer.status_code == 201
    concern = Concern.objects.get()
    assert (concern.words, str(concern.meeting_id)) == ("Somebody waited outside.", answer.json()["id"])
    assert concern.told is not None


def test_where_nobody_can_be_told_the_meeting_is_not_written_either(mentor, mentorship, monkeypatch):
    def nobody(*args, **kwargs):
        raise Problem("not-possible", "Nobody can be told now.")

    monkeypatch.setattr("mentors.api.meetings.concerns.raise_concern", nobody)

    answer = mentor.send(f"{MEETINGS}bulk/", {"meetings": [check_in(mentorship, safety=True), check_in(mentorship)]})

    assert [one["status"] for one in answer.json()["results"]] == [409, 201]
    assert Meeting.objects.count() == 1


def test_nobody_checks_in_about_somebody_elses_youth(mentor):
    other = MentorshipFactory()

    said = problem(mentor.send(MEETINGS, check_in(other)), 422, "fields")

    never = problem(mentor.send(MEETINGS, {**check_in(other), "mentorship": str(uuid.uuid4())}), 422, "fields")
    assert said == never
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("role", ["intake", "assessment", "supervisor", "support", "case_manager", "evaluation"])
def test_no_other_role_checks_in(role, mentorship):
    problem(program(role).send(MEETINGS, check_in(mentorship)), 403, "not-yours")


def test_meetings_of_one_mentorship(mentor, mentorship):
    mentor.send(MEETINGS, check_in(mentorship))

    assert len(mentor.read(f"{MEETINGS}?mentorship={mentorship.pk}").json()["results"]) == 1
    assert mentor.read(f"{MEETINGS}?mentorship={uuid.uuid4()}").json()["results"] == []
    problem(mentor.read(f"{MEETINGS}?mentorship=Zanzibelle"), 400, "unreadable")


# Mentorships, mentors, cases


def test_the_pace_is_changed_once(mentor, mentorship):
    address = f"/api/v1/mentorships/{mentorship.pk}/"

    etag = mentor.read(address)["ETag"]
    changed = mentor.send(f"{address}pace/", {"to": "monthly"}, **{"If-Match": etag})
    lost = mentor.send(f"{address}pace/", {"to": "as_wanted"}, **{"If-Match": etag})

    assert (changed.status_code, changed.json()["status"]) == (200, "monthly")
    said = problem(lost, 412, "changed")
    assert (said["current"]["status"], said["yours"]) == ("monthly", {"to": "as_wanted"})
    assert Mentorship.objects.get().status == "monthly"


def test_a_mentors_places_are_counted_and_nobody_in_them_is_shown():
    mentor = MentorFactory()
    MentorshipFactory(mentor=mentor)
    MentorshipFactory(mentor=mentor, asking=True)

    [one] = program("assessment").read("/api/v1/mentors/").json()["results"]

    assert (one["places"], one["filled"], one["held"]) == (10, 1, 1)
    assert AuditEntry.objects.get(what="api:mentors-list").cases == []


def test_a_case_shows_the_person_to_who_works_with_them_alone():
    case = CaseFactory()
    intake = program("intake")

    said = intake.read(f"/api/v1/cases/{case.pk}/").json()

    assert said["person"]["name"] == case.youth.chosen_name
    assert case.youth.chosen_name not in intake.read("/api/v1/cases/").content.decode()
    assert AuditEntry.objects.get(what="api:cases-detail").cases == [case.pk]


def test_rights_of_its_own_open_a_case_to_a_program_and_end():
    case = CaseFactory(access=False)
    client = program("case_manager")
    problem(client.read(f"/api/v1/cases/{case.pk}/"), 404, "not-found")

    of = IntegrationFactory._meta.model.objects.get().user
    row = AccessFactory(case=case, user=of, as_what="case_manager")

    assert client.read(f"/api/v1/cases/{case.pk}/").json()["person"]["name"] == case.youth.chosen_name
    row.until = timezone.now()
    row.save()
    problem(client.read(f"/api/v1/cases/{case.pk}/"), 404, "not-found")


# Matches, concerns, follow-ups


def test_both_are_asked_and_what_the_youth_said_is_written_down():
    case, mentor = CaseFactory(), MentorFactory()
    client = program("assessment")
    body = {"case": str(case.pk), "mentor": str(mentor.pk), "rationale": "Both draw."}

    asked = client.send("/api/v1/matches/", body)

    assert asked.status_code == 201, asked.content
    assert Match.objects.get().rationale == "Both draw."
    problem(client.send("/api/v1/matches/", body), 409, "not-possible")
    said = edit(client, asked["Location"], "youth-answer", {"answer": "no"})
    assert (said.status_code, said.json()["youth_answer"]) == (200, "no")
    assert Mentorship.objects.get().status == "not_this_time"


def test_a_match_is_asked_for_by_nobody_who_may_not():
    case, mentor = CaseFactory(access=False), MentorFactory()
    body = {"case": str(case.pk), "mentor": str(mentor.pk), "rationale": "Both draw."}

    said = problem(program("assessment").send("/api/v1/matches/", body), 422, "fields")

    assert [error["pointer"] for error in said["errors"]] == ["#/case"]


def test_an_asked_mentor_reads_no_rationale():
    match = MatchFactory(rationale="Both draw.")
    client = program("mentor", user=match.mentorship.mentor.user)

    said = client.read(f"/api/v1/matches/{match.pk}/").json()

    assert (said["rationale"], said["reasons"]) == (None, [])


def test_a_concern_is_taken_in_hand_and_resolved():
    concern = ConcernFactory(words="Somebody waited outside.")
    supervisor = UserFactory(supervisor=True)
    AccessFactory(case=concern.case, user=supervisor, as_what="supervisor")
    client, address = program("supervisor", user=supervisor), f"/api/v1/concerns/{concern.pk}/"
    assert client.read(address).json()["words"] == "Somebody waited outside."
    assert "Somebody" not in client.read("/api/v1/concerns/").content.decode()

    assert edit(client, address, "acknowledge").json()["status"] == "acknowledged"
    problem(edit(client, address, "acknowledge"), 409, "not-possible")
    done = edit(client, address, "resolve", {"resolution": "They are with their aunt."})

    assert (done.json()["status"], done.json()["resolution"]) == ("resolved", "They are with their aunt.")


def test_a_director_sees_that_there_is_a_concern_and_not_its_words():
    concern = ConcernFactory(words="Somebody waited outside.")
    client = program("director", user=UserFactory(director=True))

    assert [one["id"] for one in client.read("/api/v1/concerns/").json()["results"]] == [str(concern.pk)]
    problem(client.read(f"/api/v1/concerns/{concern.pk}/"), 404, "not-found")


def test_a_follow_up_is_missed_with_a_reason():
    follow_up = FollowUpFactory(status="open")
    client, address = program("evaluation"), f"/api/v1/follow-ups/{follow_up.pk}/"

    said = edit(client, address, "miss", {"why": "moved"})

    assert (said.json()["status"], said.json()["why_missed"]) == ("missed", "moved")
    assert FollowUp.objects.get().why_missed == "moved"
    problem(client.read("/api/v1/follow-ups/?show=all"), 400, "unreadable")


# Answers and figures


def test_answers_are_brought_in_whole_or_not_at_all():
    client = program("evaluation")
    table = "id,wave_months,cse\nP-01,0,1\nP-01,6,0\n"

    first, again = (client.send("/api/v1/answers/", {"csv": table, "cohort": "2024"}) for _ in range(2))

    assert first.json() == {
        "rows": 2,
        "respondents": 1,
        "new_respondents": 1,
        "answers": 2,
        "already_imported": 0,
    }
    assert again.json()["already_imported"] == 2
    said = problem(client.send("/api/v1/answers/", {"csv": table.replace("6,0", "6,Zanzibelle")}), 409, "not-possible")
    assert "Zanzibelle" not in str(said)
    assert Answer.objects.count() == 2


def test_the_report_hides_what_its_page_hides():
    ReportSnapshotFactory()
    client = program("evaluation")

    said = client.read("/api/v1/outcomes/").json()
    small = client.read("/api/v1/outcomes/?cohort=nobody").json()

    assert said["figures"] == []  # fewer than ten
    assert (small["refused"], small["group"], small["figures"]) == (True, None, [])


def youth_of(user, *, role):
    """One more of everything this person may see."""
    mentorship = MentorshipFactory()
    AccessFactory(case=mentorship.case, user=user, as_what=role)
    MeetingFactory(mentorship=mentorship, handed_over=True)
    ConcernFactory(case=mentorship.case)
    FollowUpFactory(respondent=RespondentFactory(case=mentorship.case), status="open")


@pytest.mark.parametrize("thing", ["cases", "mentors", "mentorships", "meetings", "concerns", "follow-ups"])
def test_a_list_asks_the_same_questions_for_any_number_of_rows(thing):
    supervisor = UserFactory(supervisor=True, team=TeamFactory())
    client, counts = program("supervisor", user=supervisor), []
    for rows in (1, 2):
        for _ in range(rows):  # one, then three
            youth_of(supervisor, role="supervisor")
            MentorFactory(user__team=supervisor.team)
        client.read(f"/api/v1/{thing}/")
        with CaptureQueriesContext(connection) as queries:
            found = client.read(f"/api/v1/{thing}/").json()["results"]
        counts.append((len(found), len([1 for query in queries if not NO_ROWS.match(query["sql"])])))

    assert [many for many, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]
