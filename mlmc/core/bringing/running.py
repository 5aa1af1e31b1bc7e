"""Bringing a file in: row by row in the order of the file, some rows at a time, each step a transaction of its own.

A step knows nothing of the one before but what stands in the rows. So whoever is killed half-way is followed by
somebody who goes on, and no row is taken twice.
"""

import hashlib
import json
import time
import uuid

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from mlmc.core import audit
from mlmc.core.bringing import kinds, lifecycle, mapping
from mlmc.core.bringing.columns import Unclear
from mlmc.core.bringing.kinds import Line, Refused
from mlmc.core.context import Actor, acting_as, current, on_duty
from mlmc.core.crypto import blind_index
from mlmc.core.models import Import, ImportRow, ImportStatus, RowStatus, User

SHOWN = 10  # rows of a preview
NOT_ALLOWED = "Whoever uploaded this file may not bring in files of this kind any more. Nothing further was taken."
BROKE = "Something went wrong here that is not the fault of the file. What was taken stays; go on, or take it back."
BESIDE = "This could not be stored beside what is here already."


class CannotBegin(Exception):
    """The file is not ready to be brought in. The message is fit for the user."""


def begin(file, *, by, at):
    """From now on the worker takes it row by row. The caller wakes it after the commit."""
    kind = kinds.named(file.kind)
    if not kind.may_be_brought_by(by):
        raise CannotBegin(NOT_ALLOWED)
    if file.forgotten_at is not None:
        raise CannotBegin("What stood in this file is forgotten. Upload it again.")
    if lacking := mapping.missing(kind, file.mapping):
        raise CannotBegin(f"Say first which column holds: {', '.join(column.label for column in lacking)}.")
    return lifecycle.move(file, ImportStatus.RUNNING, at=at)


def run(pk, *, by_id, seconds=None, step=None):
    """Step by step until it is done, or for some seconds; whether there is more. Rights are looked up at each step."""
    step, ends = step or take_some, time.monotonic() + (seconds or 10**6)
    while True:
        with acting_as(Actor.named("door")), transaction.atomic():
            user = User.objects.filter(pk=by_id).first()
        try:
            with acting_as(Actor.of(user)):
                more = step(pk, by=user, at=timezone.now())
        except (InterfaceError, OperationalError):
            raise  # the database is gone for a moment: the clock takes the file up again
        except Exception:
            stop(pk, at=timezone.now(), problem=BROKE)
            raise
        if not more or time.monotonic() > ends:
            return more


def take_some(pk, *, by, at):
    """The next rows of a file. Whether there are more."""
    return one_step(pk, take, while_it_is=ImportStatus.RUNNING, did="brought in", refused=NOT_ALLOWED, by=by, at=at)


def one_step(pk, work, *, while_it_is, did, refused, by, at):
    """One transaction of `work(file, kind, by=, at=)`, with its line in the trail, while the file has this status and
    whoever uploaded it still may. Whether there are more."""
    with acting_as(current().on("bringing")), transaction.atomic(), audit.noting() as noted:
        file = Import.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=pk).first()
        kind = kinds.named(file.kind) if file else None
        if kind and kind.may_be_brought_by(by):
            if file.status != while_it_is:
                return False
            more = work(file, kind, by=by, at=at)
            audit.record(audit.WRITE, "bringing", record=file.pk, cases=noted.cases, why=f"{did} {kind.name}")
            return more
    stop(pk, at=at, problem=refused)
    return False


def stop(pk, *, at, problem):
    """What was taken, or not yet taken back, stays; whoever may can go on, or take it back."""
    with acting_as(Actor.system("bringing")), transaction.atomic():
        file = Import.objects.get(pk=pk)
        if file.is_at_work:
            lifecycle.move(file, ImportStatus.STOPPED, at=at, problem=problem)


def take(file, kind, *, by, at):
    rows = list(file.rows.filter(status=RowStatus.WAITING).order_by("number")[: kind.at_once])
    with connection.cursor() as cursor:  # the same file of two people: the second finds it brought in
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"bringing {kind.name}"])
    lines, prints = lines_of(rows, file, kind)
    known = brought_in(prints.values())
    new = {}
    for row in rows:
        line = lines[row.pk]
        if not line.why and prints[row.pk] not in known:
            known.add(prints[row.pk])  # the same row twice in one file is one
            new[row.pk] = line
    make(kind, list(new.values()), by=by, at=at)
    bad = [row for row in rows if lines[row.pk].why]
    for row in bad:
        lifecycle.reject(row, json.dumps(placed(lines[row.pk].why, file.mapping)))
    if taken := [row for row in rows if not lines[row.pk].why]:
        lifecycle.accept([(row, prints[row.pk], lines[row.pk].made) for row in taken])
    file.accepted, file.rejected = file.accepted + len(taken), file.rejected + len(bad)
    file.added += sum(bool(lines[row.pk].made) for row in taken)
    file.moved_at = at
    file.save(update_fields=["accepted", "rejected", "added", "moved_at"])
    if file.done >= file.total:
        lifecycle.move(file, ImportStatus.FINISHED, at=at)
    return file.done < file.total


def lines_of(rows, file, kind):
    """{row: Line} with what its cells say, and {row: fingerprint} of those that could be read."""
    columns = [(column, file.mapping.get(column.field), {}) for column in kind.columns()]
    lines, prints = {}, {}
    for row in rows:
        cells = json.loads(row.cells or "[]")
        line = lines[row.pk] = Line(row.number, {})
        for place, reason in json.loads(row.reasons or "[]"):
            if place is None or place in file.mapping.values():
                line.refuse(place, reason)
        said = {}
        for column, place, seen in columns:
            words = cells[place] if place is not None and place < len(cells) else ""
            value = seen[words] if words in seen else seen.setdefault(words, value_of(column, words))
            if isinstance(value, Unclear):
                line.refuse(column.field, str(value))
            else:
                line.values[column.field] = value
            said[column.field] = " ".join(words.split())
        prints[row.pk] = fingerprint(kind, said)
    return lines, prints


def value_of(column, words):
    """What a column makes of some words, once for all rows of a step that say the same; or why it makes nothing."""
    try:
        return column.value(words)
    except Unclear as problem:
        return problem


def fingerprint(kind, said):
    """The same for the same words under the same fields; an empty cell is as good as a missing column."""
    told = json.dumps(sorted((field, words) for field, words in said.items() if words), ensure_ascii=False)
    return blind_index(hashlib.sha256(told.encode()).hexdigest(), column=f"import.{kind.name}.row")


def prints_anew(size=500):
    """After a change of the index key, as the keeper: rows that were taken are known by the new one, as long as their
    cells are here. How many."""
    count, after = 0, uuid.UUID(int=0)
    taken = ImportRow.objects.exclude(fingerprint=None)
    taken.filter(cells__isnull=True).update(fingerprint=None)
    kept = taken.filter(cells__isnull=False).select_related("file").order_by("pk")
    while rows := list(kept.filter(pk__gt=after)[:size]):
        for row in rows:
            kind = kinds.named(row.file.kind)
            row.fingerprint = lines_of([row], row.file, kind)[1][row.pk] if kind else None
        count += ImportRow.objects.bulk_update(rows, ["fingerprint"])
        after = rows[-1].pk
    return count


def brought_in(prints):
    with connection.cursor() as cursor:
        cursor.execute("select unnest(guard.brought_in(%s::bytea[]))", [list(prints)])
        return {bytes(found) for (found,) in cursor.fetchall()}


def make(kind, lines, *, by, at):
    """All of them at once; where one of them stands in the way, one by one, so that it spoils no other."""
    kind.weigh(lines, by=by, at=at)
    good = [line for line in lines if not line.why]
    if not good:
        return
    try:
        attempt(kind, good, by=by, at=at)
    except (Refused, IntegrityError):
        for line in good:
            line.made, line.found = [], {}
            kind.weigh([line], by=by, at=at)
            try:
                if not line.why:
                    attempt(kind, [line], by=by, at=at)
            except Refused as problem:
                line.made = []
                line.refuse(problem.field, str(problem))
            except IntegrityError:
                line.made = []
                line.refuse("", BESIDE)


def attempt(kind, lines, *, by, at):
    with transaction.atomic():
        kind.make(lines, by=by, at=at)
        connection.check_constraints()  # those that wait for the commit as well


def placed(why, mapping):
    """Reasons by the place of the column, which the error file and the page name by its heading."""
    return [[field if isinstance(field, int) else mapping.get(field), reason] for field, reason in why]


@on_duty("bringing")
def preview(file, kind, *, by, at, rows=None):
    """What some rows would become, or why not; the first of them. Nothing is written."""
    rows = list(file.rows.order_by("number")[:SHOWN]) if rows is None else rows
    lines, prints = lines_of(rows, file, kind)
    known = brought_in(prints.values())
    here = [row.pk for row in rows if prints[row.pk] in known]
    kind.weigh([line for pk, line in lines.items() if not line.why and pk not in here], by=by, at=at)
    return [(row, lines[row.pk], row.pk in here) for row in rows]
