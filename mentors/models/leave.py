"""Time away, with somebody who covers: for every youth who is open with them, and for their team."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from mlmc.core.models import Role, Row


class LeaveQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, those one covers, those of one's team for who supervises it, all for who manages people."""
        if user.has_role(Role.DIRECTOR, Role.ADMIN):
            return self.all()
        rule = Q(person=user) | Q(cover=user)
        if user.team_id and user.has_role(Role.SUPERVISOR):
            rule |= Q(person__team=user.team_id)
        return self.filter(rule)

    def current(self, at):
        """Asked or granted, and not over."""
        return self.filter(answered_no_at=None, until__gt=at)

    def in_force(self, at):
        return self.filter(granted_at__isnull=False, begins__lte=at, until__gt=at)

    def by_person(self, at):
        """{user id: the leave they are on, or else the next}: for lists of people, with who covers."""
        rows = self.current(at).filter(granted_at__isnull=False).select_related("cover")
        return {row.person_id: row for row in rows.order_by("-begins")}

    def within(self, begins, until):
        """Whatever was asked or granted and shares a moment with these days."""
        return self.filter(answered_no_at=None, begins__lt=until, until__gt=begins)


class Leave(Row):
    class Kind(models.TextChoices):
        TIME_OFF = "time_off", "Time off"
        HEALTH = "health", "Health"
        FAMILY = "family", "Family"
        TRAINING = "training", "Training"
        OTHER = "other", "Something else"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="leaves")
    begins = models.DateTimeField("from")
    until = models.DateTimeField()  # the moment they are back; back early, that moment
    kind = models.CharField("why", max_length=10, choices=Kind, default=Kind.TIME_OFF)
    cover = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(null=True, blank=True)
    answered_no_at = models.DateTimeField(null=True, blank=True)  # said no, or taken back before it was answered
    begun_at = models.DateTimeField(null=True, blank=True)  # when the clock saw that it began
    over_at = models.DateTimeField(null=True, blank=True)  # when the clock saw that it was over

    objects = LeaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("begins")), name="a_leave_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(granted_at=None) | Q(answered_no_at=None), name="a_leave_is_granted_or_not"
            ),
        ]
        indexes = [models.Index(fields=["until"], condition=Q(over_at=None), name="leaves_not_over")]  # tick, my team

    def __str__(self):
        return f"Leave {self.pk}"

    @property
    def first_day(self):
        return timezone.localdate(self.begins)

    @property
    def last_day(self):
        return timezone.localdate(self.until - timedelta(microseconds=1))


class Cover(Row):
    """Who covers for one youth. Once the leave is granted, a dated row of access says the same to every page."""

    leave = models.ForeignKey(Leave, models.PROTECT, related_name="covers")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    access = models.OneToOneField("cases.Access", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["leave", "case"], condition=Q(ended_at=None), name="one_cover_per_youth_and_leave"
            )
        ]

    def __str__(self):
        return f"Cover {self.pk}"

    @property
    def whose(self):
        """Whose records these are, for the trail."""
        return self.case_id
