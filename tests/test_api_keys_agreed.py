"""G05: a key holds what two people gave it and stays as it was agreed, whatever SQL the program's own log-in sends."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from mlmc.core import context, raising
from mlmc.core.models import Integration, RoleRequest
from tests.api import agree, made
from tests.conftest import acting
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
GIVE = "update core_integration set roles = %s where id = %s"


@pytest.mark.parametrize("roles", [["evaluation"], ["intake", "evaluation"], ["intake", "admin"]], ids=str)
def test_g05_no_plain_sql_gives_a_key_a_role_that_two_people_did_not_give_it(roles):
    """Not under the duty that writes keys, and not to one that waits for its second yes or was told no."""
    agreed, waits = made()[0], made(roles=["evaluation"], agreed=False)[0]
    refused = agree(made(roles=["evaluation"], agreed=False)[0], yes=False)

    for integration in (agreed, waits, refused):
        by_sql(integration.made_by, GIVE, [roles, integration.pk], match="the roles two people gave it")
        kept = Integration.objects.get(pk=integration.pk).roles
        assert kept == (["intake"] if integration == agreed else [])
    with acting(agreed.made_by), context.on_duty("accounts"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GIVE, [["intake"], agreed.pk])
        assert cursor.rowcount == 1


def test_g05_no_plain_sql_makes_a_key_with_roles():
    user, admin = UserFactory(is_program=True), UserFactory(admin=True)
    words = """insert into core_integration (id, user_id, roles, scopes, key_hash, made_at, made_by_id, ends_at)
        values (%s, %s, '{intake}', '{referrals:read}', 'x', now(), %s, now() + interval '1 day')"""

    by_sql(admin, words, [user.pk, user.pk, admin.pk], match="the roles two people gave it")


def test_g05_what_two_people_gave_a_person_makes_no_key():
    person = UserFactory(intake=True)
    asked, said_yes = UserFactory(admin=True), UserFactory(admin=True)
    with acting(asked):
        raising.ask(person, ["director"], by=asked, at=timezone.now())
    question = RoleRequest.objects.get()
    with acting(said_yes):
        raising.answer(question.pk, True, by=said_yes, at=timezone.now())
    words = """insert into core_integration (id, user_id, roles, scopes, key_hash, made_at, made_by_id, ends_at)
        values (%s, %s, '{director}', '{cases:read}', 'x', now(), %s, now() + interval '1 day')"""

    by_sql(asked, words, [person.pk, person.pk, asked.pk], match="the roles two people gave it")


@pytest.mark.parametrize("roles", [["intake"], []], ids=["with roles", "of an agency"])
def test_g05_a_revoked_key_opens_nothing_again(roles):
    integration, _ = made()
    Integration.objects.filter(pk=integration.pk).update(roles=roles, revoked_at=timezone.now())

    by_sql(integration.made_by, "update core_integration set revoked_at = null", [], match="revoked stays so")


@pytest.mark.parametrize("what", ["scopes = '{cases:read}'", "key_hash = 'x'", "ends_at = now()", "user_id = user_id"])
def test_g05_what_was_said_yes_to_stays_what_it_was(what):
    integration, _ = made()
    by_sql(integration.made_by, f"update core_integration set {what}", [], match="permission denied")


ASK = """insert into core_rolerequest (id, user_id, role, asked_by_id, asked_at, answered_by_id, answered_at, granted)
    values (gen_random_uuid(), %s, 'evaluation', %s, now(), %s, %s, %s)"""


def test_g05_nobody_asks_or_says_yes_in_anothers_name_by_plain_sql():
    integration, director = made(roles=["evaluation"], agreed=False)[0], UserFactory(director=True)
    user, admin, now = integration.user, integration.made_by, timezone.now()
    grant = "update core_rolerequest set granted = true, answered_at = now(), answered_by_id = %s"

    for words, values in (
        (ASK, [user.pk, director.pk, None, None, False]),
        (ASK, [user.pk, director.pk, admin.pk, now, True]),
        (ASK, [user.pk, admin.pk, director.pk, now, True]),
        (grant, [director.pk]),
    ):
        by_sql(admin, words, values, match="row-level security")
    by_sql(user, grant, [user.pk], match="row-level security")  # whom it is about
    by_sql(admin, "update core_rolerequest set asked_by_id = %s", [director.pk], match="permission denied")
    assert not RoleRequest.objects.filter(granted=True).exists()


def by_sql(person, words, values, *, match):
    """What the database says to the program's own log-in, acting for this person under the duty of those verbs."""
    with (
        pytest.raises(ProgrammingError, match=match),
        transaction.atomic(),
        acting(person),
        context.on_duty("accounts"),
        connection.cursor() as cursor,
    ):
        cursor.execute(words, values)
