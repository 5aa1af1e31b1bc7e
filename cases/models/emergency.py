"""A case opened in an emergency, by somebody no row lets in: why, and what a second person thought of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models import Row


class Emergency(Row):
    """The reason behind one row of Access, and its review. The row itself says whose, and until when."""

    access = models.OneToOneField("cases.Access", models.PROTECT, related_name="emergency")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    reason = EncryptedTextField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    finding = EncryptedTextField(blank=True, default="")
    escalated_at = models.DateTimeField(null=True, blank=True)  # nobody had looked in time, and the director was told

    class Meta:
        indexes = [
            models.Index(fields=["opened_at"], condition=Q(reviewed_at=None), name="emergencies_to_review"),  # list
        ]

    def __str__(self):
        return f"Emergency {self.pk}"
