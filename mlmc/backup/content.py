"""What a backup holds, in the order it is written: a line about it, every table, a line that counts them.

A table is one JSON line with its name and columns, its rows as PostgreSQL's COPY writes them, and a line `\\.`, which
no row can be. Rows stand in the order of their key: two databases that say the same give the same bytes.
"""

import hashlib
import json

FORMAT = 1
END = b"\\.\n"

# What is not taken along, and why nothing is missing without it. A test holds every other table of the database.
LEFT_OUT = {
    "django_migrations": "restoring migrates; the steps stand in the first line of the file",
    "django_content_type": "made by migrating, and used by nothing here",
    "auth_permission": "made by migrating, and used by nothing here",
    "auth_group": "used by nothing here",
    "auth_group_permissions": "used by nothing here",
    "core_session": "everybody signs in anew after a restore",
    "core_attempt": "who knocked lately is no longer lately",
    "guard.actor_key": "a key: no backup holds one",
}


def tables(cursor):
    """{table: (columns, key columns)} of the open database. A partitioned table counts as one."""
    cursor.execute(TABLES)
    found = {name: (columns, key) for name, columns, key in cursor.fetchall()}
    return {name: of for name, of in found.items() if name not in LEFT_OUT}


def copy_statement(table, columns, key):
    order = ", ".join(quoted(key or columns))
    return f"copy (select {', '.join(quoted(columns))} from {table} order by {order}) to stdout"


def quoted(names):
    return [f'"{name}"' for name in names]


def line(of):
    return json.dumps(of, sort_keys=True).encode() + b"\n"


class Counted:
    """A file for COPY that counts rows and remembers what they said: `rows`, `digest`."""

    def __init__(self, file=None):
        self.file, self.rows, self.hash = file, 0, hashlib.sha256()

    def write(self, data):
        data = data.encode() if isinstance(data, str) else data
        self.rows += data.count(b"\n")
        self.hash.update(data)
        if self.file is not None:
            self.file.write(data)
        return len(data)

    @property
    def said(self):
        return {"rows": self.rows, "digest": self.hash.hexdigest()}


def counted(cursor, table, columns, key):
    """What a table of the open database says: {"rows": …, "digest": …}."""
    what = Counted()
    cursor.copy_expert(copy_statement(table, columns, key), what)
    return what.said


TABLES = """
    select case when c.relnamespace = 'public'::regnamespace then c.relname
                else c.relnamespace::regnamespace || '.' || c.relname end,
           array(select attname::text from pg_attribute a
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                 order by a.attname),
           coalesce((select array_agg(a.attname::text order by place)
                     from pg_index i, unnest(i.indkey) with ordinality as part (number, place)
                     join pg_attribute a on true
                     where i.indrelid = c.oid and i.indisprimary
                       and a.attrelid = c.oid and a.attnum = part.number), '{}')
    from pg_class c
    where c.relnamespace::regnamespace::text in ('public', 'guard') and c.relkind in ('r', 'p')
      and not c.relispartition
    order by 1
"""
