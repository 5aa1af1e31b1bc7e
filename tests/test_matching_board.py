"""The match board and the mentor's question: who sees them, in which words, and what each answer does."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.models import Criterion, Match
from mentors.models import MentorStatus, Status
from tests.factories import (
    CaseFactory,
    MatchFactory,
    MentorFactory,
    MentorshipFactory,
    SafetyNeedFactory,
    UserFactory,
    WallFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
BOARD = "matching:board"


def of(case, name="board_of"):
    return reverse(f"matching:{name}", args=[case.pk])


@pytest.fixture
def ana(client):
    ana = UserFactory(assessment=True, name="Ana Cole")
    client.force_login(ana)
    return ana


@pytest.mark.parametrize(
    ("role", "board", "propose"),
    [
        ("assessment", 200, 200),
        ("intake", 200, 403),
        ("mentor", 403, 403),
        ("supervisor", 403, 403),
        ("support", 403, 403),
        ("evaluation", 403, 403),
        ("director", 403, 403),
        ("admin", 403, 403),
    ],
)
def test_the_board_is_shown_to(client, role, board, propose):
    case = CaseFactory()
    client.force_login(UserFactory(**{role: True}))

    assert client.get(reverse(BOARD)).status_code == board
    assert client.get(of(case)).status_code == board
    assert client.post(of(case, "propose"), {}).status_code == propose


def test_a_walled_colleague_finds_nobody(client, ana):
    case = CaseFactory()
    WallFactory(user=ana, youth=case.youth)

    assert client.get(of(case)).status_code == 404
    assert "No one is waiting" in client.get(reverse(BOARD)).content.decode()


def test_a_youth_with_a_mentor_or_of_practice_is_not_on_the_board(client, ana):
    for case in (CaseFactory(with_mentor=True), CaseFactory(youth__is_practice=True)):
        assert client.get(of(case)).status_code == 404
    assert "No one is waiting" in client.get(reverse(BOARD)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_the_same_questions_for_any_number_of_youth_and_mentors(client, ana, rows, asks):
    CaseFactory.create_batch(rows)
    MentorFactory.create_batch(rows)
    MentorFactory.create_batch(rows, status=MentorStatus.ON_LEAVE)

    # session, user, waiting, who of them is asked, to take back, open match, newest version, criteria, exclusions,
    # walls, siblings, who said no, the best, mentors, who not now, safety words, program of the shell, menu counts
    with asks(18):
        page = client.get(reverse(BOARD)).content.decode()

    assert page.count("mrow") == rows


def test_the_longest_waiting_stands_first_and_is_picked(client, ana):
    CaseFactory(received_at=NOW - datetime.timedelta(days=3))
    longest = CaseFactory(received_at=NOW - datetime.timedelta(days=13))

    answer = client.get(reverse(BOARD))

    assert answer.context["waiting"][0] == longest == answer.context["case"]


def test_reasons_are_words_and_never_a_percentage_and_the_draft_says_so(client, ana):
    case = CaseFactory(youth__wishes=["near"], youth__languages=["es"])
    MentorFactory(languages=["es"], areas=["lynn"])
    MentorFactory(status=MentorStatus.ON_LEAVE, user__name="Robin Keane")

    page = client.get(of(case)).content.decode()

    for words in ("Both speak Spanish", "Lynn, the same area", "not known yet", "Strong fit", "someone close by"):
        assert words in page
    assert "<b>Robin K.</b>: Is on leave." in page
    assert "draft, not yet approved by the survivor council" in page
    assert "%" not in page.partition("<main")[2]
    Criterion.objects.update(approved_at=NOW)
    assert "draft" not in client.get(of(case)).content.decode()


def test_the_title_carries_the_code(client, ana):
    case = CaseFactory(youth__chosen_name="Amaya R.")

    title = client.get(of(case)).content.decode().partition("<title>")[2].partition("</title>")[0]

    assert case.code in title and "Amaya" not in title


def test_proposing_asks_for_a_reason_then_asks_both(client, ana):
    case, mentor = CaseFactory(), MentorFactory(user__name="Carmen Ortiz")

    page = client.get(of(case), {"propose": str(mentor.pk)}).content.decode()
    assert "Why the team chose this" in page and "Ask both of them" in page
    page = client.post(of(case, "propose"), {"mentor": mentor.pk, "rationale": " "}).content.decode()
    assert "Write in a sentence why" in page and "Ask both of them" in page
    page = client.post(of(case, "propose"), {"mentor": mentor.pk, "rationale": "Both sing."}, follow=True)

    match = Match.objects.get()
    assert (match.rationale, match.decided_by, match.mentorship.case) == ("Both sing.", ana, case)
    assert "Carmen O. is being asked" in page.content.decode()


@pytest.mark.parametrize(
    ("mentor", "rationale", "words"),
    [
        ("not a mentor", "Both sing.", "Choose a mentor first."),
        ("", "Both sing.", "Choose a mentor first."),
        ("known", "a\x00b", "Some characters here cannot be read."),
        ("known", "x" * 2001, "Keep this under 2,000 characters."),
        ("full", "Both sing.", "This mentor cannot be asked now. Is full."),
    ],
)
def test_bad_input_gets_a_sentence_and_asks_nobody(client, ana, mentor, rationale, words):
    case, known = CaseFactory(), MentorFactory(places=0 if mentor == "full" else 10)
    pk = known.pk if mentor in ("known", "full") else mentor

    answer = client.post(of(case, "propose"), {"mentor": pk, "rationale": rationale})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Match.objects.exists()


def test_an_unknown_mentor_or_youth_is_404(client, ana):
    assert client.post(of(CaseFactory(), "propose"), {"mentor": uuid.uuid4(), "rationale": "x"}).status_code == 404
    assert client.get(reverse("matching:board_of", args=[uuid.uuid4()])).status_code == 404


def test_both_answers_stand_apart_and_the_team_writes_down_the_youths(client, ana):
    match = MatchFactory(mentor_answer="yes", mentor_answered_at=NOW)
    case = match.mentorship.case

    page = client.get(of(case)).content.decode()
    assert page.count("Thinking") == 1 and "The youth says yes" in page
    page = client.post(of(match, "youth_answer"), {"answer": "yes"}, follow=True).content.decode()

    assert "Both said yes. They begin now" in page
    match.mentorship.refresh_from_db()
    assert match.mentorship.status == Status.BEGINNING
    assert client.get(of(case)).status_code == 404


@pytest.mark.parametrize("answer", ["", "maybe", "\x00"])
def test_an_answer_is_one_of_two(client, ana, answer):
    match = MatchFactory()

    page = client.post(of(match, "youth_answer"), {"answer": answer}, follow=True).content.decode()

    assert "Choose one of the two." in page
    assert Match.objects.get().youth_answer == "open"


def test_an_answer_after_the_time_is_over_gets_a_sentence(client, ana):
    match = MatchFactory()
    client.post(of(match, "youth_answer"), {"answer": "no"})

    page = client.post(of(match, "youth_answer"), {"answer": "yes"}, follow=True).content.decode()

    assert "This question is closed" in page


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 302), ("the mentor", 200), ("another mentor", 404), ("the team", 403)]
)
def test_the_question_is_shown_to(client, who, status):
    match = MatchFactory()
    people = {
        "the mentor": match.mentorship.mentor.user,
        "another mentor": MentorshipFactory().mentor.user,
        "the team": UserFactory(assessment=True),
    }
    if who in people:
        client.force_login(people[who])

    assert client.get(of(match.mentorship, "asked")).status_code == status


def test_before_a_yes_a_mentor_reads_what_may_be_known_and_no_name(client):
    youth = {"chosen_name": "Amaya R.", "languages": ["es"], "area": "lynn", "wishes": ["texts"]}
    match = MatchFactory(mentorship__case=CaseFactory(**{f"youth__{name}": value for name, value in youth.items()}))
    case = match.mentorship.case
    SafetyNeedFactory(youth=case.youth, kind="closed_room", words="Amaya said: no man alone in a car with me.")
    client.force_login(match.mentorship.mentor.user)

    page = client.get(of(match.mentorship, "asked")).content.decode()

    for words in (case.code, "Lynn", "Spanish", "someone who texts", "No male provider alone in a closed room or car"):
        assert words in page
    assert "Amaya" not in page
    assert "Amaya" not in client.get(reverse("mentors:my_youth")).content.decode()


@pytest.mark.parametrize(
    ("answer", "words", "status"),
    [("yes", "We ask the youth as well", Status.ASKING), ("no", "that is all anybody needs", Status.NOT_THIS_TIME)],
)
def test_a_mentor_answers_on_the_phone(client, answer, words, status):
    match = MatchFactory()
    client.force_login(match.mentorship.mentor.user)

    page = client.post(of(match.mentorship, "mentor_answer"), {"answer": answer}, follow=True).content.decode()

    assert words in page
    match.mentorship.refresh_from_db()
    assert match.mentorship.status == status


def test_a_mentor_who_said_no_finds_the_question_gone(client):
    match = MatchFactory()
    client.force_login(match.mentorship.mentor.user)
    client.post(of(match.mentorship, "mentor_answer"), {"answer": "no"})

    assert client.get(of(match.mentorship, "asked")).status_code == 404
    assert "Somebody would like" not in client.get(reverse("mentors:my_youth")).content.decode()
