"""Youth and their cases, as far as whoever asks works with them."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from cases.birth import age_on
from cases.models import Access, As, Case, CaseStatus, SafetyNeed
from cases.policies import WORKS_WITH
from mlmc.core.api.schema import page_of
from mlmc.core.api.views import Api


class CaseLine(serializers.Serializer):
    """One episode of a youth, by code: what the shell of a case page says."""

    id = serializers.UUIDField()
    youth = serializers.CharField(source="youth.code", help_text="The youth's code.")
    episode = serializers.IntegerField()
    status = serializers.ChoiceField(CaseStatus.choices)
    accepted_at = serializers.DateTimeField()
    with_mentor_at = serializers.DateTimeField(allow_null=True)
    missing_since = serializers.DateField(allow_null=True)
    paused_since = serializers.DateField(allow_null=True)
    detained_since = serializers.DateField(allow_null=True)
    away_since = serializers.DateField(allow_null=True)


class NeedShown(serializers.Serializer):
    """What must not happen, or should."""

    kind = serializers.ChoiceField(SafetyNeed.Kind.choices)
    words = serializers.CharField(source="said")
    is_hard = serializers.BooleanField()
    confirmed_at = serializers.DateTimeField(allow_null=True)


class YouthShown(serializers.Serializer):
    """The person, for whoever works with them."""

    name = serializers.SerializerMethodField(help_text="The name they go by; null where rights do not open it.")
    pronouns = serializers.CharField()
    age = serializers.SerializerMethodField()
    languages = serializers.ListField(child=serializers.CharField())
    area = serializers.CharField()
    interests = serializers.ListField(child=serializers.CharField())
    wishes = serializers.ListField(child=serializers.CharField())
    hard_nos = serializers.ListField(child=serializers.CharField())
    safety_needs = serializers.SerializerMethodField()

    def get_name(self, youth) -> str | None:
        return youth.chosen_name if youth.opens_name else None

    def get_age(self, youth) -> str:
        return str(age_on(youth.born_on, timezone.localdate())) if youth.born_on else youth.about_age

    def get_safety_needs(self, youth) -> NeedShown(many=True):
        return NeedShown(youth.safety_needs.standing(), many=True).data


class PersonHere(serializers.Serializer):
    """Somebody who may see this case, and as what."""

    name = serializers.SerializerMethodField()
    as_what = serializers.ChoiceField(As.choices)
    until = serializers.DateTimeField(allow_null=True)

    def get_name(self, row) -> str:
        return row.user.short_name if row.user else row.get_role_display()


class CaseShown(CaseLine):
    """One case. `person` is null for whoever needs to know only that there is one."""

    people = serializers.SerializerMethodField()
    person = serializers.SerializerMethodField()

    def get_people(self, case) -> PersonHere(many=True):
        now = timezone.now()
        rows = case.access.filter(begins__lte=now).exclude(until__lte=now).exclude(as_what=As.PRACTICE)
        return PersonHere(rows.select_related("user").order_by("begins", "pk"), many=True).data

    def get_person(self, case) -> YouthShown(allow_null=True):
        case.youth.opens_name = case.opens_name
        return YouthShown(case.youth).data if case.works_with else None


class CaseApi(Api):
    """Cases whose page this program could open, were it a colleague."""

    thing, by, reads, lists = "cases", "accepted_at", CaseShown, CaseLine
    opens_a_youth = frozenset({"retrieve"})

    def get_queryset(self):
        return Case.objects.opened_by(self.request.user).with_rights(self.request.user).select_related("youth")

    @extend_schema(responses=page_of(CaseLine))
    def list(self, request):
        """Cases by code, the longest here first."""
        return self.page(self.get_queryset())

    @extend_schema(responses=CaseShown)
    def retrieve(self, request, pk):
        """One case, and the person as far as rights go."""
        case = get_object_or_404(self.get_queryset(), pk=pk)
        case.works_with = Access.objects.open_to(request.user, as_what=WORKS_WITH).filter(case=case).exists()
        return self.one(case)
