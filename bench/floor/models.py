"""One table, as plain as a meeting can be."""

from django.conf import settings
from django.db import models


class Meeting(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    kind = models.CharField(max_length=10)
    held_on = models.DateField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        app_label = "floor"

    def __str__(self):
        return f"{self.kind} {self.pk}"
