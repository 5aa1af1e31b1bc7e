"""Making a backup: as the keeper, from one moment, while everybody works."""

import os
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from mlmc.backup import content
from mlmc.core.keys.sealing import Sealing


def make(path, ring):
    """Write one sealed file. Returns {table: {"rows", "digest"}}. It appears under its name whole, or not at all."""
    draft = path.with_name(f"{path.name}.part")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            sealed = Sealing(file, ring)
            said = _write(sealed)
            sealed.finish()
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _keep_the_name(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return said


def _write(sealed):
    said = {}
    with one_moment() as cursor:
        cursor.execute("select min(month) from core_auditentry")
        first_month = cursor.fetchone()[0]
        sealed.write(
            content.line(
                {
                    "format": content.FORMAT,
                    "made_at": timezone.now().isoformat(),
                    "migrations": steps(cursor),
                    "first_month": first_month and first_month.isoformat(),
                }
            )
        )
        for table, (columns, key) in content.tables(cursor).items():
            sealed.write(content.line({"table": table, "columns": columns, "key": key}))
            rows = content.Counted(sealed)
            cursor.copy_expert(content.copy_statement(table, columns, key), rows)
            sealed.write(content.END)
            said[table] = rows.said
        sealed.write(content.line({"tables": said}))
    return said


@contextmanager
def one_moment():
    """A cursor that sees every table as it was at the same moment: what is saved meanwhile is in the next backup."""
    link = connection.get_new_connection(connection.get_connection_params())
    try:
        link.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def steps(cursor):
    """{app: [migration, …]} that this database has taken, in the order it took them."""
    cursor.execute("select app, name from django_migrations order by id")
    taken = {}
    for app, name in cursor.fetchall():
        taken.setdefault(app, []).append(name)
    return taken


def _keep_the_name(folder):
    """A file whose name is not on the disk is not there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
