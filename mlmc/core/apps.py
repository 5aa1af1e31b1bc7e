from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mlmc.core"

    def ready(self):
        import_module("mlmc.core.checks")  # it reads models, which are there only now
