"""Nobody is left who could let anybody in: a shell and the key sheet together can, and everybody is told."""

import getpass

import pytest
from django.core.management import CommandError, call_command

from mlmc.core import recovery
from mlmc.core.models import AuditEntry, AuthenticatorApp, OutboxRow, Role, User
from mlmc.core.roles import APP
from tests.conftest import as_role
from tests.factories import AuthenticatorAppFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def type_words(monkeypatch):
    return lambda words: monkeypatch.setattr(getpass, "getpass", lambda asked: words)


def recover(email, **more):
    with as_role(APP):
        call_command("recover_admin", email, **more)


@pytest.mark.parametrize("words", ["", "abcd " * 6, "ABCD", "\x00", "🙂"])
def test_without_the_words_of_the_key_sheet_nothing_happens(type_words, words):
    UserFactory(email="ada@example.org")
    type_words(words)

    with pytest.raises(CommandError, match="not the words"):
        recover("ada@example.org")

    assert User.objects.get().roles == []
    assert not AuditEntry.objects.exists()


def test_an_email_that_is_none_is_told_before_the_words_are_asked_for():
    with pytest.raises(CommandError, match="valid email"):
        recover("not one")


def test_somebody_who_was_here_comes_back_as_admin_and_what_they_had_opens_nothing(type_words, client, capsys):
    director = UserFactory(director=True)
    ada = AuthenticatorAppFactory(user__intake=True, user__is_active=False).user
    type_words(recovery.recovery_words().upper())

    recover(ada.email.upper())

    ada.refresh_from_db()
    assert (ada.roles, ada.is_active, ada.has_usable_password()) == ([Role.ADMIN, Role.INTAKE], True, False)
    assert not AuthenticatorApp.objects.exists()
    line = AuditEntry.objects.get(what="recover_admin")
    assert (line.act, line.why) == ("write", "an admin was recovered with the key sheet")
    assert {row.recipient for row in OutboxRow.objects.all()} == {director, ada}
    link = next(word for word in capsys.readouterr().out.split() if "/join/" in word)
    assert client.get(link[link.index("/join/") :]).status_code == 200


def test_somebody_new_becomes_admin_with_a_link(type_words, client, capsys):
    type_words(recovery.recovery_words())

    recover("new@example.org", name="New Admin")

    user = User.objects.get()
    assert (user.name, user.roles, user.invitations.count()) == ("New Admin", ["admin"], 1)
