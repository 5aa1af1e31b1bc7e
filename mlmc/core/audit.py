"""What is done, for the trail: one row for each request that shows, changes, is refused, exports or signs in."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

VIEW, WRITE, DENY, EXPORT, SIGN_IN = "view", "write", "deny", "export", "sign-in"


@dataclass
class Noted:
    """What one request has done so far: which act, why, and whose records."""

    act: str = ""
    why: str = ""
    cases: set = field(default_factory=set)


_noted = ContextVar("noted", default=None)


def note(*case_ids):
    """The records of these cases are shown or changed by what is going on. Outside of a request it is nobody's."""
    if (noted := _noted.get()) is not None:
        noted.cases.update(one for one in case_ids if one is not None)


def say(act, *, why=""):
    """What this request is, where its method and answer do not tell: a sign-in, an export, a refusal. In our own
    words: `why` holds no name and no free text."""
    if (noted := _noted.get()) is not None:
        noted.act, noted.why = act, why


@contextmanager
def noting():
    """What is noted from here on belongs to this."""
    noted = Noted()
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)
