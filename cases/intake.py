"""Receiving a referral: kept whole and verbatim, with what a person must still ask about it."""

import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases import lifecycle, recognise
from cases.birth import ADULT, age_on
from cases.models import Agency, Precision, Referral
from mlmc.core.context import on_duty

# What is missing or doubtful: words for the page, and whether somebody has to ask for it before going on.
NEEDS = {
    "no_name": ("No name was given", True),
    "no_birth": ("The birth date is not known yet", True),
    "birth_unclear": ("The birth date cannot be read", True),
    "age_conflict": ("The birth date and the age do not fit together", True),
    "no_referrer": ("It does not say who to call back", True),
    "letters_unclear": ("Some letters could not be read for certain", True),
    "row_short": ("The row was shorter than its header", True),
    "two_digit_year": ("The birth year was written with two digits", False),
    "two_readings": ("The birth date can be read month first or day first", False),
    "partial_birth": ("Only part of the birth date is known", False),
    "about_birth": ("The birth date is an estimate", False),
    "about_age": ("The age is an estimate, not a birth date", False),
    "over_age": ("18 or older when referred: for exception review and a warm hand-off", False),
    "missing": ("Missing from care: no messages of any kind, and no visit", False),
    "device_watched": ("Somebody else may be reading the phone", False),
    "safety_words": ("There are words about safety: read them before any contact", False),
    "guardian_language": ("A guardian may need another language or an interpreter", False),
    "old_name": ("Another name is mentioned: perhaps known from before", False),
}
EASY = "23456789CDFGHJKMNPQRTVWXY"  # no vowels, no 0/O, 1/I, 5/S look-alikes at the ends of a bad line


def new_receipt():
    """Random, and easy to read aloud: `7K4-M2X-9PD`."""
    return "-".join("".join(secrets.choice(EASY) for _ in range(3)) for _ in range(3))


def asks(needs):
    return any(NEEDS[code][1] for code in needs)


def prepare(*, channel, received_at, received_text, client_key=None, needs=(), **parsed):
    """A referral as it will be stored, in its first status. The importer makes thousands of them at once."""
    referral = Referral(
        receipt=new_receipt(),
        channel=channel,
        received_at=received_at,
        received_text=received_text,
        client_key=client_key,
        **parsed,
    )
    needs = dict.fromkeys([*needs, *missing_from(referral)])
    referral.needs = list(needs)
    return lifecycle.begin(referral, asks=asks(needs), exception="over_age" in needs)


def is_over_age(referral):
    """18 or older on the day it was received. With a year alone nobody can tell, so nobody is sent away by it."""
    known = referral.born_precision in (Precision.DAY, Precision.MONTH)
    return known and age_on(referral.born_on, timezone.localdate(referral.received_at)) >= ADULT


def missing_from(referral):
    """What a look at the fields themselves shows."""
    if not referral.first_name and not referral.last_name:
        yield "no_name"
    if referral.born_on is None:
        yield "no_birth"
    elif is_over_age(referral):
        yield "over_age"
    if not (referral.referrer or referral.agency_id) or not (referral.referrer_phone or referral.referrer_email):
        yield "no_referrer"
    if referral.missing == Referral.YesNo.YES:
        yield "missing"
    if referral.safety_words:
        yield "safety_words"


@on_duty("welcome")
@transaction.atomic
def receive(*, channel, received_at, received_text, at, by=None, client_key=None, needs=(), **parsed):
    """Take in one referral. The same form sent twice is one referral, and answers alike whoever it is about."""
    if received_at > at:
        raise ValueError("A referral cannot be received after now.")
    referral = prepare(
        channel=channel,
        received_at=received_at,
        received_text=received_text,
        client_key=client_key,
        needs=needs,
        taken_by=by,
        **parsed,
    )
    try:
        with transaction.atomic():
            referral.save(force_insert=True)
    except IntegrityError:  # the second click of the same form
        if client_key is None:
            raise
        return Referral.objects.get(client_key=client_key)
    recognise.remember(recognise.of_referral(referral), referral=referral)
    return referral


@on_duty("welcome")
@transaction.atomic
def receive_from_staff(typed, *, by, at):
    """A referral somebody here typed in: theirs from now on. The agency is known from then on by its name."""
    name = " ".join(typed.pop("agency_name").split())
    agency = Agency.objects.get_or_create(name=name)[0] if name else None
    received_at = min(typed.pop("received_at"), at)  # a form says minutes
    return receive(**typed, received_at=received_at, agency=agency, by=by, at=at)


@on_duty("welcome")
@transaction.atomic
def record_reply(referral, *, by, at):
    """The referrer has been answered: the first clock stops, and stays where it stopped."""
    if referral.replied_at is None:
        referral.replied_at = at
        referral.taken_by = referral.taken_by or by
        referral.save(update_fields=["replied_at", "taken_by"])
    return referral


@on_duty("welcome")
def take_on(referral, *, by):
    """Somebody makes this referral theirs."""
    referral.taken_by = by
    referral.save(update_fields=["taken_by"])
    return referral
