"""One episode of care. A youth who comes back gets a new one; nobody is ever cut off."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.models.access import OPENS, Access, As, Wall
from mlmc.core import audit
from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models import Role, Row


class Status(models.TextChoices):
    WAITING = "waiting", "waiting for a mentor"
    WITH_MENTOR = "with_mentor", "with a mentor"
    ELSEWHERE = "elsewhere", "directed elsewhere"


# The whole life of a case on one screen. Only cases.lifecycle acts on it.
MOVES = {
    Status.WAITING: {Status.WITH_MENTOR, Status.ELSEWHERE},
    Status.WITH_MENTOR: {Status.WAITING, Status.ELSEWHERE},
    Status.ELSEWHERE: {Status.WAITING, Status.WITH_MENTOR},
}


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The cases this person holds a row for. The director sees the shell of every case: code, stage, dates."""
        walled = Q(youth__in=Wall.objects.filter(user=user).values("youth"))
        if user.has_role(Role.DIRECTOR):
            return self.exclude(walled)
        return self.filter(pk__in=Access.objects.cases_open_to(user))

    def opened_by(self, user):
        """Those whose page this person opens: nobody by being the mentor, everybody the practice youth."""
        rows = self.visible_to(user)
        if set(user.roles) == {Role.MENTOR}:
            return rows.filter(youth__is_practice=True)
        if user.has_role(Role.DIRECTOR):
            return rows
        return rows.filter(pk__in=Access.objects.cases_open_to(user, set(OPENS) - {As.MENTOR}))

    def with_rights(self, user):
        """Whether the reader may see the name: `opens_name`. Without it every name is shown as a code."""
        return self.annotate(opens_name=Access.objects.names_open_to(user))

    def waiting(self):
        return self.filter(status=Status.WAITING, youth__is_practice=False).order_by("accepted_at", "pk")


class Case(Row):
    youth = models.ForeignKey("cases.Youth", models.PROTECT, related_name="cases")
    referral = models.OneToOneField("cases.Referral", models.PROTECT, null=True, blank=True, related_name="case")
    episode = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    accepted_at = models.DateTimeField(default=timezone.now)
    with_mentor_at = models.DateTimeField(null=True, blank=True)  # since when, the last time it began
    # From earlier records, since when: what was due before then nobody here could do
    brought_at = models.DateTimeField(null=True, blank=True)
    # Dated flags beside the status, each from a day on
    missing_since = models.DateField("missing from care since", null=True, blank=True)
    paused_since = models.DateField("paused by the youth since", null=True, blank=True)
    detained_since = models.DateField("hospital or detained since", null=True, blank=True)
    away_since = models.DateField("out of area since", null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="case_status_known"),
            models.UniqueConstraint(fields=["youth", "episode"], name="one_case_per_episode"),
        ]
        indexes = [
            models.Index(fields=["accepted_at"], condition=Q(status="waiting"), name="case_waiting"),  # match board
            models.Index(fields=["with_mentor_at"], name="case_met_lately"),  # queue: met their mentor
        ]

    def __str__(self):
        return f"Case {self.pk}"  # never a name: this string ends up in logs

    def get_absolute_url(self):
        return reverse("cases:case", args=[self.pk])

    def get_access_url(self):
        return reverse("cases:access", args=[self.pk])

    @property
    def code(self):
        return self.youth.code

    @property
    def whose(self):
        """Whose records these are, for the trail."""
        return self.pk

    def record(self, what, *, by, at=None, note=""):
        """Put a line on the case's timeline."""
        audit.note(self.pk)
        return self.events.create(what=what, by=by, note=note, at=at or timezone.now())


class CaseEvent(Row):
    """One line of a case's timeline. Written once, never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    what = models.CharField(max_length=60)  # our words, without anybody's name
    note = EncryptedTextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="case_timeline")]  # case page

    def __str__(self):
        return f"Event {self.pk}"


class Contact(Row):
    """A first contact or a call by staff who are not the mentor. Reaching the youth stops the 72-hour clock."""

    class Way(models.TextChoices):
        CALL = "call", "call"
        TEXT = "text", "text"
        IN_PERSON = "in_person", "in person"
        WORKER = "worker", "through a worker"

    referral = models.ForeignKey("cases.Referral", models.PROTECT, null=True, blank=True, related_name="contacts")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="contacts")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Way)
    reached = models.BooleanField()
    note = EncryptedTextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(referral__isnull=False) | Q(case__isnull=False), name="contact_is_about_somebody"
            )
        ]

    def __str__(self):
        return f"Contact {self.pk}"
