"""Mentors and the youth they meet. A bare mentorship is an ordinary one: weekly since spring, seen by its mentor."""

import datetime
import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases import access
from cases.models import As
from mentors.models import Accompaniment, Concern, Cover, Leave, Meeting, Mentor, Mentorship, MentorStatus, Status
from mlmc.core.models import Role
from tests.factories.cases import CaseFactory
from tests.factories.core import UserFactory

NAMES = ["Carmen Ortiz", "Marcus Ellis", "Lupe Garza", "Denise Avery", "Robin Keane", "Tasha Moore", "Yvette Lang"]


class MentorFactory(DjangoModelFactory):
    class Meta:
        model = Mentor

    user = factory.SubFactory(UserFactory, roles=[Role.MENTOR], name=factory.Sequence(lambda n: NAMES[n % len(NAMES)]))
    status = MentorStatus.ACTIVE


class MentorshipFactory(DjangoModelFactory):
    """Takes the next free place of its mentor. `open_to_mentor=False` leaves the row of access out."""

    class Meta:
        model = Mentorship
        skip_postgeneration_save = True

    class Params:
        asking = factory.Trait(
            status=Status.ASKING,
            began_on=None,
            held_until=factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(hours=72)),
            case=factory.SubFactory(CaseFactory),
        )
        ended = factory.Trait(
            status=Status.ENDED,
            slot=None,
            ended_on=factory.LazyFunction(timezone.localdate),
            case=factory.SubFactory(CaseFactory),
        )
        family = factory.Trait(status=Status.FAMILY, slot=None)

    case = factory.SubFactory(CaseFactory, with_mentor=True, access=False)
    mentor = factory.SubFactory(MentorFactory)
    slot = factory.LazyAttribute(lambda row: row.mentor.mentorships.filter(slot__isnull=False).count() + 1)
    status = Status.WEEKLY
    began_on = factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=200))

    @factory.post_generation
    def open_to_mentor(self, create, value, **kwargs):
        if create and value is not False and self.status != Status.ENDED:
            access.give(
                self.case,
                user=self.mentor.user,
                as_what=As.ASKED if self.status == Status.ASKING else As.MENTOR,
                why="mentor of this youth",
                by=None,
                at=timezone.now() - datetime.timedelta(days=200),
            )


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    mentorship = factory.SubFactory(MentorshipFactory)
    client_key = factory.LazyFunction(uuid.uuid4)
    kind = Meeting.Kind.IN_PERSON
    held_on = factory.LazyFunction(timezone.localdate)
    minutes = 60
    reached = True
    mood = Meeting.Mood.GOOD
    topics = factory.LazyFunction(lambda: ["home", "fun"])
    logged_by = factory.SelfAttribute("mentorship.mentor.user")


class AccompanimentFactory(DjangoModelFactory):
    """A meal at a diner, the day after tomorrow."""

    class Meta:
        model = Accompaniment

    mentorship = factory.SubFactory(MentorshipFactory)
    client_key = factory.LazyFunction(uuid.uuid4)
    kind = Accompaniment.Kind.MEAL
    begins_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=2))
    place_kind = Accompaniment.PlaceKind.OPEN
    place = "Rosa's diner"
    planned_by = factory.SelfAttribute("mentorship.mentor.user")


class ConcernFactory(DjangoModelFactory):
    """Told to somebody just now, who may open it."""

    class Meta:
        model = Concern
        skip_postgeneration_save = True

    case = factory.SubFactory(CaseFactory, with_mentor=True, access=False)
    source = Concern.Source.CHECK_IN
    told = factory.SubFactory(UserFactory, roles=[Role.SUPERVISOR])
    told_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def open_to_told(self, create, value, **kwargs):
        if create and value is not False and self.told:
            access.give(self.case, user=self.told, as_what=As.ON_CALL, why="on call", by=None, at=self.told_at)


class LeaveFactory(DjangoModelFactory):
    """Asked for, a week from now, for a week. `granted=True` is granted, and has begun a day ago."""

    class Meta:
        model = Leave

    class Params:
        granted = factory.Trait(
            begins=factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(days=1)),
            granted_at=factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(days=2)),
        )

    person = factory.SubFactory(UserFactory, roles=[Role.MENTOR])
    begins = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=7))
    until = factory.LazyAttribute(lambda row: row.begins + datetime.timedelta(days=7))
    asked_by = factory.SelfAttribute("person")


class CoverFactory(DjangoModelFactory):
    class Meta:
        model = Cover

    leave = factory.SubFactory(LeaveFactory)
    case = factory.SubFactory(CaseFactory)
    user = factory.SubFactory(UserFactory, roles=[Role.SUPERVISOR])
