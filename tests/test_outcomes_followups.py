"""Follow-ups are made once, opened in time, reminded of once, counted from baseline, and never a dead end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from cases.models import As
from mlmc.core import outbox
from mlmc.core.models import OutboxRow
from outcomes import followups, lifecycle, tasks
from outcomes.models import MOVES, FollowUp, Respondent, Status
from tests.factories.cases import AccessFactory, CaseFactory, WallFactory, YouthFactory
from tests.factories.core import UserFactory
from tests.factories.outcomes import AnswerFactory, FollowUpFactory, ResponseFactory, WaveFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)  # noon in Boston


def dates(respondent):
    rows = FollowUp.objects.filter(respondent=respondent).order_by("wave__months")
    return [(one.wave.months, one.opens_on, one.due_on, one.closes_on) for one in rows]


def test_a_case_gets_a_respondent_with_a_code_of_its_own_and_three_follow_ups():
    case = CaseFactory(accepted_at=datetime(2025, 9, 1, 2, tzinfo=UTC))  # still August 31 in Boston

    followups.make_due(at=NOON)

    respondent = Respondent.objects.get(case=case)
    assert respondent.code.startswith("R-") and case.youth.code not in respondent.code
    assert dates(respondent) == [
        (0, date(2025, 8, 31), date(2025, 9, 14), date(2025, 10, 31)),
        (6, date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)),
        (12, date(2026, 7, 15), date(2026, 8, 31), date(2026, 11, 30)),
    ]


def test_four_ticks_make_one_set_of_follow_ups():
    CaseFactory()

    for _ in range(4):
        tasks.open_and_remind()

    assert (Respondent.objects.count(), FollowUp.objects.count()) == (1, 3)


def test_the_practice_youth_is_never_asked():
    CaseFactory(youth=YouthFactory(practice=True))

    followups.make_due(at=NOON)

    assert Respondent.objects.count() == 0


def test_what_is_due_is_opened_and_what_is_not_is_left():
    today = timezone.localdate(NOON)
    due = FollowUpFactory(scheduled=True, opens_on=today)
    later = FollowUpFactory(scheduled=True, opens_on=today + timedelta(days=1))

    followups.open_due(at=NOON)

    due.refresh_from_db(), later.refresh_from_db()
    assert (due.status, later.status) == (Status.OPEN, Status.SCHEDULED)


def test_a_window_opens_with_the_local_day_and_not_with_greenwich():
    follow_up = FollowUpFactory(scheduled=True, opens_on=date(2026, 3, 2))

    followups.open_due(at=datetime(2026, 3, 2, 4, 30, tzinfo=UTC))  # half past eleven in the evening before
    follow_up.refresh_from_db()
    before = follow_up.status
    followups.open_due(at=datetime(2026, 3, 2, 5, 30, tzinfo=UTC))
    follow_up.refresh_from_db()

    assert (before, follow_up.status) == (Status.SCHEDULED, Status.OPEN)


def test_a_window_that_closes_without_answers_is_missed_and_waits_for_a_why():
    yesterday = timezone.localdate() - timedelta(days=1)
    follow_up = FollowUpFactory(closes_on=yesterday, due_on=yesterday)

    followups.open_due(at=timezone.now())

    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.why_missed) == (Status.MISSED, "")


def test_a_window_that_closes_on_given_answers_is_answered_in_part_and_they_count():
    yesterday = timezone.localdate() - timedelta(days=1)
    follow_up = FollowUpFactory(closes_on=yesterday, due_on=yesterday)
    response = ResponseFactory(follow_up=follow_up, finished_at=None)
    AnswerFactory(response=response)

    followups.open_due(at=timezone.now())

    follow_up.refresh_from_db(), response.refresh_from_db()
    assert follow_up.status == Status.PARTIAL
    assert response.finished_at is not None


def test_later_waves_are_counted_from_the_day_of_baseline_once():
    case = CaseFactory(accepted_at=datetime(2025, 8, 31, 16, tzinfo=UTC))
    followups.make_due(at=NOON)
    respondent = Respondent.objects.get(case=case)
    baseline = FollowUp.objects.get(respondent=respondent, wave__months=0)

    followups.anchor(baseline, on=date(2025, 9, 20))
    followups.anchor(baseline, on=date(2025, 10, 30))

    assert dates(respondent)[1:] == [
        (6, date(2026, 2, 20), date(2026, 3, 20), date(2026, 5, 20)),
        (12, date(2026, 8, 4), date(2026, 9, 20), date(2026, 12, 20)),
    ]


def test_an_answer_at_a_later_wave_counts_nothing_anew():
    follow_up = FollowUpFactory(wave=WaveFactory(months=6))
    later = FollowUpFactory(respondent=follow_up.respondent, wave=WaveFactory(months=12), scheduled=True)

    followups.anchor(follow_up, on=date(2025, 1, 1))

    before = later.due_on
    later.refresh_from_db()
    assert (later.due_on, later.anchored) == (before, False)


def reminded():
    return sorted(OutboxRow.objects.filter(kind="follow_up").values_list("recipient__email", flat=True))


def test_staff_are_reminded_of_what_opens_and_nobody_else_is():
    case = CaseFactory()
    FollowUpFactory(respondent__case=case)
    UserFactory(email="eve@example.org", evaluation=True)
    AccessFactory(case=case, user=UserFactory(email="mia@example.org", mentor=True), as_what=As.MENTOR)
    AccessFactory(case=case, user=UserFactory(email="cora@example.org", case_manager=True), as_what=As.CASE_MANAGER)
    AccessFactory(case=case, user=UserFactory(email="sue@example.org", supervisor=True), as_what=As.SUPERVISOR)
    AccessFactory(user=UserFactory(email="another@example.org", mentor=True), as_what=As.MENTOR)
    UserFactory(email="dora@example.org", director=True)

    followups.remind(at=timezone.now())

    assert reminded() == ["cora@example.org", "eve@example.org", "mia@example.org"]


def test_nobody_behind_a_wall_is_reminded():
    case = CaseFactory()
    FollowUpFactory(respondent__case=case)
    mentor = UserFactory(mentor=True)
    AccessFactory(case=case, user=mentor, as_what=As.MENTOR)
    WallFactory(user=mentor, youth=case.youth)

    followups.remind(at=timezone.now())

    assert reminded() == []


def test_many_follow_ups_and_four_ticks_make_one_reminder_a_person():
    UserFactory(evaluation=True)
    FollowUpFactory.create_batch(3)

    for _ in range(4):
        followups.remind(at=timezone.now())

    assert len(reminded()) == 1


def test_a_follow_up_is_reminded_of_on_each_of_its_days_and_on_none_between():
    UserFactory(evaluation=True)
    today = timezone.localdate()
    FollowUpFactory(opens_on=today, due_on=today + timedelta(days=30), closes_on=today + timedelta(days=90))

    for day in range(91):
        followups.remind(at=timezone.now() + timedelta(days=day))

    due = OutboxRow.objects.order_by("due_at").values_list("due_at", flat=True)
    assert [(timezone.localdate(at) - today).days for at in due] == [0, 30, 76]
    assert {timezone.localtime(at).hour for at in due} == {9}


def test_the_reminder_leaves_by_mail_and_says_nothing(smtp):
    UserFactory(email="eve@example.org", evaluation=True)
    follow_up = FollowUpFactory()
    followups.remind(at=timezone.now())

    outbox.deliver_due(at=timezone.now() + timedelta(days=1))

    [letter] = smtp
    text = letter.as_string()
    assert (letter["To"], letter["Subject"]) == ("eve@example.org", "There is something new for you")
    assert follow_up.respondent.code not in text and follow_up.respondent.case.youth.code not in text
    assert "survey" not in text.lower() and "youth" not in text.lower()


def test_every_move_that_stands_in_the_table_is_possible_and_no_other():
    for start in Status:
        for to in Status:
            follow_up = FollowUpFactory(status=start)
            if to in MOVES[start]:
                lifecycle.move(follow_up, to, on=date(2026, 3, 2))
            else:
                with pytest.raises(lifecycle.MoveNotAllowed):
                    lifecycle.move(follow_up, to, on=date(2026, 3, 2))


def test_no_follow_up_is_a_dead_end():
    assert all(MOVES[status] for status in Status)


def test_choosing_not_to_take_part_can_be_taken_back_while_the_window_is_open():
    follow_up, by = FollowUpFactory(), UserFactory(evaluation=True)

    followups.decline(follow_up, by=by, at=timezone.now())
    followups.open_again(follow_up, by=by, at=timezone.now())

    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.finished_on) == (Status.OPEN, None)
    assert [event.what for event in follow_up.respondent.case.events.order_by("at")] == [
        "Chose not to take part in a survey",
        "A survey is open again",
    ]


def test_a_window_that_is_over_is_not_opened_again():
    follow_up = FollowUpFactory(missed=True)

    with pytest.raises(followups.NotThisFollowUp):
        followups.open_again(follow_up, by=UserFactory(), at=timezone.now())


def test_why_it_was_missed_is_written_down_before_or_after_it_closed():
    waiting, closed, by = FollowUpFactory(), FollowUpFactory(missed=True), UserFactory()

    for one in (waiting, closed):
        followups.miss(one, why=followups.Why.NOT_SAFE, by=by, at=timezone.now())

    assert [(one.status, one.why_missed) for one in FollowUp.objects.order_by("pk")] == [("missed", "not_safe")] * 2
