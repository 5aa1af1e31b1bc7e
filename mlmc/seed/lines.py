"""Rows by the million: lines for PostgreSQL's COPY, made as the models would save them, sealed fields and all.

For an empty database and its owner. Keys, foreign keys and triggers are set aside while rows come in and are built
again over all of them at once: whatever does not fit is an error then.
"""

import datetime
import io
import json
from contextlib import contextmanager

from django.db import models

from mlmc.core.crypto import EncryptedTextField, place_of, seal
from mlmc.core.postgres import walls

AT_ONCE = 5_000  # lines
SAFE = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def id_at(moment, rng):
    """As `uuid7()` would have made it at this moment (seconds since 1970); the same random numbers give the same."""
    rest = rng.getrandbits(74)
    stamp = int(moment * 1000)
    first, second, third = rest >> 62, rest >> 48 & 0x3FFF | 0x8000, rest & 0xFFFFFFFFFFFF
    return f"{stamp >> 16:08x}-{stamp & 0xFFFF:04x}-7{first:03x}-{second:04x}-{third:012x}"


def as_words(value):
    """One value as COPY reads it."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes | memoryview):
        return r"\\x" + value.hex()
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"  # codes and ids: nothing that needs quotes
    return str(value)


def as_text(value):
    return r"\N" if value is None else str(value).translate(SAFE)


def as_json(value):
    return json.dumps(value).translate(SAFE)


WRITE = {models.JSONField: as_json, models.CharField: as_text, models.TextField: as_text, models.EmailField: as_text}


class Table:
    """How the rows of one model are written: `line(id=…, …)` wants what has no default of its own."""

    def __init__(self, model):
        self.name = model._meta.db_table
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        self.columns = ", ".join(field.column for field in fields)
        self.writers = {field.attname: self.writer(field) for field in fields}
        self.defaults = dict.fromkeys(self.writers)
        for field in fields:
            if has_a_default(field):
                self.defaults[field.attname] = self.default(field)

    def default(self, field):
        """The words that stand where nothing is said; of a sealed text, what makes them for each row."""
        value, writer = field.get_default(), self.writers[field.attname]
        if isinstance(field, EncryptedTextField) and value is not None:
            return lambda row: writer(value, row)
        return writer(value, None)

    def writer(self, field):
        """(value, id of the row) -> words. A sealed value is bound to its row, as in the field itself."""
        if isinstance(field, EncryptedTextField):
            table, column, inner = self.name, field.column, field.as_text
            return lambda value, row: (
                r"\N" if value is None else r"\\x" + seal(inner(value), bound_to=place_of(table, column, row)).hex()
            )
        write = WRITE.get(type(field), as_words)
        return lambda value, row: write(value)

    def line(self, **values):
        row, key = self.defaults.copy(), values.get("id")
        for name, value in values.items():
            row[name] = self.writers[name](value, key)
        return "\t".join([word if type(word) is str else word(key) for word in row.values()])


def has_a_default(field):
    """A default that is a moment or an id is none: those are told by the story."""
    if field.has_default():
        return not callable(field.default) or field.default is list
    return field.null or field.blank


class Lines:
    """Lines of several tables on their way to the database; never more than some thousands of each in memory."""

    def __init__(self, cursor):
        self.cursor, self.tables, self.waiting = cursor, {}, {}

    def add(self, model, **values):
        table = self.tables.get(model)
        if table is None:
            table = self.tables[model] = Table(model)
            self.waiting[model] = []
        lines = self.waiting[model]
        lines.append(table.line(**values))
        if len(lines) >= AT_ONCE:
            self.send(model)

    def send(self, model):
        table, lines = self.tables[model], self.waiting[model]
        words = io.StringIO("\n".join([*lines, ""]))
        self.cursor.copy_expert(f"copy {table.name} ({table.columns}) from stdin", words)
        lines.clear()

    def close(self):
        for model, lines in self.waiting.items():
            if lines:
                self.send(model)


@contextmanager
def nothing_in_the_way(cursor):
    """For the owner of an empty database: no policies, triggers, foreign keys, indexes until the block ends."""
    cursor.execute(ASIDE)
    undo = cursor.fetchall()
    with walls.down(cursor):
        for away, _ in undo:
            cursor.execute(away)
        yield
        cursor.execute("set maintenance_work_mem = '1GB'")
        for _, back in reversed(undo):
            cursor.execute(back)


# Pairs of statements: what sets it aside, and what puts it back. Foreign keys come back after what they look into. An
# index of some rows only stays: PostgreSQL writes its condition down in other words each time. A part of the trail has
# its indexes from the whole, which PostgreSQL names ONLY.
ASIDE = """
    with chosen as (
        select oid, oid::regclass::text as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    )
    select away, back from (
        select case contype when 'f' then 1 else 2 end as turn,
               format('alter table %s drop constraint %I', name, conname) as away,
               format('alter table %s add constraint %I %s', name, conname, pg_get_constraintdef(con.oid)) as back
        from pg_constraint con join chosen on chosen.oid = con.conrelid where contype in ('f', 'u')
        union all
        select 3, format('drop index %s', indexrelid::regclass),
               replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
        from pg_index i join chosen on chosen.oid = i.indrelid join pg_class itself on itself.oid = indexrelid
        where indpred is null and not itself.relispartition
          and not exists (select from pg_constraint where conindid = indexrelid)
    ) found order by turn
"""


def day_of(moment):
    return datetime.datetime.fromtimestamp(moment, tz=datetime.UTC).date()


def moment_of(stamp):
    return datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC).isoformat()
