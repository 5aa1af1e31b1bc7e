"""System health: is it up, is the clock running, is anything stuck? It reads no case."""

import shutil
import sys
from dataclasses import dataclass
from datetime import timedelta

import django
import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mlmc.core.access import only
from mlmc.core.models import Heartbeat, OutboxRow, Role
from mlmc.core.postgres import server

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
    checks = [database(), server_settings(), broker(), clock(now), messages(now), disk(), migrations()]
    return render(request, "mlmc/health.html", {"checks": checks, "versions": versions(), "now": now})


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
        since = f"stands still since {timezone.localtime(last.at):%b %-d, %H:%M}" if last else "has not ticked yet"
        return Check("Clock and worker", False, since, "Start the worker and beat again.")
    return Check("Clock and worker", True, "ticks")


def messages(now):
    stuck = OutboxRow.objects.need_a_person(now).count()
    oldest = OutboxRow.objects.claimable(now).first()
    if stuck:
        return Check("Messages", False, f"{stuck} could not be sent", "Check the mail server; then tell those people.")
    if oldest and now - oldest.due_at > LATE:
        return Check("Messages", False, "wait longer than two minutes", "Check the worker and the mail server.")
    return Check("Messages", True, "all sent")


def disk():
    free = shutil.disk_usage(settings.BASE_DIR).free
    fine = free > 2_000_000_000
    return Check("Disk", fine, f"{free // 1_000_000_000} GB free", "" if fine else "Make room before it fills.")


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
