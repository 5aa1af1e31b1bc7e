"""Taking in a file of referrals: no row is lost, none is taken twice, nothing is merged."""

import hashlib
import json
from dataclasses import dataclass, field

from django.db import connection, transaction

from cases import intake, reading, recognise
from cases.likeness import DUPLICATE, SIBLING
from cases.models import Agency, LookupKey, Referral, ReferralLink
from mlmc.core.context import on_duty
from mlmc.core.crypto import blind_index

SIZE = 500  # rows written at once
ONE_AT_A_TIME = 20_540_001  # the number of our advisory lock


@dataclass
class Outcome:
    """What became of a file: the figures that are printed, and the rows that stay outside with the reason."""

    rows: int = 0
    created: int = 0
    needs_information: int = 0
    possible_duplicates: list = field(default_factory=list)
    siblings: list = field(default_factory=list)
    already_imported: int = 0
    errors: list = field(default_factory=list)  # (label, column, reason)

    def as_json(self):
        return json.dumps(self.__dict__ | {"errors": len(self.errors)}, ensure_ascii=False)


@dataclass
class Taken:
    """One new referral of the file, with what it is called there and whom it may be about."""

    label: str
    referral: Referral
    person: recognise.Person
    agency: str = ""
    found: list = field(default_factory=list)


def source_key(values):
    """The same for the same named values in any order of columns; an empty cell is as good as a missing column."""
    told = json.dumps(sorted((name, value) for name, value in values.items() if value), ensure_ascii=False)
    return blind_index(hashlib.sha256(told.encode()).hexdigest(), column="referral.source_key")


@on_duty("welcome")
@transaction.atomic
def import_lines(lines, *, at, store=True):
    """Take in the rows of a file, or with `store=False` only say what would become of them."""
    if store:
        with connection.cursor() as cursor:  # two people with the same file: the second finds it imported
            cursor.execute("select pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    outcome = Outcome(rows=len(lines))
    taken = list(sifted(lines, outcome, at=at))
    compare(taken, outcome)
    outcome.created = len(taken)
    outcome.needs_information = sum(intake.asks(one.referral.needs) for one in taken)
    if store:
        keep(taken)
    return outcome


def sifted(lines, outcome, *, at):
    """The rows that are new and can be read, as referrals not stored yet."""
    keys = [None if line.reason else source_key(line.values) for line in lines]
    seen = stored_keys({key for key in keys if key})
    for line, key in zip(lines, keys, strict=True):
        if line.reason:
            outcome.errors.append((line.label, line.column, line.reason))
        elif key in seen:
            outcome.already_imported += 1
        else:
            try:
                parsed = reading.read(line.values, at=at)
            except reading.Unreadable as problem:
                outcome.errors.append((line.label, problem.column, problem.reason))
                continue
            seen.add(key)
            text = json.dumps(line.values, ensure_ascii=False)
            parsed["needs"] = [*parsed["needs"], *line.needs]
            referral = intake.prepare(received_text=text, source_key=key, **parsed)
            yield Taken(line.label, referral, recognise.of_referral(referral), agency_of(line.values))


def agency_of(values):
    """The agency as the row names it; somebody who came by herself comes from none."""
    name = " ".join(values.get("agency", "").split())[:120]
    return "" if name.casefold() in ("self", "family", "n/a", "none") else name


def stored_keys(keys):
    found = set()
    for chunk in recognise.chunks(sorted(keys), 2000):
        rows = Referral.objects.filter(source_key__in=chunk).values_list("source_key", flat=True)
        found |= {bytes(key) for key in rows}
    return found


def compare(taken, outcome):
    """Each new row with those stored earlier, then with those before it in the file."""
    batch, labels = recognise.Batch(), {}
    for one, earlier in zip(taken, recognise.stored_for([one.person for one in taken]), strict=True):
        labels[one.referral.pk] = one.label
        one.found = [*recognise.alike(one.person, earlier), *batch.meet(one.person)]
        for found in one.found:
            pair = [labels.get(found.who.pk) or recognise.label(found.who), one.label]
            pairs = {DUPLICATE: outcome.possible_duplicates, SIBLING: outcome.siblings}[found.kind]
            if pair not in pairs[-recognise.MOST * 2 :]:  # a youth and the referral she came by are one label
                pairs.append(pair)


def keep(taken):
    """Store the referrals, the keys they are found by, and the suggestions."""
    names = {one.agency for one in taken if one.agency}
    Agency.objects.bulk_create([Agency(name=name) for name in sorted(names)], ignore_conflicts=True)
    agencies = {agency.name: agency for agency in Agency.objects.filter(name__in=names)}
    for one in taken:
        one.referral.agency = agencies.get(one.agency)
    for chunk in recognise.chunks(taken, SIZE):
        Referral.objects.bulk_create(one.referral for one in chunk)
        LookupKey.objects.bulk_create(
            row for one in chunk for row in recognise.key_rows(one.person, referral=one.referral)
        )
    links = [
        ReferralLink(one=found.who, other=one.referral, kind=found.kind, reasons=found.reasons)
        for one in taken
        for found in one.found
        if isinstance(found.who, Referral)
    ]
    ReferralLink.objects.bulk_create(links, batch_size=2000)
