"""A program, its key and, for an agency's, whom it sends for: all or nothing."""

from django.db import transaction

from cases import agencies
from mlmc.core.api import keys


@transaction.atomic
def make(*, agency, by, at, **wanted):
    integration, key = keys.make(by=by, at=at, **wanted)
    if agency:
        agencies.let_send(integration.user, agency)
    return integration, key
