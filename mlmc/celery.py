"""Work off the request. The clock only ticks here; what is due stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlmc.settings")
app = Celery("mlmc", task_cls="mlmc.core.context:ActingTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "deliver": {"task": "mlmc.core.tasks.deliver", "schedule": 20},  # danger is told within the minute
    "places": {"task": "mentors.tasks.give_back_places", "schedule": 60},
    "concerns": {"task": "mentors.tasks.pass_on_concerns", "schedule": 60},
    "follow-ups": {"task": "outcomes.tasks.open_and_remind", "schedule": 60},
    "figures": {"task": "outcomes.tasks.make_figures", "schedule": 60},
}
