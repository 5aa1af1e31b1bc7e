"""The backup of each night: made, read back, copied, and the old ones let go. Run as the keeper."""

import datetime
from contextlib import contextmanager, suppress

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mlmc.backup import keeping, making, places, reading
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sealing import CannotRead
from mlmc.core.models import Backup, Heartbeat, User
from mlmc.launcher.servers import Busy, locked

AT_NIGHT = datetime.time(2, 0)  # in the program's own time
AGAIN_AFTER = datetime.timedelta(hours=1)  # one that failed is tried again, not every minute
log = structlog.get_logger(__name__)


class CannotBackUp(Exception):
    """Nothing was backed up. The message is fit for the user."""


def is_due(*, at):
    """The last night has no good backup yet, and none was tried a moment ago. An empty program makes none: a backup
    that lies here to come back would have to make room for it."""
    if not User.objects.exists():
        return False
    last_night = timezone.localtime(at).replace(hour=AT_NIGHT.hour, minute=AT_NIGHT.minute, second=0, microsecond=0)
    if last_night > at:
        last_night -= datetime.timedelta(days=1)
    good = Backup.objects.good().first()
    tried = Backup.objects.order_by("-began_at").first()
    if good is None:
        return tried is None or at - tried.began_at > AGAIN_AFTER
    return good.began_at < last_night and at - tried.began_at > AGAIN_AFTER


def back_up_if_due(*, at):
    """What went wrong stands in its row; the watch tells the admins when the night has no good backup."""
    if is_due(at=at):
        with suppress(CannotBackUp):
            back_up(at=at)
    with transaction.atomic():
        Heartbeat.objects.update_or_create(name="keeper", defaults={"at": at})


def back_up(*, at):
    """One backup now. What goes wrong stands in its row, in words that name no person, and is raised again."""
    with alone():
        row = Backup.objects.create(began_at=at, name=at.astimezone(datetime.UTC).strftime(places.NAME))
        try:
            _make(row)
        except Exception as problem:
            row.problem = in_words(problem)
            row.save(update_fields=["problem"])
            raise CannotBackUp(row.problem) from problem
    return row


def _make(row):
    ring = read_ring(settings.MLMC_DATA_KEYS)
    path = places.folder() / row.name
    said = making.make(path, ring)
    if reading.verify(path, ring) != said:
        raise CannotRead("What was written is not what was read. Is the disk failing?")
    row.size, row.rows = path.stat().st_size, sum(of["rows"] for of in said.values())
    row.finished_at = timezone.now()
    row.save(update_fields=["size", "rows", "finished_at"])
    gone = keeping.may_go(found.name for found in path.parent.iterdir())
    for name in gone:
        (path.parent / name).unlink()
    Backup.objects.filter(name__in=gone).delete()  # a list of backups lists what is there
    _copy(row, path)


def _copy(row, path):
    """Each further place is tried, whatever became of the others."""
    problems = []
    for called, place in places.others().items():
        try:
            place.put(path)
            for name in keeping.may_go(place.names()):
                place.remove(name)
        except Exception as problem:  # a full share, a silent store: the backup here is good all the same
            log.warning("backup not copied", place=called, error=type(problem))
            problems.append(f"Not copied to the {called}: {in_words(problem)}")
        else:
            row.copied_to = [*row.copied_to, called]
    row.problem = " ".join(problems)
    row.save(update_fields=["copied_to", "problem"])


def in_words(problem):
    """What an admin reads. Never the text of a database or a store: it may quote what was being written."""
    if isinstance(problem, CannotRead):
        return str(problem)
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.strerror}."
    if isinstance(problem, FileNotFoundError):
        return str(problem)
    return f"{type(problem).__name__}."


@contextmanager
def alone():
    """Two beats, or a person and a beat, make one backup: whoever is second hears that one is being made."""
    try:
        with locked(places.folder() / "one-at-a-time.lock"):
            yield
    except Busy:
        raise CannotBackUp("A backup is being made already.") from None
