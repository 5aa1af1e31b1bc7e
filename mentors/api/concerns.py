"""Safety concerns: that there is one, who has it, and taking it in hand."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from mentors import concerns, lifecycle
from mentors.models import Concern, ConcernStatus
from mlmc.core.api.edits import lock
from mlmc.core.api.fields import Nothing, Serializer, Words
from mlmc.core.api.problems import Problem
from mlmc.core.api.schema import page_of
from mlmc.core.api.views import Api


class ConcernLine(serializers.Serializer):
    """A worry about safety, by code."""

    id = serializers.UUIDField()
    youth = serializers.CharField(source="case.youth.code", help_text="The youth's code.")
    source = serializers.ChoiceField(Concern.Source.choices)
    status = serializers.ChoiceField(ConcernStatus.choices)
    raised_at = serializers.DateTimeField()
    told = serializers.CharField(source="told.short_name", default=None, allow_null=True)
    told_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(source="acknowledged_by.short_name", default=None, allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)


class ConcernShown(ConcernLine):
    """One of them, with its words."""

    words = serializers.CharField()
    resolution = serializers.CharField()


class Resolved(Serializer):
    """What was done about it, so that the next person knows."""

    example = {"resolution": "They are with their aunt tonight, and the team has a plan."}
    resolution = Words(max_length=4000)


class ConcernApi(Api):
    """Safety concerns, for who supervises, is on call or covers; and those one raised."""

    thing, by, newest_first, reads, lists = "concerns", "raised_at", True, ConcernShown, ConcernLine
    opens_a_youth = frozenset({"retrieve", "acknowledge", "resolve"})
    edits = frozenset({"acknowledge", "resolve"})

    def people(self, rows):
        return rows.select_related("case__youth", "told", "acknowledged_by")

    @extend_schema(responses=page_of(ConcernLine))
    def list(self, request):
        """That there are concerns, the latest first."""
        return self.page(self.people(Concern.objects.visible_to(request.user)))

    @extend_schema(responses=ConcernShown)
    def retrieve(self, request, pk):
        """One concern, words and all, for whoever has it in hand or raised it."""
        return self.one(get_object_or_404(self.people(Concern.objects.read_by(request.user)), pk=pk))

    @extend_schema(request=Nothing, responses=ConcernShown)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request, pk):
        """Somebody has it: nobody else is told any more."""
        return self.done(pk, concerns.acknowledge)

    @extend_schema(request=Resolved, responses=ConcernShown)
    @action(detail=True, methods=["post"])
    def resolve(self, request, pk):
        """What was done about it, in words."""
        return self.done(pk, concerns.resolve, Resolved)

    def done(self, pk, verb, takes=Nothing):
        lock(Concern, pk, duty="concern")
        concern = get_object_or_404(self.people(Concern.objects.taken_on_by(self.request.user)), pk=pk)
        self.unchanged(concern)
        said = self.cleaned(takes).validated_data
        try:
            verb(concern, by=self.request.user, at=timezone.now(), **said)
        except lifecycle.MoveNotAllowed as problem:
            raise Problem("not-possible", problem) from None
        return self.retrieve(self.request, pk)
