"""What a record said before it was changed: whoever changed it, and however (3: change history)."""

import psycopg2
import pytest
from django.db import transaction

from cases import told
from cases.models import Access, As, Identity, SafetyNeed, Youth
from mlmc.core.context import Actor, acting_as
from mlmc.core.crypto import open_sealed
from mlmc.core.models import Change
from mlmc.core.postgres.roles import APP
from tests.conftest import acting, as_role, raw
from tests.factories import AccessFactory, CaseFactory, MentorFactory, SafetyNeedFactory, UserFactory, YouthFactory
from tests.test_core_rls import say

pytestmark = pytest.mark.django_db


def changes(row):
    return Change.objects.filter(table_name=row._meta.db_table, row_id=str(row.pk)).order_by("id")


def opened(change, name):
    """A sealed value of a change, in clear: it is bound to the row it was in, wherever it lies now."""
    raw_bytes = bytes.fromhex(change.old[name].removeprefix("\\x"))
    return open_sealed(raw_bytes, bound_to=f"{change.table_name}.{name}:{change.row_id}")


def test_a_change_keeps_who_when_which_fields_and_what_it_said():
    case = CaseFactory(youth=YouthFactory(chosen_name="Ren B."))
    person = UserFactory(intake=True)
    with acting(person), transaction.atomic():
        youth = Youth.objects.get(pk=case.youth_id)
        youth.chosen_name, youth.area = "Wren B.", "salem"
        youth.save(update_fields=["chosen_name", "area"])

    [change] = changes(case.youth)
    assert (change.user_id, change.fields, change.gone) == (person.pk, ["area", "chosen_name"], False)
    assert (change.about, change.subject) == ("youth", case.youth_id)
    assert change.old["area"] == "lynn"
    assert opened(change, "chosen_name") == "Ren B."


def test_a_verb_a_bulk_update_and_plain_sql_are_kept_alike():
    access = AccessFactory()
    Access.objects.filter(pk=access.pk).update(why="another")
    Access.objects.bulk_update([Access(pk=access.pk, why="once more")], ["why"])
    with as_role(APP), acting_as(Actor.system("access")), transaction.atomic():
        Access.objects.filter(pk=access.pk).update(as_what=As.COVER)

    assert [one.old for one in changes(access)] == [
        {"why": "supervises"},
        {"why": "another"},
        {"as_what": "supervisor"},
    ]


def test_what_is_taken_away_is_kept_whole():
    need = SafetyNeedFactory(words="call the worker, not the house")
    pk = need.pk
    SafetyNeed.objects.filter(pk=pk).delete()

    [change] = Change.objects.filter(row_id=str(pk))
    assert change.gone
    assert opened(change, "words") == "call the worker, not the house"


def test_a_change_that_changes_nothing_is_none():
    access = AccessFactory()
    Access.objects.filter(pk=access.pk).update(why=access.why)

    assert not changes(access).exists()


def test_of_a_password_only_that_it_changed_is_kept_and_of_a_sign_in_nothing():
    user = UserFactory()
    user.set_password("three words together")
    user.save(update_fields=["password"])
    user.last_login = user.invited_at
    user.save(update_fields=["last_login"])

    assert [(one.fields, one.old) for one in changes(user)] == [(["password"], {"password": None})]


def test_the_history_of_a_youth_is_read_by_whoever_works_with_them_and_nobody_else():
    case = CaseFactory(youth=YouthFactory(identity=True))
    identity = Identity.objects.get(youth=case.youth)
    identity.school = "another school"
    identity.save()
    stranger, mentor, intake = UserFactory(supervisor=True), MentorFactory().user, UserFactory(intake=True)
    AccessFactory(case=case, user=mentor, as_what=As.MENTOR)

    seen = {}
    for name, person in {"stranger": stranger, "mentor": mentor, "intake": intake}.items():
        with acting(person), transaction.atomic():
            seen[name] = Change.objects.filter(table_name="cases_identity").count()

    assert seen == {"stranger": 0, "mentor": 0, "intake": 1}


@pytest.mark.parametrize("sql", ["insert into core_change (table_name, row_id, about, gone, fields, old) values "
                                 "('x', 'x', 'x', false, '{}', '{}')", "update core_change set old = '{}'",
                                 "delete from core_change", "truncate core_change"])  # fmt: skip
def test_the_program_adds_changes_and_takes_away_no_line(sql):
    with raw(APP) as cursor:
        say(cursor, Actor.system("access", "welcome", "accounts"))
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(sql)


def test_a_verb_leaves_history_without_knowing_it():
    case, person = CaseFactory(), UserFactory(intake=True)
    nothing = {name: [] for name in told.FIELDS} | {"area": "", "background_words": ""}
    with acting(person), transaction.atomic():
        told.tell(case, by=person, at=case.accepted_at, **nothing)

    assert [one.user_id for one in changes(case.youth)] == [person.pk]
