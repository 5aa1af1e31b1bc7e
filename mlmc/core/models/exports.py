"""A file somebody asked for: who, what, and what became of it. The file itself lies sealed beside the database."""

import json

from django.db import models
from django.db.models import Q
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models.people import Row, User


class Status(models.TextChoices):
    ASKED = "asked", "being written"
    READY = "ready", "ready"
    REFUSED = "refused", "not written"
    GONE = "gone", "gone"


# The whole life of a file on one screen. Only mlmc.core.exporting.lifecycle acts on it.
MOVES = {
    Status.ASKED: {Status.READY, Status.REFUSED},
    Status.READY: {Status.GONE},
    Status.REFUSED: {Status.ASKED},
    Status.GONE: {Status.ASKED},
}


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever asked for it, and nobody else."""
        return self.filter(by=user)


class Export(Row):
    kind = models.CharField(max_length=20)  # of mlmc.core.exporting.kinds
    form = models.CharField(max_length=4, default="csv")
    what = EncryptedTextField(default="{}")  # which of it, as JSON: the words of a group could name somebody
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)  # a second factor was proven then
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    problem = models.CharField(max_length=200, blank=True, default="")  # our words
    rung_at = models.DateTimeField(default=timezone.now)  # a worker was called; one that does not come is called again
    ready_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)  # bytes, opened
    fetched = models.PositiveIntegerField(default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="export_status_known"),
        ]
        indexes = [
            models.Index(fields=["by", "-asked_at"], name="exports_of_mine"),  # your files
            models.Index(fields=["status"], condition=Q(status__in=["asked", "ready"]), name="exports_there"),  # tick
        ]

    def __str__(self):
        return f"Export {self.pk}"

    @property
    def asked_for(self):
        return json.loads(self.what)
