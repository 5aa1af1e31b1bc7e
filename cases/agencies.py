"""Agencies and the programs that send referrals for them."""

from django.db import transaction

from cases.models import Agency, AgencyProgram
from mlmc.core.context import on_duty


@on_duty("accounts", "welcome")
@transaction.atomic
def let_send(user, name):
    """From now on this program sends for the agency of this name, which is known by it."""
    agency, _ = Agency.objects.get_or_create(name=" ".join(name.split()))
    return AgencyProgram.objects.create(user=user, agency=agency)
