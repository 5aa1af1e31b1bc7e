"""Sessions, kept in PostgreSQL under the hash of their key. SESSION_ENGINE names this module."""

import hashlib
import json
import re
from datetime import timedelta

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from mlmc.core.context import on_duty
from mlmc.core.crypto import CannotOpen
from mlmc.core.models import Session

LASTS = timedelta(hours=12)
IDLE_PHONE, IDLE_DESK = timedelta(minutes=15), timedelta(minutes=30)
FRESH = timedelta(minutes=5)
A_MINUTE = timedelta(minutes=1)
KEPT = timedelta(days=1)  # after its end a session opens nothing, but still tells whose form comes too late
# What a session knows beside what it holds, and carries over to a new key.
FACTS = ("began_at", "last_seen_at", "ends_at", "factor_at", "locked_at", "device", "is_phone")


def hashed(key):
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """Django's session, but for where it lies. `row` is what the table knows of it."""

    def __init__(self, session_key=None):
        super().__init__(session_key)
        self._row = None

    @property
    def row(self):
        self._get_session()  # reads the table once
        if self._row is None:
            self._row = Session(ends_at=timezone.now() + LASTS)
        return self._row

    @on_duty("accounts")
    def load(self):
        try:
            row = Session.objects.get(pk=hashed(self.session_key), ends_at__gt=timezone.now())
            held = json.loads(row.data)
        except (Session.DoesNotExist, CannotOpen):  # it has ended, or somebody copied a row
            self._session_key = None
            return {}
        self._row = row
        return held

    @on_duty("accounts")
    def exists(self, session_key):
        return Session.objects.filter(pk=hashed(session_key)).exists()

    def create(self):
        """A new key for what the session knows already; the old row is whoever's who called this."""
        known = {name: getattr(self._row, name) for name in FACTS} if self._row else {}
        self._session_key = get_random_string(32)
        self._row = Session(**{"ends_at": timezone.now() + LASTS} | known)
        self.save(must_create=True)
        self.modified = True

    @on_duty("accounts")
    def save(self, must_create=False):
        if self.session_key is None:
            return self.create()
        held = self._get_session(no_load=must_create)
        row = self.row
        row.key_hash, row.data = hashed(self.session_key), json.dumps(held)
        row.user_id = held.get("_auth_user_id")
        try:
            with transaction.atomic():
                if must_create:
                    row.save(force_insert=True)
                else:  # not the rest: another tab may have locked the session meanwhile
                    row.save(force_update=True, update_fields=["data", "user"])
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise
        except DatabaseError:
            if not must_create:  # ended meanwhile: it does not come back
                raise UpdateError from None
            raise

    @on_duty("accounts")
    def delete(self, session_key=None):
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(pk=hashed(key)).delete()

    def flush(self):
        super().flush()
        self._row = None

    def get_expiry_age(self, **kwargs):
        return max(0, int((self.row.ends_at - timezone.now()).total_seconds()))

    def get_expiry_date(self, **kwargs):
        return self.row.ends_at

    @on_duty("accounts")
    def know(self, **facts):
        """Change what the table knows of this session, at once."""
        for name, value in facts.items():
            setattr(self.row, name, value)
        if self.session_key:
            Session.objects.filter(pk=hashed(self.session_key)).update(**facts)

    def is_locked(self, *, at):
        row = self.row
        return row.locked_at is not None or at - row.last_seen_at > self.patience

    @property
    def patience(self):
        """How long nobody may touch this session before it locks."""
        return IDLE_PHONE if self.row.is_phone else IDLE_DESK

    def is_fresh(self, *, at):
        """Whether a second factor was proven within the last five minutes."""
        return self.row.factor_at is not None and at - self.row.factor_at <= FRESH

    def seen(self, *, at):
        """Somebody does something. Written once a minute."""
        if at - self.row.last_seen_at >= A_MINUTE:
            self.know(last_seen_at=at)

    def prove(self, *, at):
        """A second factor was proven just now: under a new key, so that an old one stolen before is worth nothing."""
        self.cycle_key()
        self.know(factor_at=at, last_seen_at=at, locked_at=None)


@on_duty("accounts")
def whose(key):
    """The id of whoever's session this key opened, also when it has ended by itself; None for any other key."""
    return Session.objects.filter(pk=hashed(key)).values_list("user_id", flat=True).first()


@on_duty("accounts")
def end_others(user, *, but=None):
    """End this person's sessions, all or all but the one with this key."""
    sessions = Session.objects.filter(user=user)
    if but:
        sessions = sessions.exclude(pk=hashed(but))
    return sessions.delete()[0]


@on_duty("accounts")
def end_one(user, key_hash, *, but):
    """End one of this person's sessions; their present one they leave by signing out."""
    if not re.fullmatch("[0-9a-f]{64}", key_hash):
        return 0
    return Session.objects.filter(user=user, pk=key_hash).exclude(pk=hashed(but)).delete()[0]


@on_duty("accounts")
@transaction.atomic
def sweep(*, at):
    """Whatever ended a day ago."""
    Session.objects.filter(ends_at__lt=at - KEPT).delete()
