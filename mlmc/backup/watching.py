"""Is there a good backup of the last night, and room for the next one? System health shows it; admins are told."""

import shutil
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mlmc.core import outbox
from mlmc.core.models import Backup, Heartbeat, Role, User
from mlmc.core.templatetags.ui import short_when

TOO_OLD = timedelta(hours=26)  # a night, and two hours to make it
LEAST_FREE = 2_000_000_000  # bytes


@dataclass(frozen=True)
class State:
    """`problem` is empty when all is well; `todo` says what a person does about it."""

    words: str
    problem: str = ""
    todo: str = ""


def backups(*, at):
    good, last = Backup.objects.good().first(), Backup.objects.order_by("-began_at").first()
    if good is None:
        waits = last is None or not last.problem
        return State("none yet", "none yet", "The first is made at once." if waits else last.problem)
    words = f"last good one {short_when(good.began_at)}"
    if at - good.began_at > TOO_OLD:
        return State(words, words, (last.problem if last else "") or "Is the keeper's worker running?")
    if good.problem:
        return State(words, "not copied", good.problem)
    return State(f"{words}; copied to the {' and the '.join(good.copied_to)}" if good.copied_to else words)


def disk():
    free = min(shutil.disk_usage(place).free for place in (settings.BASE_DIR, settings.VAR))
    words = f"{free // 1_000_000_000} GB free"
    return State(words, words, "Make room before it fills.") if free < LEAST_FREE else State(words)


@transaction.atomic
def tell_admins(*, at):
    """Once a day while something is wrong. A program that began within the hour is left its first backup."""
    first = Heartbeat.objects.order_by("at").first()
    if first is None or (not Backup.objects.exists() and User.objects.filter(invited_at__gt=at - timedelta(hours=1))):
        return
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    for about, state in (("backup", backups(at=at)), ("disk", disk())):
        if state.problem:
            for person in User.objects.with_role(Role.ADMIN):
                outbox.enqueue("news", to=person, about=about, due_at=day)
