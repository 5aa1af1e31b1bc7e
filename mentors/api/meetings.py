"""Meetings: reading those one may, writing one down, and many at once with a result for each."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from cases.forms import uuid_or_none
from mentors import concerns, meetings
from mentors.models import Concern, Meeting, Mentorship
from mlmc.core.api.fields import Day, OneOf, Serializer, SomeOf, Words
from mlmc.core.api.problems import Problem, document, pointed
from mlmc.core.api.schema import page_of
from mlmc.core.api.views import Api
from mlmc.core.models import Role

MOST = 100  # of one request
EXAMPLE = {
    "mentorship": "01a21062-0000-7000-8000-000000000000",
    "client_key": "01a21062-0000-7000-8000-000000000001",
    "kind": "dinner",
    "held_on": "2026-01-28",
    "minutes": 60,
    "topics": ["school", "fun"],
}
OF_ONE = OpenApiParameter("mentorship", {"type": "string", "format": "uuid"}, description="Of this mentorship alone.")


class MeetingShown(serializers.Serializer):
    """One time a mentor showed up, or tried to."""

    id = serializers.UUIDField()
    mentorship = serializers.UUIDField(source="mentorship_id")
    youth = serializers.CharField(source="mentorship.case.youth.code", help_text="The youth's code.")
    kind = serializers.ChoiceField(Meeting.Kind.choices)
    held_on = serializers.DateField()
    minutes = serializers.IntegerField(allow_null=True)
    place_kind = serializers.CharField()
    reached = serializers.BooleanField()
    mood = serializers.IntegerField(allow_null=True)
    topics = serializers.ListField(child=serializers.ChoiceField(Meeting.Topic.choices))
    words = serializers.CharField()
    handed_over = serializers.BooleanField()
    logged_at = serializers.DateTimeField()


class MeetingTaken(Serializer):
    """A check-in. The same `client_key` sent again is the same meeting."""

    example = EXAMPLE
    mentorship = serializers.UUIDField()
    client_key = serializers.UUIDField(help_text="One for each meeting, made by you.")
    kind = OneOf(Meeting.Kind.choices)
    held_on = Day(latest=timezone.localdate, late="Send today or a day before it.")
    minutes = serializers.IntegerField(min_value=1, max_value=1440, required=False, allow_null=True, default=None)
    place_kind = OneOf(Meeting.PlaceKind.choices, required=False, default="")
    reached = serializers.BooleanField(required=False, default=True)
    mood = OneOf(Meeting.Mood.choices, required=False, default=None, allow_null=True)
    topics = SomeOf(Meeting.Topic.choices, required=False, default=list)
    words = Words(max_length=2000, required=False, default="")
    handed_over = serializers.BooleanField(required=False, default=False)
    safety = serializers.BooleanField(required=False, default=False, help_text="Somebody on call is told at once.")
    safety_words = Words(max_length=2000, required=False, default="")


class Many(Serializer):
    """Up to a hundred check-ins."""

    example = {"meetings": [EXAMPLE]}
    meetings = serializers.ListField(child=serializers.JSONField(), max_length=MOST, min_length=1)


class RowDone(serializers.Serializer):
    """What became of one row, in the order they were sent: a meeting, or a problem."""

    status = serializers.IntegerField(help_text="201 written down, 200 here already, or the status of the problem.")
    meeting = MeetingShown(required=False)
    problem = serializers.JSONField(required=False)


class ManyDone(serializers.Serializer):
    results = RowDone(many=True)


class MeetingApi(Api):
    """Meetings, with their words for whoever may read the log."""

    thing, by, newest_first, reads = "meetings", "held_on", True, MeetingShown
    roles = {"create": {Role.MENTOR}, "bulk": {Role.MENTOR}}
    each_once = frozenset({"bulk"})

    def get_queryset(self):
        rows = Meeting.objects.visible_to(self.request.user)
        return rows.select_related("mentorship__case__youth")

    def whose(self, meeting):
        return meeting.mentorship.case_id

    @extend_schema(parameters=[OF_ONE], responses=page_of(MeetingShown))
    def list(self, request):
        """Meetings, the latest first."""
        rows = self.get_queryset()
        if said := request.query_params.get("mentorship"):
            if (pk := uuid_or_none(said)) is None:
                raise Problem("unreadable", "mentorship: the id of one.")
            rows = rows.filter(mentorship=pk)
        return self.page(rows)

    @extend_schema(responses=MeetingShown)
    def retrieve(self, request, pk):
        """One meeting."""
        return self.one(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=MeetingTaken, responses={200: MeetingShown, 201: MeetingShown})
    def create(self, request):
        """Write down that a mentor showed up, or tried to: her own youth, or one she covers."""
        meeting, is_new = self.log(self.cleaned(MeetingTaken).validated_data)
        headers = {"Location": reverse("api:meetings-detail", args=[meeting.pk])}
        return self.one(meeting, status=201 if is_new else 200, headers=headers)

    @extend_schema(request=Many, responses=ManyDone)
    @action(detail=False, methods=["post"])
    def bulk(self, request):
        """Many at once. Each row is done or refused by itself, and each has its result, in the order sent."""
        rows = self.cleaned(Many).validated_data["meetings"]
        return Response({"results": [self.tried(row) for row in rows]})

    def tried(self, row):
        form = MeetingTaken(data=row)
        if not form.is_valid():
            return {"status": 422, "problem": document(422, errors=list(pointed(form.errors)))}
        try:
            with transaction.atomic():
                meeting, is_new = self.log(form.validated_data)
        except serializers.ValidationError as problem:
            return {"status": 422, "problem": document(422, errors=list(pointed(problem.detail)))}
        except Problem as problem:
            said = document(problem.status_code, problem.detail, problem.word)
            return {"status": problem.status_code, "problem": said}
        return {"status": 201 if is_new else 200, "meeting": self.said(meeting, MeetingShown)}

    def log(self, said):
        """The meeting, and whether it is new. A worry about safety goes with it, or neither is written."""
        user, now, said = self.request.user, timezone.now(), dict(said)
        whose = Mentorship.objects.checked_in_by(user).select_related("case__youth", "mentor__user")
        mentorship = whose.filter(pk=said.pop("mentorship")).first()
        if mentorship is None:
            raise serializers.ValidationError({"mentorship": ["None of this id that this key checks in about."]})
        safety, words = said.pop("safety"), said.pop("safety_words")
        try:
            meeting = meetings.log(mentorship, by=user, at=now, **said)
        except meetings.NotDuringMentorship as problem:
            raise Problem("not-possible", problem) from None
        if safety:
            source = Concern.Source.CHECK_IN
            concerns.raise_concern(mentorship.case, source=source, at=now, by=user, words=words, meeting=meeting)
        meeting.mentorship = mentorship
        return meeting, meeting.logged_at == now
