"""A file arrives: it is read once, its rows are sealed, and what it was called is not kept."""

import hashlib
import json

from django.db import transaction

from mlmc.core import bulk
from mlmc.core.bringing import lifecycle, mapping, reading
from mlmc.core.context import on_duty
from mlmc.core.crypto import blind_index
from mlmc.core.models import Import, ImportRow, ImportStatus

SIZE = 1000  # rows written at once
KEPT_DAYS = 30  # as the policy of these rows says


class NotYours(Exception):
    """This person does not bring in files of this kind. The message is fit for the user."""


def hashed(content):
    return blind_index(hashlib.sha256(content).hexdigest(), column="import.file")


@on_duty("bringing")
@transaction.atomic
def upload(kind, content, *, by, at):
    """Keep the rows of a file. Nothing of it is brought in yet."""
    if not kind.may_be_brought_by(by):
        raise NotYours(f"{kind.label} are brought in by somebody else.")
    table = reading.read(content)
    file = Import.objects.create(
        kind=kind.name,
        by=by,
        made_at=at,
        file_hash=hashed(content),
        columns=json.dumps(table.columns),
        mapping=mapping.guess(kind, table.columns),
        total=len(table.records),
    )
    for start in range(0, len(table.records), SIZE):
        keep(file, table.records[start : start + SIZE])
    return file


def keep(file, records):
    bulk.insert(
        [
            ImportRow(
                file=file,
                number=record.number,
                cells=json.dumps(record.cells),
                reasons=json.dumps(record.reasons) if record.reasons else None,
            )
            for record in records
        ]
    )


@on_duty("bringing")
def same_file_at_work(kind, content, *, by):
    """The same file, of the same person, that was begun and not finished: it goes on where it stopped."""
    files = Import.objects.filter(by=by, kind=kind.name, file_hash=hashed(content), status=ImportStatus.RUNNING)
    return files.order_by("made_at").first()


@on_duty("bringing")
@transaction.atomic
def choose_columns(file, kind, chosen):
    """{field: place} for this file, and from now on for the headings it has."""
    headings = json.loads(file.columns)
    file.mapping = {field: place for field, place in chosen.items() if place is not None}
    file.save(update_fields=["mapping"])
    mapping.remember(kind, headings, file.mapping)


@on_duty("bringing")
@transaction.atomic
def start_over(file, *, at):
    """A file that was taken back can be brought in again, with other columns."""
    if file.forgotten_at is not None:
        raise lifecycle.MoveNotAllowed("What stood in this file is forgotten. Upload it again.")
    lifecycle.move(file, ImportStatus.READY, at=at)
    lifecycle.wait_again(file)
    file.accepted = file.rejected = file.added = file.undone = file.kept = 0
    file.save(update_fields=["accepted", "rejected", "added", "undone", "kept"])


@on_duty("bringing")
@transaction.atomic
def drop(file, *, at):
    """A file that was never brought in goes as if it had not come; of any other only what stood in it."""
    if file.is_at_work:
        raise lifecycle.MoveNotAllowed("Wait until it is at rest.")
    if file.status == ImportStatus.READY:
        file.rows.all().delete()
        file.delete()
    else:
        forget(file, at=at)


def forget(file, *, at):
    file.rows.update(cells=None, reasons=None)
    file.forgotten_at = at
    file.save(update_fields=["forgotten_at"])


@on_duty("forgetting")
@transaction.atomic
def forget_old(*, at):
    """After thirty days nobody needs the rows: what was taken stands elsewhere. The policy says which those are."""
    past = Import.objects.filter(forgotten_at=None).exclude(status__in=[ImportStatus.RUNNING, ImportStatus.UNDOING])
    files = [file for file in past.order_by("made_at")[:20] if (at - file.made_at).days > KEPT_DAYS]
    for file in files:
        forget(file, at=at)
    return len(files)
