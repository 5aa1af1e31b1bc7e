"""What the clock starts."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from outcomes import followups


@shared_task(duty="follow_ups")
def open_and_remind(**_):
    at = timezone.now()
    for step in (followups.make_due, followups.open_due, followups.remind):
        with transaction.atomic():
            step(at=at)


@shared_task(duty="figures")
def make_figures(**_):
    from outcomes import counting  # noqa: PLC0415 (the statistics package: a second, and a hundred megabytes)

    with transaction.atomic():
        counting.keep_figures(at=timezone.now())
