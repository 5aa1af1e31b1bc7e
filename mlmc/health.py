"""System health: is it up, is the clock running, is anything stuck? It reads no case."""

import sys
from dataclasses import dataclass
from datetime import timedelta

import django
import redis
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from mlmc import program
from mlmc.backup import watching
from mlmc.core import holding
from mlmc.core.access import only
from mlmc.core.models import Backup, Heartbeat, OutboxRow, Role
from mlmc.core.postgres import server
from mlmc.core.templatetags.ui import short_when
from mlmc.tasks import back_up_now

LATE = timedelta(minutes=2)  # the clock ticks every minute


@dataclass(frozen=True)
class Check:
    name: str
    fine: bool
    words: str
    todo: str = ""


@require_safe
@only(Role.ADMIN)
def health(request):
    now = timezone.now()
    checks = [database(), server_settings(), broker(), clock(now), letters(now), migrations()]
    checks += kept(now)
    backups = Backup.objects.order_by("-began_at")[:10]
    context = {"checks": checks, "versions": versions(), "now": now, "backups": backups}
    context["left_behind"] = holding.left_behind(request.user)
    context["first_days"] = program.current().in_first_days
    return render(request, "mlmc/health.html", context)


@require_POST
@only(Role.ADMIN)
def backup_now(request):
    """The keeper makes it; this process could not see what it would have to copy."""
    try:
        back_up_now.apply_async(queue="keeper", expires=600, retry=False)
    except OperationalError:
        messages.error(request, "The queue does not answer, so nobody was asked. Start Redis again.")
    else:
        messages.success(request, "A backup is being made. Look again in a minute.")
    return redirect("health")


def database():
    with connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    return Check("Database", True, f"answers; {size // 1_000_000} MB")


def server_settings():
    with connection.cursor() as cursor:
        found = server.findings(cursor)
    if found:
        return Check("Database settings", False, f"{len(found)} to change", " ".join(found))
    return Check("Database settings", True, "logs nothing typed, keeps what is saved")


def broker():
    try:
        redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2).ping()
    except (redis.RedisError, OSError):
        return Check("Queue", False, "does not answer", "Start Redis again. Nothing is lost: what is due stands here.")
    return Check("Queue", True, "answers")


def clock(now):
    last = Heartbeat.objects.filter(name="worker").first()
    if last is None or now - last.at > LATE:
        since = f"stands still since {short_when(last.at)}" if last else "has not ticked yet"
        return Check("Clock and worker", False, since, "Start the worker and beat again.")
    return Check("Clock and worker", True, "ticks")


def letters(now):
    stuck = OutboxRow.objects.need_a_person(now).count()
    oldest = OutboxRow.objects.claimable(now).first()
    if stuck:
        return Check("Messages", False, f"{stuck} could not be sent", "Check the mail server; then tell those people.")
    if oldest and now - oldest.due_at > LATE:
        return Check("Messages", False, "wait longer than two minutes", "Check the worker and the mail server.")
    return Check("Messages", True, "all sent")


def kept(now):
    yield state("Last good backup", watching.backups(at=now))
    yield state("Disk", watching.disk())


def state(name, found):
    return Check(name, not found.problem, found.problem or found.words, found.todo)


def migrations():
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Check("Database version", False, f"{len(waiting)} steps behind the program", "Run manage.py migrate.")
    return Check("Database version", True, "same as the program's")


def versions():
    return [
        ("Python", ".".join(map(str, sys.version_info[:3]))),
        ("Django", django.get_version()),
        ("PostgreSQL", ".".join(map(str, divmod(connection.pg_version, 10000)))),
    ]
