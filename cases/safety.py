"""Safety words and safe contact. A person confirms; nothing is forgotten."""

from datetime import timedelta

from django.db import transaction

from cases import recognise
from cases.acceptance import added
from cases.models import Identity, SafeContact, SafetyNeed, Youth
from mlmc.core.context import on_duty

ASK_AGAIN_AFTER = timedelta(days=182)
BY_PHONE = (SafeContact.Channel.CALL, SafeContact.Channel.TEXT)
CONTACT = ["channel", "number", "hours", "device_watched", "voicemail_ok"]


@on_duty("welcome")
@transaction.atomic
def confirm(need, *, kind, is_hard, plain, case, by, at):
    """What came as text is a need from now on: of this kind, hard or a wish. The words that came are kept."""
    need = locked(need)
    need.kind, need.is_hard, need.plain = kind, is_hard, plain
    need.confirmed_at, need.confirmed_by = at, by
    need.save(update_fields=["kind", "is_hard", "plain", "confirmed_at", "confirmed_by"])
    case.record("Safety words were confirmed", by=by, at=at)
    return need


@on_duty("welcome")
@transaction.atomic
def add(case, *, kind, is_hard, words, by, at):
    """Something the youth, or somebody who knows, said about safety. Whoever writes it down confirms it."""
    need = SafetyNeed(youth=case.youth, kind=kind, is_hard=is_hard, words=words, received_at=at)
    need.confirmed_at, need.confirmed_by = at, by
    need.save()
    case.record("A safety need was written down", by=by, at=at)
    return need


@on_duty("welcome")
@transaction.atomic
def lift(need, *, why, case, by, at):
    """It is no longer so, or never was. It stays in the record, with the reason and who said so."""
    need = locked(need)
    need.lifted_at, need.lifted_by, need.lifted_why = at, by, why
    need.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    case.record("A safety need no longer holds", by=by, at=at)
    return need


@on_duty("welcome")
@transaction.atomic
def say_how_to_reach(case, *, by, at, **contact):
    """How the youth may be reached, as they said it today. `contact` has each of CONTACT."""
    row, _ = SafeContact.objects.select_for_update(of=("self",)).get_or_create(youth_id=case.youth_id)
    for name in CONTACT:
        setattr(row, name, contact[name])
    row.confirmed_at, row.confirmed_by = at, by
    row.save(update_fields=[*CONTACT, "confirmed_at", "confirmed_by"])
    if contact["channel"] in BY_PHONE:
        found_by_number(case, contact["number"])
    case.record("How they may be reached was confirmed", by=by, at=at)
    return row


def locked(need):
    """Of two people at once the second writes what they read last, and the history has both."""
    return SafetyNeed.objects.select_for_update(of=("self",)).get(pk=need.pk)


def is_safe(contact, *, at):
    """A way that the youth said is safe, not longer ago than somebody has to ask again."""
    known = contact is not None and contact.confirmed_at and contact.channel != SafeContact.Channel.NONE
    return bool(known) and at - contact.confirmed_at <= ASK_AGAIN_AFTER


def found_by_number(case, number):
    """Whoever calls from it is recognised: beside the numbers that were known, never in their place."""
    identity, _ = Identity.objects.get_or_create(youth_id=case.youth_id)
    identity.phones = added(identity.phones, number)
    identity.save(update_fields=["phones"])
    youth = Youth.objects.select_related("identity").get(pk=case.youth_id)
    recognise.remember(recognise.of_youth(youth), youth=youth)
