"""The decision: what counts, what rules a pair out, whom the team asked and why, and both answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Access, As
from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models import Role, Row


class Criterion(Row):
    """One thing that counts in a match, in a version the survivor council has approved, or not yet."""

    version = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=60)
    points = models.PositiveSmallIntegerField()
    wished_points = models.PositiveSmallIntegerField()  # when the youth wished for it
    order = models.PositiveSmallIntegerField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_criterion_per_version")]

    def __str__(self):
        return f"Criterion {self.code} v{self.version}"


class Exclusion(Row):
    """A pair that must not be: said by the youth, the mentor or the team. No reason is owed."""

    youth = models.ForeignKey("cases.Youth", models.PROTECT, related_name="exclusions")
    mentor = models.ForeignKey("mentors.Mentor", models.PROTECT, related_name="exclusions")
    said_by = models.CharField(
        max_length=6, choices={"youth": "the youth", "mentor": "the mentor", "team": "the team"}
    )
    why = EncryptedTextField(blank=True, default="")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["youth", "mentor"], name="one_exclusion_per_pair")]

    def __str__(self):
        return f"Exclusion {self.pk}"


class MatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The assessment team's while it waits for answers, and the one a mentor is asked about herself."""
        asked = Access.objects.cases_open_to(user, [As.ASKED])
        rule = Q(mentorship__mentor__user=user, mentorship__case__in=asked)
        if user.has_role(Role.ASSESSMENT):
            rule |= Q(mentorship__case__in=Access.objects.cases_open_to(user, [As.ASSESSMENT]))
        return self.filter(rule)


class Match(Row):
    """Whom the team asked for whom, what it looked at, what both said. It points to the mentorship it asked for."""

    class Answer(models.TextChoices):
        OPEN = "open", "thinking"
        YES = "yes", "yes"
        NO = "no", "not this time"

    mentorship = models.OneToOneField("mentors.Mentorship", models.PROTECT, related_name="match")
    criteria_version = models.PositiveSmallIntegerField()
    candidates = models.JSONField(default=list)  # who was looked at: mentor ids, best first, with points
    reasons = models.JSONField(default=list)  # of the chosen one: [code, "yes" | "partly" | "unknown", words]
    rationale = EncryptedTextField()  # why the team chose this
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(default=timezone.now)
    mentor_answer = models.CharField(max_length=4, choices=Answer, default=Answer.OPEN)
    mentor_answered_at = models.DateTimeField(null=True, blank=True)
    youth_answer = models.CharField(max_length=4, choices=Answer, default=Answer.OPEN)
    youth_answered_at = models.DateTimeField(null=True, blank=True)
    youth_answer_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )  # who wrote down what the youth said

    objects = MatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["decided_by", "decided_at"], name="match_decided_by"),  # matching: take it back
            models.Index(fields=["youth_answer_by", "youth_answered_at"], name="match_written_by"),  # the same
        ]

    def __str__(self):
        return f"Match {self.pk}"
