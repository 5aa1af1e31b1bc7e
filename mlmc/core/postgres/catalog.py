"""What the database itself says about our walls."""

from django.db import connection, transaction

from mlmc.core.postgres.roles import APP

# What the program may touch without a policy, how far, and why that is no hole. Everything else is closed.
EXEMPT = {
    "django_migrations": ("select", "names of migrations; the health page says whether some are missing"),
}


def unprotected_tables():
    """What the program can touch in any way without forced policies or a line in EXEMPT."""
    with connection.cursor() as cursor:
        cursor.execute(UNPROTECTED, {"app": APP, "exempt": list(EXEMPT)})
        return [name for (name,) in cursor.fetchall()]


UNPROTECTED = """
    select c.oid::regclass::text from pg_class c
    where c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      and c.relkind = any ('{r,p,v,m,f}') and c.relname <> all (%(exempt)s)
      and (has_table_privilege(%(app)s, c.oid, 'select, insert, update, delete, truncate')
           or has_any_column_privilege(%(app)s, c.oid, 'select, insert, update'))
      and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy where polrelid = c.oid))
      and not (c.relkind = 'v' and 'security_invoker=true' = any (coalesce(c.reloptions, '{}')))
    order by 1
"""


def silent_tables():
    """Where a trigger is switched off: what is changed there leaves no history, or no link in the chain of the trail.
    So a seed leaves them that was stopped in the middle."""
    with connection.cursor() as cursor:
        cursor.execute(SILENT)
        return [name for (name,) in cursor.fetchall()]


SILENT = """
    select distinct tgrelid::regclass::text from pg_trigger
    where tgenabled = 'D' and not tgisinternal order by 1
"""


def somebody_is_there():
    """Whether this database has people. For the owner, who sees none of them behind the policies."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table core_user no force row level security")
        cursor.execute("select exists (select from core_user)")
        there = cursor.fetchone()[0]
        cursor.execute("alter table core_user force row level security")
    return there
