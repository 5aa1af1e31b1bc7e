"""One person asks for everything, another says yes. Nobody takes it alone."""

from datetime import timedelta

from django.db import transaction

from mlmc.core import outbox, raising
from mlmc.core.context import on_duty
from mlmc.core.models import ExitRequest, Role, User

MAY = (Role.DIRECTOR, Role.ADMIN)
STANDS_FOR = timedelta(days=3)  # a question that nobody answered is none any more


class NotYours(Exception):
    """Somebody else has to answer, or it is too late. The message is fit for the user."""


@on_duty("accounts")
@transaction.atomic
def ask(why, *, by, at):
    request = ExitRequest.objects.create(why=why, asked_by=by, asked_at=at)
    for person in User.objects.filter(is_active=True, roles__overlap=list(MAY)).exclude(pk=by.pk):
        outbox.enqueue("news", to=person, about=f"exit {request.pk}", due_at=at)
    return request


def to_answer(user, *, at):
    """What this person may say yes or no to; to be read under the duty `accounts`."""
    rows = ExitRequest.objects.filter(answered_at=None, asked_at__gt=at - STANDS_FOR)
    return raising.not_ones_own(rows, user, at=at)


@on_duty("accounts")
@transaction.atomic
def answer(pk, yes, *, by, at):
    """The second person's word. Whoever asked is told; so is everybody else who may ask."""
    rows = ExitRequest.objects.select_for_update(of=("self",)).filter(pk=pk, answered_at=None)
    request = rows.filter(asked_at__gt=at - STANDS_FOR).select_related("asked_by").first()
    if request is None:
        raise NotYours("This was answered already, or nobody did within three days. Ask again.")
    if request.asked_by_id == by.pk:
        raise NotYours("Somebody else has to say yes or no to this.")
    if not raising.is_another(by, than=request.asked_by, at=at):
        raise NotYours(raising.LINKED)
    if not request.asked_by.has_role(*MAY):
        raise NotYours("Whoever asked may no longer do so.")
    request.answered_by, request.answered_at, request.granted = by, at, yes
    request.save(update_fields=["answered_by", "answered_at", "granted"])
    for person in User.objects.filter(is_active=True, roles__overlap=list(MAY)).exclude(pk=by.pk):
        outbox.enqueue("news", to=person, about=f"exit answered {request.pk}", due_at=at)
    return request
