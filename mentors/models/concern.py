"""A worry about safety. It is told to a person within the minute and stays until a person has it in hand."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.models import Access, As, Wall
from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models import Role, Row


class Status(models.TextChoices):
    TOLD = "told", "told, waiting for somebody"
    ACKNOWLEDGED = "acknowledged", "somebody has it"
    RESOLVED = "resolved", "in hand"


# The whole life of a concern on one screen. Only mentors.lifecycle acts on it.
MOVES = {
    Status.TOLD: {Status.ACKNOWLEDGED},
    Status.ACKNOWLEDGED: {Status.RESOLVED, Status.TOLD},  # to another, where a wall keeps away who has it
    Status.RESOLVED: {Status.ACKNOWLEDGED},  # it may come back
}


class ConcernQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the cases I supervise or am on call for, and those I raised; the director sees that there is one."""
        if user.has_role(Role.DIRECTOR):
            return self.exclude(case__youth__in=Wall.objects.filter(user=user).values("youth"))
        return self.read_by(user)

    def read_by(self, user):
        """Whose page somebody opens, words and all: who has it in hand, and who raised it while they see the youth."""
        seen = Access.objects.cases_open_to(user)
        return self.filter(Q(case__in=self.cases_in_hand_of(user)) | Q(raised_by=user, case__in=seen))

    def taken_on_by(self, user):
        """Those somebody may acknowledge and resolve."""
        return self.filter(case__in=self.cases_in_hand_of(user))

    def cases_in_hand_of(self, user):
        return Access.objects.cases_open_to(user, [As.SUPERVISOR, As.ON_CALL, As.COVER, As.BREAK_GLASS])

    def with_rights(self, user):
        """Whether the reader may see the name: `opens_name`."""
        return self.annotate(opens_name=Access.objects.names_open_to(user, "case"))

    def unresolved(self):
        return self.exclude(status=Status.RESOLVED)


class Concern(Row):
    class Source(models.TextChoices):
        CHECK_IN = "check_in", "a mentor's check-in"
        SURVEY = "survey", "an answer in a survey"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="concerns")
    source = models.CharField(max_length=10, choices=Source)
    meeting = models.OneToOneField("mentors.Meeting", models.PROTECT, null=True, blank=True, related_name="concern")
    words = EncryptedTextField(blank=True, default="")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=12, choices=Status, default=Status.TOLD)
    told = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)  # when the person it stands with now was told
    turns = models.PositiveSmallIntegerField(default=0)  # how often the rota moved on
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = EncryptedTextField(blank=True, default="")

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(status__in=Status.values), name="concern_status_known")]
        indexes = [
            models.Index(fields=["told_at"], condition=~Q(status="resolved"), name="concerns_open"),  # my team, tick
        ]

    def __str__(self):
        return f"Concern {self.pk}"

    def get_absolute_url(self):
        return reverse("mentors:concern", args=[self.pk])

    @property
    def youth(self):
        return self.case.youth

    @property
    def whose(self):
        """Whose records these are, for the trail."""
        return self.case_id

    @property
    def code(self):
        return self.case.youth.code
