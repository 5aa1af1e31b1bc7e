"""The lived relationship. It owns the meetings, and a numbered place with the mentor while it needs one."""

from functools import cache

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from cases.models import Access, As
from cases.models.access import OPENS
from mentors.models.leave import Leave
from mentors.models.mentor import Mentor
from mlmc.core.models import Row


class Status(models.TextChoices):
    ASKING = "asking", "asking both"
    NOT_THIS_TIME = "not_this_time", "not this time"
    BEGINNING = "beginning", "beginning"
    WEEKLY = "weekly", "weekly"
    FORTNIGHTLY = "fortnightly", "every two weeks"
    MONTHLY = "monthly", "monthly"
    AS_WANTED = "as_wanted", "as wanted"
    FAMILY = "family", "part of the family"
    ENDED = "ended", "ended with a goodbye"
    MISTAKEN = "mistaken", "a match made by mistake"


LIVED = {Status.BEGINNING, Status.WEEKLY, Status.FORTNIGHTLY, Status.MONTHLY, Status.AS_WANTED, Status.FAMILY}
OPEN = LIVED | {Status.ASKING}
TAKES_A_PLACE = OPEN - {Status.FAMILY}

# The whole life of a mentorship on one screen. Only mentors.lifecycle acts on it.
MOVES = {
    Status.ASKING: {Status.BEGINNING, Status.NOT_THIS_TIME, Status.MISTAKEN},
    Status.NOT_THIS_TIME: {Status.ASKING},
    Status.BEGINNING: {Status.WEEKLY, Status.ENDED, Status.MISTAKEN},
    Status.WEEKLY: {
        Status.FORTNIGHTLY,
        Status.MONTHLY,
        Status.AS_WANTED,
        Status.FAMILY,
        Status.ENDED,
        Status.MISTAKEN,
    },
    Status.FORTNIGHTLY: {Status.WEEKLY, Status.MONTHLY, Status.AS_WANTED, Status.FAMILY, Status.ENDED},
    Status.MONTHLY: {Status.WEEKLY, Status.FORTNIGHTLY, Status.AS_WANTED, Status.FAMILY, Status.ENDED},
    Status.AS_WANTED: {Status.WEEKLY, Status.FORTNIGHTLY, Status.MONTHLY, Status.FAMILY, Status.ENDED},
    Status.FAMILY: {Status.WEEKLY, Status.ENDED},
    Status.ENDED: {Status.WEEKLY},  # nobody is cut off
    Status.MISTAKEN: {Status.ASKING},  # asked again, it may be the right one after all
}


# Who works with a youth once there is a mentor, and who of them reads the mentor's log
WORK_WITH = set(OPENS) - {As.INTAKE, As.ASSESSMENT}
READERS = [As.SUPERVISOR, As.ON_CALL, As.COVER, As.BREAK_GLASS, As.PRACTICE]


# What one row of a caseload shows of others
SHOWN = [
    "case__missing_since",
    "case__youth__code",
    "case__youth__chosen_name",
    "mentor__gender",  # against what keeps the youth safe
    "mentor__user__name",
    "mentor__user__is_program",
]


class MentorshipQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A mentor's own while her access lasts; whole for who supervises, manages or covers; for support by code."""
        cases = Access.objects.cases_open_to
        own = Q(mentor__user=user, case__in=cases(user, [As.MENTOR, As.COVER]))
        question = Q(mentor__user=user, status=Status.ASKING, case__in=cases(user, [As.ASKED]))
        whole = Q(case__in=cases(user, WORK_WITH - {As.MENTOR}))
        return self.filter(own | question | whole, case__in=cases(user, WORK_WITH | {As.ASKED}))  # begins at few rows

    def read_by(self, user):
        """Whose meeting log somebody opens: a mentor her own once both said yes, and whoever supervises or covers."""
        cases = Access.objects.cases_open_to
        own = Q(mentor__user=user, case__in=cases(user, [As.MENTOR, As.COVER]))
        whole = Q(case__in=cases(user, READERS))
        return self.visible_to(user).filter(own | whole).exclude(status__in=[Status.ASKING, Status.NOT_THIS_TIME])

    def checked_in_by(self, user):
        """The youth a mentor checks in about, while they meet: her own, and those she covers for a colleague. Of
        `visible_to` what is left when both hold, asked in one go."""
        cases = Access.objects.cases_open_to
        away = Leave.objects.in_force(timezone.now()).values("person")
        theirs = Q(mentor__user__in=away, case__in=cases(user, [As.COVER]))
        return self.filter(Q(mentor__user=user) | theirs, case__in=cases(user, WORK_WITH)).lived()

    def planned_by(self, user):
        """Those a meeting is planned for: what a mentor checks in about, and what a supervisor watches over."""
        watched = Access.objects.cases_open_to(user, [As.SUPERVISOR, As.COVER])
        own = Q(pk__in=Mentorship.objects.checked_in_by(user).values("pk"))
        return self.filter(own | Q(case__in=watched)).lived()

    def with_rights(self, user):
        """Whether the reader may see the name: `opens_name`."""
        return self.annotate(opens_name=Access.objects.names_open_to(user, "case"))

    def lived(self):
        return self.filter(status__in=LIVED)

    def for_list(self):
        """Everything one row of a caseload shows, in one query, and nothing else of the youth. However many meetings
        there were, it looks at the latest alone."""
        own = [field.name for field in Mentorship._meta.concrete_fields]
        return (
            self.select_related("case__youth", "mentor__user")
            .only(*own, *SHOWN)
            .annotate(
                last_reached_on=latest("held_on", reached=True),
                last_kind=latest("kind", reached=True),
                last_tried_on=latest("held_on", reached=False),
            )
        )


@cache  # what is asked is always the same: Django copies it into each query
def latest(field, *, reached):
    """Of the latest meeting that came about, or that was only tried."""
    meetings = Mentorship._meta.get_field("meetings").related_model.objects
    rows = meetings.filter(mentorship=OuterRef("pk"), reached=reached, undone_at=None)
    return Subquery(rows.order_by("-held_on", "-logged_at").values(field)[:1])


class Mentorship(Row):
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="mentorships")
    mentor = models.ForeignKey(Mentor, models.PROTECT, related_name="mentorships")
    slot = models.PositiveSmallIntegerField(null=True, blank=True)  # the numbered place it takes, from 1
    status = models.CharField(max_length=14, choices=Status, default=Status.ASKING)
    asked_at = models.DateTimeField(default=timezone.now)
    held_until = models.DateTimeField(null=True, blank=True)  # while asking: then the place is given back by itself
    began_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    # The first meeting is the mentor's story, not questions: only these are recorded.
    first_met_on = models.DateField(null=True, blank=True)
    first_place_kind = models.CharField(max_length=12, blank=True)
    expectations_agreed = models.BooleanField(null=True)

    objects = MentorshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mentor", "slot"],
                condition=Q(slot__isnull=False),
                include=["case", "status"],  # so places are counted in the index, rights and all: matching, today
                name="one_mentorship_per_place",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(status__in=sorted(OPEN)), name="one_open_mentorship_per_case"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="mentorship_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(TAKES_A_PLACE), slot__isnull=False)
                | (~Q(status__in=sorted(TAKES_A_PLACE)) & Q(slot=None)),
                name="a_place_is_taken_while_it_is_needed",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(began_on=None) | Q(ended_on__gte=models.F("began_on")),
                name="mentorship_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["mentor", "status"], name="mentorships_of_a_mentor")]  # My youth, my team

    def __str__(self):
        return f"Mentorship {self.pk}"

    def get_absolute_url(self):
        return reverse("mentors:meeting_log", args=[self.pk])

    @property
    def youth(self):
        return self.case.youth

    @property
    def whose(self):
        """Whose records these are, for the trail."""
        return self.case_id

    @property
    def code(self):
        return self.case.youth.code
