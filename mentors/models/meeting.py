"""One time a mentor showed up, or tried to. Thirty seconds on a phone."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Access, As
from mentors.models.mentorship import READERS, Mentorship
from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models import Row


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of a mentor's own mentorships; those of cases one supervises or covers; to support what was handed
        over to it."""
        cases = Access.objects.cases_open_to
        own = Q(mentorship__mentor__user=user, mentorship__case__in=cases(user, [As.MENTOR]))
        whole = Q(mentorship__case__in=cases(user, READERS))
        given = Q(handed_over=True, mentorship__case__in=cases(user, [As.SUPPORT]))
        begun = Q(mentorship__case__in=cases(user, [As.MENTOR, As.SUPPORT, *READERS]))  # begins at few rows
        return self.filter(begun, own | whole | given, undone_at=None)


class Meeting(Row):
    class Kind(models.TextChoices):
        IN_PERSON = "in_person", "In person"
        TEXT = "text", "Text"
        CALL = "call", "Call"
        WENT_WITH = "went_with", "Went with"
        DINNER = "dinner", "Dinner"

    class Mood(models.IntegerChoices):
        ROUGH = 1, "Rough"
        LOW = 2, "Low"
        OKAY = 3, "Okay"
        GOOD = 4, "Good"
        SHINING = 5, "Shining"

    class Topic(models.TextChoices):
        HOME = "home", "Home"
        SCHOOL = "school", "School"
        WORK = "work", "Work"
        FAMILY = "family", "Family"
        FRIENDS = "friends", "Friends"
        HEALTH = "health", "Health"
        COURT = "court", "Court"
        FEELINGS = "feelings", "Feelings"
        FUN = "fun", "Fun"

    class PlaceKind(models.TextChoices):
        MEAL = "meal", "over a meal"
        OUT = "out", "out and about"
        OFFICE = "office", "at the office"
        COURT = "court", "court"
        DOCTOR = "doctor", "doctor"
        SCHOOL = "school", "school"
        AGENCY = "agency", "agency"
        OTHER = "other", "somewhere else"

    mentorship = models.ForeignKey(Mentorship, models.PROTECT, related_name="meetings", db_index=False)
    client_key = models.UUIDField(unique=True)  # one per form shown: sent twice is one meeting
    kind = models.CharField(max_length=10, choices=Kind)
    held_on = models.DateField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    place_kind = models.CharField(max_length=8, choices=PlaceKind, blank=True)
    reached = models.BooleanField(default=True)  # else: tried, and that counts
    mood = models.PositiveSmallIntegerField(choices=Mood, null=True, blank=True)  # as the mentor saw it
    topics = ArrayField(models.CharField(max_length=10, choices=Topic), default=list, blank=True)
    words = EncryptedTextField(blank=True, default="")  # private, unless handed over
    handed_over = models.BooleanField(default=False)  # support turns this into paperwork
    taken_up_at = models.DateTimeField(null=True, blank=True)
    taken_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    logged_at = models.DateTimeField(default=timezone.now)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True, blank=True)  # within ten minutes, by who logged it

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=1440), name="minutes_of_one_day"
            ),
        ]
        indexes = [
            models.Index(fields=["mentorship", "-held_on", "-logged_at"], name="meetings_latest"),  # My youth, log
            models.Index(fields=["logged_by", "-logged_at"], name="meetings_of_a_person"),  # My youth: take it back
            models.Index(
                fields=["logged_at"], condition=Q(handed_over=True, taken_up_at=None), name="meetings_handed_over"
            ),  # check-ins handed over
        ]

    def __str__(self):
        return f"Meeting {self.pk}"
