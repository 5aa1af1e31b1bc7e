"""Who acts. Named once per request, task or command; the database is told with the statements."""

import hashlib
import hmac
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps

from celery import Task
from django.conf import settings
from django.core.management import CommandError
from django.db import InterfaceError, OperationalError, transaction

from mlmc.core import audit

LIFE = 60  # seconds; read against the start of the transaction, so a long report does not lose its rows half-way


@dataclass(frozen=True)
class Actor:
    """A user, a door somebody without a sign-in came through, or a duty of the system."""

    user_id: object = None  # a UUID
    scope: tuple[str, ...] = ()

    @classmethod
    def of(cls, user):
        return cls(user.pk, tuple(sorted(user.roles))) if user.is_authenticated and user.is_active else NOBODY

    @classmethod
    def named(cls, name):
        """*door* signs people in, *referrer* hands in the public form, *respondent* answers a survey."""
        return cls(None, (name,))

    @classmethod
    def respondent(cls, token_hash):
        """Whoever holds a private link. What it opens is that link's follow-up and nothing else."""
        return cls(None, ("respondent", f"link:{token_hash.hex()}"))

    @classmethod
    def system(cls, *duties):
        """The clock, or a command: nobody in person, and only what these duties allow."""
        return cls().on(*duties)

    def on(self, *duties):
        """The same one, with what these duties allow beside their own rights."""
        return Actor(self.user_id, (*self.scope, *(f"duty:{duty}" for duty in duties)))


NOBODY = Actor()
_current = ContextVar("actor", default=NOBODY)  # a new thread starts as nobody, which sees nothing


def current():
    return _current.get()


def signed(actor, *, expires=None):
    """The words a transaction begins with. Nobody is the empty text, which no policy accepts."""
    if actor == NOBODY:
        return ""
    words = f"{actor.user_id or ''}|{','.join(actor.scope)}|{int(expires or time.time() + LIFE)}"
    return f"{words}|{hmac.new(settings.MLMC_ACTOR_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()}"


@contextmanager
def acting_as(actor):
    """Do what follows as this actor: each statement says so to the database (see core/postgres/base.py). It opens no
    transaction: outside of one, nothing is visible."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def on_duty(*duties):
    """A verb that has to do more than its caller may see says so: `@on_duty("access")`, above its transaction.

    A duty opens the few tables its verb works on, for as long as the verb runs; who acts stays who acts. So a page
    reads by the person's own rights, and what decides rights is written by verbs alone.
    """
    with acting_as(current().on(*duties)):
        yield


def key_pads(key):
    """The two pads of HMAC-SHA256: PostgreSQL has sha256() without any extension, but no hmac()."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def under(name, *, actor=None):
    """A view that people without a sign-in use acts under this name, whoever is signed in on the machine. `actor`
    makes the actor from what stands in the address."""

    def mark(view):
        @wraps(view)
        def acting(request, *args, **kwargs):
            who = actor(**kwargs) if actor else Actor.named(name)
            with audit.acting_as_this(who), acting_as(who):
                response = view(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response

        acting.acts_as = name
        return acting

    return mark


DOOR = Actor.named("door")


def transaction_middleware(get_response):
    """One request, one transaction, around session, view and rendering; an answer of 400 and above leaves nothing but
    its own line in the trail. Until the person is known, it is the door that acts."""

    def middleware(request):
        with audit.noting() as noted:
            with acting_as(DOOR), transaction.atomic():
                response = get_response(request)
                refused = response.status_code >= 400  # Django has turned every exception into an answer by now
                if refused:
                    transaction.set_rollback(True)
            if refused and audit.is_worth_a_line(request, noted):
                _keep_refusal(request, response, noted)
        return response

    return middleware


def _keep_refusal(request, response, noted):
    gone = (
        InterfaceError,
        OperationalError,
    )  # where the database is gone nothing was done, and nothing can be written
    with suppress(*gone), acting_as(noted.actor or _known(request)), transaction.atomic():
        audit.keep(request, response, noted)


def acting_middleware(get_response):
    """Innermost: what a view does, its person does, and what it did stands in the trail or is not done."""

    def middleware(request):
        with acting_as(Actor.of(request.user)):
            response = get_response(request)
            noted = audit.noted()
            if response.status_code < 400 and audit.is_worth_a_line(request, noted):
                with acting_as(noted.actor or current()):
                    audit.keep(request, response, noted)
        return response

    return middleware


def _known(request):
    """Whoever a request was from, if it came far enough to know; nothing is read again."""
    user = request.__dict__.get("_cached_user")
    return Actor.of(user) if user is not None else DOOR


class ActingTask(Task):
    """A task acts for the user whose id is given in `by`, with the rights of that moment, or under its own duty."""

    duty = None

    def __call__(self, *args, by=None, **kwargs):
        with acting_as(acting_for(by) if by is not None else Actor.system(self.duty) if self.duty else NOBODY):
            return super().__call__(*args, **kwargs)


def acting_for(user_id):
    from mlmc.core.models import User  # noqa: PLC0415 (models need the database backend, which needs this module)

    with acting_as(Actor.named("door")), transaction.atomic():
        return Actor.of(User.objects.get(pk=user_id))


def acting_user(email):
    """For a command's `--as EMAIL`: who does this. A stranger, or somebody switched off, is a plain error."""
    from mlmc.core.models import User  # noqa: PLC0415 (as above)

    try:
        with acting_as(Actor.named("door")), transaction.atomic():
            user = User.objects.filter(email=(email or "").lower(), is_active=True).first()
    except ValueError:  # bytes that are no text
        user = None
    if user is None:
        raise CommandError("Say who does this: --as with the e-mail of somebody who can sign in.")
    return user
