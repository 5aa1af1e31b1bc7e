"""One act per Idempotency-Key: what is sent again after a lost answer is done once. What is kept is which thing it
was, not what was said of it: that is said anew, by the rights of whoever asks now."""

import hashlib
import json

from django.db import OperationalError
from rest_framework.utils.encoders import JSONEncoder

from mlmc.core.api.problems import Problem
from mlmc.core.models import KeptAnswer

HEADER, LONGEST = "Idempotency-Key", 200
KEPT_HEADERS = ("Location",)


def begin(request):
    """The row that will hold the answer, or None where no key came. Of two that arrive together the second waits at
    the unique key until the first has ended, and finds its row, which has a code; a refusal leaves nothing."""
    key = request.headers.get(HEADER)
    if key is None or request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    if not 8 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise Problem("unreadable", f"{HEADER}: 8 to {LONGEST} plain characters, a new one for each thing you do.")
    user = request.user
    row = KeptAnswer(user=user, key_hash=digest(key.encode()), asked_hash=asked(request))
    try:
        KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)
    except OperationalError:  # it still waits for the first after three seconds
        raise Problem("not-possible", "The first request with this key is still at work. Ask again.") from None
    kept = KeptAnswer.objects.get(user=user, key_hash=row.key_hash)
    if kept.pk == row.pk:
        return row
    if bytes(kept.asked_hash) != row.asked_hash:
        raise Problem("fields", f"{HEADER}: this one was used for another request. Make a new one.")
    return kept


def keep(row, response, *, thing):
    """Words are kept only of what is about no thing of ours, as a count is."""
    row.code, row.thing = response.status_code, thing
    row.body = "" if thing else json.dumps(response.data, cls=JSONEncoder)
    row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    row.save(update_fields=["code", "thing", "body", "headers"])


def asked(request):
    words = b"\n".join([request.method.encode(), request.path.encode(), request.body])
    return digest(words)


def digest(words):
    return hashlib.sha256(words).digest()


def forget_old():
    """After a day nobody asks again. The policy says what is old."""
    return KeptAnswer.objects.all().delete()
