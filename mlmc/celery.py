"""Work off the request. The clock only ticks here; what is due stands in PostgreSQL."""

import logging.config
import os

from celery import Celery, signals
from django.conf import settings

from mlmc.core.keys.ring import said_plainly, settings_or_stop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlmc.settings")
settings_or_stop()
app = Celery("mlmc", task_cls="mlmc.core.context:ActingTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
TICK = int(os.environ.get("MLMC_TICK_SECONDS", "60"))
app.conf.beat_schedule = {
    "deliver": {"task": "mlmc.core.tasks.deliver", "schedule": TICK / 3},  # danger is told within the minute
    "watch": {"task": "mlmc.core.tasks.watch", "schedule": TICK},
    "files": {"task": "mlmc.core.tasks.bring_on", "schedule": TICK},
    "files taken out": {"task": "mlmc.core.tasks.tidy_files", "schedule": TICK},
    "old files": {"task": "mlmc.core.tasks.forget_files", "schedule": TICK * 60},
    "emergencies": {"task": "cases.tasks.escalate_emergencies", "schedule": TICK},
    "places": {"task": "mentors.tasks.give_back_places", "schedule": TICK},
    "leave": {"task": "mentors.tasks.keep_leave", "schedule": TICK},
    "concerns": {"task": "mentors.tasks.pass_on_concerns", "schedule": TICK},
    "follow-ups": {"task": "outcomes.tasks.open_and_remind", "schedule": TICK},
    "keeper": {
        "task": "mlmc.tasks.keep",
        "schedule": TICK,
        "options": {"queue": "keeper", "expires": TICK},  # what nobody took is asked again
    },
    "backups": {"task": "mlmc.tasks.watch_backups", "schedule": TICK},
    "figures": {"task": "outcomes.tasks.make_figures", "schedule": TICK},
}


@signals.worker_init.connect
def refuse_other_keys(**_):
    """A worker with other keys would seal what nobody can open."""
    from mlmc.core.keys import proof  # noqa: PLC0415 (needs the apps)

    with said_plainly():
        proof.check()


@signals.setup_logging.connect
def our_log(**_):
    """Celery's own log would name the arguments of a task and the words of an exception."""
    logging.config.dictConfig(settings.LOGGING)
