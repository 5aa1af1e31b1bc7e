"""Keys of programs: made once and shown once, looked up by their hash, gone when somebody says so."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction

from mlmc.core import raising
from mlmc.core.context import Actor, on_duty
from mlmc.core.crypto import uuid7
from mlmc.core.models import Integration, Role, User
from mlmc.core.models.integrations import AGENCY
from mlmc.core.raising import NEVER_NONE

LONGEST = timedelta(days=365)
# A director and an admin are two people's decision, and a mentor is a person: no program is any of them.
ROLES = [role for role in Role if role not in (*NEVER_NONE, Role.MENTOR)]
PROGRAM = "program"  # the word under which every one of them acts, beside its roles
BEGINS = "mk_"  # so that somebody who finds one in a file knows what it is
A_MINUTE = timedelta(minutes=1)


class NotPossible(Exception):
    """No such key is made. The message is fit for the user."""


def hashed(key):
    return hashlib.sha256(key.encode()).digest()


@on_duty("accounts")
@transaction.atomic
def make(name, *, roles, scopes, ends_at, by, at):
    """A program and its key, which is shown this once: 256 random bits, of which the hash is kept. Roles are not given
    by one person alone: each waits for a second yes, and until then the key opens nothing."""
    if not at < ends_at <= at + LONGEST:
        raise NotPossible("A key ends within a year. Choose a day before that.")
    if not scopes:
        raise NotPossible("Choose what the key is good for.")
    if not set(roles) <= set(ROLES):
        raise NotPossible("A program cannot hold this role.")
    if AGENCY in scopes and (roles or len(scopes) > 1):
        raise NotPossible("A key that refers for an agency opens nothing else.")
    pk = uuid7()
    user = User(pk=pk, email=f"{pk}@program.invalid", name=name, is_program=True, invited_at=at)
    user.set_unusable_password()
    user.save(force_insert=True)
    key = BEGINS + secrets.token_urlsafe(32)
    words = {"scopes": sorted(scopes), "made_at": at, "made_by": by, "ends_at": ends_at}
    made = Integration.objects.create(user=user, key_hash=hashed(key), **words)
    raising.ask(user, roles, by=by, at=at)
    return made, key


@on_duty("accounts")
@transaction.atomic
def revoke(integration, *, by, at):
    """From the next request on this key opens nothing. What it did keeps its name."""
    found = Integration.objects.select_for_update(of=("self",)).select_related("user").get(pk=integration.pk)
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = at, by
        found.save(update_fields=["revoked_at", "revoked_by"])
        if not found.is_agencys:
            raising.take_back(found.user, by=by, at=at)
            raising.tell_the_others(about=f"key {found.user_id} revoked", but=by, at=at)
        found.user.is_active, found.user.switched_off_at = False, at
        found.user.save(update_fields=["is_active", "switched_off_at"])
    return found


@on_duty("accounts")
def opened_by(key, *, at):
    """The program of a key that opens, or None: wrong, waiting, ended and revoked look the same. That it was
    used is written once a minute; beside the trail nothing else is by reading."""
    found = Integration.objects.open(at).select_related("user__team").filter(key_hash=hashed(key)).first()
    if found is not None:
        found.user.roles = list(found.roles)  # in memory: what it may is here, and its row is nobody's colleague
        if found.last_used_at is None or found.last_used_at < at - A_MINUTE:
            note_use(found, at=at)
    return found


def note_use(integration, *, at):
    """Where another request of the same program is noting it, this one waits for nothing."""
    rows = Integration.objects.filter(pk=integration.pk)
    if rows.select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk").first():
        rows.update(last_used_at=at)


def actor_of(integration):
    words = [*integration.roles, PROGRAM]
    return Actor(integration.user_id, tuple(sorted([*words, AGENCY] if AGENCY in integration.scopes else words)))
