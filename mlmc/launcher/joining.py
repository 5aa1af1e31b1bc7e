"""What a manage.py command gets: keys, addresses and the log-in that fits it.

Where `make start` has begun a program it works on that one; `MLMC_DEMO=1 manage.py …` asks for the demo.
"""

import contextlib
import os
import sys

from mlmc.launcher.checkout import PROGRAM, VAR, Stop
from mlmc.launcher.keys import KEYS
from mlmc.launcher.servers import joined_or_running

OWNERS = {
    "restore",
    "seed_scale",
    "migrate",
    "makemigrations",
    "secure_database",
    "showmigrations",
    "sqlmigrate",
    "dbshell",
}
KEEPERS = {
    "seed_demo",
    "rotate_keys",
    "rotate_index_key",
    "rebuild_lookup_keys",
    "verify_audit",
    "backup",
    "verify_backup",
    "purge",
}
ASK_THEMSELVES = {"check", "rotate_index_key", "key_sheet", "verify_backup"}  # whether the keys fit, or need no answer
ALONE = {
    "",
    "data_map",
    "collectstatic",
    "makemessages",
    "compilemessages",
    "help",
    "version",
    "--help",
    "-h",
    "--version",
}
NOWHERE = {  # for commands that read the settings and ask no server
    "DATABASE_URL": "postgresql:///none",
    "DATABASE_URL_OWNER": "postgresql:///none",
    "DATABASE_URL_KEEPER": "postgresql:///none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def role_for(command):
    return "owner" if command in OWNERS else "keeper" if command in KEEPERS else "app"


def keys_must_fit(command):
    """Whoever migrates reads nothing; everything else works with what is sealed."""
    return command not in ALONE | OWNERS | ASK_THEMSELVES


@contextlib.contextmanager
def surroundings(argv):
    """Yields whether the keys have to be those of the database before this command begins."""
    command = argv[1] if len(argv) > 1 else ""
    with contextlib.ExitStack() as stack:
        try:
            ours = environment_for(command, stack)
        except Stop as problem:
            sys.exit(f"\n{problem}\n")
        for name, value in ours.items():
            os.environ.setdefault(name, value)
        yield keys_must_fit(command)


def environment_for(command, stack):
    """What to add to the environment. What it names already stands."""
    role = {"MLMC_DATABASE_ROLE": role_for(command)}
    if "DATABASE_URL" in os.environ:  # not our servers: only choose among the log-ins that are named
        return role if f"DATABASE_URL_{role_for(command).upper()}" in os.environ else {}
    if command in ALONE:
        return NOWHERE | role | {name: make() for name, make in KEYS.items()}
    demo = not (PROGRAM / "secrets").exists() or "MLMC_DEMO" in os.environ
    home = VAR if demo else PROGRAM
    servers = stack.enter_context(joined_or_running(home, by=f"manage.py {command}"))
    ours = {"MLMC_DEMO": "1" if demo else "0", "MLMC_VAR": str(home), "MLMC_STATIC": str(VAR / "static")}
    return servers.environment() | role | ours
