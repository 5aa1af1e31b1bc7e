"""A planned meeting: a court day, a doctor, a meal. What keeps the youth safe is read before it is saved."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Access, As
from mentors.models.mentorship import READERS, Mentorship
from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models import Row


class Status(models.TextChoices):
    PLANNED = "planned", "planned"
    HELD = "held", "it happened"
    CALLED_OFF = "called_off", "called off"


# The whole life of a plan. Only mentors.lifecycle acts on it. A plan that changes is called off and made anew.
MOVES = {
    Status.PLANNED: {Status.HELD, Status.CALLED_OFF},
    Status.HELD: {Status.PLANNED},  # said by mistake
    Status.CALLED_OFF: {Status.PLANNED},  # it is on again
}


class AccompanimentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the meeting log: those of a mentor's own mentorships, and of cases one supervises or covers."""
        cases = Access.objects.cases_open_to
        begun = Q(mentorship__case__in=cases(user, [As.MENTOR, *READERS]))  # begins at few rows
        whole = Q(mentorship__case__in=cases(user, READERS))
        return self.filter(begun, Q(mentorship__mentor__user=user) | whole)

    def planned(self):
        """What is still to come, or waits for a word on how it went; the next one first."""
        return self.filter(status=Status.PLANNED).order_by("begins_at", "pk")

    def for_log(self, *, at):
        """What is planned, and what was closed since yesterday: that has a way back."""
        lately = Q(closed_at__gt=at - timedelta(days=1))
        return self.filter(Q(status=Status.PLANNED) | lately).order_by("-status", "begins_at", "pk")


class Accompaniment(Row):
    class Kind(models.TextChoices):
        MEAL = "meal", "Meal"
        COURT = "court", "Court"
        DOCTOR = "doctor", "Doctor"
        SCHOOL = "school", "School"
        AGENCY = "agency", "Agency"
        COMMUNITY = "community", "In the community"
        OTHER = "other", "Something else"

    class PlaceKind(models.TextChoices):
        OPEN = "open", "Out in the open, or a hall"
        OPEN_ROOM = "open_room", "A room with the door open"
        CLOSED_ROOM = "closed_room", "A closed room"
        CAR = "car", "A car"

    class Provider(models.TextChoices):
        NOBODY = "nobody", "Nobody else"
        WOMAN = "woman", "A woman"
        MAN = "man", "A man"
        NONBINARY = "nonbinary", "A non-binary person"
        NOT_KNOWN = "not_known", "Not known yet"

    mentorship = models.ForeignKey(Mentorship, models.PROTECT, related_name="plans")
    client_key = models.UUIDField(unique=True)  # one per form shown: sent twice is one plan
    kind = models.CharField(max_length=10, choices=Kind)
    begins_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    place_kind = models.CharField(max_length=12, choices=PlaceKind)
    place = EncryptedTextField(blank=True, default="")
    provider = models.CharField(max_length=10, choices=Provider, default=Provider.NOBODY)  # who else is there
    mentor_stays = models.BooleanField(default=True)  # with the youth, all the time
    chosen_stays = models.BooleanField(default=False)  # somebody the youth chose stays with them
    needs_read = models.BooleanField(default=False)  # whoever planned it said so
    wish_why = EncryptedTextField(null=True, blank=True)  # why a wish could not be kept
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    planned_at = models.DateTimeField(default=timezone.now)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)  # held, or called off
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AccompanimentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="plan_status_known"),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=1440), name="plan_minutes_of_one_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["mentorship", "begins_at"], condition=Q(status="planned"), name="plans_to_come"
            ),  # My youth, meeting log
        ]

    def __str__(self):
        return f"Plan {self.pk}"
