"""The only code that changes the status of a file that was asked for."""

from django.db import transaction

from mlmc.core.context import on_duty
from mlmc.core.models import Export, ExportStatus
from mlmc.core.models.exports import MOVES


class MoveNotAllowed(Exception):
    """It cannot take this step from where it is. The message is fit for the user."""


@on_duty("exporting")
@transaction.atomic
def move(export, to, *, at, problem="", rows=0, size=0):
    """Take one step. Whoever comes second finds it taken."""
    current = ExportStatus(Export.objects.select_for_update(of=("self",)).get(pk=export.pk).status)
    if to not in MOVES[current]:
        raise MoveNotAllowed(f"This file is {current.label}.")
    export.status, export.problem = to, problem
    named = ["status", "problem"]
    if to == ExportStatus.READY:
        export.ready_at, export.rows, export.size = at, rows, size
        named += ["ready_at", "rows", "size"]
    elif to == ExportStatus.ASKED:
        export.asked_at = export.rung_at = at
        named += ["asked_at", "rung_at"]
    else:
        export.gone_at = at
        named.append("gone_at")
    export.save(update_fields=named)
    return export
