"""Many new rows of one table at once, faster than `bulk_create`: the same values, policies and triggers, one statement
for each thousand, and no expression built for each cell."""

from django.db import DEFAULT_DB_ALIAS, connections

SIZE = 1000  # rows of one statement


def insert(rows):
    """Rows that have their ids, all of one model. What is sealed is sealed with its row."""
    if not rows:
        return
    connection, meta = connections[DEFAULT_DB_ALIAS], rows[0]._meta  # found once, not once for each cell
    fields = meta.local_concrete_fields
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    begin = f"insert into {connection.ops.quote_name(meta.db_table)} ({names}) values "
    row_of = f"({', '.join(['%s'] * len(fields))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), SIZE):
            some = [value for row in rows[start : start + SIZE] for value in values(row, fields, connection)]
            cursor.execute(begin + ", ".join([row_of] * len(rows[start : start + SIZE])), some)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def values(row, fields, connection):
    return [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
