"""Programs of others that may ask ours: a user without a person, a key whose hash we keep, what was answered."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models.people import Role, Row, User

AGENCY = "agency"  # the scope of an agency's own program; it goes with no role and with no other scope


class IntegrationQuerySet(models.QuerySet):
    def open(self, at):
        """An agency's key, or one with a role that a second person said yes to."""
        opens = Q(scopes=[AGENCY]) | Q(roles__len__gt=0)
        return self.filter(opens, revoked_at=None, ends_at__gt=at, user__is_active=True)


class Integration(Row):
    """What one program may ask, until when, and whether it still does. Its roles are here and not with its user, so
    that nobody takes it for a colleague; each came by a second yes. See mlmc.core.raising."""

    user = models.OneToOneField(User, models.PROTECT, related_name="integration")
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)  # of mlmc.core.api.scopes
    key_hash = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the minute

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], name="one_program_per_key"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("made_at") + timedelta(days=366)), name="a_key_ends_within_a_year"
            ),
            models.CheckConstraint(
                condition=~Q(scopes__contains=[AGENCY]) | Q(scopes=[AGENCY], roles=[]),
                name="an_agencys_key_opens_nothing_else",
            ),
        ]

    def __str__(self):
        return f"Integration {self.pk}"

    def is_open(self, at):
        return self.revoked_at is None and self.ends_at > at and (self.is_agencys or bool(self.roles))

    @property
    def is_agencys(self):
        return self.scopes == [AGENCY]

    @property
    def role_words(self):
        return ", ".join(Role(role).label for role in self.roles)


class KeptAnswer(Row):
    """What a request with an Idempotency-Key has done, for a day: sent again it is not done again."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    key_hash = models.BinaryField(max_length=32)
    asked_hash = models.BinaryField(max_length=32)  # of address and body: the same key with other words is refused
    code = models.PositiveSmallIntegerField(default=0)  # the HTTP status
    thing = models.UUIDField(null=True, blank=True)  # what it made or changed; how that stands is read anew
    body = EncryptedTextField(blank=True, default="")  # where there is no thing
    headers = models.JSONField(default=dict)  # where it is: ids only
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key_hash"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["made_at"], name="kept_answers_old")]  # each tick

    def __str__(self):
        return f"Kept answer {self.pk}"
