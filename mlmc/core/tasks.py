"""What the clock starts."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from mlmc.core import outbox, throttle


@shared_task(duty="outbox")
def deliver(**_):
    outbox.deliver_due(at=timezone.now())
    with transaction.atomic():
        throttle.forget_old(at=timezone.now())
