"""Referrals: the queue, one of them, taking one in, moving it; and what an agency may do with its own."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from cases import intake, lifecycle, links, queue
from cases.api.referral_shapes import (
    Alike,
    ReferralLine,
    ReferralMoved,
    ReferralShown,
    ReferralTyped,
    Sent,
    ToSend,
)
from cases.models import AgencyProgram, Referral, ReferralStatus
from mlmc.core import audit, throttle
from mlmc.core.access import visible_or_404
from mlmc.core.api.edits import lock
from mlmc.core.api.problems import Problem
from mlmc.core.api.schema import page_of
from mlmc.core.api.views import Api
from mlmc.core.models import Role
from mlmc.core.models.integrations import AGENCY

WELCOMERS = {Role.INTAKE, Role.ASSESSMENT}
PER_HOUR = 200  # referrals of one agency's program


class ReferralApi(Api):
    """Referrals, as the queue shows them."""

    thing, by = "referrals", "received_at"
    reads, lists = ReferralShown, ReferralLine
    roles = {"": WELCOMERS, "list": WELCOMERS | {Role.DIRECTOR}, "retrieve": WELCOMERS | {Role.DIRECTOR}}
    opens_a_youth = frozenset({"retrieve", "move", "duplicates"})
    edits = frozenset({"move"})

    def get_queryset(self):
        return Referral.objects.visible_to(self.request.user).with_rights(self.request.user)

    def found(self, pk):
        rows = Referral.objects.with_rights(self.request.user).select_related("agency", "taken_by", "case__youth")
        return visible_or_404(rows, self.request.user, pk=pk)

    @extend_schema(responses=page_of(ReferralLine))
    def list(self, request):
        """The queue: open referrals, who waits, who met their mentor lately. The oldest first."""
        return self.page(queue.on_board(self.get_queryset()).for_queue())

    @extend_schema(responses=ReferralShown)
    def retrieve(self, request, pk):
        """One referral, as far as its reader may see it."""
        return self.one(self.found(pk))

    @extend_schema(request=ReferralTyped, responses={201: ReferralShown})
    def create(self, request):
        """Take in a referral that came some other way. It is nobody's until a person takes it on."""
        typed = self.cleaned(ReferralTyped).parsed()
        referral = intake.receive_from_staff(typed, by=None, at=timezone.now())
        headers = {"Location": reverse("api:referrals-detail", args=[referral.pk])}
        return self.one(self.found(referral.pk), status=201, headers=headers)

    @extend_schema(request=ReferralMoved, responses=ReferralShown)
    @action(detail=True, methods=["post"])
    def move(self, request, pk):
        """Move it through its life. A decision says where and how the youth was told. Welcoming and merging are a
        person's to do, on the page."""
        lock(Referral, pk, duty="welcome")
        referral = self.found(pk)
        self.unchanged(referral)
        moved = self.cleaned(ReferralMoved)
        to = moved.validated_data["to"]
        try:
            if to == ReferralStatus.IN_REVIEW and referral.status == ReferralStatus.MERGED:
                links.unmerge(referral, reason=moved.reason(), by=request.user, at=timezone.now())
            else:
                lifecycle.move_referral(referral, to, by=request.user, at=timezone.now(), reason=moved.reason())
        except lifecycle.MoveNotAllowed as problem:
            raise Problem("not-possible", problem) from None
        return self.one(self.found(pk))

    @extend_schema(responses=Alike(many=True))
    @action(detail=True)
    def duplicates(self, request, pk):
        """Who this may be, or be a sibling of. Each look is counted, and stands in the trail."""
        referral = self.found(pk)
        audit.note(referral.whose)
        try:
            found = links.look(referral, by=request.user, at=timezone.now())
        except links.TooManyLooks as problem:
            raise Problem("too-many", problem, wait=3600) from None
        return Response(Alike(found, many=True).data)


class SentApi(Api):
    """What an agency's own program sends us, and the stage of it. Nothing else opens to its key."""

    thing, by, newest_first, reads = AGENCY, "received_at", True, Sent
    once_only = frozenset({"create"})

    def get_queryset(self):
        return Referral.objects.sent_by(self.request.user).only("receipt", "received_at", "status")

    def whose(self, referral):
        return referral.pk

    @extend_schema(responses=page_of(Sent))
    def list(self, request):
        """What this agency sent, the newest first."""
        return self.page(self.get_queryset())

    @extend_schema(responses=Sent)
    def retrieve(self, request, pk):
        """The stage of one of its own."""
        return self.one(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=ToSend, responses={201: Sent})
    def create(self, request):
        """Refer a youth. The answer is the same whoever they are: a receipt number, and the stage."""
        sent, now = self.cleaned(ToSend).parsed(), timezone.now()
        who = str(request.user.pk)
        if throttle.too_often("refer", who, at=now, limit=PER_HOUR):
            raise Problem(
                "too-many", "A lot has come from you within the hour. Nothing is lost: send it later.", wait=600
            )
        throttle.knock("refer", who, at=now)
        agency = AgencyProgram.objects.select_related("agency").get(user=request.user).agency
        referral = intake.receive(
            channel=Referral.Channel.PROGRAM, received_at=now, at=now, agency=agency, client_key=self.kept.pk, **sent
        )
        headers = {"Location": reverse("api:sent-detail", args=[referral.pk])}
        return self.one(self.get_queryset().get(pk=referral.pk), status=201, headers=headers)
