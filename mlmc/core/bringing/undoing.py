"""Taking a whole file back: what it made goes, unless something was added to it since. What stays is said."""

import json

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from mlmc.core.bringing import kinds, lifecycle
from mlmc.core.bringing.kinds import Refused
from mlmc.core.bringing.running import CannotBegin, one_step
from mlmc.core.models import ImportStatus, RowStatus

NOT_ALLOWED = "Whoever uploaded this file may not take back files of this kind any more."
SINCE = "Something was added to this since."
STAYS = "Some of it stays, because something was added to it since."
UNLESS = (Refused, IntegrityError, ProtectedError)


def begin(file, *, by, at):
    """From now on the worker takes it back, the last rows first."""
    if not kinds.named(file.kind).may_be_brought_by(by):
        raise CannotBegin("Files of this kind are taken back by somebody else.")
    lifecycle.move(file, ImportStatus.UNDOING, at=at)
    lifecycle.try_again(file)
    return file


def take_some_back(pk, *, by, at):
    """The next rows of a file that is being taken back. Whether there are more."""
    undoing = ImportStatus.UNDOING
    return one_step(pk, step, while_it_is=undoing, did="took back", refused=NOT_ALLOWED, by=by, at=at)


def step(file, kind, *, by, at):
    rows = list(file.rows.filter(status=RowStatus.ACCEPTED).exclude(made=[]).order_by("-number")[: kind.at_once])
    take_back(kind, rows, by=by, at=at)
    left = sum(row.status == RowStatus.KEPT for row in rows)
    file.undone, file.kept, file.moved_at = file.undone + len(rows) - left, file.kept + left, at
    file.save(update_fields=["undone", "kept", "moved_at"])
    if len(rows) < kind.at_once:
        end = ImportStatus.FINISHED if file.kept else ImportStatus.UNDONE
        lifecycle.move(file, end, at=at, problem=STAYS if file.kept else "")
    return len(rows) == kind.at_once


def take_back(kind, rows, *, by, at):
    """All of them at once; where one of them has to stay, one by one, so that it holds no other back."""
    if not rows:
        return
    try:
        attempt(kind, rows, by=by, at=at)
    except UNLESS:
        for row in rows:
            try:
                attempt(kind, [row], by=by, at=at)
            except UNLESS as problem:
                reason = str(problem) if isinstance(problem, Refused) else SINCE
                lifecycle.kept(row, json.dumps([[None, reason]]))


def attempt(kind, rows, *, by, at):
    """Within the savepoint, and only there, the database lets go what these rows made."""
    ids = [one for row in rows for one in row.made]
    with transaction.atomic():
        lifecycle.begin_to_take_back(rows)
        kinds.let_go(ids)
        kind.take_back(ids, by=by, at=at)
        connection.check_constraints()
        lifecycle.taken_back(rows)
