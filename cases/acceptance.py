"""Accepting a referral: the youth gets a place of her own here, and the people who welcome her get access."""

import re

from django.db import connection, transaction
from django.utils import timezone

from cases import access, lifecycle, recognise, whereabouts
from cases.models import (
    As,
    Case,
    CaseStatus,
    Identity,
    Precision,
    Referral,
    ReferralStatus,
    SafeContact,
    SafetyNeed,
    Youth,
)
from mlmc.core.context import on_duty
from mlmc.core.models import Role

CLOSED_ROOM = re.compile(r"\b(closed|small)?\s*(room|car|office|driver)s?\b", re.I)
MALE = re.compile(r"\b(male|man|men)\b", re.I)
HOW_TO_REACH = re.compile(r"\b(call|text|txt|phone|number|voicemail|e-?mail|home ph|messag\w*)\b", re.I)
WATCHED = re.compile(
    r"monitor|watch(ed|ing)|(reads|checks|goes through|has|took) (her|his|their) (phone|texts|messages)", re.I
)
SOMEBODY = re.compile(r"\b(adult|boyfriend|uncle|stepfather|man|he|him|his|ex)\b", re.I)
SOMEWHERE = re.compile(r"\b(house|motel|hotel|street|address|apartment|school|near)\b", re.I)


def next_code():
    """`Y-0412`: the next youth, without a gap anybody could read a name from."""
    return next_codes(1)[0]


def next_codes(count):
    with connection.cursor() as cursor:
        cursor.execute("select nextval('cases_youth_code') from generate_series(1, %s)", [count])
        return [f"Y-{number:04d}" for (number,) in cursor.fetchall()]


def kind_of(words):
    """What some safety words are about, as far as a machine may guess. The words themselves are always shown."""
    Kind = SafetyNeed.Kind
    if MALE.search(words) and CLOSED_ROOM.search(words):
        return Kind.CLOSED_ROOM
    if HOW_TO_REACH.search(words):
        return Kind.CONTACT
    if SOMEBODY.search(words):
        return Kind.PERSON
    return Kind.PLACE if SOMEWHERE.search(words) else Kind.OTHER


@on_duty("welcome")
@transaction.atomic
def accept(referral, *, by, at, youth=None, case_manager=None):
    """Take the referral on. A known youth gets a new episode, and is never asked for her story a second time."""
    Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    lifecycle.move_referral(referral, ReferralStatus.ACCEPTED, by=by, at=at)
    known = youth is not None
    if known:
        Youth.objects.select_for_update(of=("self",)).get(pk=youth.pk)  # two episodes at once get two numbers
    youth = youth if known else new_youth(referral)
    identify(youth, referral)
    keep_safe(youth, referral)
    recognise.remember(recognise.of_youth(youth), youth=youth)
    case = Case.objects.create(
        youth=youth, referral=referral, episode=youth.cases.count() + 1, status=CaseStatus.WAITING, accepted_at=at
    )
    missing = timezone.localdate(at) if referral.missing == Referral.YesNo.YES else whereabouts.missing_since(youth)
    if missing:
        case = whereabouts.mark(case, whereabouts.MISSING, missing, by=by, at=at)
    referral.contacts.update(case=case)
    open_to_the_team(case, by=by, at=at, case_manager=case_manager)
    case.record("came back: a new episode" if known else "accepted", by=by, at=at)
    return case


def open_to_the_team(case, *, by, at, case_manager):
    why = "welcomes and matches, until the match"
    access.give(case, role=Role.INTAKE, as_what=As.INTAKE, why=why, by=by, at=at)
    access.give(case, role=Role.ASSESSMENT, as_what=As.ASSESSMENT, why=why, by=by, at=at)
    if case_manager is not None:
        access.give(case, user=case_manager, as_what=As.CASE_MANAGER, why="case manager", by=by, at=at)


def new_youth(referral):
    return Youth.objects.create(
        code=next_code(),
        chosen_name=referral.chosen_name or recognise.NO_NAME,
        pronouns=referral.pronouns,
        born_on=referral.born_on,
        born_precision=referral.born_precision,
        about_age=referral.about_age,
        custody=referral.custody,
        guardian=referral.living_with,
        worker=referral.referrer,
        languages=referral.languages,
        area=referral.area,
    )


def identify(youth, referral):
    """Who she is outside of here. What is known already stays; what is new is added, nothing is overwritten."""
    identity = Identity.objects.filter(youth=youth).first() or Identity(youth=youth)
    full = f"{referral.first_name} {referral.last_name}".strip()
    if not identity.legal_name:
        identity.legal_name = full
    elif full and full != identity.legal_name:
        identity.aliases = added(identity.aliases, full)
    identity.aliases = added(identity.aliases, referral.also_known_as)
    identity.phones = added(identity.phones, referral.phone)
    identity.addresses = added(identity.addresses, referral.town)
    identity.save()
    youth.identity = identity
    if youth.born_precision in (Precision.UNKNOWN, Precision.ABOUT) and referral.born_on:
        youth.born_on, youth.born_precision = referral.born_on, referral.born_precision
        youth.save(update_fields=["born_on", "born_precision"])


def keep_safe(youth, referral):
    """Until she has said how, no channel is safe. Safety words are kept as received until a person confirms them."""
    words = referral.safety_words.strip()
    contact, _ = SafeContact.objects.get_or_create(youth=youth)
    contact.number = referral.phone or contact.number
    contact.words = added(contact.words, words)
    contact.device_watched = contact.device_watched or bool(WATCHED.search(words))
    if referral.phone:  # another number, or the same one given anew: what was confirmed was confirmed before
        contact.confirmed_at = contact.confirmed_by = None
        contact.channel = SafeContact.Channel.NONE
    contact.save()
    if words:
        SafetyNeed.objects.create(youth=youth, kind=kind_of(words), words=words, received_at=referral.received_at)


def added(lines, line):
    line = line.strip()
    return lines if not line or line in lines.split("\n") else f"{lines}\n{line}".strip()
