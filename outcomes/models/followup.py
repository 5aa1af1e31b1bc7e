"""Who is due to be asked, when, and how it went. Missed, still with us."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.models import Access, As
from mlmc.core.models import Role, Row
from outcomes.models.instrument import Wave


class Status(models.TextChoices):
    SCHEDULED = "scheduled", "scheduled"
    OPEN = "open", "open"
    COMPLETE = "complete", "answered"
    PARTIAL = "partial", "answered in part"
    DECLINED = "declined", "chose not to take part"
    MISSED = "missed", "missed, still with us"


ANSWERED = [Status.COMPLETE, Status.PARTIAL]
UNEXPLAINED = Q(status=Status.MISSED, why_missed="")

# The whole life of a follow-up on one screen. Only outcomes.lifecycle acts on it.
MOVES = {
    Status.SCHEDULED: {Status.OPEN, Status.MISSED, Status.DECLINED},
    Status.OPEN: {Status.COMPLETE, Status.PARTIAL, Status.DECLINED, Status.MISSED, Status.SCHEDULED},
    Status.PARTIAL: {Status.COMPLETE, Status.DECLINED, Status.OPEN, Status.MISSED},
    Status.COMPLETE: {Status.PARTIAL, Status.OPEN, Status.MISSED},  # somebody else had answered
    Status.DECLINED: {Status.OPEN},  # she may change her mind
    Status.MISSED: {Status.OPEN, Status.COMPLETE, Status.PARTIAL},  # the link was open as the window closed
}


class Respondent(Row):
    """Who answers: a code of its own, never the case's. Its case may be empty, for people who were imported."""

    code = models.CharField(max_length=20, unique=True)
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, blank=True, related_name="+")
    cohort = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Respondent {self.code}"


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All, by respondent code, to the evaluation manager; to others those of the cases they work with."""
        if user.has_role(Role.EVALUATION):
            return self.all()
        cases = Access.objects.cases_open_to(user, [As.MENTOR, As.CASE_MANAGER, As.SUPERVISOR, As.COVER])
        return self.filter(respondent__case__in=cases)

    def with_rights(self, user):
        """Whether the reader may see whose it is: `opens_name`. The evaluation manager sees respondent codes only.

        Case and youth come in questions of their own: joined, a row whose case is closed to the reader would be gone.
        """
        named = self.annotate(opens_name=Access.objects.names_open_to(user, "respondent__case"))
        return named.select_related("respondent").prefetch_related("respondent__case__youth")


class FollowUp(Row):
    respondent = models.ForeignKey(Respondent, models.PROTECT, related_name="follow_ups")
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="+")
    due_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.SCHEDULED)
    reminded_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    why_missed = models.CharField(max_length=60, blank=True)
    anchored = models.BooleanField(default=False)  # counted from the day baseline was answered, once

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["respondent", "wave"], name="one_follow_up_per_wave"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="follow_up_status_known"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=models.F("due_on"), due_on__lte=models.F("closes_on")),
                name="a_window_lies_around_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["opens_on"], condition=Q(status="scheduled"), name="follow_ups_to_open"),  # tick
            models.Index(fields=["due_on"], condition=Q(status="open"), name="follow_ups_open"),  # follow-ups, today
            models.Index(fields=["status", "closes_on", "id"], name="follow_ups_of_a_status"),  # follow-ups, today
            models.Index(fields=["finished_on", "id"], condition=Q(status__in=ANSWERED), name="follow_ups_answered"),
            models.Index(fields=["closes_on", "id"], condition=UNEXPLAINED, name="follow_ups_without_why"),
        ]

    def __str__(self):
        return f"Follow-up {self.pk}"

    def get_absolute_url(self):
        return reverse("outcomes:follow_up", args=[self.pk])

    @property
    def whose(self):
        """Whose records these are, for the trail."""
        return self.respondent.case_id

    @property
    def code(self):
        return self.respondent.code

    @property
    def youth(self):
        return self.respondent.case and self.respondent.case.youth
