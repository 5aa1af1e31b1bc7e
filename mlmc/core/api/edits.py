"""Changing what one has read: the state is named by If-Match, and a lost update is told with both sides."""

import hashlib
import json

from rest_framework.utils.encoders import JSONEncoder

from mlmc.core import audit
from mlmc.core.api.problems import Problem
from mlmc.core.context import on_duty


def etag_of(data):
    """A name for what somebody read. Who reads less of a thing has another name for it."""
    words = json.dumps(data, cls=JSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(words.encode()).hexdigest()[:32]}"'


def lock(model, pk, *, duty):
    """Nobody changes this row until the end of the request. It is looked at under the duty of the verb that will."""
    with on_duty(duty):
        model.objects.select_for_update(of=("self",)).filter(pk=pk).values_list("pk").first()


def check(request, data, *, may_read):
    """`data` is the thing as its reader sees it now; it is shown to a key that may read such things."""
    said = request.headers.get("If-Match")
    if said is None:
        raise Problem("which-state", "Send If-Match with the ETag you read, so that nobody's change is lost.")
    if said.strip() != etag_of(data):
        if may_read:
            audit.say(audit.VIEW)
        raise Problem(
            "changed",
            "Nothing was changed. `current` is how it stands now, `yours` is what you sent.",
            yours=request.data,
            **({"current": data} if may_read else {}),
        )
