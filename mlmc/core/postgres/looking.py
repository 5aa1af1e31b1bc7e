"""Finding out what would be answered as long as nothing changes."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import InternalError, connection, transaction
from psycopg2.errors import ReadOnlySqlTransaction


class WouldChange(Exception):
    """What was tried would have changed or locked something, and was stopped by the database before it did."""


_looking = ContextVar("looking", default=False)


def before_an_answer_tells():
    """A verb whose refusal says more than its page does: only looking ends here, before anything is looked up."""
    if _looking.get():
        raise WouldChange


@contextmanager
def only_looking():
    """Whatever happens in here reads: the first statement that does more is refused by PostgreSQL itself."""
    token = _looking.set(True)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set local transaction_read_only = on")
            yield
            transaction.set_rollback(True)  # which takes back what was set above, and only that
    except InternalError as problem:
        if isinstance(problem.__cause__, ReadOnlySqlTransaction):
            raise WouldChange from None
        raise
    finally:
        _looking.reset(token)
