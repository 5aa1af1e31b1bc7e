"""One line for each request, in the transaction of the act, which nobody changes and anybody can check (G60, G61)."""

import threading
from datetime import date

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.urls import include, path, reverse
from django.utils import timezone

from cases.models import Referral
from mentors.views import phone
from mlmc.core import audit
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import AuditEntry
from mlmc.core.postgres.roles import APP, KEEPER, OWNER
from tests import cluster, world
from tests.conftest import as_role, raw
from tests.factories import MentorFactory, MentorshipFactory, ReferralFactory, UserFactory
from tests.test_core_rls import say as says

handler404 = "mlmc.views.not_found"


def half_done(request):
    ReferralFactory()
    return HttpResponse("done")


urlpatterns = [path("half-done/", half_done), path("", include("mlmc.urls"))]


def lines():
    names = ("act", "what", "record", "cases", "why", "status", "user_id", "scope")
    return list(AuditEntry.objects.order_by("at", "lane", "seq").values(*names))


def line(act, what, *, user=None, record="", cases=(), why="", status=200, scope=None):
    scope = sorted(user.roles) if scope is None else scope
    return {
        "act": act, "what": what, "record": str(record), "cases": sorted(cases), "why": why, "status": status,
        "user_id": user and user.pk, "scope": scope,
    }  # fmt: skip


@pytest.fixture
def mentor(client, db):
    user = MentorFactory().user
    client.force_login(user)
    return user


def test_g60_a_list_of_three_is_one_line_with_three_youth(client, mentor):
    cases = [MentorshipFactory(mentor=mentor.mentor).case.pk for _ in range(3)]
    MentorshipFactory()

    client.get(reverse("mentors:my_youth"))

    assert lines() == [line("view", "mentors:my_youth", user=mentor, cases=cases)]


def test_g60_a_page_of_one_is_a_line_with_the_record(client, mentor):
    mentorship = MentorshipFactory(mentor=mentor.mentor)

    client.get(mentorship.get_absolute_url())

    expected = line("view", "mentors:meeting_log", user=mentor, record=mentorship.pk, cases=[mentorship.case_id])
    assert lines() == [expected]


def test_g60_what_is_written_is_a_line_in_the_same_transaction(client, db):
    intake = UserFactory(intake=True)
    client.force_login(intake)
    referral = ReferralFactory()

    client.post(reverse("cases:referral_reply", args=[referral.pk]))

    expected = {"user": intake, "record": referral.pk, "cases": [referral.pk], "status": 302}
    assert lines() == [line("write", "cases:referral_reply", **expected)]


@pytest.mark.parametrize("whose", ["a stranger's", "nobody's"])
def test_g60_a_refusal_is_a_line_and_nothing_else(client, mentor, whose):
    other = MentorshipFactory()
    pk = other.pk if whose == "a stranger's" else "01a21062-0000-7000-8000-000000000000"

    assert client.get(reverse("mentors:meeting_log", args=[pk])).status_code == 404

    assert lines() == [line("deny", "mentors:meeting_log", user=mentor, record=pk, status=404)]


def test_g60_a_page_for_others_is_a_refusal(client, mentor):
    client.get(reverse("cases:referrals"))

    assert lines() == [line("deny", "cases:referrals", user=mentor, status=403)]


def test_g60_a_referral_by_the_public_form_is_the_referrers_line(client, db):
    """Nobody is known here; the line says under which name it was done."""
    client.get(reverse("cases:refer"))

    assert lines() == []  # an empty form shows nothing of anybody


def test_g60_only_a_part_that_fetches_itself_anew_leaves_no_line(client, mentor, monkeypatch):
    """The header alone does not do: or anybody could read without a line."""
    poll = {"HTTP_X_POLL": "1"}
    client.get(reverse("mentors:my_youth"), **poll)
    assert len(lines()) == 1

    monkeypatch.setattr(phone.my_youth, "refreshes_itself", True, raising=False)
    client.get(reverse("mentors:my_youth"), **poll)
    assert len(lines()) == 1
    client.get(reverse("mentors:my_youth"))
    assert len(lines()) == 2


def test_g60_no_line_no_page(client, mentor):
    MentorshipFactory(mentor=mentor.mentor)
    with broken_trail(), pytest.raises(DatabaseError):
        client.get(reverse("mentors:my_youth"))


def test_g60_no_line_no_act(client, settings, db):
    settings.ROOT_URLCONF = __name__
    intake = UserFactory(intake=True)
    client.force_login(intake)
    client.raise_request_exception = False
    referral = ReferralFactory()
    with broken_trail():
        answer = client.post(reverse("cases:referral_reply", args=[referral.pk]))

    assert answer.status_code == 500
    assert Referral.objects.get(pk=referral.pk).replied_at is None
    assert lines() == []


class broken_trail:
    """The program may not write the trail."""

    def __enter__(self):
        self.grant("revoke insert on core_auditentry from mlmc_app")

    def __exit__(self, *problem):
        if not connection.needs_rollback:
            self.grant(f"grant insert (act, what, record, cases, why, status) on core_auditentry to {APP}")

    def grant(self, words):
        with connection.cursor() as cursor:
            cursor.execute(f"set role {OWNER}")
            cursor.execute("revoke insert (act, what, record, cases, why, status) on core_auditentry from mlmc_app")
            cursor.execute(words)
            cursor.execute(f"set role {KEEPER}")


def test_g60_who_acts_and_when_is_not_the_programs_to_say(committed):
    somebody = Actor(None, ("director",))
    with raw(APP) as cursor:
        says(cursor, somebody)
        for column, value in {"user_id": "gen_random_uuid()", "at": "now()", "scope": "'{}'", "lane": "7"}.items():
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f"insert into core_auditentry (act, what, {column}) values ('view', 'x', {value})")
            cursor.connection.rollback()


def test_g60_the_word_of_a_link_is_not_kept(committed):
    with raw(APP) as cursor:
        says(cursor, Actor.respondent(b"secret"))
        cursor.execute("insert into core_auditentry (act, what) values ('write', 'outcomes:survey')")
        cursor.execute("select 1")
        cursor.connection.commit()

    assert [row["scope"] for row in lines()] == [["respondent"]]


@pytest.mark.parametrize("role", [APP, KEEPER, OWNER])
@pytest.mark.parametrize(
    "sql",
    [
        "update core_auditentry set why = 'nothing'",
        "delete from core_auditentry",
        "truncate core_auditentry",
        "truncate core_auditentry_later",
        f"truncate core_auditentry_{timezone.now():%Y_%m}",
        "update guard.audit_lane set seq = 0",
        "delete from core_change",
    ],
)
def test_g61_nobody_who_works_changes_the_trail(django_db_setup, role, sql):
    """The owner of the tables is stopped by the triggers; of the history the keeper alone may take away, by purge."""
    with raw(role) as cursor:
        if (role, sql) == (KEEPER, "delete from core_change"):
            return
        try:
            cursor.execute(sql)
        except psycopg2.Error as problem:
            assert problem.pgcode == "42501"
        else:  # the owner sees no row, so there was none to change
            assert role == OWNER and cursor.rowcount <= 0 or sql.startswith("update guard")


def test_g61_even_a_superuser_meets_the_trigger(committed):
    write(1)
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="written once"):
            cursor.execute("update core_auditentry set why = 'nothing'")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="written once"):
            cursor.execute("truncate core_auditentry")


def write(count, *, why="a reason", user=None):
    with as_role(APP), acting_as(Actor(user, ("director",))), transaction.atomic():
        for n in range(count):
            audit.record("view", f"page {n}", why=why)


def test_g61_writers_at_once_never_wait_and_every_chain_holds(log_in, capsys):
    write(1)  # there is a lane already: it is not waited for
    log_in(APP)
    barrier, problems = threading.Barrier(8, timeout=60), []

    def work():
        try:
            for n in range(10):
                with acting_as(Actor(None, ("director",))), transaction.atomic():
                    audit.record("view", f"page {n}")
                    if n == 0:
                        barrier.wait()  # all eight hold a line that is not committed: nobody waits for another
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    log_in(KEEPER)
    assert AuditEntry.objects.count() == 81
    assert AuditEntry.objects.values("lane").distinct().count() >= 8
    call_command("verify_audit")
    assert f"{timezone.now():%Y-%m} is whole" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("update core_auditentry set why = 'nothing' where what = 'page 1'", "changed"),
        ("update core_auditentry set cases = array[gen_random_uuid()] where what = 'page 1'", "changed"),
        ("update core_auditentry set user_id = gen_random_uuid() where what = 'page 1'", "changed"),
        ("delete from core_auditentry where what = 'page 1'", "follows another row"),
        ("delete from core_auditentry where what = 'page 2'", "end is missing"),
        ("update core_auditentry set digest = previous where what = 'page 2'", "changed"),
    ],
)
def test_g61_the_verifier_names_the_damaged_line(committed, damage, said):
    write(3)
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("set session_replication_role = replica")  # past every trigger
        cursor.execute(damage)

    with pytest.raises(CommandError, match=rf"lane \d+, entry \d: {said}"):
        call_command("verify_audit")


def test_g61_an_anchor_kept_elsewhere_shows_a_chain_that_was_cut_and_mended(committed):
    write(3)
    month = timezone.now().date().replace(day=1)
    kept = audit.anchor(month)
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("delete from core_auditentry where seq = 3")
        cursor.execute(
            "update guard.audit_lane set seq = 2, digest = (select digest from core_auditentry where seq = 2)"
        )
    call_command("verify_audit")  # the chain itself is whole

    with pytest.raises(CommandError, match="not the anchor that was kept"):
        call_command("verify_audit", f"{month:%Y-%m}", anchor=kept)


def test_g61_months_are_ready_and_a_forgotten_one_still_takes_lines(committed):
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("select count(*) from pg_inherits where inhparent = 'core_auditentry'::regclass")
        assert cursor.fetchone() == (26,)  # this month, twenty-four to come, and the one for all others
        cursor.execute("insert into core_auditentry (month, act, what) values ('2050-01-01', 'view', 'x')")
        cursor.execute("select tableoid::regclass::text from core_auditentry")
        assert cursor.fetchall() == [("core_auditentry_later",)]


def test_months_can_be_prepared_twice_across_a_year_and_over_lines_that_came_before(committed):
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("insert into core_auditentry (month, act, what) values ('2030-01-01', 'view', 'x')")
    with as_role(OWNER):
        audit.prepare_months(date(2029, 11, 30), count=3)
        audit.prepare_months(date(2029, 11, 30), count=3)
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        cursor.execute("select relname from pg_class where relname ~ 'entry_20(29|30)' and relkind = 'r' order by 1")
        made = [name.removeprefix("core_auditentry_") for (name,) in cursor.fetchall()]
    assert made == ["2029_11", "2029_12", "2030_02"]


def test_g60_reading_the_trail_is_ones_own_acts_or_the_youth_one_works_with(committed):
    made = world.build()
    write(1, user=made.mentor.pk)

    for name, count in {"mentor": 1, "other_mentor": 0, "director": 1, "admin": 0}.items():
        with raw(APP) as cursor:
            says(cursor, Actor.of(made.people[name]))
            cursor.execute("select count(*) from core_auditentry")
            assert cursor.fetchone() == (count,), name


def test_nothing_is_noted_outside_of_a_request():
    audit.note("somebody")
    audit.say(audit.EXPORT)
    assert audit.noted() is None
