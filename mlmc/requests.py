"""What happens to every request first: a number and a log line, strict headers, no stranger's form, no giant."""

import time
import uuid

import structlog
from django.conf import settings
from django.utils import translation

from mlmc import views
from mlmc.core.bringing import arriving
from mlmc.office import restore_upload

log = structlog.get_logger("mlmc.request")
READS = ("GET", "HEAD", "OPTIONS", "TRACE")
OURS = (None, "none", "same-origin")  # absent: a program, or a browser too old to say
MAY_NOT = ("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "microphone")
MAY_NOT += ("midi", "payment", "usb")
POLICY = ", ".join(f"{name}=()" for name in MAY_NOT)
A_YEAR = 31_536_000


def in_our_language(get_response):
    """Said once: Django would look for the language at every address and every date it writes. The survey's pages say
    another one."""

    def middleware(request):
        with translation.override(settings.LANGUAGE_CODE):
            return get_response(request)

    return middleware


def from_the_proxy(get_response):
    """Behind a web server of our own every request comes from it: it says for whom. Only where the settings say that
    it stands there, or anybody could choose an address to be counted under."""

    def middleware(request):
        if settings.MLMC_BEHIND_PROXY:
            said = request.META.pop("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            request.META["REMOTE_ADDR"] = said or "unknown"
        return get_response(request)

    return middleware


def numbered(get_response):
    """A number per request, in every line it causes and in its answer; and a line of its own when it is answered."""

    def middleware(request):
        number, began = str(uuid.uuid4()), time.monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=number)
        try:
            response = get_response(request)
            response["X-Request-Id"] = number
            if not is_static(request):
                log.info("request", method=request.method, status=response.status_code, **asked(request, began))
            return response
        finally:
            structlog.contextvars.clear_contextvars()

    return middleware


def asked(request, began):
    """Who asked for which page. Nobody is looked up for it: only somebody who is known already is named."""
    match, user = getattr(request, "resolver_match", None), getattr(request, "_cached_user", None)
    return {
        "view": match and match.view_name,
        "user_id": getattr(user, "pk", None),
        "ms": round((time.monotonic() - began) * 1000),
    }


def is_static(request):
    return request.path_info.startswith(settings.STATIC_URL)


def strict_headers(get_response):
    """What is true of every answer: pages, errors, redirects, files. No browser and no proxy keeps a page."""

    def middleware(request):
        response = get_response(request)
        headers = response.headers
        kept = is_static(request) and response.status_code in (200, 206, 304)
        if not kept and "no-store" not in headers.get("Cache-Control", ""):
            headers["Cache-Control"] = "no-store"
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Permissions-Policy", POLICY)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Reporting-Endpoints", f'csp="{settings.CSP_REPORTS}"')
        if settings.HTTPS:
            headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
        return response

    return middleware


def from_our_pages(get_response):
    """A request that changes something and that a browser says another site caused is refused before anything else."""

    def middleware(request):
        if request.method not in READS and request.headers.get("Sec-Fetch-Site") not in OURS:
            return views.forbidden(request)
        return get_response(request)

    return middleware


def not_too_large(get_response):
    """A body nobody could have typed is not read at all."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = arriving.largest(request) or restore_upload.largest(request) or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length.isdecimal() and int(length) > most:
            return views.too_large(request)
        return get_response(request)

    return middleware
