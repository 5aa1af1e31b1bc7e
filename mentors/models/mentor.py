"""A survivor mentor: her places, and what she chose to tell for matching."""

from functools import cache

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cases import codes
from cases.models.youth import coded
from mlmc.core.models import Role, Row


class Status(models.TextChoices):
    SHADOWING = "shadowing", "shadowing"
    READY = "ready", "ready"
    ACTIVE = "active", "active"
    ON_LEAVE = "on_leave", "on leave"
    DEPARTED = "departed", "departed"


# The whole working life of a mentor on one screen. Only mentors.lifecycle acts on it.
MOVES = {
    Status.SHADOWING: {Status.READY, Status.DEPARTED},
    Status.READY: {Status.ACTIVE, Status.ON_LEAVE, Status.DEPARTED},
    Status.ACTIVE: {Status.ON_LEAVE, Status.DEPARTED},
    Status.ON_LEAVE: {Status.ACTIVE, Status.READY, Status.DEPARTED},
    Status.DEPARTED: {Status.SHADOWING, Status.READY},  # the door stays open
}


class MentorQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The assessment team and the director see every mentor, a supervisor and support their team's, a mentor
        herself."""
        if user.has_role(Role.ASSESSMENT, Role.DIRECTOR):
            return self.all()
        rule = Q(user=user)
        if user.team_id and user.has_role(Role.SUPERVISOR, Role.SUPPORT):
            rule |= Q(user__team=user.team_id)
        return self.filter(rule)

    def with_places(self):
        """How many places are taken (`taken`); of these, only held while both think (`held`)."""
        return self.annotate(taken=in_places(), held=in_places(status="asking"))


@cache  # what is asked is always the same: Django copies it into each query
def in_places(**which):
    """How many take a place with a mentor, counted for those rows alone that are shown or sorted by it."""
    mentorships = Mentor._meta.get_field("mentorships").related_model.objects
    rows = mentorships.filter(mentor=OuterRef("pk"), slot__isnull=False, **which).order_by().values("mentor")
    return Coalesce(Subquery(rows.annotate(count=Count("*")).values("count")), 0)


# A shadowing mentor holds no youth, and whoever leaves takes nobody new.
CAN_BE_ASKED = Q(status__in=[Status.READY, Status.ACTIVE], user__is_active=True, leaves_since=None)


class Mentor(Row):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mentor")
    title = models.CharField(max_length=40, default="Survivor mentor")  # the rung of the ladder
    status = models.CharField(max_length=10, choices=Status, default=Status.SHADOWING)
    shadowing_until = models.DateField(null=True, blank=True)
    places = models.PositiveSmallIntegerField(default=10)
    leaves_since = models.DateTimeField(null=True, blank=True)  # their youth are being handed over: nobody new
    # Only what she chose to give. Empty is *not known yet*.
    languages = coded(codes.LANGUAGES)
    areas = coded(codes.AREAS)
    backgrounds = coded(codes.BACKGROUNDS)
    experiences = coded(codes.EXPERIENCES)
    interests = coded(codes.INTERESTS)
    gender = models.CharField(max_length=10, choices=codes.GENDERS, blank=True)
    texts = models.BooleanField(null=True)

    objects = MentorQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(status__in=Status.values), name="mentor_status_known")]

    def __str__(self):
        return f"Mentor {self.pk}"

    @property
    def filled(self):
        """Of the places that `with_places` has counted those that are lived."""
        return self.taken - self.held
