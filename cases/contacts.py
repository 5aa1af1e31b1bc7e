"""First contacts and calls by staff. The first time the youth is reached stops the 72-hour clock."""

from django.db import transaction

from cases.models import Case, Contact
from mlmc.core.context import on_duty

SAID = {True: "contact: reached", False: "contact: tried"}


@on_duty("welcome")
@transaction.atomic
def record_contact(about, *, by, at, way, reached, note=""):
    """Record that somebody reached the youth of a referral or a case, or tried to. Trying counts."""
    case = about if isinstance(about, Case) else Case.objects.filter(referral=about).first()
    referral = about.referral if isinstance(about, Case) else about
    contact = Contact.objects.create(referral=referral, case=case, by=by, at=at, way=way, reached=reached, note=note)
    if referral is not None and reached and (referral.reached_at is None or at < referral.reached_at):
        referral.reached_at = at
        referral.save(update_fields=["reached_at"])
    if case is not None:
        case.record(SAID[reached], by=by, at=at, note=note)
    return contact
