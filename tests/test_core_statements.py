"""No statement runs as whoever acted before it: who acts travels with the statement, and is said again in doubt."""

import io

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mlmc.core.context import NOBODY, acting_as, on_duty, signed
from mlmc.core.models import Team
from mlmc.core.postgres.base import ActingCursor
from mlmc.core.postgres.roles import APP
from tests.acting import DIRECTOR, DOOR, MENTOR, who


@pytest.fixture
def sent(monkeypatch):
    """What goes to the database from here on."""
    said, really = [], ActingCursor.send

    def send(cursor, query, params=None):
        said.append(query.decode() if isinstance(query, bytes) else str(query))
        return really(cursor, query, params)

    monkeypatch.setattr(ActingCursor, "send", send)
    return said


@pytest.mark.parametrize("actor", [NOBODY, DIRECTOR, DOOR], ids=["nobody", "a person", "a named context"])
def test_the_first_statement_of_every_transaction_says_who_acts(log_in, sent, actor):
    log_in(APP)
    connection.ensure_connection()
    sent.clear()  # of what a first connection asks

    for _ in range(2):
        with acting_as(actor), transaction.atomic():
            Team.objects.exists()
            Team.objects.exists()

    assert ["set_config('app.actor', " in words for words in sent] == [True, False, True, False]


def test_who_acts_is_said_again_after_whatever_takes_it_back(log_in, sent):
    log_in(APP)
    with acting_as(DIRECTOR), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            with acting_as(MENTOR):
                assert who() == MENTOR
            raise ZeroDivisionError
        assert who() == DIRECTOR  # the savepoint took the mentor back, and whoever was said inside of it
        with pytest.raises(DatabaseError, match="by zero"), transaction.atomic(), acting_as(MENTOR):
            connection.cursor().execute("select 1/0")
        assert who() == DIRECTOR


def test_a_duty_that_asks_nothing_is_not_said(log_in, sent):
    log_in(APP)
    with acting_as(DIRECTOR), transaction.atomic():
        Team.objects.exists()
        with on_duty("access"):
            pass
        Team.objects.exists()

    assert sum("app.actor" in words for words in sent) == 1


def test_what_cannot_carry_it_has_it_said_before(log_in):
    log_in(APP)
    with acting_as(DIRECTOR), transaction.atomic():
        with connection.chunked_cursor() as cursor:
            cursor.execute("select user_id from current_actor()")
            assert cursor.fetchall() == [(DIRECTOR.user_id,)]
        with acting_as(MENTOR), connection.cursor() as cursor:
            words = "select set_config('app.seen', (select user_id::text from current_actor()), true)"
            cursor.executemany(words, [()])
            cursor.execute("select current_setting('app.seen')")
            assert cursor.fetchone() == (str(MENTOR.user_id),)
            out = io.StringIO()
            cursor.copy_expert("copy (select user_id from current_actor()) to stdout", out)
            assert out.getvalue().strip() == str(MENTOR.user_id)


def test_the_signed_words_stand_in_no_list_of_statements(log_in):
    log_in(APP)
    with acting_as(DIRECTOR), transaction.atomic(), CaptureQueriesContext(connection) as caught:
        Team.objects.exists()

    assert "app.actor" not in str(caught.captured_queries) and "core_team" in str(caught.captured_queries)


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b", object()], ids=["NUL", "half a character", "no type of ours"])
def test_what_could_not_be_put_together_said_nothing(log_in, bad):
    """The words of who acts go with the statement. If it was never sent, they were not either."""
    log_in(APP)
    with acting_as(DIRECTOR), transaction.atomic():
        assert who() == DIRECTOR
        with acting_as(MENTOR):
            with pytest.raises((ValueError, UnicodeEncodeError, DatabaseError)), connection.cursor() as cursor:
                cursor.execute("select %s", [bad])
            assert who() == MENTOR


def test_a_duty_is_over_though_the_next_statement_could_not_be_put_together(log_in):
    log_in(APP)
    with acting_as(MENTOR), transaction.atomic():
        with on_duty("access"):
            who()
        with pytest.raises(ValueError, match="NUL"):
            Team.objects.filter(name="a\0b").exists()
        assert who() == MENTOR


def test_what_lies_on_a_pooled_connection_is_wiped_though_the_first_statement_could_not_be_put_together(log_in):
    log_in(APP)
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.actor', %s, false)", [signed(DIRECTOR)])
    with transaction.atomic():
        with pytest.raises(ValueError, match="NUL"):
            Team.objects.filter(name="a\0b").exists()
        assert who() == NOBODY


def test_a_statement_that_was_interrupted_said_nothing(log_in, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    log_in(APP)
    with acting_as(DIRECTOR), transaction.atomic():
        who()
        with acting_as(MENTOR):
            with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
                patch.setattr(ActingCursor, "send", interrupted)
                who()
            assert who() == MENTOR


@pytest.mark.parametrize("way", ["copy_to", "copy_from"])
def test_copying_says_who_acts(log_in, sent, way):
    log_in(APP)
    with acting_as(MENTOR), transaction.atomic(), connection.cursor() as cursor, pytest.raises(psycopg2.Error):
        getattr(cursor, way)(io.StringIO(), "nothing_of_ours")

    assert "app.actor" in sent[0]


@pytest.mark.parametrize(
    "words",
    ["select nope", "selec 1", "select 'x'::uuid", "select 1/0", "select * from nope", "x"],
    ids=["column", "spelling", "type", "division", "table", "no statement"],
)
def test_who_asked_stands_in_no_error(log_in, words):
    log_in(APP)
    with acting_as(MENTOR), pytest.raises(DatabaseError) as caught, transaction.atomic():
        connection.cursor().execute(words)

    cause = caught.value.__cause__
    said = f"{caught.value} {cause.pgerror} {cause.cursor.query}"
    assert "set_config" not in said and "', true)" not in said and str(MENTOR.user_id) not in said


def test_who_asked_stands_in_no_statement_kept(log_in):
    log_in(APP)
    with acting_as(MENTOR), transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("select 1", [])
        assert not cursor.query


def test_a_statement_that_cannot_name_its_actor_is_not_sent(log_in, settings, sent):
    log_in(APP)
    settings.MLMC_ACTOR_KEY = None  # nothing can be signed

    with acting_as(DIRECTOR), transaction.atomic():
        for _ in range(2):
            with pytest.raises(AttributeError):
                Team.objects.exists()

    assert sent == []
    assert connection.get_autocommit()
