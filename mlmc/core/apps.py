import sys
from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mlmc.core"

    def ready(self):
        import_module("mlmc.core.checks")  # it reads models, which are there only now
        from mlmc.core.logs import quiet_crash  # noqa: PLC0415 (the log's vocabulary needs the apps)

        sys.excepthook = quiet_crash(sys.excepthook)
