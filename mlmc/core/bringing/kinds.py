"""What can be brought in. Each app says it in its `bringing.py`: KINDS, and LET_GO for what the clock adds."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mlmc.core import each_app
from mlmc.core.bringing.columns import Column


class Refused(Exception):
    """A row cannot be taken, or not be taken back. The message is fit for the user; `field` is the column, if one."""

    def __init__(self, reason, field=""):
        super().__init__(reason)
        self.field = field


@dataclass
class Line:
    """One row whose cells could be read: its values by field. `why` fills up when it cannot be taken all the same."""

    number: int
    values: dict
    why: list = field(default_factory=list)  # [(field, reason)]
    found: dict = field(default_factory=dict)  # what weighing found in the database, for making
    words: str = ""  # what it would become
    made: list = field(default_factory=list)  # ids, after making

    def refuse(self, field, reason):
        self.why.append((field, reason))


@dataclass(frozen=True)
class Kind:
    """`weigh(lines, by=, at=)` looks each line up and writes nothing: it refuses, or says what it will become.
    `make(lines, by=, at=)` makes those that were not refused, and leaves the ids of it all in `made`.
    `take_back(ids, by=, at=)` removes what was made, or raises Refused where something was added to it since.
    """

    name: str
    label: str
    about: str
    icon: str
    may: tuple  # roles
    columns: Callable  # () -> [Column]; what is asked in a survey is data, so it is looked up
    weigh: Callable
    make: Callable
    take_back: Callable
    order: int = 0
    at_once: int = 200  # rows of one step; more where a row costs little

    def may_be_brought_by(self, user):
        return user.has_role(*self.may)

    def column(self, name) -> Column:
        return next(one for one in self.columns() if one.field == name)


def every():
    """All kinds, in the order a program needs them."""
    return sorted(each_app.kinds("bringing"), key=lambda kind: kind.order)


def of(user):
    return [kind for kind in every() if kind.may_be_brought_by(user)]


def named(name):
    """The kind of this name, or None."""
    return next((kind for kind in every() if kind.name == name), None)


def let_go(ids):
    """What the clock added to these records by itself goes first, the highest app before those below."""
    for module in reversed(each_app.modules("bringing")):
        if step := getattr(module, "LET_GO", None):
            step(ids)
