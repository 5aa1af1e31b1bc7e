"""What the clock starts for the whole program."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from mlmc.backup import nightly, watching
from mlmc.plain_exit import writing

NIGHT = 4 * 60 * 60  # seconds that a backup may take


@shared_task(duty="keeping", time_limit=NIGHT)
def keep(**_):
    """Backups, and what two people let out. In the keeper's own worker: no process that serves sees every row."""
    now = timezone.now()
    nightly.back_up_if_due(at=now)
    writing.write_granted(at=now)


@shared_task(duty="keeping", time_limit=NIGHT)
def back_up_now(**_):
    """Somebody asked for one, by day. What goes wrong stands in its row."""
    with suppress(nightly.CannotBackUp):
        nightly.back_up(at=timezone.now())


@shared_task(duty="watch")
def watch_backups(**_):
    watching.tell_admins(at=timezone.now())
