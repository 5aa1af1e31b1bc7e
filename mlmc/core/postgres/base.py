"""Django's PostgreSQL, with one addition: the first statement of every transaction says who acts."""

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

from mlmc.core import context


class DatabaseWrapper(base.DatabaseWrapper):
    def _set_autocommit(self, autocommit):
        super()._set_autocommit(autocommit)
        if autocommit:
            return
        try:
            self.name_actor()
        except Exception:
            self.close()  # or later queries would join a transaction that nobody commits
            raise

    def name_actor(self):
        """Nobody is said as well: it wipes what an injected SET may have left on a pooled connection."""
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute("select set_config('app.actor', %s, true)", [context.signed(context.current())])

    def in_healthy_transaction(self):
        """After an error only a rollback helps, and that brings back whoever acted before."""
        return (
            self.in_atomic_block
            and self.connection is not None
            and self.connection.info.transaction_status == TRANSACTION_STATUS_INTRANS
        )
