"""Who asks. A key and nothing else opens: a browser's session does not, so no other site can make it ask."""

from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication

from mlmc.core import audit
from mlmc.core.api.keys import actor_of, opened_by
from mlmc.core.api.problems import Problem
from mlmc.core.context import DOOR, acting_as
from mlmc.core.guesses import Guesses
from mlmc.core.models import AuditEntry

A_MINUTE = timedelta(minutes=1)
OPENS_NOTHING = "This key opens nothing: it is wrong, waits for a second yes, has ended or was revoked."
PER_MINUTE = 120  # requests of one program
guesses = Guesses(limit=20)  # keys that open nothing, from one address within an hour; one that opens goes on


@contextmanager
def entered(request):
    """Do what follows as the program whose key came along; without one, as the door, which can do nothing here."""
    now, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
    request._cached_user = request.user = AnonymousUser()  # whoever is signed in in this browser does not ask
    request.integration, request.refusal, actor = None, None, DOOR
    key = key_of(request)
    if key is None:
        request.refusal = Problem("no-key", "Send your key: Authorization: Bearer …")
    elif (found := opened_by(key, at=now)) is None and guesses.too_many(address, at=now):
        request.refusal = Problem("too-many", "Too many keys that open nothing. Wait an hour.", wait=3600)
    elif found is None:
        guesses.count(address, at=now)
        audit.say(audit.DENY, why="a key that opens nothing")
        request.refusal = Problem("no-key", OPENS_NOTHING)
    elif too_fast(found, at=now):
        request.refusal, actor = (
            Problem("too-many", f"At most {PER_MINUTE} requests a minute.", wait=60),
            actor_of(found),
        )
    else:
        request.integration, actor = found, actor_of(found)
        request._cached_user = request.user = found.user
    with audit.acting_as_this(actor), acting_as(actor):
        yield


def key_of(request):
    word, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if word.lower() == "bearer" and 20 < len(key) < 200 and key.isascii() else None


def too_fast(integration, *, at):
    """The trail has a line for each request, so nothing else is counted. Of what is refused for it only the first has
    a line, or a machine could fill the trail."""
    since = at - A_MINUTE
    months = {since.date().replace(day=1), at.date().replace(day=1)}
    with acting_as(actor_of(integration)):
        lines = AuditEntry.objects.filter(user_id=integration.user_id, at__gt=since, month__in=months)
        count = lines.values("seq")[: PER_MINUTE + 1].count()
    if count == PER_MINUTE:
        audit.say(audit.DENY, why="too many requests")
    return count >= PER_MINUTE


class ByKey(BaseAuthentication):
    """What `entered` has found, in DRF's words."""

    def authenticate(self, request):
        if request._request.refusal is not None:
            raise request._request.refusal
        return request._request.user, request._request.integration

    def authenticate_header(self, request):
        return "Bearer"
