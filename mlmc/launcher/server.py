"""A Debian server of one's own, once: `sudo .venv/bin/python -m mlmc.launcher.server https://mentoring.example.org`.

Makes the four database roles and the database in the PostgreSQL of this machine, every key and password, and the files
that say so to the program: /etc/mlmc/env, /etc/mlmc/keeper.env and /etc/mlmc/keys. What is there already is kept.
"""

import os
import pwd
import secrets
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg2

from mlmc.core.postgres.roles import APP, GUARD, KEEPER, OWNER, create_database, create_roles, hand_over_schema
from mlmc.launcher.checkout import ROOT, Stop
from mlmc.launcher.keys import KEYS

PLACE = Path(os.environ.get("MLMC_ETC", "/etc/mlmc"))
HOME = Path(os.environ.get("MLMC_HOME", "/var/lib/mlmc"))
SOCKETS = os.environ.get("MLMC_POSTGRES_SOCKETS", "/var/run/postgresql")
PORT = os.environ.get("MLMC_POSTGRES_PORT", "5432")
DATABASE, USER = "mlmc", "mlmc"


def main(site):
    if os.geteuid() != 0:
        raise Stop("Run this as root: it makes roles in PostgreSQL and files that only the program may read.")
    if urlsplit(site).scheme != "https" or not urlsplit(site).hostname:
        raise Stop("Name the address people will open, with https, for example https://mentoring.example.org.")
    if (PLACE / "keys").exists():
        raise Stop(f"{PLACE / 'keys'} is there already, and other keys would open nothing. Nothing was changed.")
    user = user_of(USER)
    passwords = {role: secrets.token_urlsafe(24) for role in (OWNER, APP, KEEPER)}
    found(passwords)
    for folder, mode in ((PLACE, 0o750), (HOME, 0o750)):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        os.chown(folder, user.pw_uid if folder == HOME else 0, user.pw_gid)
    code = "-".join(secrets.token_hex(2).upper() for _ in range(4))
    write(PLACE / "keys", {name: make() for name, make in KEYS.items()}, user)
    write(PLACE / "env", environment(site, passwords, code), user)
    write(PLACE / "keeper.env", log_ins(passwords), user)
    print(f"The database is there, and {PLACE} says how to reach it.\nThe first page will ask for this code: {code}")


def user_of(name):
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise Stop(f"There is no user {name} yet: `adduser --system --group --home {HOME} {name}`.") from None


def found(passwords):
    """As the superuser of the cluster, whom Debian lets in by being the system's user postgres."""
    with superuser("postgres") as cursor:
        cursor.execute(
            "select array_agg(rolname::text) from pg_roles where rolname = any (%s)", [[OWNER, APP, KEEPER]]
        )
        if cursor.fetchone()[0]:
            raise Stop("The roles of this program are in PostgreSQL already. Nothing was changed.")
        cursor.execute(f"drop role if exists {GUARD}")
        create_roles(cursor, passwords=passwords)
        create_database(cursor, DATABASE, template="template0")
    with superuser(DATABASE) as cursor:
        hand_over_schema(cursor)


class superuser:  # noqa: N801 (used like a function)
    def __init__(self, database):
        self.database = database

    def __enter__(self):
        before = os.geteuid()
        os.seteuid(user_of("postgres").pw_uid)
        try:
            self.link = psycopg2.connect(host=SOCKETS, port=PORT, user="postgres", dbname=self.database)
        except psycopg2.OperationalError:
            raise Stop(f"PostgreSQL does not answer in {SOCKETS}. Is it installed and running?") from None
        finally:
            os.seteuid(before)
        self.link.autocommit = True
        return self.link.cursor()

    def __exit__(self, *_):
        self.link.close()


def url(role, passwords):
    """By loopback: through the socket Debian's PostgreSQL asks for a system user of the same name."""
    return f"postgresql://{role}:{quote(passwords[role])}@127.0.0.1:{PORT}/{DATABASE}"


def environment(site, passwords, code):
    return {
        "DATABASE_URL": url(APP, passwords),
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "MLMC_SECRETS_FILE": PLACE / "keys",
        "MLMC_SITE_URL": site.rstrip("/"),
        "MLMC_HOSTS": urlsplit(site).hostname,
        "MLMC_BEHIND_PROXY": "1",
        "MLMC_SETUP_CODE": code,
        "MLMC_VAR": HOME,
        "MLMC_STATIC": ROOT / "var" / "static",
        "MLMC_BACKUP_COPY": "",
    }


def log_ins(passwords):
    return {"DATABASE_URL_OWNER": url(OWNER, passwords), "DATABASE_URL_KEEPER": url(KEEPER, passwords)}


def write(path, lines, user):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in lines.items())
    os.chown(path, user.pw_uid, user.pw_gid)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2] or [""])
    except Stop as problem:
        sys.exit(f"\n{problem}\n")
