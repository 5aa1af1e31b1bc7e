"""Every error a program is told of, as a problem document (RFC 9457). It repeats nothing of what was sent."""

import json
from http import HTTPStatus

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error

PATH = "/api/"
TYPE = "application/problem+json"
NAMED = "/api/v1/#problem-{}"  # with any key, that address says what each means
# What may go wrong: (status, word, title). The documents of the API say so of each address.
KNOWN = {
    "unreadable": (400, "This cannot be read"),
    "no-key": (401, "A key is needed"),
    "not-yours": (403, "This key is not good for that"),
    "not-found": (404, "Nothing is here"),
    "not-this-way": (405, "Not in this way"),
    "not-acceptable": (406, "No answer of that kind"),
    "not-possible": (409, "Not possible as things stand"),
    "changed": (412, "Somebody changed it before you"),
    "too-large": (413, "Too much at once"),
    "not-json": (415, "Send JSON"),
    "fields": (422, "Some fields need another look"),
    "say-once": (428, "Say that it is one and the same"),
    "which-state": (428, "Say which state you change"),
    "too-many": (429, "Too many at once"),
    "broken": (500, "Something broke on our side"),
    "away": (503, "We look after the program just now"),
}
BY_STATUS = {code: word for word, (code, _) in KNOWN.items()}


def every():
    """What each type says, for whoever met one."""
    return [{"type": NAMED.format(word), "status": code, "title": title} for word, (code, title) in KNOWN.items()]


class Problem(exceptions.APIException):
    """One of KNOWN, with a sentence of ours and whatever else the program needs to know."""

    def __init__(self, word, detail="", *, wait=None, **more):
        self.word, self.more, self.wait = word, more, wait
        self.status_code = KNOWN[word][0]
        super().__init__(detail)


def document(code, detail="", word="", **more):
    word = word or BY_STATUS.get(code, "unreadable" if code < 500 else "broken")
    title = KNOWN[word][1] if KNOWN[word][0] == code else HTTPStatus(code).phrase
    return {"type": NAMED.format(word), "title": title, "status": code, "detail": str(detail) or f"{title}.", **more}


def answer(exc, context):
    """DRF's way to say what went wrong. What it does not know becomes an error page, and that a problem below."""
    if isinstance(exc, Problem):
        said = document(exc.status_code, exc.detail, exc.word, **exc.more)
        headers = {"Retry-After": str(exc.wait)} if exc.wait else {}
        headers |= {"WWW-Authenticate": "Bearer"} if exc.status_code == status.HTTP_401_UNAUTHORIZED else {}
        return Response(said, status=exc.status_code, headers=headers, content_type=TYPE)
    if isinstance(exc, Http404):
        return Response(document(404), status=404, content_type=TYPE)
    if isinstance(exc, PermissionDenied):
        return Response(document(403), status=403, content_type=TYPE)
    if isinstance(exc, exceptions.ValidationError):
        errors = list(pointed(as_serializer_error(exc)))
        said = document(422, "Nothing was changed. See what each field says.", errors=errors)
        return Response(said, status=422, content_type=TYPE)
    if isinstance(exc, exceptions.APIException):
        return Response(
            document(exc.status_code, SAID.get(exc.status_code, "")), status=exc.status_code, content_type=TYPE
        )
    return None


# DRF's own words may repeat what was sent.
SAID = {400: "The body is no JSON that can be read.", 415: "The body is JSON: Content-Type: application/json."}


def pointed(errors, at="#"):
    """Where in the body, as a JSON pointer, and what is said of it."""
    if isinstance(errors, dict):
        for name, inner in errors.items():
            yield from pointed(inner, at if name == "non_field_errors" else f"{at}/{name}")
    elif isinstance(errors, (list, tuple)) and any(isinstance(one, (dict, list)) for one in errors):
        for number, inner in enumerate(errors):
            yield from pointed(inner, f"{at}/{number}")
    elif isinstance(errors, (list, tuple)):
        for words in errors:
            yield {"pointer": at, "detail": str(words)}
    else:
        yield {"pointer": at, "detail": str(errors)}


def everywhere(get_response):
    """Whatever refuses a request of a program, also before a view is found, says so in one form."""

    def middleware(request):
        response = get_response(request)
        is_ours = request.path_info.startswith(PATH)
        if is_ours and response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith(TYPE):
            return as_problem(response)
        return response

    return middleware


def as_problem(response):
    number = structlog.contextvars.get_contextvars().get("error_id")
    said = document(response.status_code, **({"error_id": number} if number else {}))
    told = HttpResponse(json.dumps(said), status=response.status_code, content_type=TYPE)
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            told[name] = response.headers[name]
    return told
