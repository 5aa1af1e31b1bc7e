"""One factory per model, one module per app. Bare is ordinary; everybody in them is made up."""

from tests.factories.cases import (
    AccessFactory,
    AgencyContactFactory,
    AgencyFactory,
    CaseEventFactory,
    CaseFactory,
    ContactFactory,
    IdentityFactory,
    ReferralFactory,
    ReferralLinkFactory,
    RelationFactory,
    SafeContactFactory,
    SafetyNeedFactory,
    WallFactory,
    YouthFactory,
)
from tests.factories.core import AttemptFactory, InvitationFactory, OutboxRowFactory, TeamFactory, UserFactory

__all__ = [
    "AccessFactory",
    "AgencyContactFactory",
    "AgencyFactory",
    "AttemptFactory",
    "CaseEventFactory",
    "CaseFactory",
    "ContactFactory",
    "IdentityFactory",
    "InvitationFactory",
    "OutboxRowFactory",
    "ReferralFactory",
    "ReferralLinkFactory",
    "RelationFactory",
    "SafeContactFactory",
    "SafetyNeedFactory",
    "TeamFactory",
    "UserFactory",
    "WallFactory",
    "YouthFactory",
]
