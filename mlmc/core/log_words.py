"""The allow-list of the log: every key a line may have, and what its value may be."""

import logging
import re
import uuid
from functools import cache

import psycopg2.errors
from django.urls import URLPattern, get_resolver

EVENTS = {
    *("request", "message", "listening", "worker started", "worker left", "stopping", "ready", "connected"),
    *("task received", "task done", "task failed", "not sent", "policy", "beat", "due"),
}
ID = re.compile(r"[0-9a-f]{8}|[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
PLACE = re.compile(r"[A-Za-z0-9_./-]+\.py:\d+")
LEVELS = {"debug", "info", "warning", "error", "critical"}
BLOCKED = {"inline", "eval", "data", "blob", "own", "elsewhere", "unknown"}  # what a policy kept out
MESSAGES = {"news", "concern", "follow_up", "many_opened"}
DIRECTIVES = {f"{name}-src{part}" for name in ("script", "style") for part in ("", "-elem", "-attr")} | {
    f"{name}-src" for name in ("default", "img", "font", "connect", "object", "frame", "media", "worker", "child")
}
DIRECTIVES |= {"form-action", "frame-ancestors", "base-uri", "manifest-src"}


def is_id(value):
    return isinstance(value, uuid.UUID) or (isinstance(value, str) and ID.fullmatch(value) is not None)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_error(value):
    """A class, not its name: a name could be anybody's."""
    return isinstance(value, type) and issubclass(value, BaseException)


def is_sqlstate(value):
    try:
        return bool(psycopg2.errors.lookup(value))
    except (KeyError, TypeError):
        return False


def is_logger(value):
    return isinstance(value, str) and value in logging.root.manager.loggerDict


def is_view(value):
    return value in view_names()


def is_task(value):
    from celery import current_app  # noqa: PLC0415 (a log line may be written before there is an app)

    return value in current_app.tasks


def is_frames(value):
    return isinstance(value, list) and all(PLACE.fullmatch(one) for one in value)


def one_of(words):
    return lambda value: isinstance(value, str) and value in words


def like(pattern):
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


ALLOWED = {
    "event": one_of(EVENTS),
    "level": one_of(LEVELS),
    "at": like(CLOCK),
    "logger": is_logger,
    "where": like(PLACE),
    "request_id": is_id,
    "error_id": is_id,
    "user_id": is_id,
    "row": is_id,
    "task_id": is_id,
    "view": is_view,
    "task": is_task,
    "kind": one_of(BLOCKED | MESSAGES),
    "directive": one_of(DIRECTIVES),
    "method": one_of({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}),
    "status": is_number,
    "ms": is_number,
    "count": is_number,
    "error": is_error,
    "sqlstate": is_sqlstate,
    "frames": is_frames,
}


@cache
def view_names():
    """The names of the table of contents: ours, so a line may say them."""

    def walk(resolver, spaces=()):
        for part in resolver.url_patterns:
            if isinstance(part, URLPattern):
                yield ":".join((*spaces, part.name)) if part.name else ""
            else:
                yield from walk(part, (*spaces, part.namespace) if part.namespace else spaces)

    return frozenset(walk(get_resolver("mlmc.urls"))) - {""}


def fits(key, value):
    try:
        return key in ALLOWED and ALLOWED[key](value)
    except TypeError:  # what cannot be compared is no word of ours
        return False
