"""What is asked and when, as data: a changed question is a new version, never a changed past."""

from django.conf import settings
from django.db import models

from mlmc.core.models import Row


class Instrument(Row):
    """The questions and every word on the youth's pages, in English and Spanish. See outcomes/instruments/*.json."""

    code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    definition = models.JSONField()
    approved_at = models.DateTimeField(null=True, blank=True)  # by the survivor council; until then it is a draft
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_instrument_per_version")]

    def __str__(self):
        return f"{self.code} v{self.version}"


class Wave(Row):
    """When the same questions are asked again, in months after baseline, with the window around it."""

    months = models.PositiveSmallIntegerField(unique=True)
    opens_months = models.DecimalField(max_digits=4, decimal_places=1)
    closes_months = models.DecimalField(max_digits=4, decimal_places=1)

    def __str__(self):
        return f"Wave {self.months}"

    @property
    def words(self):
        return f"{self.months} months" if self.months else "Start"
