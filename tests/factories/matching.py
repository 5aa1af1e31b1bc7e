"""What matching compares and decides. A bare match has been asked for and waits for both answers."""

import factory
from factory.django import DjangoModelFactory

from matching.models import Exclusion, Match
from mlmc.core.models import Role
from tests.factories.cases import YouthFactory
from tests.factories.core import UserFactory
from tests.factories.mentors import MentorFactory, MentorshipFactory


class ExclusionFactory(DjangoModelFactory):
    class Meta:
        model = Exclusion

    youth = factory.SubFactory(YouthFactory)
    mentor = factory.SubFactory(MentorFactory)
    said_by = "team"


class MatchFactory(DjangoModelFactory):
    class Meta:
        model = Match

    mentorship = factory.SubFactory(MentorshipFactory, asking=True)
    criteria_version = 1
    rationale = "Both like to cook, and they live two stops apart."
    decided_by = factory.SubFactory(UserFactory, roles=[Role.ASSESSMENT])
