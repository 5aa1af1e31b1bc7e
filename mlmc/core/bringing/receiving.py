"""A large file arrives: it is put away sealed, and a worker reads it, some rows at a time.

Each batch is a transaction of its own and says how far it is. Whoever is killed half-way is followed by somebody who
passes over what is kept already.
"""

import json

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max
from django.utils import timezone

from mlmc.core import audit
from mlmc.core.bringing import kinds, lifecycle, mapping, reading, running, uploading
from mlmc.core.bringing.letters import NotAFile
from mlmc.core.context import Actor, acting_as, current, on_duty
from mlmc.core.exporting import keeping
from mlmc.core.models import Import, ImportStatus, User

DIRECT = 100_000  # bytes: up to here a file is read while somebody waits for the page
LOST = "What arrived is not there any more. Upload the file again."


@on_duty("bringing")
@transaction.atomic
def receive(kind, content, *, by, at):
    """Put it away unread. The caller wakes the worker after the commit."""
    if not kind.may_be_brought_by(by):
        raise uploading.NotYours(f"{kind.label} are brought in by somebody else.")
    if len(content) > reading.LARGEST:
        raise NotAFile(reading.TOO_LARGE)
    file = Import.objects.create(
        kind=kind.name,
        by=by,
        made_at=at,
        moved_at=at,
        file_hash=uploading.hashed(content),
        columns="[]",
        status=ImportStatus.READING,
    )
    with keeping.new(file) as sealing:
        sealing.write(content)
    return file


def read(pk, *, by_id):
    """To its end, if it waits to be read; otherwise nothing."""
    with acting_as(Actor.system("bringing")), transaction.atomic():
        file = Import.objects.filter(pk=pk, status=ImportStatus.READING).select_related("by").first()
    if file is None:
        return None
    try:
        for records in batched_records(file):
            with acting_as(user_of(by_id)):
                goes_on = keep_some(pk, records, at=timezone.now())
            if not goes_on:
                return give_up(file, running.NOT_ALLOWED, at=timezone.now())
        with acting_as(user_of(by_id)):
            end(pk, at=timezone.now())
        keeping.remove(file)
    except (NotAFile, keeping.NotThere) as problem:
        give_up(file, LOST if isinstance(problem, keeping.NotThere) else str(problem), at=timezone.now())
    except (InterfaceError, OperationalError):
        raise  # the clock takes the file up again
    except Exception:
        give_up(file, running.BROKE, at=timezone.now())
        raise


def user_of(pk):
    with acting_as(Actor.named("door")), transaction.atomic():
        return Actor.of(User.objects.get(pk=pk))


def batched_records(file):
    """[(headings, some records)], one batch held at a time."""
    columns, records = reading.opened(b"".join(keeping.opened(file)))
    for some in in_batches(records, uploading.SIZE):
        yield columns, some


def in_batches(records, size):
    some = []
    for one in records:
        some.append(one)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def locked(pk):
    """The file, if it is still being read by whoever uploaded it and may bring in files of its kind."""
    rows = Import.objects.select_for_update(of=("self",)).filter(pk=pk, by=current().user_id)
    file = rows.filter(status=ImportStatus.READING).select_related("by").first()
    kind = file and kinds.named(file.kind)
    return file if kind and file.by.is_active and kind.may_be_brought_by(file.by) else None


@on_duty("bringing")
@transaction.atomic
def keep_some(pk, found, *, at):
    """The next rows, without those that are kept already. Whether to go on."""
    columns, records = found
    file = locked(pk)
    if file is None:
        return False
    last = file.rows.aggregate(last=Max("number"))["last"] or 0
    new = [record for record in records if record.number > last]
    uploading.keep(file, new)
    if not json.loads(file.columns):
        file.columns = json.dumps(columns)
        file.mapping = mapping.guess(kinds.named(file.kind), columns)
    file.total, file.moved_at = file.total + len(new), at
    file.save(update_fields=["columns", "mapping", "total", "moved_at"])
    audit.record(audit.WRITE, "bringing", record=pk, why=f"read {file.kind}")
    return True


@on_duty("bringing")
@transaction.atomic
def end(pk, *, at):
    if file := locked(pk):
        lifecycle.move(file, ImportStatus.READY, at=at)


def give_up(file, problem, *, at):
    """Nothing of it can be taken: its rows go, and the page says why. Unless another worker has read it by now."""
    with acting_as(Actor(file.by_id).on("bringing")), transaction.atomic():
        file = Import.objects.select_for_update(of=("self",)).get(pk=file.pk)
        if file.status == ImportStatus.READING:
            file.rows.all().delete()
            file.total, file.forgotten_at = 0, at
            file.save(update_fields=["total", "forgotten_at"])
            lifecycle.move(file, ImportStatus.STOPPED, at=at, problem=problem)
    keeping.remove(file)
