"""One command that runs everything on a machine that has only Python.

What is imported here runs before any package is installed, so it needs the standard library alone.
"""

import sys
from contextlib import contextmanager

if sys.version_info < (3, 11):  # noqa: UP036 (an older one gets a sentence, not a traceback)
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(f"\nThis needs Python 3.11 or newer, and this is {found}. Name a newer one: `make run PYTHON=…`.\n")


@contextmanager
def joined(argv):
    """manage.py's surroundings: an environment, a log-in fit for the command, and servers if none are named."""
    try:
        from mlmc.launcher.joining import surroundings  # noqa: PLC0415 (needs the installed packages)
    except ModuleNotFoundError as missing:
        sys.exit(f"\n{missing.name} is not installed here. `make set-up`, then `.venv/bin/python manage.py …`.\n")

    with surroundings(argv) as keys_must_fit:
        yield keys_must_fit
