"""Who is due to be asked, and what is done about each of them."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from mlmc.core.api.edits import lock
from mlmc.core.api.fields import Nothing, OneOf, Serializer
from mlmc.core.api.problems import Problem
from mlmc.core.api.schema import page_of
from mlmc.core.api.views import Api
from mlmc.core.models import Role
from outcomes import asked, followups
from outcomes.lifecycle import MoveNotAllowed
from outcomes.models import FollowUp, Status

READERS = {Role.EVALUATION, Role.CASE_MANAGER, Role.MENTOR, Role.SUPERVISOR}
SHOWS = sorted(asked.shows(timezone.datetime.min.date()))
SHOW = OpenApiParameter("show", {"type": "string", "enum": SHOWS, "default": "open"}, description="Which list.")


class FollowUpShown(serializers.Serializer):
    """One respondent at one wave, by the respondent's own code."""

    id = serializers.UUIDField()
    respondent = serializers.CharField(source="respondent.code")
    wave_months = serializers.IntegerField(source="wave.months")
    status = serializers.ChoiceField(Status.choices)
    opens_on = serializers.DateField()
    due_on = serializers.DateField()
    closes_on = serializers.DateField()
    finished_on = serializers.DateField(allow_null=True)
    why_missed = serializers.CharField()


class Why(Serializer):
    """Why nobody answered."""

    example = {"why": "not_reached"}
    why = OneOf(followups.Why.choices)


class FollowUpApi(Api):
    """Follow-ups, as their page lists them."""

    thing, by, reads = "follow-ups", "closes_on", FollowUpShown
    roles = {"": READERS}
    opens_a_youth = frozenset({"retrieve", "miss"})
    edits = frozenset({"decline", "miss", "reopen"})

    def get_queryset(self):
        rows = FollowUp.objects.visible_to(self.request.user).filter(respondent__case__isnull=False)
        return rows.select_related("wave", "respondent")

    @extend_schema(parameters=[SHOW], responses=page_of(FollowUpShown))
    def list(self, request):
        """Of one kind: open ones, by the day they close, unless another list is asked for."""
        shows = asked.shows(timezone.localdate())
        show = shows.get(request.query_params.get("show", "open"))
        if show is None:
            raise Problem("unreadable", f"show: one of {', '.join(shows)}.")
        return self.page(self.get_queryset().filter(show.rule), by=show.by, newest_first=show.over)

    @extend_schema(responses=FollowUpShown)
    def retrieve(self, request, pk):
        """One follow-up."""
        return self.one(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=Nothing, responses=FollowUpShown)
    @action(detail=True, methods=["post"])
    def decline(self, request, pk):
        """The youth chose not to take part this time. That ends the asking, and nothing else."""
        return self.done(pk, followups.decline)

    @extend_schema(request=Why, responses=FollowUpShown)
    @action(detail=True, methods=["post"])
    def miss(self, request, pk):
        """Say why nobody answered. They are still with us."""
        return self.done(pk, followups.miss, Why)

    @extend_schema(request=Nothing, responses=FollowUpShown)
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk):
        """They may change their mind, for as long as the dates allow."""
        return self.done(pk, followups.open_again)

    def done(self, pk, verb, takes=Nothing):
        lock(FollowUp, pk, duty="follow_ups")
        follow_up = get_object_or_404(self.get_queryset(), pk=pk)
        self.unchanged(follow_up)
        said = self.cleaned(takes).validated_data
        try:
            verb(follow_up, by=self.request.user, at=timezone.now(), **said)
        except (MoveNotAllowed, followups.NotThisFollowUp) as problem:
            raise Problem("not-possible", problem) from None
        return self.one(get_object_or_404(self.get_queryset(), pk=pk))
