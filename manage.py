#!/usr/bin/env python
"""Django's commands. Without DATABASE_URL they join the embedded servers, or start them for as long as they need."""

import os
import sys

from mlmc.launcher import joined


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlmc.settings")
    with joined(sys.argv):
        from django.core.management import execute_from_command_line  # noqa: PLC0415 (needs the environment)

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
