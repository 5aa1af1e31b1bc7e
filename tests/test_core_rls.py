"""The second wall: what plain SQL shows to each person, whatever the program forgets (G05, G06, G07, G12, G14)."""

import time
import uuid

import psycopg2
import pytest
from django.db import transaction
from django.utils import timezone
from psycopg2.extras import register_uuid

from cases.models import Access, Case, Youth
from cases.policies import WORKS_WITH
from mlmc.core.context import NOBODY, Actor, acting_as, on_duty, signed
from mlmc.core.models import User
from mlmc.core.postgres import history, rls
from mlmc.core.postgres.catalog import EXEMPT, unprotected_tables
from mlmc.core.postgres.roles import APP, KEEPER
from outcomes import surveys
from tests import cluster, world
from tests.conftest import as_role, raw
from tests.oracle import EVERYBODY, Oracle

register_uuid()
TABLES = sorted(rls.tables()[0])
# Its name and its help line are on the page before anybody has signed in; a start looks whether its keys fit.
STANDS_OPEN = {"core_programrow", "core_keycheck"}


@pytest.fixture(scope="module")
def program(django_db_setup, django_db_blocker):
    """The world, committed, with lines in the trail and in the history; and the oracle that knows all of it."""
    with django_db_blocker.unblock():
        made = world.build()
        leave_traces(made)
        with cluster.postgres.superuser(cluster.DATABASE) as cursor:
            rows = {table: everything(cursor, table) for table in TABLES}
        yield made, Oracle(rows, timezone.now())
        cluster.clone(cluster.DATABASE)


def leave_traces(made):
    """A line each of every act, and a change of each kind of record."""
    case, other = made.things["mine"]["case"], made.things["another's"]["case"]
    with raw(APP) as cursor:
        for name, person in made.people.items():
            say(cursor, Actor.of(person))
            about = [[case.pk], [other.pk], [case.pk, other.pk], []][len(name) % 4]
            for act in ("view", "deny", "sign-in"):
                words = "insert into core_auditentry (act, what, cases) values (%s, %s, %s::uuid[])"
                cursor.execute(words, [act, "cases:case", about])
        cursor.connection.commit()
    for thing in (*made.things["mine"].values(), *made.things["referrals"].values()):
        thing.save()


def everything(cursor, table):
    cursor.execute(f"select md5(t::text) as mark, t.* from {table} t")
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def say(cursor, actor, **how):
    cursor.execute("select set_config('app.actor', %s, true)", [signed(actor, **how)])


def shown(actor, *tables):
    """Which rows plain SQL shows, by a digest of each."""
    with raw(APP) as cursor:
        say(cursor, actor)
        for table in tables:
            cursor.execute(f"select md5(t::text) from {table} t")
            yield table, sorted(found for (found,) in cursor.fetchall())


ROLES = [
    "intake", "assessment", "mentor", "other_mentor", "former_mentor", "asked_mentor", "supervisor",
    "other_supervisor", "walled_supervisor", "case_manager", "support", "other_support", "evaluation", "director",
    "in_an_emergency", "walled_director", "admin", "no_role", "two_roles",
]  # fmt: skip


@pytest.mark.parametrize("name", ROLES)
def test_g05_plain_sql_shows_each_person_what_an_oracle_without_the_orm_says(program, name):
    made, oracle = program
    assert set(ROLES) == set(made.people)
    user = oracle.by_id["core_user"][made.people[name].pk]

    for table, found in shown(Actor.of(made.people[name]), *TABLES):
        assert found == sorted(row["mark"] for row in oracle.readable(table, user)), table


def test_g05_the_oracle_knows_a_row_of_every_table_and_a_reader_of_most(program):
    """An oracle over empty tables proves nothing."""
    _, oracle = program

    assert [table for table in TABLES if not oracle.rows[table]] == []
    assert {"cases_case", "mentors_meeting", "cases_identity"}.isdisjoint(EVERYBODY)


@pytest.mark.parametrize("said", [None, ""], ids=["unset", "empty"])
def test_g05_nobody_sees_nothing(program, said):
    with raw(APP) as cursor:
        if said is not None:
            cursor.execute("select set_config('app.actor', %s, true)", [said])
        for table in TABLES:
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,) or table in STANDS_OPEN, table


@pytest.mark.parametrize("table", [table for table in TABLES if table not in STANDS_OPEN])
def test_g07_a_false_context_is_an_error_and_never_an_empty_answer(program, table):
    made, _ = program
    director = signed(Actor.of(made.director))
    user, scope, expires, mac = director.split("|")
    false = {
        "forged": f"{user}|{scope}|{expires}|{'0' * 64}",
        "another user's": f"{made.mentor.pk}|{scope}|{expires}|{mac}",
        "one role more": f"{user}|{scope},intake|{expires}|{mac}",
        "a duty more": f"{user}|{scope},duty:access|{expires}|{mac}",
        "expired": signed(Actor.of(made.director), expires=time.time() - 2),
    }

    with raw(APP) as cursor:
        for words in false.values():
            cursor.execute("select set_config('app.actor', %s, true)", [words])
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="the acting context"):
                cursor.execute(f"select * from {table}")
            cursor.connection.rollback()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", ["mentor", "intake", "director", "admin"])
def test_g05_plain_sql_of_a_person_changes_nothing_of_what_decides_rights(program, table, name):
    """Without a duty named by a verb: no rights, no people, no decisions; a mentor writes her own log alone."""
    made, _ = program
    may = {
        "mentor": {"mentors_mentor", "mentors_meeting", "mentors_accompaniment"},
        "intake": {"cases_youth", "cases_safecontact", "cases_safetyneed"},
    }

    changed = changes_by(Actor.of(made.people[name]), table)

    assert changed == 0 or table in may.get(name, ())
    if name == "mentor" and table == "mentors_meeting":
        assert changed == 2  # of the four there are
    if name == "mentor" and table == "mentors_accompaniment":
        assert changed == 3  # of the six there are


def changes_by(actor, table):
    with raw(APP) as cursor:
        say(cursor, actor)
        cursor.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum = 2", [table])
        [(column,)] = cursor.fetchall()
        try:
            cursor.execute(f'update {table} set "{column}" = "{column}"')
        except psycopg2.errors.InsufficientPrivilege:
            return 0
        return cursor.rowcount


def test_g05_nobody_gives_themselves_access_by_plain_sql(program):
    made, _ = program
    words = (
        "insert into cases_access (id, case_id, user_id, role, as_what, begins, why) values (%s,%s,%s,'',%s,now(),'')"
    )

    for person in made.people.values():
        with raw(APP) as cursor:
            say(cursor, Actor.of(person))
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="row-level security"):
                cursor.execute(words, [uuid.uuid4(), made.things["mine"]["case"].pk, person.pk, "supervisor"])


@pytest.mark.parametrize("name", ["mentor", "admin", "director"])
@pytest.mark.parametrize("column", ["roles", "team_id", "is_active", "password", "email"])
def test_g05_nobody_changes_a_persons_rights_by_plain_sql(program, name, column):
    made, _ = program
    with raw(APP) as cursor:
        say(cursor, Actor.of(made.people[name]))
        cursor.execute(f"update core_user set {column} = {column}")
        assert cursor.rowcount == 0


def test_g05_a_mentor_adds_meetings_to_her_own_open_mentorships_only(program):
    made, _ = program
    words = """insert into mentors_meeting (id, mentorship_id, client_key, kind, held_on, place_kind, reached, topics,
        words, handed_over, logged_at, logged_by_id)
        values (%s, %s, %s, 'text', current_date, '', true, '{}', '', false, now(), %s)"""
    mine, others = (made.things[whose]["mentorship"] for whose in ("mine", "another's"))

    def log(name, mentorship):
        with raw(APP) as cursor:
            say(cursor, Actor.of(made.people[name]))
            cursor.execute(words, [uuid.uuid4(), mentorship.pk, uuid.uuid4(), made.people[name].pk])

    log("mentor", mine)
    for name, mentorship in (("mentor", others), ("former_mentor", mine), ("supervisor", mine), ("director", mine)):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="row-level security"):
            log(name, mentorship)


def test_g05_a_link_opens_one_follow_up_and_nothing_of_anybody_else(program):
    made, _ = program
    mine = made.things["mine"]
    holder = Actor.respondent(bytes(mine["link"].token_hash))
    closed = [table for table in TABLES if table not in EVERYBODY]
    counts = {table: len(found) for table, found in shown(holder, *closed)}

    assert {table: count for table, count in counts.items() if count} == {
        "cases_case": 1,
        "outcomes_surveylink": 1,
        "outcomes_respondent": 1,
        "outcomes_followup": 2,
        "outcomes_response": 1,
        "outcomes_answer": 1,
    }
    for guess in (Actor.respondent(surveys.hashed("a guess")), Actor.named("respondent")):
        assert [table for table, found in shown(guess, *closed) if found] == []


WHO_WORKS_HERE = {"core_user", "core_team"}


@pytest.mark.parametrize(("name", "more"), [("door", WHO_WORKS_HERE), ("referrer", set()), ("respondent", set())])
def test_g05_who_comes_without_a_sign_in_reads_nothing_of_anybody(program, name, more):
    """The door knows who works here. Whoever holds the public form or a link does not."""
    read = {table for table, found in shown(Actor.named(name), *TABLES) if found}
    assert read == (EVERYBODY - WHO_WORKS_HERE) | more


@pytest.mark.parametrize("name", ["door", "referrer", "respondent"])
def test_g20_nobody_forgives_their_own_wrong_tries_by_plain_sql(program, name):
    with raw(APP) as cursor:
        say(cursor, Actor.named(name))
        cursor.execute("select count(*) from core_attempt")
        assert cursor.fetchone()[0] > 0
        cursor.execute("delete from core_attempt")
        assert cursor.rowcount == 0


def test_g12_a_wall_beats_every_row_and_every_role(program):
    made, oracle = program
    youth, case = made.things["mine"]["youth"].pk, made.things["mine"]["case"].pk
    about = {"cases_case": "id", "cases_youth": "id", "cases_access": "case_id", "mentors_concern": "case_id"}
    about |= {"cases_identity": "youth_id", "cases_caseevent": "case_id", "mentors_mentorship": "case_id"}

    for name in ("walled_supervisor", "walled_director"):
        for table, column in about.items():
            with raw(APP) as cursor:
                say(cursor, Actor.of(made.people[name]))
                cursor.execute(f"select count(*) from {table} where {column} in (%s, %s)", [youth, case])
                assert cursor.fetchone() == (0,), f"{name} in {table}"


def test_a_wall_leaves_nobody_behind_when_a_verb_has_to_be_complete(program):
    made, _ = program
    with as_role(APP), acting_as(Actor.of(made.walled_director)), transaction.atomic():
        case = made.things["mine"]["case"].pk
        assert not Case.objects.filter(pk=case).exists()
        with on_duty("access"):
            assert Case.objects.filter(pk=case).exists()
        assert not Case.objects.filter(pk=case).exists()


@pytest.mark.parametrize("duty", ["accounts", "outbox", "figures", "concern", "matching", "follow_ups"])
def test_a_duty_opens_its_own_tables_and_not_who_somebody_is(program, duty):
    found = {table for table, rows in shown(Actor.system(duty), *TABLES) if rows}

    assert found.isdisjoint({"cases_identity", "cases_safecontact", "mentors_meeting", "cases_lookupkey"})


def test_g06_the_rules_are_forced_and_no_role_stands_above_them(program):
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and not relispartition and not (relrowsecurity and relforcerowsecurity)"
        )
        bare = {name for (name,) in cursor.fetchall()}
    with raw(APP) as cursor:
        reach = {table for table in bare if may_touch(cursor, table)}

    assert reach == {table for table in EXEMPT if table in bare}
    assert all(why for _, why in EXEMPT.values())


def may_touch(cursor, table):
    cursor.execute("select has_table_privilege(%s, 'select, insert, update, delete')", [table])
    return cursor.fetchone()[0]


@pytest.mark.django_db
def test_g06_no_table_is_open_and_every_model_is_named():
    with as_role("mlmc_owner"):
        assert unprotected_tables() == []
    from django.apps import apps  # noqa: PLC0415

    ours = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in
            ("core", "cases", "mentors", "matching", "outcomes")}  # fmt: skip
    assert ours - set(TABLES) - set(EXEMPT) == set()


def test_g06_functions_of_the_guard_have_a_fixed_path_and_nobody_signs_in_as_it(program):
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute(
            "select proname from pg_proc where pronamespace in ('guard'::regnamespace, 'public'::regnamespace)"
            " and prosecdef and not exists (select from unnest(proconfig) one where one like 'search_path=pg_ca%')"
        )
        assert cursor.fetchall() == []


def test_g06_the_keeper_sees_all_and_the_owner_nothing(program):
    _, oracle = program
    with raw(KEEPER) as cursor:
        cursor.execute("select count(*) from cases_identity")
        assert cursor.fetchone() == (len(oracle.rows["cases_identity"]),)
    with raw("mlmc_owner") as cursor:
        cursor.execute("select count(*) from cases_identity")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("name", ROLES)
def test_g05_the_program_lists_no_case_and_no_youth_that_the_policies_would_hide(program, name):
    """The rule is said twice: once for people, once for the database; they agree to the row."""
    made, oracle = program
    person = User.objects.get(pk=made.people[name].pk)
    with as_role(APP), acting_as(Actor.of(person)), transaction.atomic():
        said = {row.pk for row in Case.objects.visible_to(person)}
        found = {row.pk for row in Case.objects.all()}

    asked = {row["case_id"] for row in oracle.rows["cases_access"]
             if row["user_id"] == person.pk and row["as_what"] == "asked"}  # fmt: skip
    assert found == said | asked


def test_who_works_with_a_youth_is_the_same_on_pages_and_in_policies():
    assert {str(kind) for kind in WORKS_WITH} == {
        "intake", "assessment", "supervisor", "case_manager", "on_call", "cover", "break_glass", "practice"
    }  # fmt: skip


def test_every_kept_table_has_its_trigger(program):
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'keep_change'")
        assert {table for (table,) in cursor.fetchall()} == set(history.kept())


@pytest.mark.django_db
def test_nobody_is_still_nobody():
    with as_role(APP), acting_as(NOBODY), transaction.atomic():
        assert not Youth.objects.exists() and not Access.objects.exists()
