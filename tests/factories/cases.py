"""Referrals, youth, cases and who may see them. Nobody in them is real."""

import json
from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases import access, recognise
from cases.acceptance import next_code
from cases.intake import new_receipt
from cases.models import (
    Access,
    Agency,
    AgencyContact,
    AgencyProgram,
    As,
    Case,
    CaseEvent,
    CaseStatus,
    Contact,
    Identity,
    Precision,
    Referral,
    ReferralLink,
    ReferralStatus,
    Relation,
    SafeContact,
    SafetyNeed,
    Wall,
    Youth,
)
from mlmc.core.models import Role
from tests.factories.core import UserFactory

FIRST = ["Sky", "Ori", "Sol", "Teo", "Lena", "Tam", "Camila", "Nia", "Kai", "Rosalie", "Jules", "Micah", "Amaya"]
LAST = ["Tamsin", "Dell", "Arroyo", "Maddox", "Keo", "Nguyet", "Vale", "Brook", "Lark", "Castell", "Perrin", "Joy"]


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency

    name = factory.Sequence(lambda n: f"Made-up Area Office {n}")


class AgencyContactFactory(DjangoModelFactory):
    class Meta:
        model = AgencyContact

    agency = factory.SubFactory(AgencyFactory)
    name = "Dana Worker"
    phone = "617-555-0100"


class AgencyProgramFactory(DjangoModelFactory):
    class Meta:
        model = AgencyProgram

    user = factory.SubFactory(UserFactory, is_program=True, name="The office's own system")
    agency = factory.SubFactory(AgencyFactory)


class YouthFactory(DjangoModelFactory):
    """`identity=True` adds the legal name and the keys she is found by; `practice=True` is the one for learning."""

    class Meta:
        model = Youth
        skip_postgeneration_save = True

    class Params:
        practice = factory.Trait(is_practice=True)

    code = factory.LazyFunction(next_code)
    chosen_name = factory.Sequence(lambda n: f"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)][0]}.")
    pronouns = "they/them"
    born_on = date(2011, 4, 17)
    born_precision = Precision.DAY
    languages = ["en"]
    area = "lynn"

    @factory.post_generation
    def identity(self, create, wanted, **kwargs):
        if wanted:
            self.identity = IdentityFactory(youth=self, **kwargs)
            recognise.remember(recognise.of_youth(self), youth=self)


class IdentityFactory(DjangoModelFactory):
    class Meta:
        model = Identity

    youth = factory.SubFactory(YouthFactory)
    legal_name = factory.Sequence(lambda n: f"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)]}")


class SafeContactFactory(DjangoModelFactory):
    class Meta:
        model = SafeContact

    youth = factory.SubFactory(YouthFactory)


class SafetyNeedFactory(DjangoModelFactory):
    class Meta:
        model = SafetyNeed

    youth = factory.SubFactory(YouthFactory)
    words = "please call the worker, not the house"


class RelationFactory(DjangoModelFactory):
    class Meta:
        model = Relation

    one = factory.SubFactory(YouthFactory)
    other = factory.SubFactory(YouthFactory)
    kind = Relation.Kind.SIBLING


class ReferralFactory(DjangoModelFactory):
    """Received an hour ago, complete. `accepted=True` says only that; `CaseFactory` makes the case of one."""

    class Meta:
        model = Referral
        skip_postgeneration_save = True

    class Params:
        accepted = factory.Trait(status=ReferralStatus.ACCEPTED, decided_at=factory.LazyFunction(timezone.now))
        asking = factory.Trait(status=ReferralStatus.NEEDS_INFORMATION, needs=["no_birth"], born_on=None)

    receipt = factory.LazyFunction(new_receipt)
    channel = Referral.Channel.EMAIL
    received_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    agency = factory.SubFactory(AgencyFactory)
    referrer = "Dana Worker"
    referrer_phone = "617-555-0100"
    first_name = factory.Sequence(lambda n: FIRST[n % len(FIRST)])
    last_name = factory.Sequence(lambda n: LAST[n % len(LAST)])
    born_on = date(2011, 4, 17)
    born_precision = factory.LazyAttribute(lambda it: Precision.DAY if it.born_on else Precision.UNKNOWN)
    languages = ["en"]
    area = "lynn"
    received_text = factory.LazyAttribute(lambda it: json.dumps({"first": it.first_name, "last": it.last_name}))

    @factory.post_generation
    def keys(self, create, wanted, **kwargs):
        if wanted is not False:
            recognise.remember(recognise.of_referral(self), referral=self)


class ReferralLinkFactory(DjangoModelFactory):
    class Meta:
        model = ReferralLink

    kind = ReferralLink.Kind.DUPLICATE
    one = factory.SubFactory(ReferralFactory)
    other = factory.SubFactory(ReferralFactory)


class CaseFactory(DjangoModelFactory):
    """Accepted and waiting, open to intake and assessment as after acceptance. `access=False` leaves it to nobody;
    `with_mentor=True` says only the status."""

    class Meta:
        model = Case
        skip_postgeneration_save = True

    class Params:
        with_mentor = factory.Trait(status=CaseStatus.WITH_MENTOR)
        received_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=3))

    youth = factory.SubFactory(YouthFactory)
    referral = factory.SubFactory(
        ReferralFactory,
        accepted=True,
        received_at=factory.SelfAttribute("..received_at"),
        decided_at=factory.SelfAttribute("..accepted_at"),
    )
    accepted_at = factory.LazyAttribute(lambda it: it.received_at + timedelta(days=1))

    @factory.post_generation
    def access(self, create, wanted, **kwargs):
        if wanted is not False:
            for role, as_what in ((Role.INTAKE, As.INTAKE), (Role.ASSESSMENT, As.ASSESSMENT)):
                access.give(self, role=role, as_what=as_what, why="until the match", by=None, at=self.accepted_at)


class CaseEventFactory(DjangoModelFactory):
    class Meta:
        model = CaseEvent

    case = factory.SubFactory(CaseFactory)
    what = "accepted"


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    referral = factory.SubFactory(ReferralFactory)
    at = factory.LazyFunction(timezone.now)
    by = factory.SubFactory(UserFactory, intake=True)
    way = Contact.Way.CALL
    reached = True


class AccessFactory(DjangoModelFactory):
    class Meta:
        model = Access

    case = factory.SubFactory(CaseFactory)
    user = factory.SubFactory(UserFactory, supervisor=True)
    as_what = As.SUPERVISOR
    begins = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    why = "supervises"


class WallFactory(DjangoModelFactory):
    class Meta:
        model = Wall

    user = factory.SubFactory(UserFactory)
    youth = factory.SubFactory(YouthFactory)
