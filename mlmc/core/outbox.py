"""Messages that are neither lost nor doubled: a row, a claim with a lease, a delivery, a mark."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from mlmc.core.crypto import uuid7
from mlmc.core.models import OutboxRow

MOST = 20  # in one tick; the next goes on where this one stopped
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Kind:
    """How a message leaves. At most once is for youth: a second text can put them in danger."""

    deliver: Callable
    at_most_once: bool = False


def mail(message):
    """Says that there is news and where to look: no name, no place, no program, no word about what we do."""
    EmailMessage(
        subject="There is something new for you",
        body=f"There is something new for you. Sign in to read it: {settings.SITE_URL}\n",
        to=[message.recipient.email],
        headers={"Message-ID": f"<{message.pk}@outbox.invalid>"},  # a server that knows the id drops the double
    ).send()


KINDS = {"news": Kind(mail), "concern": Kind(mail), "follow_up": Kind(mail), "many_opened": Kind(mail)}


def enqueue(kind, *, to, about, due_at):
    """Ask for a message, in the transaction of its reason. Asking twice makes one."""
    enqueue_all(kind, to=[to], about=about, due_at=due_at)


def enqueue_all(kind, *, to, about, due_at):
    """The same message to each of these people, in one statement however many they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into core_outboxrow (id, kind, recipient_id, about, due_at, at_most_once, tries)
            select id, %(kind)s, recipient, %(about)s, %(due_at)s, %(once)s, 0
            from unnest(%(ids)s::uuid[], %(to)s::uuid[]) as one (id, recipient)
            on conflict do nothing
            """,
            {
                "kind": kind,
                "about": str(about),
                "due_at": due_at,
                "once": KINDS[kind].at_most_once,
                "ids": [str(uuid7()) for _ in to],
                "to": [str(person.pk) for person in to],
            },
        )


@transaction.atomic
def claim(*, at):
    """Take one that is due for the length of a lease. What another worker is taking is skipped, not waited for.

    One, not a batch: a server that hangs, or a message that breaks, must not use up the tries of its neighbours.
    """
    due = OutboxRow.objects.claimable(at).select_related("recipient")
    message = due.select_for_update(skip_locked=True, of=("self",)).first()
    if message is not None:
        message.tries, message.lease_until = message.tries + 1, at + timedelta(seconds=settings.MLMC_LEASE_SECONDS)
        message.save(update_fields=["tries", "lease_until"])
    return message


def deliver_due(*, at):
    """Send what is due. The claim is committed before anything leaves, so a killed worker doubles nothing."""
    for _ in range(MOST):
        message = claim(at=at)
        if message is None:
            return
        if message.recipient.is_active:
            try:
                KINDS[message.kind].deliver(message)
            except Exception as problem:  # the lease runs out and the row speaks for itself
                log.warning("not sent", row=message.pk, error=type(problem))
                continue
        with transaction.atomic():
            OutboxRow.objects.filter(pk=message.pk, tries=message.tries).update(sent_at=at)
