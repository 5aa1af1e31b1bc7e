"""All blind indexes anew, from what they stand for. As the keeper: everybody is read."""

import json

from django.db import transaction

from cases.importing import source_key
from cases.models import LookupKey, Referral, Youth
from cases.recognise import key_rows, of_referral, of_youth
from mlmc.core.bringing import running
from mlmc.core.door import passkeys
from mlmc.core.models import Attempt, ImportColumn, RecoveryCode

SIZE = 500


@transaction.atomic
def lookup_keys():
    """The keys of every referral and youth, those alone that belong to them. How many there are."""
    LookupKey.objects.all().delete()
    return sum(
        len(LookupKey.objects.bulk_create(row for person in people for row in person)) for people in chunks_of_keys()
    )


def chunks_of_keys():
    for rows in chunked(Referral.objects.order_by("pk")):
        yield [key_rows(of_referral(one), referral=one) for one in rows]
    for rows in chunked(Youth.objects.select_related("identity").order_by("pk")):
        yield [key_rows(of_youth(one), youth=one) for one in rows]


def chunked(queryset):
    """Rows in the order of their keys, so many at a time that they fit into memory."""
    rows = list(queryset[:SIZE])
    while rows:
        yield rows
        rows = list(queryset.filter(pk__gt=rows[-1].pk)[:SIZE])


@transaction.atomic
def everything():
    """After a change of MLMC_INDEX_KEY: {what: how many}. What only the old key knew is forgotten."""
    imported = 0
    for rows in chunked(Referral.objects.exclude(source_key=None).order_by("pk")):
        for referral in rows:
            referral.source_key = source_key(json.loads(referral.received_text))
        imported += Referral.objects.bulk_update(rows, ["source_key"])
    return {
        "keys": lookup_keys(),
        "imported": imported + running.prints_anew(),
        "passkeys": passkeys.find_anew(),
        "codes": RecoveryCode.objects.all().delete()[0],
        "columns": ImportColumn.objects.all().delete()[0],
        "attempts": Attempt.objects.all().delete()[0],
    }
