"""A state's worth of made-up youth, on a small scale: the rows are those the verbs would have left."""

import pytest
from django.apps import apps
from django.db import connections, transaction
from django.db.models import Count, F

from cases.models import Access, As, Case, LookupKey, Referral, Youth
from cases.recognise import keys_of, of_youth
from mentors.models import Meeting, Mentorship
from mlmc.core.context import Actor, acting_as
from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models import AuditEntry, User
from mlmc.core.postgres.roles import KEEPER, hand_over_schema
from outcomes.models import FollowUp
from tests import cluster

CASES, MEETINGS = 300, 900
DATABASE = f"mlmc_scale_{cluster.HELPER}"
TOLD = ("seed_scale", f"--cases={CASES}", f"--meetings={MEETINGS}", "--mentors=40", "--trail=4")


@pytest.fixture(scope="module")
def filled():
    with cluster.postgres.superuser() as cursor:
        cursor.execute(f"drop database if exists {DATABASE} with (force)")
        cluster.create_database(cursor, DATABASE, template=cluster.TEMPLATE)
    with cluster.postgres.superuser(DATABASE) as cursor:
        hand_over_schema(cursor)
        before = shape(cursor)
        cluster.manage(*TOLD, database=DATABASE, MLMC_DEMO="1")
        yield before, shape(cursor)
    with cluster.postgres.superuser() as cursor:
        cursor.execute(f"drop database if exists {DATABASE} with (force)")


def shape(cursor):
    """Every policy, trigger, constraint and index, as PostgreSQL names them."""
    cursor.execute(SHAPE)
    return set(cursor.fetchall())


SHAPE = """
    select c.oid::regclass::text, 'walled', c.relforcerowsecurity::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname !~ '_20..$|_20.._..$'
    union select tgrelid::regclass::text, tgname, tgenabled::text from pg_trigger
    where not tgisinternal and tgrelid::regclass::text !~ '_20.._..$'
    union select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace and conrelid::regclass::text !~ '_20.._..$'
    union select tablename, indexname, replace(indexdef, ' ON ONLY ', ' ON ') from pg_indexes
    where schemaname = 'public' and tablename !~ '_20.._..$'
"""


@pytest.fixture
def there(filled, django_db_blocker):
    """The alias of the filled database, read as the keeper, whom the policies show all."""
    ours = connections.databases["default"]
    named = {"NAME": DATABASE, "USER": KEEPER, "PASSWORD": cluster.PASSWORDS[KEEPER]}
    connections.databases["scale"] = ours | named
    with django_db_blocker.unblock(), acting_as(Actor.system("keys")), transaction.atomic(using="scale"):
        yield "scale"
    with django_db_blocker.unblock():
        connections["scale"].close()
    del connections["scale"], connections.databases["scale"]


def test_there_is_as_much_as_was_asked_for(there):
    waiting = Case.objects.using(there).filter(status="waiting").count()
    assert Case.objects.using(there).count() + Referral.objects.using(there).filter(case=None).count() == CASES
    assert Mentorship.objects.using(there).count() == Case.objects.using(there).count() - waiting
    meetings = Meeting.objects.using(there)
    assert MEETINGS * 0.97 < meetings.count() <= MEETINGS  # the newest youth have met nobody yet
    assert AuditEntry.objects.using(there).count() == 4 * meetings.count()
    assert FollowUp.objects.using(there).count() == 3 * Case.objects.using(there).count()


def test_every_sealed_field_of_every_row_opens(there):
    opened = 0
    for model in apps.get_models():
        sealed = [one.attname for one in model._meta.concrete_fields if isinstance(one, EncryptedTextField)]
        for row in model.objects.using(there).only("pk", *sealed) if sealed else []:
            opened += len([getattr(row, name) for name in sealed])
    assert opened > 20 * CASES


def test_nineteen_meetings_in_twenty_are_taps_only(there):
    with_words = sum(bool(one.words) for one in Meeting.objects.using(there))
    assert 0.02 < with_words / MEETINGS < 0.09


def test_nobody_has_more_than_ten_places_and_each_place_is_one(there):
    lived = Mentorship.objects.using(there).exclude(slot=None)
    assert lived.order_by().values("mentor").annotate(n=Count("pk")).filter(n__gt=F("mentor__places")).count() == 0
    assert max(lived.values_list("slot", flat=True)) <= 10


def test_who_sees_a_youth_is_who_would(there):
    case = Case.objects.using(there).filter(status="with_mentor").first()
    now = {row.as_what: row.user_id for row in Access.objects.using(there).filter(case=case, until=None)}
    assert set(now) == {As.MENTOR, As.SUPERVISOR, As.SUPPORT, As.CASE_MANAGER}
    assert now[As.MENTOR] == case.mentorships.get().mentor.user_id
    teams = User.objects.using(there).filter(pk__in=now.values()).values_list("team", flat=True)
    assert len(set(teams)) == 1


def test_somebody_is_found_by_name_as_if_a_verb_had_kept_the_keys(there):
    youth = Youth.objects.using(there).select_related("identity").first()
    kept = {(key.kind, bytes(key.value)) for key in LookupKey.objects.using(there).filter(youth=youth)}
    assert kept == keys_of(of_youth(youth))


def test_the_trail_is_whole(filled):
    said = cluster.manage("verify_audit", database=DATABASE, MLMC_DEMO="1")
    assert said.count("is whole") >= 30


def test_walls_keys_and_indexes_stand_as_before(filled):
    before, after = filled
    assert before ^ after == set()


def test_a_database_with_people_is_left_alone(filled):
    with pytest.raises(RuntimeError, match="empty database only"):
        cluster.manage(*TOLD, database=DATABASE, MLMC_DEMO="1")


def test_more_youth_than_places_is_said(filled):
    with pytest.raises(RuntimeError, match="1 mentors have 10 places"):
        cluster.manage("seed_scale", "--cases=11", "--mentors=1", database=DATABASE, MLMC_DEMO="1")


def test_what_a_program_holds_is_never_made_up(filled):
    """Nor can the demo's be served as a program."""
    with pytest.raises(RuntimeError, match="This database holds the demo"):
        cluster.manage("backup", database=DATABASE, MLMC_DEMO="0")
