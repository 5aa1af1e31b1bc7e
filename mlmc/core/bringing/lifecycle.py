"""The only code that changes the status of an import and of its rows."""

from django.db import connection, transaction

from mlmc.core.context import on_duty
from mlmc.core.models import Import, ImportRow, ImportStatus, RowStatus
from mlmc.core.models.imports import MOVES

BEGINS = {ImportStatus.RUNNING: "begun_at", ImportStatus.FINISHED: "finished_at", ImportStatus.UNDONE: "undone_at"}


class MoveNotAllowed(Exception):
    """It cannot take this step from where it is. The message is fit for the user."""


@on_duty("bringing")
@transaction.atomic
def move(file, to, *, at, problem=""):
    """Take one step. Whoever comes second finds it taken."""
    current = ImportStatus(Import.objects.select_for_update(of=("self",)).get(pk=file.pk).status)
    if to not in MOVES[current]:
        raise MoveNotAllowed(f"This file is {current.label}, so it cannot be {ImportStatus(to).label}.")
    file.status, file.problem, file.moved_at = to, problem, at
    named = ["status", "problem", "moved_at"]
    if to in BEGINS:
        setattr(file, BEGINS[to], at)
        named.append(BEGINS[to])
    file.save(update_fields=named)
    return file


def accept(rows):
    """These were taken: [(row, its fingerprint, ids of what it made)]. One statement, however many they are."""
    values = [(row.pk, mark, "{" + ",".join(map(str, made)) + "}") for row, mark, made in rows]
    with connection.cursor() as cursor:
        cursor.execute(ACCEPT, [RowStatus.ACCEPTED, *map(list, zip(*values, strict=True))])


def reject(row, reasons):
    """This one was not, and says why. What is sealed is written with its row."""
    row.status, row.reasons = RowStatus.REJECTED, reasons
    row.save(update_fields=["status", "reasons"])


ACCEPT = """
    update core_importrow r set status = %s, reasons = null, fingerprint = v.mark, made = v.made::uuid[]
    from unnest(%s::uuid[], %s::bytea[], %s::text[]) as v (id, mark, made) where r.id = v.id
"""


def begin_to_take_back(rows):
    """From here to the end of the transaction, what these rows made may be removed."""
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(status=RowStatus.UNDOING)


def taken_back(rows):
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(status=RowStatus.UNDONE, made=[])


def kept(row, reasons):
    row.status, row.reasons = RowStatus.KEPT, reasons
    row.save(update_fields=["status", "reasons"])


@on_duty("bringing")
def try_again(file):
    """What had to stay the last time may go by now."""
    file.rows.filter(status=RowStatus.KEPT).update(status=RowStatus.ACCEPTED, reasons=None)
    file.kept = 0
    file.save(update_fields=["kept"])


def wait_again(file):
    """The rows of a file that was taken back wait as on the first day."""
    file.rows.update(status=RowStatus.WAITING, reasons=None, fingerprint=None, made=[])
