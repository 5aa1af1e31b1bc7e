"""Django's PostgreSQL, with one addition: a statement says who acts, where that is not who acted before it."""

from contextlib import contextmanager

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, cursor

from mlmc.core import context

UNKNOWN = object()  # who acts has to be said
SAY = "select set_config('app.actor', %s, true);\n"  # a line of its own: an error quotes the line it lies in


class ActingCursor(cursor):
    """Within a transaction the first statement of each actor says so, on the same way to the server: no statement
    runs as somebody else, and none is sent for that alone."""

    wrapper, said = None, b""

    def execute(self, query, vars=None):
        with self.wrapper.saying_who_acts() as words:
            self.said = self.mogrify(SAY, [words]) if words is not None else b""
            if self.said:
                query, vars = self.said + self.in_bytes(query, vars), None
            return self.send(query, vars)

    def send(self, query, vars=None):
        return super().execute(query, vars)

    def in_bytes(self, query, vars):
        if vars is not None:
            return self.mogrify(query, vars)
        words = query if isinstance(query, bytes | str) else query.as_string(self)
        return words if isinstance(words, bytes) else words.encode()

    def executemany(self, query, vars_list):
        self.say()
        return super().executemany(query, vars_list)

    def copy_expert(self, sql, file, size=8192):
        self.say()
        return super().copy_expert(sql, file, size)

    def copy_from(self, *args, **kwargs):
        self.say()
        return super().copy_from(*args, **kwargs)

    def copy_to(self, *args, **kwargs):
        self.say()
        return super().copy_to(*args, **kwargs)

    def callproc(self, procname, parameters=None):
        self.say()
        return super().callproc(procname, parameters)

    def say(self):
        """By a statement of its own, before what cannot carry it."""
        with self.wrapper.saying_who_acts() as words:
            if words is not None:
                self.said = self.mogrify(SAY, [words])
                self.send(self.said)

    @property
    def query(self):
        """What was asked; who asked stands in no log."""
        sent = super().query
        return sent and sent.removeprefix(self.said)


class DatabaseWrapper(base.DatabaseWrapper):
    actor = UNKNOWN

    def create_cursor(self, name=None):
        """Nobody is said as well: it wipes what an injected SET may have left on a pooled connection."""
        if name:  # its statement is DECLARE, and knows nothing of ours
            with self.cursor() as first:
                first.cursor.say()
            return super().create_cursor(name)
        found = self.connection.cursor(cursor_factory=ActingCursor)
        found.wrapper = self
        found.tzinfo_factory = self.tzinfo_factory
        return found

    @contextmanager
    def saying_who_acts(self):
        """The signed words that the next statement has to begin with, or None where they were said already.

        They count as said once that statement is through: PostgreSQL takes back what was said in one that failed, and
        what could not be put together was never sent.
        """
        if self.connection.autocommit or self.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            yield None  # outside of a transaction nothing is visible; in a failed one only a rollback helps
            return
        current, said = context.current(), self.actor
        self.actor = UNKNOWN
        yield None if said == current else context.signed(current)
        self.actor = current

    def _set_autocommit(self, autocommit):
        self.actor = UNKNOWN
        super()._set_autocommit(autocommit)

    def _commit(self):
        self.actor = UNKNOWN
        return super()._commit()

    def _rollback(self):
        self.actor = UNKNOWN
        return super()._rollback()

    def _savepoint_rollback(self, sid):
        super()._savepoint_rollback(sid)
        self.actor = UNKNOWN
