"""What a manage.py command gets: keys, addresses and the log-in that fits it."""

import contextlib
import os
import sys

from mlmc.launcher.checkout import VAR, Stop, make_var
from mlmc.launcher.keys import KEYS, kept_keys
from mlmc.launcher.servers import joined_or_running

OWNERS = {"migrate", "makemigrations", "secure_database", "showmigrations", "sqlmigrate", "dbshell"}
KEEPERS = {"seed_demo", "rotate_keys"}
ALONE = {"", "collectstatic", "makemessages", "compilemessages", "help", "version", "--help", "-h", "--version"}
NOWHERE = {  # for commands that read the settings and ask no server
    "DATABASE_URL": "postgresql:///none",
    "DATABASE_URL_OWNER": "postgresql:///none",
    "DATABASE_URL_KEEPER": "postgresql:///none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def role_for(command):
    return "owner" if command in OWNERS else "keeper" if command in KEEPERS else "app"


@contextlib.contextmanager
def surroundings(argv):
    command = argv[1] if len(argv) > 1 else ""
    if "DATABASE_URL" in os.environ:  # not ours: take what is there, and only choose among the log-ins named
        if f"DATABASE_URL_{role_for(command).upper()}" in os.environ:
            os.environ.setdefault("MLMC_DATABASE_ROLE", role_for(command))
        yield
        return
    try:
        with contextlib.ExitStack() as stack:
            if command in ALONE:
                keys = kept_keys(make_var(VAR))
                ours = NOWHERE | {name: keys[name] for name in KEYS}
            else:
                servers = stack.enter_context(joined_or_running(VAR, by=f"manage.py {command}"))
                ours = servers.environment()
            ours |= {"MLMC_DEMO": "1", "MLMC_DATABASE_ROLE": role_for(command)}
            for name, value in ours.items():
                os.environ.setdefault(name, value)
            yield
    except Stop as problem:
        sys.exit(f"\n{problem}\n")
