"""Handing a file out, to whoever asked for it and to nobody else, for a day; and taking away what nobody may fetch."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from mlmc.core.context import on_duty
from mlmc.core.exporting import keeping, kinds, lifecycle
from mlmc.core.exporting.keeping import NotThere
from mlmc.core.exporting.writing import STANDS_FOR, TOO_LATE
from mlmc.core.models import Export, ExportStatus, Import, ImportStatus

KEPT_FOR = timedelta(hours=24)
CALLED_AGAIN = timedelta(seconds=90)
HALF = timedelta(hours=2)  # a file without a row may be one that is being written


@on_duty("exporting")
@transaction.atomic
def fetch(export, *, at):
    """Its bytes, part by part. The caller has asked whose it is, and for a second factor."""
    if export.status != ExportStatus.READY or not may_still_be_fetched(export, at=at):
        raise NotThere("This file is not there any more. Ask for it again.")
    found = keeping.opened(export)
    Export.objects.filter(pk=export.pk).update(fetched=F("fetched") + 1)
    return found


@on_duty("exporting", "bringing")
@transaction.atomic
def tidy(*, at):
    """What is too old, or may not be had any more, goes. [(id, whose)] of those a worker is called to again."""
    for export in there(ExportStatus.READY).select_related("by"):
        if not may_still_be_fetched(export, at=at):
            keeping.remove(export)  # first: a row without its file is seen by the next tick, the other way round not
            lifecycle.move(export, ExportStatus.GONE, at=at)
    for export in there(ExportStatus.ASKED).filter(asked_at__lt=at - STANDS_FOR):
        lifecycle.move(export, ExportStatus.REFUSED, at=at, problem=TOO_LATE)
    known = set(map(str, Export.objects.filter(status=ExportStatus.READY).values_list("pk", flat=True)))
    known |= set(map(str, Import.objects.filter(status=ImportStatus.READING).values_list("pk", flat=True)))
    for path in keeping.strangers(known, older_than=at - HALF):
        path.unlink(missing_ok=True)
    waiting = there(ExportStatus.ASKED).filter(rung_at__lt=at - CALLED_AGAIN)
    found = list(waiting.values_list("pk", "by_id"))
    Export.objects.filter(pk__in=[pk for pk, _ in found]).update(rung_at=at)
    return found


def there(status):
    return Export.objects.filter(status=status).select_for_update(of=("self",), skip_locked=True)


def may_still_be_fetched(export, *, at):
    kind = kinds.named(export.kind)
    allowed = kind is not None and kind.may_be_taken_by(export.by) and kind.stands(export.asked_for, by=export.by)
    return allowed and export.ready_at > at - KEPT_FOR and keeping.place(export).exists()
