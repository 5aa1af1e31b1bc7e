"""What can be taken out as a file. Each app says it in its `exporting`: KINDS."""

from collections.abc import Callable
from dataclasses import dataclass

from mlmc.core import each_app


class Refused(Exception):
    """This file is not written, or not handed out. The message is fit for the user."""


@dataclass(frozen=True)
class Kind:
    """`rows(what, by=, at=)` gives the lines of the file one by one, by the rights of whoever acts, or raises Refused.
    `called(what, at=)` is the file's name without its ending: it names nobody. `stands(what, by=)` says whether that
    person may still have what was asked for, where the roles alone do not say it."""

    name: str
    label: str
    may: tuple  # roles
    rows: Callable
    called: Callable
    forms: tuple = ("csv",)  # a workbook is put together whole, so only where there are few rows
    stands: Callable = lambda what, *, by: True

    def may_be_taken_by(self, user):
        return user.is_active and user.has_role(*self.may)


def every():
    return each_app.kinds("exporting")


def named(name):
    """The kind of this name, or None."""
    return next((kind for kind in every() if kind.name == name), None)


def roles():
    """Whoever may take anything out."""
    return frozenset(role for kind in every() for role in kind.may)
