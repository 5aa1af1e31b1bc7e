"""Who answers, when they are asked, and what was answered. Nobody in them is real."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from outcomes.models import (
    Answer,
    FollowUp,
    Instrument,
    ReportSnapshot,
    Respondent,
    Response,
    Status,
    SurveyLink,
    Wave,
)
from tests.factories.cases import CaseFactory


def days(count):
    return factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=count))


class InstrumentFactory(DjangoModelFactory):
    """The newest version, as the migration loaded it."""

    class Meta:
        model = Instrument
        django_get_or_create = ["code", "version"]

    code, version = "followup", 1
    definition = factory.Dict({})


class WaveFactory(DjangoModelFactory):
    """One of the waves the migration made: `WaveFactory(months=6)`."""

    class Meta:
        model = Wave
        django_get_or_create = ["months"]

    months = 6
    opens_months = closes_months = factory.SelfAttribute("months")


class RespondentFactory(DjangoModelFactory):
    """Somebody who answers here; `brought_in=True` has no case."""

    class Meta:
        model = Respondent

    class Params:
        brought_in = factory.Trait(case=None)

    code = factory.Sequence(lambda n: f"R-{n:05d}")
    case = factory.SubFactory(CaseFactory)


class FollowUpFactory(DjangoModelFactory):
    """Open, in the middle of its window. `late=True` is past its date, `scheduled=True` comes later."""

    class Meta:
        model = FollowUp

    class Params:
        late = factory.Trait(opens_on=days(-30), due_on=days(-5), closes_on=days(40))
        scheduled = factory.Trait(opens_on=days(30), due_on=days(60), closes_on=days(120), status=Status.SCHEDULED)
        missed = factory.Trait(
            opens_on=days(-90), due_on=days(-60), closes_on=days(-1), finished_on=days(0), status=Status.MISSED
        )
        complete = factory.Trait(finished_on=days(0), status=Status.COMPLETE)

    respondent = factory.SubFactory(RespondentFactory)
    wave = factory.SubFactory(WaveFactory)
    opens_on, due_on, closes_on = days(-10), days(20), days(50)
    status = Status.OPEN


class SurveyLinkFactory(DjangoModelFactory):
    """Made just now, not started. Its token is known to nobody: outcomes.surveys.make_link gives one."""

    class Meta:
        model = SurveyLink

    follow_up = factory.SubFactory(FollowUpFactory)
    token_hash = factory.Sequence(lambda n: n.to_bytes(32, "big"))
    start_by = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=72))


class ResponseFactory(DjangoModelFactory):
    """Finished just now."""

    class Meta:
        model = Response

    follow_up = factory.SubFactory(FollowUpFactory, complete=True)
    instrument = factory.LazyFunction(lambda: Instrument.objects.get(code="followup", version=1))
    finished_at = factory.LazyFunction(timezone.now)


class AnswerFactory(DjangoModelFactory):
    class Meta:
        model = Answer

    response = factory.SubFactory(ResponseFactory)
    item, kind, value = "sad", Answer.Kind.ANSWERED, "no"


class ReportSnapshotFactory(DjangoModelFactory):
    class Meta:
        model = ReportSnapshot

    answers_until = factory.LazyFunction(timezone.now)
    figures = factory.LazyFunction(lambda: {"outcomes": {}, "follow_up": {}})
