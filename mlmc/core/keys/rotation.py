"""Turning keys while everybody works: what older keys sealed is sealed anew with the first one. As the keeper.

Rows are taken in small batches, locked for a moment and never waited for: whoever edits one at this moment keeps it,
and it is taken on the next round. Each batch is a transaction of its own, so a run that was killed is begun again.
"""

import json
import time
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from psycopg2 import sql
from psycopg2.extras import execute_values

from mlmc.core.crypto import CannotOpen, EncryptedTextField, open_sealed, place_of, seal, sealing_number
from mlmc.core.models import KeyCheck

BATCH, ROUNDS, PAUSE = 500, 20, 0.2
CHANGES = "core_change"
WITHOUT_HISTORY = "select set_config('app.resealing', 'on', true)"  # the words stay what they were


@dataclass
class Turned:
    """What became of one table: rows sealed anew, rows left on old keys, and the numbers of those."""

    table: str
    anew: int
    left: int
    numbers: frozenset


def sealed_tables():
    """{table: (name of its key, sealed columns, its app and name)} of every model that seals anything."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        columns = [field.column for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if columns and model._meta.managed and not model._meta.proxy:
            found[model._meta.db_table] = model._meta.pk.column, columns
    return found


def turn(*, only_count=False):
    """Every table in turn, then the history, which the first part may have added to."""
    for table, (key, columns) in sealed_tables().items():
        anew = 0 if only_count else reseal_table(table, key, columns)
        yield Turned(table, anew, *left_on_old_keys(table, key, columns))
    if has_changes():
        anew = 0 if only_count else reseal_changes()
        yield Turned(CHANGES, anew, *changes_left_on_old_keys())


def retire(left):
    """Forget the proof of each key behind which nothing lies any more: it may go out of the ring."""
    still = {str(number) for number in left} | {str(sealing_number()), "index"}
    KeyCheck.objects.exclude(name__in=still).delete()


def number_in(column):
    """The number of the key that sealed this column."""
    return sql.SQL("case when length({0}) > 1 then get_byte({0}, 1) end").format(sql.Identifier(column))


def any_old(numbers):
    """A condition: one of these was sealed with another key than the first."""
    return sql.SQL("{} <> any (array[{}])").format(sql.Literal(sealing_number()), sql.SQL(", ").join(numbers))


def rounds(batch):
    """Ask for batches until none is left, again from the beginning where rows were in somebody's hands."""
    total = 0
    for _ in range(ROUNDS):
        found, after = 0, None
        while (done := batch(after)) is not None:
            after, count = done
            found += count
        total += found
        if not found:
            break
        time.sleep(PAUSE)
    return total


def reseal_table(table, key, columns):
    return rounds(lambda after: reseal_some(table, key, columns, after=after))


@transaction.atomic
def reseal_some(table, key, columns, *, after):
    """One batch behind the key `after`: (where it ended, how many rows), or None at the end of the table."""
    query = sql.SQL(
        "select {key}, {names} from {table} where {behind} and {old} order by {key} limit {size}"
        " for update skip locked"
    ).format(
        key=sql.Identifier(key),
        names=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier(table),
        behind=sql.SQL("{} > {}").format(sql.Identifier(key), sql.Literal(after)) if after else sql.SQL("true"),
        old=any_old(map(number_in, columns)),
        size=sql.Literal(BATCH),
    )
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_HISTORY)
        cursor.execute(query)
        rows = [(pk, as_bytes(values)) for pk, *values in cursor.fetchall()]
        sealed = [(pk, list(anew(table, columns, pk, values))) for pk, values in rows]
        changed = [new for new, old in zip(sealed, rows, strict=True) if new != old]
        if changed:
            put_back(cursor, table, key, columns, changed)
    return (rows[-1][0], len(changed)) if rows else None


def as_bytes(values):
    return [None if value is None else bytes(value) for value in values]


def anew(table, columns, row_id, values):
    for column, value in zip(columns, values, strict=True):
        yield None if value is None else fresh(value, place_of(table, column, row_id))


def put_back(cursor, table, key, columns, rows):
    query = sql.SQL("update {table} set {pairs} from (values %s) as fresh ({names}) where {mine} = {its}").format(
        table=sql.Identifier(table),
        pairs=sql.SQL(", ").join(sql.SQL("{0} = fresh.{0}").format(sql.Identifier(column)) for column in columns),
        names=sql.SQL(", ").join(map(sql.Identifier, [key, *columns])),
        mine=sql.Identifier(table, key),
        its=sql.Identifier("fresh", key),
    )
    template = f"({', '.join(['%s'] + ['%s::bytea'] * len(columns))})"
    execute_values(cursor.cursor, query, [(pk, *values) for pk, values in rows], template, page_size=BATCH)


def fresh(value, place):
    """Sealed with the first key. What does not open, of a lost key or from another row, stays and is counted."""
    if len(value) < 2 or value[1] == sealing_number():
        return value
    try:
        return seal(open_sealed(value, bound_to=place), bound_to=place)
    except CannotOpen:
        return value


def left_in(rows_with_numbers):
    """(rows left on old keys, the numbers of those keys), of a query of pairs of row and number."""
    query = sql.SQL("select count(distinct pk), array_agg(distinct number) from ({}) as found (pk, number)")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("{} where number <> {}").format(query.format(rows_with_numbers), sql.Literal(sealing_number()))
        )
        count, numbers = cursor.fetchone()
    return count, frozenset(numbers or ())


def left_on_old_keys(table, key, columns):
    query = sql.SQL("select {}, unnest(array[{}]) from {} where {}")
    numbers = sql.SQL(", ").join(map(number_in, columns))
    return left_in(query.format(sql.Identifier(key), numbers, sql.Identifier(table), any_old(map(number_in, columns))))


# The history keeps the old columns of a row as one object of texts, a sealed one as `\\x…`, bound to where it lay.


def has_changes():
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [CHANGES])
        return cursor.fetchone()[0]


def number_in_text(column):
    text = sql.SQL("old ->> {}").format(sql.Literal(column))
    hexadecimal = sql.SQL("case when substr({0}, 1, 4) = {1} then ('x' || substr({0}, 5, 2))::bit(8)::int end")
    return hexadecimal.format(text, sql.Literal("\\x01"))


def reseal_changes():
    """The history of every table. It is bound to the row it tells of, so it goes on opening."""
    return sum(
        rounds(lambda after, table=table, columns=columns: reseal_some_changes(table, columns, after=after))
        for table, (_, columns) in sealed_tables().items()
    )


@transaction.atomic
def reseal_some_changes(table, columns, *, after):
    behind = sql.SQL("id > {}").format(sql.Literal(after)) if after else sql.SQL("true")
    query = sql.SQL(
        "select id, row_id, old from {} where table_name = {} and {} and {} order by id limit {}"
        " for update skip locked"
    ).format(
        sql.Identifier(CHANGES),
        sql.Literal(table),
        behind,
        any_old(map(number_in_text, columns)),
        sql.Literal(BATCH),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = [(pk, row_id, json.loads(kept)) for pk, row_id, kept in cursor.fetchall()]
        done = 0
        for pk, row_id, kept in rows:
            sealed = {name: anew_text(table, name, row_id, kept[name]) for name in columns if kept.get(name)}
            done += any(kept[name] != text for name, text in sealed.items())
            cursor.execute(
                sql.SQL("update {} set old = old || %s::jsonb where id = %s").format(sql.Identifier(CHANGES)),
                [json.dumps(sealed), pk],
            )
    return (rows[-1][0], done) if rows else None


def anew_text(table, column, row_id, text):
    return "\\x" + fresh(bytes.fromhex(text[2:]), place_of(table, column, row_id)).hex()


def changes_left_on_old_keys():
    query = sql.SQL("select id, unnest(array[{}]) from {} where table_name = {}")
    parts = [
        query.format(sql.SQL(", ").join(map(number_in_text, columns)), sql.Identifier(CHANGES), sql.Literal(table))
        for table, (_, columns) in sealed_tables().items()
    ]
    return left_in(sql.SQL(" union all ").join(parts))
