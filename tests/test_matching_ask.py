"""Who is suggested and who not; asking both; and that nothing is final until both say yes."""

import datetime

import pytest
from django.utils import timezone

from cases import access
from cases.models import As, CaseStatus
from matching.ask import NoLongerAsked, answer_as_mentor, answer_for_youth, ask_both
from matching.models import Criterion, Match
from matching.suggest import suggest
from mentors import places
from mentors.models import MentorStatus, Status
from mlmc.core.models import OutboxRow
from tests.factories.cases import CaseFactory, RelationFactory, YouthFactory
from tests.factories.core import UserFactory
from tests.factories.matching import ExclusionFactory, MatchFactory
from tests.factories.mentors import MentorFactory, MentorshipFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def nia(**more):
    facts = {"languages": ["es"], "area": "lynn", "interests": ["music"], "hard_nos": [], "wishes": []}
    return CaseFactory(youth=YouthFactory(**facts | more))


def not_now(case):
    return {one.mentor: one.why for one in suggest(case, at=NOW).not_now}


def test_the_best_fit_comes_first_then_who_has_taken_fewest_then_the_earlier_mentor():
    case = nia()
    plain = [MentorFactory() for _ in range(3)]
    MentorshipFactory(mentor=plain[0])
    best = MentorFactory(languages=["es"], areas=["lynn"])
    MentorshipFactory(mentor=best), MentorshipFactory(mentor=best)

    found = suggest(case, at=NOW)

    assert [one.mentor for one in found.candidates] == [best, plain[1], plain[2], plain[0]]
    assert (found.version, found.approved) == (1, False)


def test_criteria_are_approved_when_the_council_has_approved_each_of_them():
    Criterion.objects.update(approved_at=NOW)

    assert suggest(nia(), at=NOW).approved is True


def test_what_a_youth_ruled_out_comes_before_every_fit_and_silence_is_no_yes_here():
    case = nia(hard_nos=["no_men"])
    man, silent, woman = MentorFactory(gender="man"), MentorFactory(gender=""), MentorFactory(gender="woman")

    assert not_now(case) == {
        man: "The youth asked for no men.",
        silent: "The youth asked for no men. This mentor's gender is not known yet.",
    }
    assert [one.mentor for one in suggest(case, at=NOW).candidates] == [woman]


def test_each_reason_not_to_ask_now_is_said_in_words():
    case = nia()
    excluded, walled, sibling, full, said_no = (MentorFactory() for _ in range(5))
    shadowing = MentorFactory(status=MentorStatus.SHADOWING, shadowing_until=datetime.date(2026, 12, 11))
    on_leave = MentorFactory(status=MentorStatus.ON_LEAVE)
    MentorFactory(status=MentorStatus.DEPARTED), MentorFactory(user__is_active=False)
    ExclusionFactory(youth=case.youth, mentor=excluded, said_by="mentor")
    access.wall(case.youth, walled.user)
    RelationFactory(one=MentorshipFactory(mentor=sibling).case.youth, other=case.youth)
    full.places = 0
    full.save(update_fields=["places"])
    answer_as_mentor(
        ask_both(case, said_no, rationale="Both like music.", by=the_team(), at=NOW), False, by=None, at=NOW
    )

    assert not_now(case) == {
        excluded: "The mentor would rather not.",
        walled: "They know each other in another way.",
        sibling: "Is with a sibling; siblings each get a mentor of their own.",
        full: "Is full. A place more needs the supervisor and the mentor to agree.",
        said_no: "Was asked lately; not this time.",
        shadowing: "Is shadowing until December 11.",
        on_leave: "Is on leave.",
    }


def the_team():
    return UserFactory(assessment=True)


def test_a_mentor_whose_time_to_think_ran_out_may_be_asked_again():
    case, mentor = nia(), MentorFactory()
    ask_both(case, mentor, rationale="Both like music.", by=the_team(), at=NOW)
    places.give_back_expired(at=NOW + datetime.timedelta(hours=73))

    assert [one.mentor for one in suggest(case, at=NOW).candidates] == [mentor]


def test_asking_both_keeps_who_was_looked_at_why_and_tells_the_mentor_there_is_news():
    case, by = nia(), UserFactory(assessment=True)
    mentor, other = MentorFactory(languages=["es"]), MentorFactory()

    match = ask_both(case, mentor, rationale="Both sing.", by=by, at=NOW)

    match = Match.objects.get(pk=match.pk)
    assert (match.rationale, match.decided_by, match.criteria_version) == ("Both sing.", by, 1)
    assert [one["mentor"] for one in match.candidates] == [str(mentor.pk), str(other.pk)]
    assert ["language", "yes", "Both speak Spanish"] in match.reasons
    assert (match.mentorship.status, match.mentor_answer, match.youth_answer) == (Status.ASKING, "open", "open")
    [message] = OutboxRow.objects.all()
    assert (message.kind, message.recipient, message.about) == ("news", mentor.user, str(match.pk))


def test_who_is_not_suggested_cannot_be_asked_either():
    case = nia(hard_nos=["no_men"])
    mentor = MentorFactory(gender="man")

    with pytest.raises(places.NotToBeAsked, match="asked for no men"):
        ask_both(case, mentor, rationale="x", by=the_team(), at=NOW)

    assert not Match.objects.exists() and not OutboxRow.objects.exists()


def test_one_yes_begins_nothing():
    match = MatchFactory()

    answer_as_mentor(match, True, by=match.mentorship.mentor.user, at=NOW)

    match.mentorship.refresh_from_db()
    assert match.mentorship.status == Status.ASKING


@pytest.mark.parametrize("first", [answer_as_mentor, answer_for_youth])
def test_two_yeses_begin_in_either_order(first):
    match = MatchFactory()
    second = answer_for_youth if first is answer_as_mentor else answer_as_mentor
    team = UserFactory(assessment=True)

    first(match, True, by=team, at=NOW)
    second(match, True, by=team, at=NOW)

    match.refresh_from_db(), match.mentorship.refresh_from_db()
    case = match.mentorship.case
    assert (match.mentor_answer, match.youth_answer) == ("yes", "yes")
    assert (match.mentorship.status, case.status) == (Status.BEGINNING, CaseStatus.WITH_MENTOR)
    assert not case.access.filter(until=None, as_what__in=[As.INTAKE, As.ASSESSMENT]).exists()


@pytest.mark.parametrize("say", [answer_as_mentor, answer_for_youth])
def test_one_no_gives_the_place_back_without_a_reason_and_closes_the_question(say):
    match = MatchFactory()

    say(match, False, by=UserFactory(assessment=True), at=NOW)

    match.mentorship.refresh_from_db()
    assert (match.mentorship.status, match.mentorship.slot) == (Status.NOT_THIS_TIME, None)
    assert match.mentorship.case.status == CaseStatus.WAITING
    with pytest.raises(NoLongerAsked):
        answer_for_youth(match, True, by=None, at=NOW)


def test_somebody_may_change_a_yes_while_the_other_thinks():
    match = MatchFactory()
    answer_as_mentor(match, True, by=None, at=NOW)

    answer_as_mentor(match, False, by=None, at=NOW)

    match.mentorship.refresh_from_db()
    assert match.mentorship.status == Status.NOT_THIS_TIME


def test_the_timeline_says_that_somebody_answered_and_never_what():
    match = MatchFactory()

    answer_as_mentor(match, False, by=match.mentorship.mentor.user, at=NOW)

    lines = list(match.mentorship.case.events.order_by("pk").values_list("what", flat=True))
    assert lines == ["The mentor answered", "Not this time; the place is free again"]
