"""Figures as a worker made them. The web process shows them and computes none."""

from django.db import models
from django.utils import timezone

from mlmc.core.models import Row


class ReportSnapshot(Row):
    """One set of figures for a cohort (empty: everybody), as `manage.py outcomes_report --format json` prints them."""

    cohort = models.CharField(max_length=40, blank=True)
    definitions_version = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    answers_until = models.DateTimeField()  # answers given up to then are in it
    figures = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["cohort", "-made_at"], name="latest_figures")]  # outcomes report

    def __str__(self):
        return f"Report {self.pk}"
