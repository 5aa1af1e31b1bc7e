"""What was answered: yes, no, skipped, prefer not to say and not asked are five different things."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models import Row
from outcomes.models.followup import FollowUp
from outcomes.models.instrument import Instrument


class SurveyLink(Row):
    """One private link. Only the hash of its token is kept; it must be started in time and may then be resumed."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="links")
    token_hash = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    start_by = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    resume_by = models.DateTimeField(null=True, blank=True)
    rests_since = models.DateTimeField(null=True, blank=True)  # missing from care: until they are found
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_hash"], name="one_link_per_token")]

    def __str__(self):
        return f"Link {self.pk}"


class Response(Row):
    """One sitting, perhaps in pieces: whose answers, to which version, in which language, reported by whom."""

    class Informant(models.TextChoices):
        YOUTH = "youth", "the youth"
        AGENCY = "agency", "the agency"

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="responses")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", null=True, blank=True)
    informant = models.CharField(max_length=8, choices=Informant, default=Informant.YOUTH)
    language = models.CharField(max_length=2, choices={"en": "English", "es": "Español"}, default="en")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)  # at the end, or when it was last stopped
    danger_at = models.DateTimeField(null=True, blank=True)  # an answer signalled danger, and a person was told
    # Somebody else answered: the answers are in the history alone, and this says that there was a sitting
    not_theirs_at = models.DateTimeField(null=True, blank=True)
    not_theirs_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up", "informant"],
                condition=Q(not_theirs_at=None),
                name="one_response_per_follow_up_and_informant",
            )
        ]

    def __str__(self):
        return f"Response {self.pk}"


class Answer(Row):
    class Kind(models.TextChoices):
        ANSWERED = "answered", "answered"
        SKIPPED = "skipped", "skipped"
        PREFER_NOT = "prefer_not", "prefers not to say"
        NOT_ASKED = "not_asked", "not asked"

    response = models.ForeignKey(Response, models.PROTECT, related_name="answers")
    item = models.CharField(max_length=30)
    kind = models.CharField(max_length=10, choices=Kind)
    value = EncryptedTextField(blank=True, default="")  # "yes", "no", "1" … "5", or a scale's score when imported
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "item"], name="one_answer_per_item")]

    def __str__(self):
        return f"Answer {self.pk}"
