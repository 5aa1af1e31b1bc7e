"""The program's settings, and what they were before somebody changed them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models.people import Row, User


class ProgramRow(models.Model):
    """The program's settings, as one row. Read and written by mlmc.program only."""

    class Kind(models.TextChoices):
        NONE = "", "not set up yet"
        DEMO = "demo", "the demo"
        REAL = "real", "a real program"

    only = models.BooleanField(primary_key=True, default=True)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.NONE, blank=True)  # written once, never turned
    settings = models.JSONField(default=dict)
    mail_password = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="one_program"),
            models.CheckConstraint(condition=Q(kind__in=["", "demo", "real"]), name="program_kind_known"),
        ]

    def __str__(self):
        return "Program"


class SettingChange(Row):
    """One setting that somebody changed. Written once, never changed."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=40)  # of the setting, as in mlmc.program.Program
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="setting_changes_latest")]  # settings page

    def __str__(self):
        return f"{self.name} {self.pk}"
