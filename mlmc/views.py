"""Where a person lands, and what an error looks like."""

import secrets
import sys

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from cases.models import Case
from mlmc import navigation
from mlmc.core import raising


@require_safe
def home(request):
    """Each role's first screen; somebody with several roles lands on the first of them. Without one there is nothing
    to find here, and this says what is waited for."""
    first = navigation.first_screen(request.user)
    if first:
        return redirect(first)
    waits = raising.waits_for(request.user)
    return render(request, "mlmc/no_role.html", {"waits": waits}, status=200 if waits else 403)


@require_safe
def practice(request):
    """The made-up youth everybody may open, to learn on."""
    return redirect(get_object_or_404(Case.objects.visible_to(request.user), youth__is_practice=True))


# One page a status.
PAGES = {
    400: "400.html",
    403: "403.html",
    404: "404.html",
    413: "413.html",
    429: "429.html",
    500: "500.html",
    503: "503.html",
}


def error_page(status, *, template=None):
    """It asks nothing of anybody, for whatever broke may be the database; and it says nothing but
    a number made for this one time, which our log has too."""
    number = secrets.token_hex(4)
    structlog.contextvars.bind_contextvars(error_id=number)
    page = get_template(template or PAGES[status]).render({"demo": settings.MLMC_DEMO, "error_id": number})
    return HttpResponse(page, status=status)


def bad_request(request, exception=None):
    return too_large(request) if isinstance(exception, RequestDataTooBig) else error_page(400)


def forbidden(request, exception=None):
    return error_page(403)


def stale(request, reason=""):
    """The form lay open too long, or did not come from here."""
    return error_page(403, template="403_csrf.html")


def not_found(request, exception=None):
    return error_page(404)


def too_large(request):
    return error_page(413)


def broken(request):
    """Our fault, or the database does not answer, has no time or is being changed by somebody else just now."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        answer = error_page(503)
        answer["Retry-After"] = "60"
        return answer
    return error_page(500)
