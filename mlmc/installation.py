"""Is a server of one's own installed as docs/INSTALL.md says? Each finding in words, with what to do about it."""

import os
import stat
from pathlib import Path

import redis
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.utils import timezone

from mlmc import health, program
from mlmc.backup import places
from mlmc.core.keys import proof
from mlmc.core.postgres.roles import APP, GUARD, KEEPER, OWNER
from mlmc.health import Check


def checks():
    """Every part in the order in which a person would mend it, as the program itself sees it."""
    now = timezone.now()
    yield deploy()
    yield address()
    yield proxy()
    yield files()
    yield log_ins()
    yield roles()
    yield keys()
    yield health.migrations()
    yield health.server_settings()
    yield health.broker()
    yield broker_keeps()
    yield health.clock(now)
    yield letters()
    yield backup_places()
    yield from health.kept(now)
    yield sheet()


def deploy():
    found = [f"{one.id}: {one.msg}" for one in run_checks(include_deployment_checks=True) if one.is_serious()]
    return Check("Django's own checks", not found, f"{len(found)} to look at" if found else "none", " ".join(found))


def address():
    fine = settings.HTTPS and not settings.MLMC_DEMO
    todo = "" if fine else "Set MLMC_SITE_URL to the https address people open, and take MLMC_DEMO away."
    return Check("Address", fine, settings.SITE_URL, todo)


def proxy():
    fine = settings.MLMC_BEHIND_PROXY
    todo = "Set MLMC_BEHIND_PROXY=1 where nginx stands in front, or everybody counts as one address."
    return Check("Web server in front", fine, "named" if fine else "not named", "" if fine else todo)


def files():
    """Whatever holds a key or a password is its owner's alone."""
    named = [os.environ.get("MLMC_SECRETS_FILE"), "/etc/mlmc/env", "/etc/mlmc/keeper.env"]
    open_to_all = [path for path in named if path and Path(path).exists() and Path(path).stat().st_mode & 0o077]
    fine = bool(os.environ.get("MLMC_SECRETS_FILE")) and not open_to_all
    if not os.environ.get("MLMC_SECRETS_FILE"):
        return Check("Keys", False, "in the environment", "Put them into a file: MLMC_SECRETS_FILE.")
    todo = f"`chmod 600 {' '.join(open_to_all)}`" if open_to_all else ""
    return Check("Keys", fine, "in a file of their own" if fine else "others can read them", todo)


def log_ins():
    """The web server and the worker never learn how to log in as owner or keeper."""
    path = Path("/etc/mlmc/env")
    if not path.exists() or not os.access(path, os.R_OK):
        return Check("Log-ins", True, "not from /etc/mlmc/env")
    found = [name for name in ("DATABASE_URL_OWNER", "DATABASE_URL_KEEPER") if name in path.read_text()]
    todo = f"Move {' and '.join(found)} to /etc/mlmc/keeper.env." if found else ""
    return Check("Log-ins", not found, "apart" if not found else "web and worker know too many", todo)


def roles():
    with connection.cursor() as cursor:
        cursor.execute(
            "select array_agg(rolname::text) from pg_roles where rolname = any (%s) and (rolsuper or rolbypassrls)",
            [[OWNER, APP, KEEPER, GUARD]],
        )
        strong = cursor.fetchone()[0] or []
    todo = f"`alter role {strong[0]} nosuperuser nobypassrls`" if strong else ""
    return Check("Database roles", not strong, "none may pass a policy" if not strong else "too strong", todo)


def keys():
    problem = proof.wrong()
    return Check(
        "Keys fit the database", problem is None, "they fit" if problem is None else "they do not", problem or ""
    )


def broker_keeps():
    try:
        broker = redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2)
        policy = broker.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
    except (redis.RedisError, OSError):
        return Check(
            "Queue keeps what it holds", False, "cannot be asked", "Is Redis running, and does it allow CONFIG?"
        )
    fine = policy == "noeviction"
    todo = "" if fine else "`maxmemory-policy noeviction` in /etc/redis/redis.conf"
    return Check("Queue keeps what it holds", fine, policy, todo)


def letters():
    ours = program.current()
    fine = bool(ours.mail_host) or "smtp" in settings.EMAIL_BACKEND
    todo = "" if fine else "Name a mail server on the settings page; it is tried before it is kept."
    return Check("Letters", fine, "leave by a mail server" if fine else "lie in a folder", todo)


def backup_places():
    folder = places.folder()
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Check("Backup folder", False, "others can look into it", f"`chmod 700 {folder}`")
    if not places.others():
        return Check("Backup folder", False, "the only place", "Set MLMC_BACKUP_COPY to a folder on another disk.")
    return Check("Backup folder", True, f"copied to the {' and the '.join(places.others())}")


def sheet():
    when = program.current().done.get("key_sheet", "")
    todo = "" if when else "Print it and confirm it on its page: without it no backup opens on another machine."
    return Check("Key sheet", bool(when), f"confirmed {when[:10]}" if when else "not confirmed", todo)
