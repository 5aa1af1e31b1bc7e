import sys

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mlmc.core"

    def ready(self):
        from mlmc.core.logs import quiet_crash  # noqa: PLC0415 (the log's vocabulary needs the apps)

        sys.excepthook = quiet_crash(sys.excepthook)
