"""Policies and triggers of every table, taken down and put up again by the owner while rows come in by the million."""

from contextlib import contextmanager


@contextmanager
def down(cursor):
    """For a database in which nobody is. They stand again when the block has ended well; else a transaction around it
    has to see to that."""
    cursor.execute(PAIRS)
    pairs = cursor.fetchall()
    for away, _ in pairs:
        cursor.execute(away)
    yield
    for _, back in pairs:
        cursor.execute(back)


# Of each table, and of each month of the trail: what takes it down, and what puts it up again.
PAIRS = """
    with tables as (
        select oid::regclass::text as name, relforcerowsecurity as walled from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    )
    select format('alter table %s no force row level security', name),
           format('alter table %s force row level security', name)
    from tables where walled
    union all
    select format('alter table %s disable trigger user', name), format('alter table %s enable trigger user', name)
    from tables
"""
