"""What the clock starts."""

from contextlib import suppress
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from mlmc.core import harvest, outbox, throttle
from mlmc.core.bringing import running, undoing, uploading
from mlmc.core.context import current
from mlmc.core.door import sessions
from mlmc.core.models import Heartbeat, Import
from mlmc.core.models.imports import AT_WORK

SLICE = 15  # seconds a file is worked on before others have their turn
STANDS_STILL = timedelta(seconds=90)


@shared_task(duty="outbox")
def deliver(**_):
    now = timezone.now()
    outbox.deliver_due(at=now)
    with transaction.atomic():
        throttle.forget_old(at=now)
        sessions.sweep(at=now)
        Heartbeat.objects.update_or_create(name="worker", defaults={"at": now})


@shared_task(duty="watch")
@transaction.atomic
def watch(**_):
    """Somebody was stopped from opening one youth after another: the director hears of it."""
    harvest.tell_director(at=timezone.now())


@shared_task
def bring(pk, **_):
    """A slice of a file, as the person who asked; then the next in the queue, and so until the end."""
    by_id = current().user_id
    if running.run(pk, by_id=by_id, seconds=SLICE) or running.run(
        pk, by_id=by_id, seconds=SLICE, step=undoing.take_some_back
    ):
        wake(pk, by=by_id)


def wake(pk, *, by):
    """The bell for a worker. Where nobody hears it, the clock looks again within two minutes."""
    with suppress(OperationalError):
        bring.apply_async(args=[str(pk)], kwargs={"by": str(by)}, retry=False)


@shared_task(duty="bringing")
def bring_on(**_):
    """Files whose worker was killed half-way go on where they stopped."""
    with transaction.atomic():
        still = Import.objects.filter(status__in=AT_WORK, moved_at__lt=timezone.now() - STANDS_STILL)
        found = list(still.values_list("pk", "by"))
    for pk, by in found:
        wake(pk, by=by)


@shared_task(duty="forgetting")
def forget_files(**_):
    uploading.forget_old(at=timezone.now())
