"""Finding somebody by whole words, however they sound, by code, receipt or telephone; only among those a reader may
see, and by name only where the reader's rights open the name. What does not fit shows nowhere, not even as a number.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q

from cases.intake import EASY
from cases.likeness import digits, is_a_name, plain, sound
from cases.models import Access, Case, LookupKey, Referral
from cases.models.referral import OPEN
from cases.recognise import Kind
from mlmc.core.crypto import blind_index
from mlmc.core.models import Role

MOST = 20  # whoever finds more adds a word
LONGEST = 80
RECEIPT = re.compile(f"[{EASY}]{{9}}")
NOBODY = Q(pk=None)


@dataclass(frozen=True)
class Hit:
    """One case or referral that fits."""

    who: Case | Referral
    exact: bool  # written so, not only sounding so
    at: datetime

    @property
    def is_case(self):
        return isinstance(self.who, Case)


@dataclass(frozen=True)
class Said:
    """What somebody typed, as that by which people are found."""

    words: tuple = ()
    phones: frozenset = frozenset()
    code: str = ""
    receipt: str = ""

    @classmethod
    def read(cls, text):
        text = text[:LONGEST]
        code = re.fullmatch(r"(?:y[\s-]*)?0*(\d{1,6})", text.strip(), re.I)
        receipt = re.sub(r"[\s-]", "", text).upper()
        words = filter(is_a_name, re.findall(r"[^\W\d_]+", plain(text)))
        return cls(
            words=tuple(dict.fromkeys(words)),
            phones=digits(text),
            code=f"Y-{int(code[1]):04d}" if code else "",
            receipt="-".join((receipt[:3], receipt[3:6], receipt[6:])) if RECEIPT.fullmatch(receipt) else "",
        )


def find(user, text):
    """Up to MOST hits, those written so first, then by the clock; and whether there are more."""
    said = Said.read(text)
    hits = [*cases(user, said), *referrals(user, said)]
    hits.sort(key=lambda hit: (hit.exact, hit.at, hit.who.pk), reverse=True)
    return hits[:MOST], len(hits) > MOST


def cases(user, said):
    opens_name = Access.objects.names_open_to(user)
    written, alike = by_name(said, "youth")
    by_code = Q(youth__code=said.code) if said.code else NOBODY
    by_code |= Q(referral__receipt=said.receipt) if said.receipt else NOBODY
    found = Case.objects.visible_to(user).filter(by_code | (opens_name & alike))
    found = found.annotate(exact=flag(by_code | written)).with_rights(user).select_related("youth")
    for case in found.order_by("-exact", "-accepted_at", "-pk")[: MOST + 1]:
        yield Hit(case, case.exact, case.accepted_at)


def referrals(user, said):
    """Those that are no case, or none that this person sees; by name while they are open, for who welcomes."""
    opens_name = Q(status__in=OPEN) if user.has_role(Role.INTAKE, Role.ASSESSMENT) else NOBODY
    written, alike = by_name(said, "referral")
    by_receipt = Q(receipt=said.receipt) if said.receipt else NOBODY
    found = Referral.objects.visible_to(user).filter(by_receipt | (opens_name & alike))
    found = found.exclude(case__in=Case.objects.visible_to(user)).annotate(exact=flag(by_receipt | written))
    for referral in found.with_rights(user).order_by("-exact", "-received_at", "-pk")[: MOST + 1]:
        yield Hit(referral, referral.exact, referral.received_at)


def flag(rule):
    return ExpressionWrapper(rule, output_field=BooleanField())


def by_name(said, owner):
    """Two conditions on the owner of some keys: every word is written so, or sounds so; and the telephone."""
    phone = holds(owner, [(Kind.PHONE, number) for number in said.phones]) if said.phones else NOBODY
    if not said.words:
        return phone, phone
    written = alike = Q()
    for word in said.words:
        keys = [(Kind.WORD, word)]
        written &= holds(owner, keys)
        alike &= holds(owner, [*keys, (Kind.SOUND, sound(word))] if sound(word) else keys)
    return written | phone, alike | phone


def holds(owner, keys):
    values = [blind_index(text, column=f"lookup.{kind}") for kind, text in keys]
    rows = LookupKey.objects.filter(value__in=values, **{f"{owner}__isnull": False}).values(owner)
    return Q(**{"youth__in" if owner == "youth" else "pk__in": rows})
