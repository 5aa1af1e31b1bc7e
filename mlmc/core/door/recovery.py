"""When nobody is left who can let anybody in: words on paper, made from a key, that prove whoever runs the machine
also holds what is locked away."""

import hashlib
import hmac

from django.conf import settings
from django.db import transaction

from mlmc.core import audit, outbox, people
from mlmc.core.context import on_duty
from mlmc.core.models import Role, User

LETTERS = "abcdefghjkmnpqrstuvwxyz"  # none of them looks like another on paper
GROUPS, SIZE = 6, 4


class NotTheWords(Exception):
    """What was typed does not stand on the key sheet."""


def recovery_words():
    """Six groups of four letters for the key sheet. From the index key, which is never turned with the data keys."""
    digest = hmac.new(settings.MLMC_INDEX_KEY.encode(), b"the words of a key sheet", hashlib.sha512).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(GROUPS * SIZE):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return " ".join("".join(letters[start : start + SIZE]) for start in range(0, len(letters), SIZE))


def check_words(typed):
    plain = "".join(letter for letter in typed.lower() if letter.isalpha())
    if not hmac.compare_digest(plain.encode(), recovery_words().replace(" ", "").encode()):
        raise NotTheWords("These are not the words of the key sheet.")


@on_duty("accounts")
@transaction.atomic
def recover_admin(email, *, name, at):
    """A single-use link for an admin, new or old. Every admin and director is told that it was done."""
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        user = User(email=email.lower(), name=name or email, roles=[Role.ADMIN], invited_at=at)
        user.set_unusable_password()
        user.save()
    else:
        user.roles = sorted({*user.roles, Role.ADMIN})
        user.is_active, user.switched_off_at = True, None
        user.save(update_fields=["roles", "is_active", "switched_off_at"])
    token = people.new_link(user, by=user, at=at)
    for role in (Role.ADMIN, Role.DIRECTOR):
        for person in User.objects.with_role(role):
            outbox.enqueue("news", to=person, about=f"recovered {user.pk}", due_at=at)
    audit.say(audit.WRITE, why="an admin was recovered with the key sheet")
    return user, token
