"""What the clock starts."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from cases import emergency


@shared_task(duty="access")
def escalate_emergencies(**_):
    with transaction.atomic():
        emergency.escalate(at=timezone.now())
