"""Somebody asked for everything as plain files; somebody else says yes or no."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models.people import Row, User


class ExitRequest(Row):
    """Asked by one, answered by another, written by the keeper; see mlmc.plain_exit."""

    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    why = EncryptedTextField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(default=False)
    written_at = models.DateTimeField(null=True, blank=True)
    folder = models.CharField(max_length=40, blank=True, default="")  # its name, under the program's own folder
    rows = models.BigIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True, default="")  # our words: they name nobody

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=models.F("asked_by")), name="two_people_let_it_all_out"
            )
        ]

    def __str__(self):
        return f"Exit {self.pk}"
