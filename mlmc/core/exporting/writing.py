"""A worker writes a file as the person who asked for it, with the rights of this moment and not of then."""

from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from mlmc.core import audit
from mlmc.core.context import Actor, acting_as, on_duty
from mlmc.core.exporting import keeping, kinds, lifecycle
from mlmc.core.exporting.asking import A_DAY, MOST, TooMany
from mlmc.core.exporting.kinds import Refused
from mlmc.core.models import Export, ExportStatus, User

STANDS_FOR = timedelta(hours=1)  # later than that nobody has proven that it is them who asked
NOT_ANY_MORE = "Whoever asked for this may not take it out any more. Nothing was written."
TOO_LATE = "No worker came to this within an hour. Ask for it again."
TOO_MANY = "Enough files were written for you today. Ask for the next one tomorrow."
NO_ROOM = "There is no room for this file on the machine. An admin has to look."
BROKE = "Something went wrong here. Ask for it again, or tell an admin."


def write(pk, *, by_id):
    """Once, whoever calls how often: who comes while it is being written goes away again."""
    now = timezone.now()
    with acting_as(Actor.named("door")), transaction.atomic():
        user = User.objects.filter(pk=by_id, is_active=True).first()
    try:
        if user is None:
            raise Refused(NOT_ANY_MORE)
        with acting_as(Actor.of(user)):
            step(pk, by=user, at=now)
    except (Refused, TooMany) as problem:
        refuse(pk, str(problem), at=now)
    except (InterfaceError, OperationalError):
        raise  # the database is gone for a moment: the clock calls again
    except OSError:
        refuse(pk, NO_ROOM, at=now)
        raise
    except Exception:
        refuse(pk, BROKE, at=now)
        raise


def step(pk, *, by, at):
    """One transaction: the rights, the rows, the line in the trail, and the word that it is ready."""
    export = None
    try:
        with transaction.atomic(), audit.noting() as noted:
            export = taken(pk, by=by)
            if export is None:
                return
            kind = kinds.named(export.kind)
            check(export, kind, by=by, at=at)
            rows, size = keeping.write(export, kind.rows(export.asked_for, by=by, at=at))
            lifecycle.move(export, ExportStatus.READY, at=timezone.now(), rows=rows, size=size)
            why = f"wrote {kind.name}"
            audit.record(audit.EXPORT, "exporting", record=export.pk, cases=noted.cases, why=why)
    except BaseException:
        if export is not None:
            keeping.remove(export)
        raise


@on_duty("exporting")
def taken(pk, *, by):
    """This one, while nobody else writes it. One at a time for each person, so that what is counted is counted."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext(%s))", [f"exporting {by.pk}"])
        if not cursor.fetchone()[0]:
            return None  # the clock calls again
    rows = Export.objects.visible_to(by).filter(pk=pk, status=ExportStatus.ASKED)
    return rows.select_for_update(of=("self",), skip_locked=True).first()


def check(export, kind, *, by, at):
    if kind is None or not kind.may_be_taken_by(by):
        raise Refused(NOT_ANY_MORE)
    if export.asked_at < at - STANDS_FOR:
        raise Refused(TOO_LATE)
    with on_duty("exporting"):
        if Export.objects.visible_to(by).filter(ready_at__gt=at - A_DAY).count() >= MOST:
            raise TooMany(TOO_MANY)


def refuse(pk, problem, *, at):
    with acting_as(Actor.system("exporting")), transaction.atomic():
        export = Export.objects.filter(pk=pk, status=ExportStatus.ASKED).select_for_update(of=("self",)).first()
        if export is not None:
            lifecycle.move(export, ExportStatus.REFUSED, at=at, problem=problem)
            audit.record(audit.DENY, "exporting", record=pk, why=f"did not write {export.kind}", status=403)
