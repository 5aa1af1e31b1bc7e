from importlib import import_module

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "outcomes"

    def ready(self):
        import_module("outcomes.resting")  # it reads models, which are there only now
