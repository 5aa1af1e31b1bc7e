"""Bringing a backup back, as the owner, into a database in which nobody is yet. Whole, or not at all."""

import datetime
import uuid

import psycopg2
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from mlmc.backup import content, purging
from mlmc.backup.reading import Backup
from mlmc.core import audit
from mlmc.core.context import Actor, acting_as
from mlmc.core.keys import proof
from mlmc.core.postgres import walls
from mlmc.core.postgres.catalog import somebody_is_there


class CannotRestore(Exception):
    """This backup cannot come back here. The message is fit for the user; nothing was changed."""


def restore(path, ring, *, asked_by):
    """Read one sealed file into the empty database. Returns {table: {"rows", "digest"}} as found in the database
    afterwards, which is what the backup holds: else nothing is kept. The trail goes on with a line that says so."""
    with open(path, "rb") as file:
        backup = Backup(file, ring)
        prepare(backup.about)
        with transaction.atomic(), connection.cursor() as cursor:
            said = _load(cursor, backup, erased=purging.ledgers(path.parent))
            call_command("migrate", verbosity=0)  # a newer program goes on from where the backup stood
            call_command("secure_database")
            write_down(cursor, backup.about, asked_by=asked_by)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return said


def write_down(cursor, about, *, asked_by):
    """What follows in the trail did not follow at once: from when this is, and who asked. Nobody in person did, for
    nobody is here yet."""
    made = datetime.datetime.fromisoformat(about["made_at"]).astimezone(datetime.UTC)
    cursor.execute("alter table core_auditentry no force row level security")  # the owner has no rule of its own
    with acting_as(Actor.system("restore")):
        audit.record(audit.WRITE, "restore", why=f"by the {asked_by}, from the backup of {made:%Y-%m-%d %H:%M} UTC")
    cursor.execute("alter table core_auditentry force row level security")


def prepare(about):
    """The tables as they were when the backup was made, and nobody in them."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    taken = about["migrations"]
    if any((app, name) not in known for app, names in taken.items() for name in names):
        raise CannotRestore("This backup is from a newer version of the program. Install that one, then restore.")
    for app, names in taken.items():
        call_command("migrate", app, names[-1], verbosity=0)
    if somebody_is_there():
        raise CannotRestore("There are people in this database. A backup comes back into an empty one only.")
    if about["first_month"]:
        _months_since(datetime.date.fromisoformat(about["first_month"]))


def _months_since(first):
    today = datetime.datetime.now(tz=datetime.UTC).date()
    months = (today.year - first.year) * 12 + today.month - first.month
    if months > 0:
        audit.prepare_months(first, count=months + 24)


def _load(cursor, backup, *, erased):
    """In one transaction: walls down for the owner alone, rows in, walls up, and everything counted again."""
    here = content.tables(cursor)
    with walls.down(cursor):
        return _rows_in(cursor, backup, here, erased)


def _rows_in(cursor, backup, here, erased):
    for table in here:
        cursor.execute(f"delete from {table}")  # the first settings and criteria that migrating made
    for table in backup.tables():
        if table.name not in here:
            raise CannotRestore("This backup holds a table that this version of the program does not know.")
        columns = ", ".join(content.quoted(table.columns))
        try:
            cursor.copy_expert(f"copy {table.name} ({columns}) from stdin", table.rows)
        except psycopg2.Error as problem:  # its words hold the row
            raise CannotRestore(f"A row of {table.name} does not fit ({problem.pgcode}). Nothing was kept.") from None
    said = {table: content.counted(cursor, table, *of) for table, of in here.items() if table in backup.said}
    if said != backup.said:
        raise CannotRestore("What came back is not what the backup holds. Nothing was kept.")
    if problem := proof.wrong():
        raise CannotRestore(problem)
    cursor.execute("delete from core_backup")  # they lie where they were made; here the first one is due at once
    for youth in erased:
        purging.erase(cursor, uuid.UUID(youth))
    cursor.execute("set constraints all immediate")  # what points at something that is not there is said now
    _count_on(cursor)
    _let_nothing_happen_twice(cursor)
    return said


def _count_on(cursor):
    """Numbers go on after the last one that is taken."""
    cursor.execute(SERIALS)
    for table, column, sequence in cursor.fetchall():
        cursor.execute(f"select setval('{sequence}', coalesce((select max({column}) from {table}), 0) + 1, false)")
    cursor.execute(
        "select setval('guard.audit_lane_number', coalesce((select max(lane) from guard.audit_lane), 0) + 1, false)"
    )


def _let_nothing_happen_twice(cursor):
    """What may be said once only was perhaps said after the backup: a person decides. See OutboxQuerySet."""
    cursor.execute(
        "update core_outboxrow set tries = 1, lease_until = now() where at_most_once and sent_at is null and tries = 0"
    )


SERIALS = """
    select c.oid::regclass::text, a.attname, pg_get_serial_sequence(c.oid::regclass::text, a.attname)
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and pg_get_serial_sequence(c.oid::regclass::text, a.attname) is not null
"""
