"""A private link: started in time, resumed anywhere, answered once, and danger told the moment it is said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mentors.models import Concern
from mlmc.core.models import OutboxRow
from outcomes import followups, instruments, surveys
from outcomes.models import Answer, FollowUp, Response, Status, SurveyLink
from tests.factories.cases import CaseFactory, YouthFactory
from tests.factories.core import UserFactory
from tests.factories.outcomes import FollowUpFactory, WaveFactory

pytestmark = pytest.mark.django_db
Kind = Answer.Kind


def link(follow_up=None, *, at=None):
    return surveys.make_link(follow_up or FollowUpFactory(), by=UserFactory(evaluation=True), at=at or timezone.now())


def started(follow_up=None):
    token = link(follow_up)
    surveys.start(token, language="en", at=timezone.now())
    return token


def number_of(code):
    return [item.code for item in instruments.questions(instruments.newest()).items].index(code) + 1


def answer_all(token, *, until=None, at=None):
    for number, item in enumerate(instruments.questions(instruments.newest()).items[:until], start=1):
        value = "3" if item.kind == "scale" else "no"
        surveys.answer(token, number, kind=Kind.ANSWERED, value=value, at=at or timezone.now())


def test_only_the_hash_of_a_link_is_kept_and_its_secret_is_long():
    token = link()

    [row] = SurveyLink.objects.values()
    assert len(token) >= 32
    assert token.encode() not in repr(row).encode()


def test_nobody_can_be_asked_who_was_brought_in_from_a_file_or_is_for_practice():
    for respondent in (
        {"respondent__brought_in": True},
        {"respondent__case": CaseFactory(youth=YouthFactory(practice=True))},
    ):
        with pytest.raises(surveys.NoLink):
            link(FollowUpFactory(**respondent))


@pytest.mark.parametrize("trait", ["scheduled", "missed", "complete"])
def test_a_link_is_made_in_an_open_window_only(trait):
    with pytest.raises(surveys.NoLink):
        link(FollowUpFactory(**{trait: True}))


def test_a_new_link_ends_the_one_before():
    follow_up = FollowUpFactory()
    first, second = link(follow_up), link(follow_up)

    with pytest.raises(surveys.LinkEnded):
        surveys.start(first, language="en", at=timezone.now())
    assert surveys.start(second, language="en", at=timezone.now())


@pytest.mark.parametrize(("hours", "works"), [(71, True), (73, False)])
def test_a_link_is_started_within_72_hours(hours, works):
    token = link()
    later = timezone.now() + timedelta(hours=hours)

    if works:
        assert surveys.start(token, language="en", at=later)
    else:
        with pytest.raises(surveys.LinkEnded):
            surveys.start(token, language="en", at=later)


@pytest.mark.parametrize(("days", "works"), [(13, True), (15, False)])
def test_a_started_link_is_resumed_for_14_days(days, works):
    token = started()
    later = timezone.now() + timedelta(days=days)

    if works:
        assert surveys.answer(token, 1, kind=Kind.ANSWERED, value="4", at=later)
    else:
        with pytest.raises(surveys.LinkEnded):
            surveys.answer(token, 1, kind=Kind.ANSWERED, value="4", at=later)


def test_another_link_goes_on_at_the_next_unanswered_question():
    follow_up = FollowUpFactory()
    answer_all(started(follow_up), until=5)

    again = surveys.start(link(follow_up), language="es", at=timezone.now())

    assert (surveys.progress(again).next, again.language, Response.objects.count()) == (6, "es", 1)


def test_the_five_kinds_of_no_answer_stay_apart():
    token = started()
    surveys.answer(token, number_of("sad"), kind=Kind.ANSWERED, value="yes", at=timezone.now())
    surveys.answer(token, number_of("cse"), kind=Kind.ANSWERED, value="no", at=timezone.now())
    surveys.answer(token, number_of("seb"), kind=Kind.SKIPPED, at=timezone.now())
    surveys.answer(token, number_of("drugs"), kind=Kind.PREFER_NOT, at=timezone.now())

    surveys.stop(token, at=timezone.now())

    kept = {one.item: (one.kind, one.value) for one in Answer.objects.all()}
    assert [kept[code] for code in ("sad", "cse", "seb", "drugs", "strength")] == [
        ("answered", "yes"),
        ("answered", "no"),
        ("skipped", ""),
        ("prefer_not", ""),
        ("not_asked", ""),
    ]


def test_the_end_is_complete_even_where_everything_was_skipped():
    follow_up = FollowUpFactory()
    token = started(follow_up)

    for number in range(1, len(instruments.questions(instruments.newest()).items) + 1):
        surveys.answer(token, number, kind=Kind.SKIPPED, at=timezone.now())

    follow_up.refresh_from_db()
    assert follow_up.status == Status.COMPLETE
    assert Response.objects.get().finished_at is not None
    with pytest.raises(surveys.LinkEnded):
        surveys.link_of(token, at=timezone.now())


def test_stopping_is_partial_and_going_on_later_makes_it_complete():
    follow_up = FollowUpFactory()
    token = started(follow_up)
    answer_all(token, until=3)
    surveys.stop(token, at=timezone.now())
    follow_up.refresh_from_db()
    stopped = follow_up.status

    answer_all(token)

    follow_up.refresh_from_db()
    assert (stopped, follow_up.status) == (Status.PARTIAL, Status.COMPLETE)
    assert not Answer.objects.filter(kind=Kind.NOT_ASKED).exists()


def test_stopping_before_the_first_answer_leaves_everything_as_it_was():
    follow_up = FollowUpFactory()

    surveys.stop(started(follow_up), at=timezone.now())

    follow_up.refresh_from_db()
    assert (follow_up.status, Answer.objects.count()) == (Status.OPEN, 0)


def test_an_answer_given_again_takes_the_place_of_the_first():
    token = started()

    for value in ("2", "5", "5"):
        surveys.answer(token, 1, kind=Kind.ANSWERED, value=value, at=timezone.now())

    assert [one.value for one in Answer.objects.all()] == ["5"]


def test_finishing_baseline_counts_the_later_waves_from_that_day():
    case = CaseFactory(accepted_at=timezone.now() - timedelta(days=20))
    followups.make_due(at=timezone.now())
    followups.open_due(at=timezone.now())
    baseline = FollowUp.objects.get(respondent__case=case, wave__months=0)

    answer_all(started(baseline))

    later = FollowUp.objects.filter(respondent__case=case).exclude(pk=baseline.pk)
    assert all(one.anchored and one.due_on > baseline.due_on + timedelta(days=150) for one in later)


def test_a_window_that_closed_while_the_link_was_open_may_still_be_finished():
    yesterday = timezone.localdate() - timedelta(days=1)
    follow_up = FollowUpFactory()
    token = started(follow_up)
    FollowUp.objects.filter(pk=follow_up.pk).update(closes_on=yesterday, due_on=yesterday)
    followups.open_due(at=timezone.now())
    follow_up.refresh_from_db()
    closed = follow_up.status

    answer_all(token)

    follow_up.refresh_from_db()
    assert (closed, follow_up.status) == (Status.MISSED, Status.COMPLETE)


def test_who_was_said_to_decline_may_change_their_mind():
    follow_up = FollowUpFactory()
    token = started(follow_up)
    followups.decline(follow_up, by=UserFactory(), at=timezone.now())

    answer_all(token)

    follow_up.refresh_from_db()
    assert follow_up.status == Status.COMPLETE


@pytest.mark.parametrize("code", ["suicidality", "danger_now"])
def test_an_answer_that_signals_danger_is_told_at_once_and_without_the_answer(code):
    supervisor = UserFactory(supervisor=True)
    follow_up = FollowUpFactory()
    token = started(follow_up)

    _, danger = surveys.answer(token, number_of(code), kind=Kind.ANSWERED, value="yes", at=timezone.now())

    [concern] = Concern.objects.all()
    assert danger
    assert (concern.case, concern.source, concern.words, concern.told) == (
        follow_up.respondent.case,
        "survey",
        "",
        supervisor,
    )
    assert OutboxRow.objects.get(kind="concern").recipient == supervisor


def test_danger_is_told_once_a_sitting_however_often_it_is_said():
    UserFactory(supervisor=True)
    token = started()

    for code in ("suicidality", "suicidality", "danger_now"):
        surveys.answer(token, number_of(code), kind=Kind.ANSWERED, value="yes", at=timezone.now())

    assert Concern.objects.count() == 1


def test_no_other_answer_raises_a_concern():
    UserFactory(supervisor=True)

    answer_all(started())

    assert Concern.objects.count() == 0


def test_what_the_timeline_says_is_only_that_it_was_answered():
    follow_up = FollowUpFactory(wave=WaveFactory(months=6))

    answer_all(started(follow_up))

    assert [event.what for event in follow_up.respondent.case.events.all()] == ["Survey answered"]
