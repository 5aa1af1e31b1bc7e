"""Who acts is said first in every transaction, is over with it, and nobody can make it up."""

import threading
import time
import uuid

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from mlmc.core.context import NOBODY, Actor, acting_as, signed
from mlmc.core.postgres.roles import APP
from tests.acting import DIRECTOR, DOOR, MENTOR, who
from tests.conftest import as_role, raw


@pytest.mark.parametrize(
    "actor",
    [DIRECTOR, MENTOR, DOOR, Actor.named("referrer"), Actor.system("outbox"), Actor(uuid.UUID(int=3))],
    ids=["one role", "two roles", "door", "referrer", "duty", "no role"],
)
@pytest.mark.django_db
def test_the_database_knows_who_acts(actor):
    with as_role(APP), acting_as(actor), transaction.atomic():
        assert who() == actor


@pytest.mark.parametrize("said", [None, ""], ids=["unset", "empty"])
def test_where_nobody_is_named_nobody_acts(committed, said):
    with raw(APP) as cursor:
        if said is not None:
            say(cursor, said)
        cursor.execute("select * from current_actor()")
        assert cursor.fetchall() == []


def false_words():
    user, scope, expires, mac = signed(DIRECTOR).split("|")
    yield "garbage", "1|director"
    yield "one word", "director"
    yield "blank", " "
    yield "no proof", f"{user}|{scope}|{expires}|"
    yield "another user", f"{MENTOR.user_id}|{scope}|{expires}|{mac}"
    yield "another role", f"{user}|admin|{expires}|{mac}"
    yield "a later end", f"{user}|{scope}|{int(expires) + 60}|{mac}"
    yield "something added", f"{user}|{scope}|{expires}|{mac}|"
    yield "expired", signed(DIRECTOR, expires=time.time() - 2)


@pytest.mark.parametrize("said", [words for _, words in false_words()], ids=[name for name, _ in false_words()])
def test_words_that_are_not_ours_or_too_old_are_an_error_and_never_an_empty_answer(django_db_setup, said):
    with raw(APP) as cursor:
        say(cursor, said)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="the acting context"):
            cursor.execute("select * from current_actor()")


def test_words_signed_with_another_key_are_an_error(django_db_setup, settings):
    settings.MLMC_ACTOR_KEY = "another key"

    with raw(APP) as cursor:
        say(cursor, signed(DIRECTOR))
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="not ours"):
            cursor.execute("select * from current_actor()")


@pytest.mark.django_db
def test_the_program_meets_a_false_context_as_a_database_error(settings):
    settings.MLMC_ACTOR_KEY = "another key"

    with as_role(APP), pytest.raises(DatabaseError), transaction.atomic(), acting_as(DIRECTOR):
        who()


def test_a_context_is_read_against_the_start_of_its_transaction(django_db_setup):
    with raw(APP) as cursor:
        say(cursor, signed(DIRECTOR, expires=time.time() + 2))
        time.sleep(3)
        cursor.execute("select scope from current_actor()")
        assert cursor.fetchone() == (["director"],)


def test_a_context_does_not_outlive_its_transaction_on_a_lasting_connection(log_in):
    log_in(APP)

    with acting_as(DIRECTOR):
        with transaction.atomic():
            assert who() == DIRECTOR
            first = connection.connection
        assert who() == NOBODY  # outside of a transaction, in the same block
        seen = []
        with transaction.atomic():
            transaction.on_commit(lambda: seen.append(who()))
        assert seen == [NOBODY]
    with transaction.atomic():
        assert who() == NOBODY
    assert connection.connection is first


def test_a_session_level_leftover_is_wiped_by_the_next_transaction(log_in):
    log_in(APP)
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.actor', %s, false)", [signed(DIRECTOR)])  # as an injection could
    assert who() == DIRECTOR

    with transaction.atomic():
        assert who() == NOBODY


@pytest.mark.django_db
def test_acting_is_nested_and_survives_savepoints_and_errors():
    seen = []

    with as_role(APP), transaction.atomic(), acting_as(DIRECTOR):
        with acting_as(MENTOR), transaction.atomic():
            seen.append(who())
        with pytest.raises(ZeroDivisionError), acting_as(MENTOR):
            raise ZeroDivisionError
        seen.append(who())
        with pytest.raises(DatabaseError, match="by zero"), transaction.atomic(), acting_as(MENTOR):
            connection.cursor().execute("select 1/0")
        seen.append(who())
        with acting_as(DOOR), pytest.raises(DatabaseError, match="by zero"), transaction.atomic():
            connection.cursor().execute("select 1/0")
        seen.append(who())
        with acting_as(NOBODY):
            seen.append(who())
    with as_role(APP):
        seen.append(who())

    assert seen == [MENTOR, DIRECTOR, DIRECTOR, DIRECTOR, NOBODY, NOBODY]


def test_threads_on_lasting_connections_never_see_another(log_in):
    log_in(APP)
    actors = [NOBODY, *[Actor(uuid.UUID(int=n), ("mentor",)) for n in range(1, 8)]]
    wrong, barrier = [], threading.Barrier(8, timeout=60)

    def work(first):
        try:
            barrier.wait()
            for n in range(60):
                actor = actors[(first + n) % len(actors)]
                with acting_as(actor), transaction.atomic():
                    seen = who()
                    if n % 7 == 0:
                        transaction.set_rollback(True)
                if seen != actor or who() != NOBODY:
                    wrong.append((actor, seen))
        except Exception as problem:
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_new_thread_starts_as_nobody(log_in):
    log_in(APP)
    seen = []

    def look():
        with transaction.atomic():
            seen.append(who())
        connection.close()

    with acting_as(DIRECTOR):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == [NOBODY]


def say(cursor, words):
    cursor.execute("select set_config('app.actor', %s, true)", [words])
