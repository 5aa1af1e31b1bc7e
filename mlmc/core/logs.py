"""What a log line may say: our own words, ids and numbers. Whatever else somebody hands to a logger is dropped.

Our own lines are `log.info("request", view=…, status=…)`; the words of Django, Celery and gunicorn go through the same
door, as where they were said. Of an exception a line keeps its class, its SQLSTATE and file:line frames, because the
message of a database error carries the row, and that of any other may carry what somebody typed.
"""

import sys
import time
import traceback
import uuid
from functools import wraps
from pathlib import Path

import structlog
from django.db import Error as DatabaseError

from mlmc.core.log_words import fits, is_error

ROOT = Path(__file__).resolve().parent.parent.parent
# What these programs say of themselves, so that a log reads as one; anything else is a "message" with its place.
SAID = {
    "Listening at: %s (%s)": "listening",
    "Booting worker with pid: %s": "worker started",
    "Worker exiting (pid: %s)": "worker left",
    "Handling signal: %s": "stopping",
    "%(hostname)s ready.": "ready",
    "%s ready.": "ready",
    "Connected to %s": "connected",
    "Task %(name)s[%(id)s] received": "task received",
    "Task %(name)s[%(id)s] succeeded in %(runtime)ss: %(return_value)s": "task done",
    "Task %(name)s[%(id)s] %(description)s: %(exc)s": "task failed",
    "beat: Starting...": "beat",
    "Scheduler: Sending due task %s (%s)": "due",
}


def only_allowed(_, __, line):
    """The allow-list. An unknown key, or a value of another shape than its key has, is not written."""
    kept = {}
    for key, value in line.items():
        if value is not None and fits(key, value):
            kept[key] = value.__name__ if is_error(value) else str(value) if isinstance(value, uuid.UUID) else value
    return {"event": "message"} | kept


def taken_apart(_, __, line):
    """The exception of a line as class, SQLSTATE and places; never its message, its values or its request."""
    info = line.pop("exc_info", None)
    problem = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(problem, BaseException):
        cause = problem.__cause__ if isinstance(problem, DatabaseError) else problem
        line |= {"error": type(problem), "sqlstate": getattr(cause, "pgcode", None), "frames": frames(problem)}
    return line


def frames(problem):
    """Where it happened, the innermost places of it: file:line and nothing that stood there."""
    places = traceback.extract_tb(problem.__traceback__)[-12:]
    return [f"{short(place.filename)}:{place.lineno}" for place in places if short(place.filename).endswith(".py")]


def short(name):
    path = Path(name)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) and ".venv" not in path.parts else path.name


def others(_, __, line):
    """What another library says: where it said so, and the word we have for its sentence."""
    record = line["_record"]
    line["event"] = SAID.get(str(record.msg).strip(), "message")
    line["where"] = f"{Path(record.pathname).name}:{record.lineno}"
    line["logger"] = record.name
    line["status"] = getattr(record, "status_code", None)
    data = getattr(record, "data", None)
    if isinstance(data, dict):  # Celery's: the task, and the message it came by
        line |= {"task": data.get("name"), "task_id": data.get("id")}
    return line


def moment(_, __, line):
    now = time.time()
    line["at"] = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1000):03d}Z"
    return line


def door():
    """The formatter of every handler, for our lines and for everybody else's."""
    common = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*common, others],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            taken_apart,
            moment,
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        keep_exc_info=False,  # or its traceback would follow the line, words and all
        keep_stack_info=False,
        use_get_message=False,
    )


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def quiet_crash(before):
    """A command that ends in a database error says where and which, not with what."""

    @wraps(before)
    def hook(kind, problem, trace):
        if issubclass(kind, DatabaseError):
            code = getattr(problem.__cause__, "pgcode", None) or "no SQLSTATE"
            sys.stderr.write(f"{kind.__name__} ({code}); its words are left out, for they may hold a row.\n")
            sys.stderr.writelines(f"  {place}\n" for place in frames(problem))
        else:
            before(kind, problem, trace)

    return hook
