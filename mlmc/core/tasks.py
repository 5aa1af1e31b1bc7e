"""What the clock starts."""

from contextlib import suppress
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from mlmc.core import harvest, outbox, throttle
from mlmc.core.api import once
from mlmc.core.bringing import receiving, running, undoing, uploading
from mlmc.core.door import sessions
from mlmc.core.exporting import fetching, writing
from mlmc.core.models import Heartbeat, Import
from mlmc.core.models.imports import AT_WORK

HOUR = 60 * 60  # seconds
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


@shared_task(time_limit=HOUR)
def bring(pk, *, person, **_):
    """A slice of a file, then the next in the queue, and so until the end. Each step acts as the person whose file it
    is, with the rights of that moment."""
    receiving.read(pk, by_id=person)
    steps = (running.take_some, undoing.take_some_back)
    if any(running.run(pk, by_id=person, seconds=SLICE, step=step) for step in steps):
        wake(pk, person=person)


def wake(pk, *, person):
    """The bell for a worker. Where nobody hears it, the clock looks again within two minutes."""
    with suppress(OperationalError):
        bring.apply_async(args=[str(pk)], kwargs={"person": str(person)}, retry=False)


@shared_task(duty="bringing")
def bring_on(**_):
    """Files whose worker was killed half-way go on where they stopped."""
    with transaction.atomic():
        still = Import.objects.filter(status__in=AT_WORK, moved_at__lt=timezone.now() - STANDS_STILL)
        found = list(still.values_list("pk", "by"))
    for pk, person in found:
        wake(pk, person=person)


@shared_task(duty="forgetting")
def forget_files(**_):
    uploading.forget_old(at=timezone.now())
    with transaction.atomic():
        once.forget_old()


@shared_task(time_limit=HOUR)
def write_file(pk, *, person, **_):
    """A file somebody asked for, as that person."""
    writing.write(pk, by_id=person)


def call_writer(pk, *, person):
    """As `wake`: where nobody hears it, the clock calls again."""
    with suppress(OperationalError):
        write_file.apply_async(args=[str(pk)], kwargs={"person": str(person)}, retry=False)


@shared_task(duty="exporting")
def tidy_files(**_):
    """Files that are too old, or of somebody who may not have them any more, go; who was forgotten is called again."""
    for pk, person in fetching.tidy(at=timezone.now()):
        call_writer(pk, person=person)
