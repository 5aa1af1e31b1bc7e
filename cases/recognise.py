"""Have we met? Blind indexes find who may be the same youth or a sibling; a person says whether it is so."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.db.models import OuterRef, Subquery

from cases.birth import stated_age
from cases.likeness import Person, compare, digits, is_a_name, names_among, plain, sound, words
from cases.models import LookupKey, Precision, Referral, Youth
from mlmc.core.crypto import blind_index

Kind = LookupKey.Kind
NAMES = {Kind.SOUND, Kind.WORD}
MOST = 5  # of one kind for one person: a list that nobody reads to its end protects nobody
WORTH_A_LOOK, MANY = 40, 3000
NO_NAME = "Name not known yet"  # written where a name would stand; nobody is found by it


@dataclass(frozen=True)
class Found:
    """Somebody who may be meant: a referral or a youth, and why it is thought so."""

    kind: str
    reasons: list
    who: object


def of_referral(referral):
    """A referral, in the form that can be compared."""
    same_person = plain(referral.referrer).strip() in ("self", "herself", "himself", "themself")
    return Person(
        first=words(referral.first_name),
        last=words(referral.last_name),
        also=names_among(referral.also_known_as),
        phones=digits(referral.phone),
        born_on=referral.born_on,
        precision=referral.born_precision,
        age=stated_age(referral.about_age),
        said_at=referral.received_at,
        sender=frozenset() if same_person else digits(referral.referrer_phone) | {plain(referral.referrer)} - {""},
        home=(plain(referral.town), plain(referral.living_with)) if referral.town and referral.living_with else (),
        who=referral,
    )


def of_youth(youth):
    """A youth we know, under every name she was ever written down with."""
    identity = getattr(youth, "identity", None)
    written = (youth.chosen_name, identity.legal_name if identity else "")
    names = [re.findall(r"[^\W\d_]+", plain(name)) for name in written if name != NO_NAME]
    aliases = identity.aliases.split("\n") if identity else []
    return Person(
        first=frozenset(name[0] for name in names if name and is_a_name(name[0])),
        last=frozenset(word for name in names for word in name[1:] if is_a_name(word)),
        also=frozenset().union(*map(names_among, aliases)),
        phones=digits(identity.phones) if identity else frozenset(),
        numbers=frozenset(filter(None, [identity and identity.earlier_number])),
        born_on=youth.born_on,
        precision=youth.born_precision,
        who=youth,
    )


def keys_of(person):
    """The blind indexes by which this person is found again: pairs of kind and value."""
    names = person.first | person.last | person.also
    said = {(Kind.WORD, word) for word in names} | {(Kind.SOUND, sound(word)) for word in names if sound(word)}
    said |= {(Kind.PHONE, number) for number in person.phones}
    said |= {(Kind.OWN, number) for number in person.numbers}
    if person.precision == Precision.DAY:
        said.add((Kind.BIRTH, person.born_on.isoformat()))
    return {(kind, blind_index(text, column=f"lookup.{kind}")) for kind, text in said}


def key_rows(person, **owner):
    return [LookupKey(kind=kind, value=value, **owner) for kind, value in sorted(keys_of(person))]


def remember(person, **owner):
    """Keep the keys of `referral=` or `youth=`, and those alone: a name that is no longer hers finds nobody."""
    wanted = keys_of(person)
    rows = LookupKey.objects.filter(**owner).values_list("kind", "value", "pk")
    there = {(kind, bytes(value)): pk for kind, value, pk in rows}
    LookupKey.objects.filter(pk__in=[pk for key, pk in there.items() if key not in wanted]).delete()
    LookupKey.objects.bulk_create(row for row in key_rows(person, **owner) if (row.kind, row.value) not in there)


def worth_comparing(shared):
    """Of somebody's keys, which are shared: two names, a name and the birth date, or a telephone number."""
    kinds = Counter(Kind(kind) for kind, _ in shared)
    names = max(kinds[Kind.SOUND], kinds[Kind.WORD])
    return kinds[Kind.PHONE] or names >= 2 or (names and kinds[Kind.BIRTH])


def stored_for(people):
    """Those stored earlier whom each of these people may be: {index in people: [Person, …]}."""
    keys = [keys_of(person) for person in people]
    holders = defaultdict(set)  # (kind, value) -> owners
    for chunk in chunks(sorted({value for mine in keys for _, value in mine}), 2000):
        rows = LookupKey.objects.filter(value__in=chunk).values_list("kind", "value", "referral_id", "youth_id")
        for kind, value, referral, youth in rows.iterator():
            holders[kind, bytes(value)].add((Referral, referral) if referral else (Youth, youth))
    candidates = []
    for mine in keys:
        shared = defaultdict(set)
        for key in mine:
            for owner in islice(holders.get(key, ()), MANY):
                shared[owner].add(key)
        likely = [owner for owner, common in shared.items() if worth_comparing(common)]
        candidates.append(sorted(likely, key=lambda owner: -len(shared[owner]))[:WORTH_A_LOOK])
    known = load({owner for mine in candidates for owner in mine})
    return [[known[owner] for owner in mine if owner in known] for mine in candidates]


def with_youth():
    return Referral.objects.select_related("case__youth")


def load(owners):
    """The people behind some keys, from the database."""
    known = {}
    for chunk in chunks([pk for model, pk in owners if model is Referral], 1000):
        known |= {(Referral, one.pk): of_referral(one) for one in with_youth().filter(pk__in=chunk)}
    for chunk in chunks([pk for model, pk in owners if model is Youth], 1000):
        last = Referral.objects.filter(case__youth=OuterRef("pk")).order_by("-received_at").values("receipt")[:1]
        youth = Youth.objects.filter(pk__in=chunk).select_related("identity").annotate(last_receipt=Subquery(last))
        known |= {(Youth, one.pk): of_youth(one) for one in youth}
    return known


def chunks(things, size):
    return (things[start : start + size] for start in range(0, len(things), size))


def alike(person, others):
    """Of some people, those this one may be or be a sibling of, so many that somebody still looks at each."""
    found, count = [], Counter()
    for other in others:
        said = compare(person, other)
        if said and count[said[0]] < MOST:
            count[said[0]] += 1
            found.append(Found(*said, other.who))
    return found


def label(who):
    """What somebody stored is called in a list of pairs: the receipt number; a code where there was no referral."""
    if isinstance(who, Referral):
        return who.receipt
    return who.last_receipt or who.code


def look_alikes(referral):
    """Who this referral may be about, and who may be a sibling, among everybody stored. Nothing is written."""
    person = of_referral(referral)
    near = (referral.received_at - timedelta(days=1), referral.received_at + timedelta(days=1))
    values = [value for kind, value in keys_of(person) if kind in NAMES]
    same_days = with_youth().filter(received_at__range=near, keys__value__in=values).exclude(pk=referral.pk)
    others = {one.who.pk: one for one in stored_for([person])[0] if one.who.pk != referral.pk}
    others |= {one.pk: of_referral(one) for one in same_days.distinct()[:WORTH_A_LOOK]}
    own_youth = referral.case.youth_id if hasattr(referral, "case") else None
    return [one for one in alike(person, others.values()) if one.who.pk != own_youth]


class Batch:
    """The people of one file, each compared with those before. Memory only; it works without writing a line."""

    def __init__(self):
        self.by_pair, self.by_birth, self.by_phone, self.by_sender = (defaultdict(list) for _ in range(4))

    def meet(self, person):
        """Who among those met before this may be: [Found, …]. From now on this person is one of them."""
        near = {id(other): other for place in self.places(person) for other in place[-WORTH_A_LOOK:]}
        for place in self.places(person):
            place.append(person)
        return alike(person, near.values())

    def places(self, person):
        tokens = sorted(person.tokens)
        pairs = [(one, other) for index, one in enumerate(tokens) for other in tokens[index + 1 :]]
        yield from (self.by_pair[pair] for pair in pairs)
        yield from (self.by_phone[phone] for phone in person.phones)
        if person.precision == Precision.DAY:
            yield from (self.by_birth[person.born_on, token] for token in tokens)
        if person.said_at:
            day = person.said_at.date()
            yield from (self.by_sender[day, sender, token] for sender in person.sender for token in tokens)
            if person.home:
                yield from (self.by_sender[day, person.home, token] for token in tokens)
