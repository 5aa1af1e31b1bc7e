"""What plain psycopg2 gets under each real log-in: what an injection could do, and what no accident can."""

import psycopg2
import pytest
from psycopg2 import errors

from mlmc.core.context import NOBODY, Actor, signed
from mlmc.core.postgres.roles import APP, GUARD, KEEPER, OWNER
from tests import cluster
from tests.conftest import raw
from tests.test_core_context import DIRECTOR, say


def ask(role, sql, *values):
    with raw(role) as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@pytest.mark.parametrize("role", [OWNER, APP, KEEPER, GUARD])
def test_no_role_is_superuser_bypasses_policies_or_makes_roles(django_db_setup, role):
    [rights] = ask(
        APP,
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit, rolcanlogin"
        " from pg_roles where rolname = %s",
        role,
    )

    assert rights == (False, False, False, False, False, role == GUARD, role != GUARD)


@pytest.mark.parametrize("role", [APP, KEEPER])
def test_the_roles_that_work_own_nothing(django_db_setup, role):
    owned = "select count(*) from pg_shdepend where deptype = 'o' and refobjid = %s::regrole"

    assert ask(APP, owned, role) == [(0,)]
    assert ask(APP, owned, OWNER) != [(0,)]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from guard.actor_key",
        "insert into guard.actor_key (inner_pad, outer_pad) values ('', '')",
        "create table public.mine (n int)",
        "create table guard.mine (n int)",
        "create temporary table mine (n int)",
        "create schema mine",
        "create role mine",
        "create function public.mine() returns int language sql as 'select 1'",
        "create or replace function public.current_actor(out user_id uuid, out scope text[]) language sql as ''",
        "drop function public.current_actor()",
        "alter table core_user add column mine int",
        "alter table core_user disable trigger all",
        "drop table core_user",
        "truncate core_user",
        "insert into django_migrations (app, name, applied) values ('core', '0009', now())",
        "delete from django_migrations",
        f"set role {OWNER}",
        f"set role {GUARD}",
        f"grant {OWNER} to {APP}",
        "set session_replication_role = replica",
        "set track_activities = on",
        f"alter role {APP} set track_activities = on",
        f"alter role {APP} superuser",
        "copy core_user to '/tmp/core_user'",
        "copy core_user to program 'true'",
        "select pg_read_file('/etc/hostname')",
    ],
)
@pytest.mark.parametrize("role", [APP, KEEPER])
def test_the_roles_that_work_are_refused(django_db_setup, role, sql):
    with raw(role) as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute(sql)


@pytest.mark.parametrize(("role", "other"), [(APP, KEEPER), (KEEPER, APP)])
def test_the_roles_that_work_cannot_become_each_other(django_db_setup, role, other):
    with raw(role) as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute(f"set role {other}")


@pytest.mark.parametrize(("role", "actor"), [(APP, Actor.system("accounts")), (KEEPER, NOBODY)])
def test_the_roles_that_work_read_and_write_rows(django_db_setup, role, actor):
    with raw(role) as cursor:
        say(cursor, signed(actor))
        cursor.execute("insert into core_team (id, name) values (gen_random_uuid(), 'East')")
        cursor.execute("update core_team set name = 'West'")
        cursor.execute("select name from core_team")
        assert cursor.fetchall() == [("West",)]
        cursor.execute("select count(*) > 0 from django_migrations")
        assert cursor.fetchone() == (True,)


def test_only_the_app_asks_who_acts(django_db_setup):
    assert ask(APP, "select * from current_actor()") == []
    with raw(KEEPER) as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute("select * from current_actor()")


def test_the_owner_takes_another_role_only_by_saying_so(django_db_setup):
    with raw(OWNER) as cursor:
        for role in (KEEPER, GUARD):
            cursor.execute(f"set local role {role}")
            cursor.execute("reset role")
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute(f"set role {APP}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statement_timeout", "15s"),
        ("lock_timeout", "3s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("track_activities", "off"),
    ],
)
def test_the_app_has_limits(django_db_setup, name, value):
    assert ask(APP, f"show {name}") == [(value,)]
    assert ask(KEEPER, f"show {name}") != [(value,)]  # turning keys takes as long as it takes


def test_the_app_waits_for_a_lock_no_longer_than_its_limit(committed):
    with raw(APP) as holder, raw(APP) as waiting:
        holder.execute("lock table core_team")
        waiting.execute("set lock_timeout = '50ms'")
        with pytest.raises(errors.LockNotAvailable):
            waiting.execute("select * from core_team")


def test_one_session_cannot_read_anothers_signed_context(django_db_setup):
    with raw(APP) as victim:
        say(victim, signed(DIRECTOR))
        seen = ask(APP, "select query from pg_stat_activity where usename = %s and pid <> pg_backend_pid()", APP)

    assert seen
    assert [query for (query,) in seen if "director" in (query or "")] == []


def test_nobody_else_may_enter_the_database(django_db_setup):
    with cluster.postgres.superuser() as cursor:
        cursor.execute("create role stranger login password 'x'")
        try:
            with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
                cluster.postgres.connect("stranger", "x", cluster.DATABASE)
        finally:
            cursor.execute("drop role stranger")


@pytest.mark.parametrize("role", [APP, KEEPER, GUARD])
def test_g06_a_new_table_is_closed_until_somebody_has_said_whose_it_is(committed, role):
    with raw(OWNER) as cursor:
        cursor.execute("create table public.newer (n int)")
        cursor.connection.commit()
    cluster.manage("secure_database")

    with cluster.postgres.superuser(cluster.DATABASE) as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute(f"set role {role}")
        cursor.execute("select * from newer")


def test_g06_the_command_that_secures_does_not_end_while_a_table_is_open(committed):
    with raw(OWNER) as cursor:
        cursor.execute("create table public.newer (n int); grant select on newer to mlmc_app")
        cursor.execute("comment on schema guard is 'as if nothing had changed'")
        cursor.connection.commit()
        cursor.execute("create view public.seen as select * from core_user; grant select on seen to mlmc_app")
        cursor.connection.commit()

    cluster.manage("secure_database")  # what was granted by hand is taken back
    with raw(OWNER) as cursor:
        cursor.execute("grant select on newer to mlmc_app; grant select on seen to mlmc_app")
        cursor.connection.commit()
    with pytest.raises(RuntimeError, match="without a policy: newer, seen"):
        cluster.manage("secure_database")


def test_the_command_that_secures_does_not_end_while_something_changes_unseen(committed):
    """As after rows by the million that were stopped while the triggers came back."""
    with raw(OWNER) as cursor:
        cursor.execute("alter table cases_case disable trigger user")
        cursor.connection.commit()
    try:
        with pytest.raises(RuntimeError, match="not written down: cases_case. Rows by the million"):
            cluster.manage("secure_database")
    finally:
        with raw(OWNER) as cursor:
            cursor.execute("alter table cases_case enable trigger user")
            cursor.connection.commit()
    cluster.manage("secure_database")


def test_a_change_of_key_leaves_running_processes_working_and_an_older_key_is_worth_nothing(committed, settings):
    keys = [
        settings.MLMC_ACTOR_KEY,
        "the second key of this test, long enough",
        "the third key of this test, long enough",
    ]
    for key in keys[1:]:
        cluster.manage("secure_database", MLMC_ACTOR_KEY=key)
        cluster.manage("secure_database", MLMC_ACTOR_KEY=key)  # twice is once

    for key in keys[1:]:
        settings.MLMC_ACTOR_KEY = key
        assert heard() == [(None, ["door"])]
    settings.MLMC_ACTOR_KEY = keys[0]
    with pytest.raises(errors.InsufficientPrivilege, match="not ours"):
        heard()


def heard():
    with raw(APP) as cursor:
        say(cursor, signed(Actor.named("door")))
        cursor.execute("select * from current_actor()")
        return cursor.fetchall()
