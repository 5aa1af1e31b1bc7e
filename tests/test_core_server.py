"""PostgreSQL is set to keep what is saved and to write no value into its log, and says so when it is not."""

import pytest
from django.db import DatabaseError, connection, transaction

from mlmc.core.postgres import server
from mlmc.core.postgres.roles import APP
from mlmc.launcher.embedded import FLEETING
from tests import cluster
from tests.conftest import as_role, raw
from tests.factories import UserFactory

MARK = "Zyxwvut Qanary"
FAILING = [
    # a unique, a NOT NULL and a CHECK constraint, a cast, a statement nobody can read, a wrong column
    (f"insert into core_user (id, email, name, password, roles, on_council, is_active, invited_at) values"
     f" (gen_random_uuid(), 'twice@example.org', '{MARK}', '', '{{}}', false, true, now()),"
     f" (gen_random_uuid(), 'twice@example.org', '{MARK}', '', '{{}}', false, true, now())"),
    f"insert into core_user (id, name) values (gen_random_uuid(), '{MARK}')",
    (f"insert into core_user (id, email, name, password, roles, on_council, is_active, invited_at) values"
     f" (gen_random_uuid(), '{MARK}', 'x', '', '{{}}', false, true, now())"),
    f"select '{MARK}'::uuid",
    f"selec '{MARK}'",
    f"select '{MARK}' from core_user where none = 1",
]  # fmt: skip


@pytest.mark.django_db
def test_a_server_that_forgets_or_writes_down_values_is_named_setting_by_setting():
    """5.2. The cluster of the tests does not wait for disks; all else is as it has to be."""
    with connection.cursor() as cursor, as_role(APP):
        found = server.findings(cursor)
        cursor.execute("set local log_parameter_max_length_on_error = 7")
        more = server.findings(cursor)

    assert [one.split(" is ")[0] for one in found] == list(FLEETING)
    assert "fsync is off, and has to be on; or what was answered with “saved” may be lost." in found
    assert set(more) - set(found) == {
        "log_parameter_max_length_on_error is 7, and has to be 0; or its log may carry what somebody typed."
    }


@pytest.mark.django_db
def test_a_log_in_that_nothing_holds_back_is_named():
    with connection.cursor() as cursor:  # as the tests' own log-in, which has no limits
        cursor.execute("reset role")
        found = [one.split(" is ")[0] for one in server.findings(cursor)]

    assert set(found) - set(FLEETING) == set(server.LIMITS)


@pytest.mark.django_db
def test_system_health_says_what_to_change(client):
    client.force_login(UserFactory(admin=True))

    page = client.get("/health/").content.decode()

    assert "Database settings" in page
    assert "fsync is off, and has to be on" in page


def test_failing_statements_leave_no_value_in_the_servers_log(django_db_setup, db):
    """G28, 0.5. Six failing statements, as our log-ins would send them, put nothing of theirs into the log."""
    before = len(cluster.postgres.log.read_text())
    for words in FAILING:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)
    with raw(APP) as cursor, pytest.raises(Exception, match="uuid"):
        cursor.execute("select %s::uuid", [MARK])

    said = cluster.postgres.log.read_text()[before:]
    for word in ("Zyxwvut", "Qanary", "twice@example.org"):
        assert word not in said


def test_a_talkative_server_would_be_noticed(django_db_setup):
    """The guard, seen failing: the same statements under settings as PostgreSQL brings them."""
    before = len(cluster.postgres.log.read_text())
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("set log_min_messages = warning; set log_min_error_statement = error")
        with pytest.raises(Exception, match="null value"):
            cursor.execute(FAILING[1])

    assert MARK in cluster.postgres.log.read_text()[before:]
