"""What became of each backup. Its rows lie in files; see mlmc.backup."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from mlmc.core.models.people import Row


class BackupQuerySet(models.QuerySet):
    def good(self):
        """Made, sealed, and read back to the last row; the newest first."""
        return self.exclude(finished_at=None).order_by("-began_at")


class Backup(Row):
    name = models.CharField(max_length=40)  # of the file: a moment, and nothing else
    began_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    size = models.BigIntegerField(null=True, blank=True)  # bytes
    rows = models.BigIntegerField(null=True, blank=True)
    copied_to = ArrayField(models.CharField(max_length=20), default=list)
    problem = models.CharField(max_length=200, blank=True, default="")  # our words: they name no person and no value

    objects = BackupQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-began_at"], name="backups_latest")]  # system health, every tick

    def __str__(self):
        return f"Backup {self.name}"
