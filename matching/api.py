"""Matches and decisions, for programs: whom the team asked, what both said. A mentor's own answer is hers to give."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action

from cases.models import Case, CaseStatus
from matching import ask
from matching.models import Match
from mentors.models import Mentor, Status
from mentors.places import NoPlaceLeft, NotToBeAsked
from mlmc.core.api.edits import lock
from mlmc.core.api.fields import OneOf, Serializer, Words
from mlmc.core.api.problems import Problem
from mlmc.core.api.schema import page_of
from mlmc.core.api.views import Api
from mlmc.core.models import Role


class Reason(serializers.Serializer):
    """What counted for this mentor, in words."""

    code = serializers.CharField()
    met = serializers.ChoiceField(["yes", "partly", "unknown", "no"])
    words = serializers.CharField()


class MatchLine(serializers.Serializer):
    """One question to a youth and a mentor, and what both said."""

    id = serializers.UUIDField()
    mentorship = serializers.UUIDField(source="mentorship_id")
    mentorship_status = serializers.ChoiceField(Status.choices, source="mentorship.status")
    case = serializers.UUIDField(source="mentorship.case_id")
    youth = serializers.CharField(source="mentorship.case.youth.code", help_text="The youth's code.")
    mentor = serializers.UUIDField(source="mentorship.mentor_id")
    decided_at = serializers.DateTimeField()
    mentor_answer = serializers.ChoiceField(Match.Answer.choices)
    youth_answer = serializers.ChoiceField(Match.Answer.choices)


class MatchShown(MatchLine):
    """One of them. Why it was decided so is the team's to read."""

    decided_by = serializers.CharField(source="decided_by.short_name")
    reasons = serializers.SerializerMethodField()
    rationale = serializers.SerializerMethodField()

    def is_for_the_team(self):
        return self.context["request"].user.has_role(Role.ASSESSMENT)

    def get_reasons(self, match) -> Reason(many=True):
        rows = match.reasons if self.is_for_the_team() else []
        return [dict(zip(("code", "met", "words"), row, strict=False)) for row in rows]

    def get_rationale(self, match) -> str | None:
        return match.rationale if self.is_for_the_team() else None


class Asked(Serializer):
    """Whom to ask for whom, and why the team chose so."""

    example = {
        "case": "01a21062-0000-7000-8000-000000000000",
        "mentor": "01a21062-0000-7000-8000-000000000001",
        "rationale": "Both speak Spanish, and both draw.",
    }
    case = serializers.UUIDField()
    mentor = serializers.UUIDField()
    rationale = Words(max_length=2000)


class Said(Serializer):
    """Yes, or not this time. A no needs no reason, so there is no field for one."""

    example = {"answer": "yes"}
    answer = OneOf([("yes", "yes"), ("no", "not this time")])


class MatchApi(Api):
    """Open questions: the team's, while it waits for answers."""

    thing, by, newest_first, reads, lists = "matches", "decided_at", True, MatchShown, MatchLine
    roles = {"create": {Role.ASSESSMENT}, "youth_answer": {Role.ASSESSMENT}}
    edits = frozenset({"youth_answer"})

    def get_queryset(self):
        rows = Match.objects.visible_to(self.request.user)
        return rows.select_related("mentorship__case__youth", "decided_by")

    def whose(self, match):
        return match.mentorship.case_id

    @extend_schema(responses=page_of(MatchLine))
    def list(self, request):
        """Matches by code, the latest first."""
        return self.page(self.get_queryset())

    @extend_schema(responses=MatchShown)
    def retrieve(self, request, pk):
        """One match."""
        return self.one(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=Asked, responses={201: MatchShown})
    def create(self, request):
        """Ask both. A place with the mentor is held while they think; nothing is final until both say yes."""
        asked = self.cleaned(Asked).validated_data
        waiting = Case.objects.filter(status=CaseStatus.WAITING, youth__is_practice=False)
        case = self.named("case", waiting.select_related("youth").visible_to(request.user), asked)
        mentor = self.named("mentor", Mentor.objects.visible_to(request.user), asked)
        try:
            match = ask.ask_both(case, mentor, rationale=asked["rationale"], by=request.user, at=timezone.now())
        except (NotToBeAsked, NoPlaceLeft) as problem:
            raise Problem("not-possible", problem) from None
        headers = {"Location": reverse("api:matches-detail", args=[match.pk])}
        return self.one(self.get_queryset().get(pk=match.pk), status=201, headers=headers)

    def named(self, field, rows, asked):
        found = rows.filter(pk=asked[field]).first()
        if found is None:
            raise serializers.ValidationError({field: ["None of this id that this key may ask for."]})
        return found

    @extend_schema(request=Said, responses=MatchShown)
    @action(detail=True, methods=["post"], url_path="youth-answer")
    def youth_answer(self, request, pk):
        """What the youth said, written down by the team. With a yes of both they begin, and the team steps back."""
        lock(Match, pk, duty="matching")
        match = get_object_or_404(self.get_queryset(), pk=pk)
        self.unchanged(match)
        said = self.cleaned(Said).validated_data["answer"]
        try:
            settled = ask.answer_for_youth(match, said == "yes", by=request.user, at=timezone.now())
        except ask.NoLongerAsked as problem:
            raise Problem("not-possible", problem) from None
        return self.one(settled)
