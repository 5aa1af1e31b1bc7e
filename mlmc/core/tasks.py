"""What the clock starts."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from mlmc.core import harvest, outbox, throttle
from mlmc.core.door import sessions
from mlmc.core.models import Heartbeat


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
