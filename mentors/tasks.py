"""What the clock starts: places that are given back, concerns that go to the next on call."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from mentors import concerns, leave, places


@shared_task(duty="mentoring")
def give_back_places(**_):
    with transaction.atomic():
        places.give_back_expired(at=timezone.now())


@shared_task(duty="concern")
def pass_on_concerns(**_):
    with transaction.atomic():
        concerns.pass_on_unacknowledged(at=timezone.now())


@shared_task(duty="workforce")
def keep_leave(**_):
    with transaction.atomic():
        leave.keep(at=timezone.now())
