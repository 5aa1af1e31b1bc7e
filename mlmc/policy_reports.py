"""What a browser kept out because our policy forbids it: counted by kind. No address, no sample, no page is kept."""

import json
import threading
from collections import Counter

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mlmc.core.log_words import DIRECTIVES

log = structlog.get_logger("mlmc.policy")
LARGEST = 20_000  # bytes
WORDS = {"inline", "eval", "data", "blob"}
counted, lock = Counter(), threading.Lock()


@login_not_required  # a browser sends it by itself, also from the sign-in page and from a youth's phone
@csrf_exempt  # a browser sends no token with it, and it changes nothing but a counter in memory
@require_POST
def policy_report(request):
    if int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST:
        for directive, kind in sorted(set(told(request))):
            count(directive, kind)
    return HttpResponse(status=204)


def count(directive, kind):
    """The first one is a line, then the second, the fourth, the eighth: a flood of reports floods no log."""
    with lock:
        counted[directive, kind] += 1
        times = counted[directive, kind]
    if times & (times - 1) == 0:
        log.warning("policy", directive=directive, kind=kind, count=times)


def told(request):
    """(directive, kind) of each report, from either of the two ways in which browsers write them."""
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return
    for report in found if isinstance(found, list) else [found]:
        body = report.get("csp-report") or report.get("body") if isinstance(report, dict) else None
        if isinstance(body, dict):
            directive = first(body, "effective-directive", "effectiveDirective", "violated-directive").partition(" ")[
                0
            ]
            if directive in DIRECTIVES:
                yield directive, kind_of(first(body, "blocked-uri", "blockedURL"), request)


def first(body, *names):
    return next((body[name] for name in names if isinstance(body.get(name), str)), "")


def kind_of(blocked, request):
    word = blocked.partition(":")[0]
    if word in WORDS:
        return word
    if blocked == "self" or blocked.startswith(f"{request.scheme}://{request.META.get('HTTP_HOST', '')}/"):
        return "own"
    return "elsewhere" if "//" in blocked else "unknown"
