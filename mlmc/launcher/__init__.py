"""One command that runs everything on a machine that has only Python.

What is imported here runs before any package is installed, so it needs the standard library alone.
"""

from contextlib import contextmanager


@contextmanager
def joined(argv):
    """manage.py's surroundings: an environment, a log-in fit for the command, and servers if none are named."""
    from mlmc.launcher.joining import surroundings  # noqa: PLC0415 (needs the installed packages)

    with surroundings(argv):
        yield
