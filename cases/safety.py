"""Safety words, safe contact, and days on which nobody is written to. A person confirms; nothing is forgotten."""

from django.db import transaction

from cases import recognise
from cases.acceptance import added
from cases.models import Case, Identity, SafeContact, SafetyNeed, Youth
from mlmc.core.context import on_duty

CONTACT = ["channel", "number", "hours", "device_watched", "voicemail_ok"]
FLAGS = {  # dated marks on a case: field → (what began, what ended)
    "missing_since": ("Missing from care: nothing is sent, nobody calls", "Found: contact begins again"),
    "detained_since": ("In hospital or detained", "No longer in hospital or detained"),
    "away_since": ("Out of area", "Back in the area"),
    "paused_since": ("Paused by the youth", "Goes on, as the youth wishes"),
}


@on_duty("welcome")
@transaction.atomic
def confirm(need, *, kind, is_hard, plain, case, by, at):
    """What came as text is a need from now on: of this kind, hard or a wish. The words that came are kept."""
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
    found_by_number(case, contact["number"])
    case.record("How they may be reached was confirmed", by=by, at=at)
    return row


def found_by_number(case, number):
    """Whoever calls from it is recognised: beside the numbers that were known, never in their place."""
    identity, _ = Identity.objects.get_or_create(youth_id=case.youth_id)
    identity.phones = added(identity.phones, number)
    identity.save(update_fields=["phones"])
    youth = Youth.objects.select_related("identity").get(pk=case.youth_id)
    recognise.remember(recognise.of_youth(youth), youth=youth)


@on_duty("welcome")
@transaction.atomic
def mark(case, name, since, *, by, at):
    """Begin or end one of FLAGS: `since` is a day, or None. Missing from care silences everything at once."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if getattr(case, name) == since:
        return case
    setattr(case, name, since)
    case.save(update_fields=[name])
    if name == "missing_since":  # a person is missing, not an episode: whatever reaches them is silenced
        Case.objects.filter(youth_id=case.youth_id).update(missing_since=since)
    case.record(FLAGS[name][0 if since else 1], by=by, at=at)
    return case
