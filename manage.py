#!/usr/bin/env python
"""Django's commands. Without DATABASE_URL they join the embedded servers, or start them for as long as they need."""

import os
import sys

from mlmc.launcher import joined


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlmc.settings")
    with joined(sys.argv) as keys_must_fit:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 (needs the environment)

        from mlmc.core.keys.ring import said_plainly, settings_or_stop  # noqa: PLC0415 (as above)

        settings_or_stop()
        if keys_must_fit:
            with said_plainly():
                check_keys()
        execute_from_command_line(sys.argv)


def check_keys():
    import django  # noqa: PLC0415 (needs the environment)

    django.setup()
    from mlmc.core.keys import proof  # noqa: PLC0415 (needs the apps)

    proof.check()


if __name__ == "__main__":
    main()
