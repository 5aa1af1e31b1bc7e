"""A survey somebody else answered: nothing of it counts, nobody reads it, and the youth can be asked anew."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import As
from mentors.models import Concern
from mlmc.core.models import Change, OutboxRow
from outcomes import answered, mistaken, surveys
from outcomes.models import Answer, FollowUp, Response, Status, SurveyLink
from tests.conftest import acting
from tests.factories import FollowUpFactory, UserFactory
from tests.factories.outcomes import AnswerFactory, ResponseFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def eli():
    return UserFactory(evaluation=True)


@pytest.fixture
def sat():
    """An answered follow-up whose window is still open."""
    return AnswerFactory(response=ResponseFactory(), value="yes").response.follow_up


def out(follow_up, by, *, at=NOW):
    with acting(by):
        mistaken.not_theirs(follow_up, by=by, at=at)
    follow_up.refresh_from_db()


def test_the_answers_leave_the_figures_and_are_kept_sealed_in_the_history(sat, eli):
    assert answered.counted().count() == 1

    out(sat, eli)

    assert answered.counted().count() == 0 and not Answer.objects.exists()
    kept = Change.objects.get(table_name="outcomes_answer")
    assert '"yes"' not in str(kept.old)
    assert (Response.objects.get().not_theirs_by, sat.respondent.case.events.last().what) == (
        eli,
        "A survey was answered by somebody else",
    )


def test_figures_are_made_anew_without_them(sat, eli):
    out(sat, eli, at=NOW + timedelta(hours=1))

    assert answered.newest_answer() == NOW + timedelta(hours=1)


def test_the_follow_up_opens_again_while_its_window_is_open(sat, eli):
    out(sat, eli)

    assert sat.status == Status.OPEN
    token = surveys.make_link(sat, by=eli, at=NOW)
    response = surveys.start(token, language="en", at=NOW)
    assert (response.answers.count(), Response.objects.count()) == (0, 2)


def test_after_the_window_it_is_missed_and_waits_for_a_why(sat, eli):
    FollowUp.objects.filter(pk=sat.pk).update(closes_on=sat.due_on)
    sat.refresh_from_db()

    out(sat, eli, at=timezone.now() + timedelta(days=60))

    assert (sat.status, sat.why_missed) == (Status.MISSED, "")


def test_a_link_in_other_hands_ends_and_a_sitting_that_was_begun_does_not_count(eli):
    follow_up = FollowUpFactory()
    token = surveys.make_link(follow_up, by=eli, at=NOW)
    surveys.start(token, language="en", at=NOW)

    out(follow_up, eli)

    assert (follow_up.status, SurveyLink.objects.get().resume_by) == (Status.OPEN, NOW)
    with pytest.raises(surveys.LinkEnded):
        surveys.start(token, language="en", at=NOW + timedelta(seconds=1))


def test_later_waves_are_counted_anew_from_the_youths_own_answers(eli):
    baseline = FollowUpFactory(wave__months=0, complete=True, anchored=True)
    later = FollowUpFactory(respondent=baseline.respondent, wave__months=6, scheduled=True, anchored=True)
    ResponseFactory(follow_up=baseline)

    out(baseline, eli)

    assert not FollowUp.objects.filter(pk__in=[baseline.pk, later.pk], anchored=True).exists()


def test_a_worry_that_came_of_it_stays_and_whoever_has_it_is_told(sat, eli):
    supervisor = UserFactory(supervisor=True)
    Response.objects.update(danger_at=NOW)
    Concern.objects.create(case=sat.respondent.case, source="survey", raised_at=NOW, told=supervisor)

    out(sat, eli)

    assert Concern.objects.get().told == supervisor
    assert OutboxRow.objects.get().recipient == supervisor


def test_where_nobody_answered_there_is_nothing_to_take_out(eli):
    with pytest.raises(mistaken.NothingAnswered):
        out(FollowUpFactory(), eli)


@pytest.mark.parametrize(("role", "status"), [("evaluation", 302), ("case_manager", 302), ("supervisor", 403)])
def test_the_evaluation_manager_and_the_case_manager_take_them_out(client, sat, role, status):
    person = UserFactory(**{role: True})
    access.give(sat.respondent.case, user=person, as_what=role, why="works", by=None, at=NOW - timedelta(days=1)) if (
        role in As.values
    ) else None
    client.force_login(person)
    shown = "These answers are not theirs" in client.get(sat.get_absolute_url()).content.decode()

    answer = client.post(reverse("outcomes:not_theirs", args=[sat.pk]))

    assert (answer.status_code, shown) == (status, status == 302)
    assert Answer.objects.exists() == (status != 302)
