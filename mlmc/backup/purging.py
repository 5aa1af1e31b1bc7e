"""Erasing one youth's records for good, and a ledger beside the backups that erases them again after a restore.

The ledger holds ids and moments, no word about anybody. What the trail says stays: who did what when, by ids alone.
"""

import json
from collections import defaultdict

from django.apps import apps
from django.db import connection, models, transaction

from cases.models import Youth
from mlmc.backup import places
from mlmc.core import outbox
from mlmc.core.models import Role, User

LEDGER = "erased.jsonl"


@transaction.atomic
def purge(youth, *, at):
    """As the keeper: every row about this youth, and what those rows said before. Every director and admin is told."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.resealing', 'on', true)")  # no history of what is to be forgotten
        rows = erase(cursor, youth.pk)
    for person in User.objects.filter(is_active=True, roles__overlap=[Role.DIRECTOR, Role.ADMIN]):
        outbox.enqueue("news", to=person, about=f"erased {youth.pk}", due_at=at)
    write_down(youth.pk, at=at)  # last: what is in the ledger and still here would be erased by the next restore
    return rows


def erase(cursor, youth_id):
    """Every row about this youth goes, and their history. Returns how many. The transaction is the caller's."""
    found = rows_about(cursor, youth_id)
    cursor.execute("set constraints all deferred")  # rows go in no order
    for model, ids in found.items():
        cursor.execute(f"delete from {model._meta.db_table} where {model._meta.pk.column} = any (%s)", [list(ids)])
    ids = [str(one) for of in found.values() for one in of]
    cursor.execute("delete from core_change where row_id = any (%s) or subject::text = any (%s)", [ids, ids])
    return len(ids)


def rows_about(cursor, youth_id):
    """{model: ids} of everything that points at this youth, at what points at it, and so on; and the referral that
    each case came from. No row is found by it that is about somebody else: such rows are pointed at."""
    found = defaultdict(set, {Youth: {youth_id}})
    grows = True
    while grows:
        before = sum(map(len, found.values()))
        for model, field in links():
            if ids := found.get(field.related_model):
                found[model] |= pointing(cursor, model, field, ids)
        found[apps.get_model("cases", "Referral")] |= referrals_of(found[apps.get_model("cases", "Case")])
        grows = sum(map(len, found.values())) > before
    return {model: ids for model, ids in found.items() if ids}


def links():
    for model in apps.get_models():
        if model._meta.managed:
            for field in model._meta.local_fields:
                if isinstance(field, models.ForeignKey):
                    yield model, field


def pointing(cursor, model, field, ids):
    table, key = model._meta.db_table, model._meta.pk.column
    cursor.execute(f"select {key} from {table} where {field.column} = any (%s)", [list(ids)])
    return {one for (one,) in cursor.fetchall()}


def referrals_of(cases):
    rows = apps.get_model("cases", "Case").objects.filter(pk__in=cases).exclude(referral=None)
    return set(rows.values_list("referral_id", flat=True))


def write_down(youth_id, *, at):
    with (places.folder() / LEDGER).open("a") as lines:
        lines.write(json.dumps({"youth": str(youth_id), "at": at.isoformat()}) + "\n")
    for place in places.others().values():
        place.put(places.folder() / LEDGER)


def ledgers(beside):
    """Ids that were erased since some backup, from the ledger beside it and the one of this machine."""
    found = set()
    for folder in {beside, places.folder()}:
        if (folder / LEDGER).exists():
            found |= {json.loads(line)["youth"] for line in (folder / LEDGER).read_text().splitlines() if line}
    return sorted(found)
