"""The first two people of a program. Once, and only while nobody is there who could invite anybody."""

import hmac

from django.conf import settings
from django.db import connection, transaction

from mlmc import program
from mlmc.core import people
from mlmc.core.context import on_duty
from mlmc.core.models import Role, User


class Founded(Exception):
    """Somebody is here already. The message is fit for the user."""


@on_duty("accounts")
def is_open():
    """The page is there while nobody is, and only where a code was made for it."""
    return bool(settings.MLMC_SETUP_CODE) and not settings.MLMC_DEMO and not User.objects.exists()


def is_the_code(typed):
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return hmac.compare_digest(plain.encode(), settings.MLMC_SETUP_CODE.replace("-", "").upper().encode())


@on_duty("accounts")
@transaction.atomic
def found(first, second, *, names, at):
    """The admin and the director, each with the token of their own link: [(user, token), …].

    `first` and `second` are {"name", "email"}; `names` are the program's: brand, sender, time_zone, languages.
    """
    with connection.cursor() as cursor:  # two browsers at once found one program
        cursor.execute("select pg_advisory_xact_lock(hashtext('founding'))")
    if User.objects.exists():
        raise Founded("This program has been begun already. Ask for a link from whoever did.")
    program.mark("real")
    begun = []
    for who, role in ((first, Role.ADMIN), (second, Role.DIRECTOR)):
        user = User(email=who["email"].lower(), name=who["name"], roles=[role], invited_at=at)
        user.set_unusable_password()
        user.save()
        begun.append((user, people.new_link(user, by=user, at=at)))
    ours = program.current()
    for name, value in names.items():
        setattr(ours, name, value)
    ours.done = {"begun": at.isoformat()}
    program.save(ours, by=begun[0][0], at=at)
    return begun
