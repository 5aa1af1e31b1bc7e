"""The program as a whole, as Django loads it."""

from django.apps import AppConfig

from mlmc.celery import app


class ProgramConfig(AppConfig):
    """Every process knows our Celery app: a task sent or called without it would be nobody's, on no broker of ours."""

    name = "mlmc"
    celery = app
