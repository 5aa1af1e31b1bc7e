"""Real connections at once: two taps, and four ticks."""

import threading

from django.db import connection, transaction
from django.utils import timezone

from mentors.models import Concern
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import OutboxRow
from outcomes import followups, instruments, surveys
from outcomes.models import Answer, FollowUp, Respondent
from tests.factories.cases import CaseFactory
from tests.factories.core import UserFactory
from tests.factories.outcomes import FollowUpFactory


def at_once(count, work, *, actor):
    """Do the same in several threads, each with a connection of its own; gives what went wrong."""
    gate, problems = threading.Barrier(count), []

    def run():
        try:
            with acting_as(actor):
                gate.wait()
                work()
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_two_submits_at_once_make_one_answer_and_one_concern(committed):
    UserFactory(supervisor=True)
    token = surveys.make_link(FollowUpFactory(), by=UserFactory(), at=timezone.now())
    surveys.start(token, language="en", at=timezone.now())
    codes = [item.code for item in instruments.questions(instruments.newest()).items]
    number = codes.index("suicidality") + 1

    def submit():
        surveys.answer(token, number, kind=Answer.Kind.ANSWERED, value="yes", at=timezone.now())

    assert at_once(6, submit, actor=Actor.named("respondent")) == []
    assert (Answer.objects.count(), Concern.objects.count()) == (1, 1)


def test_two_taps_on_start_make_one_sitting(committed):
    token = surveys.make_link(FollowUpFactory(), by=UserFactory(), at=timezone.now())
    begun = []

    def start():
        begun.append(surveys.start(token, language="en", at=timezone.now()).pk)

    assert at_once(4, start, actor=Actor.named("respondent")) == []
    assert len(set(begun)) == 1


def test_four_ticks_at_once_make_and_remind_of_everything_once(committed):
    UserFactory(evaluation=True)
    CaseFactory.create_batch(5)

    def tick():
        for step in (followups.make_due, followups.open_due, followups.remind):
            with transaction.atomic():
                step(at=timezone.now())

    assert at_once(4, tick, actor=Actor.system("follow_ups")) == []
    followups.remind(at=timezone.now())
    assert (Respondent.objects.count(), FollowUp.objects.count()) == (5, 15)
    assert FollowUp.objects.filter(status="open").count() == 5
    assert OutboxRow.objects.filter(kind="follow_up").count() == 1
