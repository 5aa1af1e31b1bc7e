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
from tests.factories.matching import ExclusionFactory, MatchFactory
from tests.factories.mentors import ConcernFactory, MeetingFactory, MentorFactory, MentorshipFactory

__all__ = [
    "AccessFactory",
    "AgencyContactFactory",
    "AgencyFactory",
    "AttemptFactory",
    "CaseEventFactory",
    "CaseFactory",
    "ConcernFactory",
    "ContactFactory",
    "ExclusionFactory",
    "IdentityFactory",
    "InvitationFactory",
    "MatchFactory",
    "MeetingFactory",
    "MentorFactory",
    "MentorshipFactory",
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
