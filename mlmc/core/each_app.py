"""What each app says of itself in a module of one name: its `policies`, what it is `bringing` in and `exporting`, what
somebody is `holding`."""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule


@cache
def modules(name):
    """The module of this name of each app that has one, lowest app first."""
    having = (config.name for config in apps.get_app_configs() if module_has_submodule(config.module, name))
    return [import_module(f"{app}.{name}") for app in having]


def kinds(name):
    """What those modules list as KINDS."""
    return [kind for module in modules(name) for kind in getattr(module, "KINDS", ())]
