"""The outcomes report as its page shows it, and answers that were given elsewhere."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from mlmc.core import audit
from mlmc.core.api.fields import Serializer, Words
from mlmc.core.api.problems import Problem
from mlmc.core.api.views import Api
from mlmc.core.models import Role
from outcomes.export import SHOWN, shown
from outcomes.imports import LONGEST_COHORT, bring_in
from outcomes.panel import PanelProblem, read_panel
from outcomes.shown import report_of

COHORT = OpenApiParameter(
    "cohort",
    {"type": "string", "maxLength": LONGEST_COHORT},
    description="Of this cohort, if it is large enough.",
)


class Cell(serializers.Serializer):
    """One number of the report's own tables; an empty value has its reason beside it."""

    outcome = serializers.CharField()
    table = serializers.CharField()
    wave = serializers.CharField()
    measure = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    why = serializers.CharField()


class ReportShown(serializers.Serializer):
    """The report. Small groups are shown to nobody, here neither."""

    cohort = serializers.CharField()
    limit = serializers.IntegerField(help_text="The smallest group that is shown.")
    refused = serializers.BooleanField(help_text="This group, or the rest beside it, is too small.")
    group = serializers.IntegerField(allow_null=True)
    made_at = serializers.DateTimeField(allow_null=True)
    figures = Cell(many=True)


class ReportApi(Api):
    """What changed, numbers with their reasons."""

    thing, reads = "outcomes", ReportShown
    roles = {"": {Role.EVALUATION, Role.DIRECTOR, Role.SUPERVISOR}}
    pages = frozenset()

    @extend_schema(parameters=[COHORT], responses=ReportShown)
    def list(self, request):
        """The newest figures, hidden where the page hides them."""
        found = report_of(request.query_params.get("cohort", ""))
        rows = shown(found["charts"], found["flow"]) if "charts" in found else iter([SHOWN])
        names = [str(name) for name in next(rows)]
        snapshot = found["snapshot"] if "charts" in found else None
        return Response(
            {
                "cohort": found["cohort"],
                "limit": found["limit"],
                "refused": found["refused"],
                "group": found["group"] if found["enough"] and not found["refused"] else None,
                "made_at": snapshot and snapshot.made_at,
                "figures": [dict(zip(names, row, strict=True)) for row in rows],
            }
        )


class AnswersTaken(Serializer):
    """A table as CSV: columns id, wave_months and one per item or score, perhaps cohort."""

    example = {"csv": "id,wave_months,coping\nP-01,0,40\nP-01,6,65.5\n", "cohort": "2024"}
    csv = serializers.CharField(max_length=2_000_000, trim_whitespace=False)
    cohort = Words(max_length=LONGEST_COHORT, required=False, default="")


class AnswersDone(serializers.Serializer):
    """How much of it is new. Sent again, all of it is here already."""

    rows = serializers.IntegerField()
    respondents = serializers.IntegerField()
    new_respondents = serializers.IntegerField()
    answers = serializers.IntegerField()
    already_imported = serializers.IntegerField()


class AnswersApi(Api):
    """Answers of people without a case here, under codes that name nobody."""

    thing, reads = "answers", AnswersDone
    roles = {"": {Role.EVALUATION}}
    about_nothing = frozenset({"create"})

    @extend_schema(request=AnswersTaken, responses={200: AnswersDone})
    def create(self, request):
        """Bring in a table: all of it, or nothing and a sentence that says what to mend."""
        said = self.cleaned(AnswersTaken).validated_data
        try:
            done = bring_in(read_panel(said["csv"]), cohort=said["cohort"], at=timezone.now())
        except PanelProblem as problem:
            raise Problem("not-possible", problem) from None
        audit.say(audit.WRITE, why="answers brought in")
        return Response(done)
