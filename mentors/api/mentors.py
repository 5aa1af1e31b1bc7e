"""Mentors and their places; mentorships and their pace."""

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from mentors import lifecycle, mentorships, places, slots
from mentors.models import Mentor, Mentorship, MentorStatus, Status
from mlmc.core.access import visible_or_404
from mlmc.core.api.edits import lock
from mlmc.core.api.fields import OneOf, Serializer
from mlmc.core.api.problems import Problem
from mlmc.core.api.schema import page_of
from mlmc.core.api.views import Api


class MentorShown(serializers.Serializer):
    """A mentor and her places: how many there are, lived, and held while both think."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="user.short_name")
    title = serializers.CharField()
    status = serializers.ChoiceField(MentorStatus.choices)
    shadowing_until = serializers.DateField(allow_null=True)
    places = serializers.IntegerField()
    filled = serializers.IntegerField()
    held = serializers.IntegerField()
    languages = serializers.ListField(child=serializers.CharField())
    areas = serializers.ListField(child=serializers.CharField())


class MentorApi(Api):
    """Mentors, and whether they have a place free."""

    thing, by, reads = "mentors", "since", MentorShown

    def get_queryset(self):
        rows = Mentor.objects.visible_to(self.request.user).select_related("user")
        return rows.annotate(since=F("user__invited_at"))

    def counted(self, pks):
        """Counting is no look at whose places they are: a verb does it."""
        return places.counted(Mentor.objects.filter(pk__in=pks).select_related("user"))

    @extend_schema(responses=page_of(MentorShown))
    def list(self, request):
        """Mentors, the longest here first."""
        return self.page(self.get_queryset())

    def said(self, things, reads):
        rows = things if isinstance(things, list) else [things]
        counts = {one.pk: one for one in self.counted([one.pk for one in rows])}
        found = [counts[one.pk] for one in rows]
        return super().said(found if isinstance(things, list) else found[0], reads)

    @extend_schema(responses=MentorShown)
    def retrieve(self, request, pk):
        """One mentor."""
        return self.one(visible_or_404(Mentor.objects.all(), request.user, pk=pk))


class MentorshipLine(serializers.Serializer):
    """One lived relationship, or one that is being asked for."""

    id = serializers.UUIDField()
    case = serializers.UUIDField(source="case_id")
    youth = serializers.CharField(source="case.youth.code", help_text="The youth's code.")
    mentor = serializers.UUIDField(source="mentor_id")
    mentor_name = serializers.CharField(source="mentor.user.short_name")
    status = serializers.ChoiceField(Status.choices)
    slot = serializers.IntegerField(allow_null=True, help_text="The numbered place it takes.")
    asked_at = serializers.DateTimeField()
    held_until = serializers.DateTimeField(allow_null=True)
    began_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    first_met_on = serializers.DateField(allow_null=True)
    last_reached_on = serializers.DateField(allow_null=True)
    last_tried_on = serializers.DateField(allow_null=True)


class MentorshipShown(MentorshipLine):
    """One of them, with the name where rights open it."""

    name = serializers.SerializerMethodField()

    def get_name(self, mentorship) -> str | None:
        return mentorship.case.youth.chosen_name if mentorship.opens_name else None


class Pace(Serializer):
    """How often they meet from now on."""

    example = {"to": "monthly"}
    to = OneOf([(stage.value, Status(stage).label) for stage in mentorships.STAGES])


class MentorshipApi(Api):
    """Mentorships, as their mentor, who supervises them and who covers see them."""

    thing, by, newest_first, reads, lists = "mentorships", "asked_at", True, MentorshipShown, MentorshipLine
    opens_a_youth = frozenset({"retrieve", "pace"})
    edits = frozenset({"pace"})

    def get_queryset(self):
        return Mentorship.objects.visible_to(self.request.user).with_rights(self.request.user).for_list()

    @extend_schema(responses=page_of(MentorshipLine))
    def list(self, request):
        """Mentorships by code, the latest first."""
        return self.page(self.get_queryset())

    @extend_schema(responses=MentorshipShown)
    def retrieve(self, request, pk):
        """One mentorship."""
        return self.one(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=Pace, responses=MentorshipShown)
    @action(detail=True, methods=["post"])
    def pace(self, request, pk):
        """Change how often they meet, for whoever opens their meeting log."""
        lock(Mentorship, pk, duty="mentoring")
        readers = Mentorship.objects.read_by(request.user).values("pk")
        mentorship = get_object_or_404(self.get_queryset().filter(pk__in=readers), pk=pk)
        self.unchanged(mentorship)
        to = self.cleaned(Pace).validated_data["to"]
        try:
            mentorships.change_pace(mentorship, to, by=request.user, at=timezone.now())
        except (lifecycle.MoveNotAllowed, slots.NoPlaceLeft) as problem:
            raise Problem("not-possible", problem) from None
        return self.one(get_object_or_404(self.get_queryset(), pk=pk))
