"""Four database roles: the owner migrates, the app works, the keeper turns keys, the guard looks for policies."""

from psycopg2 import sql

OWNER, APP, KEEPER, GUARD = "mlmc_owner", "mlmc_app", "mlmc_keeper", "mlmc_guard"

# track_activities: all web processes share one role, so pg_stat_activity would show each other's signed actors.
LIMITS = {
    "statement_timeout": "15s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "30s",
    "track_activities": "off",
}


def create_roles(cursor, *, passwords):
    """Once per cluster, as its superuser. No role made here is one, or may bypass a policy."""
    for role in (OWNER, APP, KEEPER):
        words = "create role {} login noinherit nosuperuser nobypassrls nocreatedb nocreaterole password {}"
        cursor.execute(sql.SQL(words).format(sql.Identifier(role), sql.Literal(passwords[role])))
    for name, value in LIMITS.items():
        cursor.execute(f"alter role {APP} set {name} = %s", [value])
    cursor.execute(f"create role {GUARD} nologin")  # nobody is it; the functions inside policies run as it
    cursor.execute(f"grant {KEEPER}, {GUARD} to {OWNER}")  # noinherit: a data migration has to say SET ROLE


def create_database(cursor, database, *, template="template1"):
    """A database of the owner's, which only our three log-ins may enter. As the cluster's superuser."""
    name = sql.Identifier(database)
    words = sql.SQL(f"create database {{}} owner {OWNER} template {{}}").format(name, sql.Identifier(template))
    cursor.execute(words)
    cursor.execute(sql.SQL("revoke all on database {} from public").format(name))
    cursor.execute(sql.SQL(f"grant connect on database {{}} to {APP}, {KEEPER}").format(name))


def hand_over_schema(cursor):
    """In the new database, as the cluster's superuser: the owner migrates here. A PostgreSQL before 16 would let her
    do so only through a membership, which this role does not inherit."""
    cursor.execute(f"alter schema public owner to {OWNER}")
