"""One message per reason, however many clocks tick, servers fail and workers die."""

import re
import signal
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cases.models import Youth
from mlmc import program
from mlmc.core import outbox
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import Heartbeat, OutboxRow
from mlmc.core.postgres.roles import APP
from mlmc.core.tasks import deliver
from mlmc.launcher.checkout import free_port
from tests.factories import OutboxRowFactory, UserFactory, YouthFactory
from tests.waiting import wait_for

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SENDER = Actor.system("outbox")


@pytest.fixture
def nia(db):
    return UserFactory(email="nia@example.org", name="Nia Okafor", supervisor=True)


def ask(to, *, about="1", due_at=NOON, kind="news"):
    outbox.enqueue(kind, to=to, about=about, due_at=due_at)


def send(at=NOON):
    with acting_as(SENDER):
        outbox.deliver_due(at=at)


def state():
    return [(row.tries, row.sent_at is not None) for row in OutboxRow.objects.order_by("due_at", "id")]


def test_a_message_is_sent_once_to_whom_it_is_for(nia, smtp):
    ask(nia)
    send()
    send(NOON + timedelta(hours=1))

    [letter] = smtp
    assert letter["To"] == "nia@example.org"
    assert state() == [(1, True)]


def test_asking_twice_makes_one_and_another_reason_another(nia):
    for _ in range(2):
        ask(nia)
    ask(nia, about="2")
    ask(nia, kind="concern")
    ask(UserFactory())
    ask(nia, due_at=NOON + timedelta(days=1))

    assert OutboxRow.objects.count() == 5


def test_a_message_goes_the_way_of_its_reason(nia, smtp):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask(nia)
        raise ZeroDivisionError
    send()

    assert smtp == []
    assert OutboxRow.objects.count() == 0


def test_nothing_leaves_before_it_is_due(nia, smtp):
    ask(nia)
    send(NOON - timedelta(seconds=1))
    assert smtp == []
    send(NOON)
    assert len(smtp) == 1


@pytest.mark.parametrize("kind", outbox.KINDS)
def test_a_letter_says_nothing_but_that_there_is_news(nia, smtp, settings, kind):
    settings.SITE_URL = "https://inside.example.org"
    youth = YouthFactory(chosen_name="Sky Tamsin", area="lynn")

    ask(nia, kind=kind, about=str(youth.pk))
    send()

    [letter] = smtp
    row = OutboxRow.objects.get()
    body = letter.get_payload(decode=True).decode()
    assert re.findall(r"\S+://\S+", letter.as_string()) == [settings.SITE_URL]
    assert (letter["Subject"], body.strip()) == (
        "There is something new for you",
        "There is something new for you. Sign in to read it: https://inside.example.org",
    )
    assert letter["Message-ID"] == f"<{row.pk}@outbox.invalid>"  # the same at every try
    brand = program.current().brand
    del letter["To"], letter["X-RcptTo"]
    for word in ("Sky", "Tamsin", "lynn", "Nia", "Okafor", brand, "mentor", "youth", "mlmc", str(youth.pk), "concern"):
        assert word.lower() not in letter.as_string().lower(), word
    assert {name.lower() for name in letter} <= {
        "content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "date", "message-id",
        "x-peer", "x-mailfrom", "x-rcptto",  # written by the server of the test
    }  # fmt: skip
    assert Youth.objects.count() == 1


def test_somebody_switched_off_gets_nothing_now_or_later(nia, smtp):
    ask(nia)
    nia.is_active = False
    nia.save(update_fields=["is_active"])
    send()
    nia.is_active = True
    nia.save(update_fields=["is_active"])
    send(NOON + timedelta(hours=1))

    assert smtp == []
    assert not OutboxRow.objects.need_a_person(NOON + timedelta(days=1)).exists()


def test_while_the_mail_server_is_down_a_message_stays_and_it_leaves_when_the_server_is_back(nia, smtp, settings):
    ask(nia)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    send()
    assert state() == [(1, False)]

    settings.EMAIL_PORT = port
    send(NOON + timedelta(seconds=settings.MLMC_LEASE_SECONDS - 1))
    assert smtp == []  # somebody may still be sending it
    send(NOON + timedelta(seconds=settings.MLMC_LEASE_SECONDS + 1))

    assert len(smtp) == 1
    assert state() == [(2, True)]


@pytest.mark.parametrize(("once", "tries"), [(False, 3), (True, 1)], ids=["a letter", "at most once"])
def test_after_the_last_try_a_message_waits_for_a_person(nia, smtp, settings, once, tries):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    OutboxRowFactory(recipient=nia, due_at=NOON, at_most_once=once)
    for hours in range(5):
        needs = OutboxRow.objects.need_a_person(NOON + timedelta(hours=hours))
        assert needs.count() == (hours >= tries)
        send(NOON + timedelta(hours=hours))
    settings.EMAIL_PORT = port
    send(NOON + timedelta(hours=9))

    assert smtp == []
    assert state() == [(tries, False)]
    assert OutboxRow.objects.need_a_person(NOON + timedelta(hours=9)).count() == 1


def test_at_most_once_is_also_the_tables_own_rule(nia):
    row = OutboxRowFactory(at_most_once=True)

    with pytest.raises(IntegrityError, match="at_most_once"), transaction.atomic():
        OutboxRow.objects.filter(pk=row.pk).update(tries=2)


def test_a_message_that_breaks_costs_its_neighbours_nothing(nia, smtp, caplog):
    """An address no server takes, a kind of an older program: the others leave in the same tick at once."""
    first = UserFactory(email="broken\naddress@example.org")
    OutboxRowFactory(recipient=first, due_at=NOON - timedelta(hours=2))
    OutboxRowFactory(recipient=nia, kind="forgotten", due_at=NOON - timedelta(hours=1))
    ask(nia)
    send()

    assert [letter["To"] for letter in smtp] == ["nia@example.org"]
    assert state() == [(1, False), (1, False), (1, True)]
    assert "broken" not in caplog.text
    assert "forgotten" not in caplog.text


def test_a_tick_ends_and_the_next_goes_on(nia, smtp):
    OutboxRowFactory.create_batch(outbox.MOST + 2, recipient=nia, due_at=NOON)
    send()
    assert len(smtp) == outbox.MOST
    send()
    assert len(smtp) == outbox.MOST + 2
    assert set(state()) == {(1, True)}


def test_the_oldest_leaves_first(smtp, db):
    for hours in (2, 3, 1):
        OutboxRowFactory(recipient=UserFactory(email=f"{hours}@example.org"), due_at=NOON - timedelta(hours=hours))
    send()

    assert [letter["To"] for letter in smtp] == ["3@example.org", "2@example.org", "1@example.org"]


def test_a_sender_who_was_slower_than_its_lease_does_not_speak_for_the_next(nia, monkeypatch):
    later = NOON + timedelta(hours=1)
    claimed = []
    monkeypatch.setitem(outbox.KINDS, "slow", outbox.Kind(lambda message: claimed.append(outbox.claim(at=later))))
    ask(nia, kind="slow")
    send()

    [row] = OutboxRow.objects.all()
    assert [message.pk for message in claimed] == [row.pk]
    assert (row.tries, row.sent_at) == (2, None)  # the second one holds it now


@contextmanager
def at_once(count, work):
    """Run this in so many threads, each on a connection of its own, and wait for all of them."""
    problems, barrier = [], threading.Barrier(count, timeout=60)

    def run(n):
        try:
            barrier.wait()
            work(n)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
    assert problems == []


def test_what_one_claims_another_skips_without_waiting(log_in):
    one, two = OutboxRowFactory.create_batch(2, due_at=NOON)
    log_in(APP)
    taken = []

    def take(n):
        with acting_as(SENDER):
            taken.append(outbox.claim(at=NOON).pk)

    with acting_as(SENDER), transaction.atomic():
        taken.append(outbox.claim(at=NOON).pk)  # and holds it: nothing is committed
        with at_once(1, take):
            pass

    assert sorted(taken) == sorted([one.pk, two.pk])


def test_four_ticks_at_once_make_one_row_and_send_it_once(log_in, smtp):
    people = UserFactory.create_batch(3)
    log_in(APP)

    def tick(n):
        with acting_as(SENDER):
            for person in people:
                with transaction.atomic():
                    ask(person)
            outbox.deliver_due(at=NOON)

    with at_once(4, tick):
        pass
    send()

    assert sorted(letter["To"] for letter in smtp) == sorted(person.email for person in people)
    with acting_as(SENDER), transaction.atomic():
        assert state() == [(1, True)] * 3


def test_a_tick_sends_shows_that_it_lives_and_forgets_old_attempts(nia, smtp):
    ask(nia, due_at=timezone.now() - timedelta(seconds=1))

    deliver()

    assert len(smtp) == 1
    assert timezone.now() - Heartbeat.objects.get(name="worker").at < timedelta(minutes=1)


def mail_server(settings):
    return {"MLMC_SMTP_HOST": settings.EMAIL_HOST, "MLMC_SMTP_PORT": str(settings.EMAIL_PORT)}


def test_a_real_worker_sends_and_an_emptied_broker_loses_nothing(worker, smtp, settings):
    nia = UserFactory(email="nia@example.org")
    broker = redis.from_url(settings.CELERY_BROKER_URL)
    ask(nia, due_at=timezone.now())
    deliver.apply_async()
    broker.flushdb()  # the tick is lost; the row is not

    worker(**mail_server(settings))
    ask(nia, about="2", due_at=timezone.now())
    broker.flushdb()
    deliver.apply_async()
    wait_for(lambda: len(smtp) == 2)
    wait_for(lambda: set(state()) == {(1, True)})
    wait_for(lambda: Heartbeat.objects.filter(name="worker").exists())
    broker.close()

    assert {letter["To"] for letter in smtp} == {"nia@example.org"}


def test_what_a_killed_worker_held_is_sent_once_by_the_next(worker, smtp, settings):
    nia = UserFactory(email="nia@example.org")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and never answers
        address = {"MLMC_SMTP_HOST": "127.0.0.1", "MLMC_SMTP_PORT": str(silent.getsockname()[1])}
        first = worker(**address, MLMC_LEASE_SECONDS="1")
        ask(nia, due_at=timezone.now())
        deliver.apply_async()
        silent.settimeout(20)
        silent.accept()[0].close()
        wait_for(lambda: state() == [(1, False)])
        first.send_signal(signal.SIGKILL)
        first.wait()

    worker(**mail_server(settings), MLMC_LEASE_SECONDS="1")
    deliver.apply_async()
    wait_for(lambda: len(smtp) == 1)
    wait_for(lambda: state() == [(2, True)])

    assert len(smtp) == 1
