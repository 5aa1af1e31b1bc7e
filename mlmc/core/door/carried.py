"""What somebody typed when a lock or a question came in between: it travels along, sealed, in the page itself.

So nothing of a form that was never sent lies in our database, in a session or in the browser; and nobody else's
sign-in opens it.
"""

import base64
import binascii
import json
import time
from dataclasses import dataclass

from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from mlmc.core.crypto import CannotOpen, open_sealed, seal

LASTS = 24 * 60 * 60  # seconds a locked page may lie there
NOT_TYPED = "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Carried:
    """A form that has not arrived yet: where it goes, and each of its fields as (name, value)."""

    path: str
    fields: list[tuple[str, str]]


def bound_to(user_id):
    return f"a form on its way:{user_id}"


def sealed(user_id, path, typed):
    """One hidden field. `typed` is what a form posts, as a QueryDict."""
    fields = [(name, value) for name, values in typed.lists() if name != NOT_TYPED for value in values]
    text = json.dumps({"path": path, "fields": fields, "at": int(time.time())})
    return base64.urlsafe_b64encode(seal(text, bound_to=bound_to(user_id))).decode()


def from_request(request, user_id):
    """What this request brings: the form it is, or one that was on its way already."""
    if request.POST.get("carried"):
        return request.POST["carried"]
    if request.path != reverse("core:lock"):
        return sealed(user_id, request.path, request.POST)
    path, typed = request.POST.get("path", ""), request.POST.get("typed", "")
    return sealed(user_id, path, QueryDict(typed)) if typed and is_ours(request, path) else ""


def opened(words, user):
    """What this person had typed; None where there is nothing, it is too old, or it is not theirs."""
    try:
        found = json.loads(open_sealed(base64.urlsafe_b64decode(words.encode()), bound_to=bound_to(user.pk)))
    except (CannotOpen, ValueError, IndexError, binascii.Error):
        return None
    if time.time() - found["at"] > LASTS:
        return None
    return Carried(found["path"], [(name, value) for name, value in found["fields"]])


def is_ours(request, path):
    """Whether this leads to a page of ours, and nowhere else."""
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts={request.get_host()})


def onward(request):
    """Where somebody was going, and what they had typed: every page of the door passes both on."""
    there = request.POST.get("next") or request.GET.get("next", "")
    return {"next": there if is_ours(request, there) else "", "carried": request.POST.get("carried", "")}


def go_on(request, *, locked=False):
    """Through the door: to what was typed, to where somebody was going, or to their first page."""
    going = onward(request)
    if carried := opened(going["carried"], request.user):
        return render(request, "core/held.html", {"held": carried, "locked": locked})
    return HttpResponseRedirect(going["next"] or reverse("home"))
