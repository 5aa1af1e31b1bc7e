"""Who may see which case: one table of rows, and the deny list that beats every row."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from mlmc.core.models import Role, Row


class As(models.TextChoices):
    """As what somebody may see a case. It says how much: see READS_NAMES."""

    INTAKE = "intake", "intake, until the match"
    ASSESSMENT = "assessment", "assessment team, until the match"
    ASKED = "asked", "asked whether to be the mentor"
    MENTOR = "mentor", "mentor"
    SUPERVISOR = "supervisor", "supervisor"
    CASE_MANAGER = "case_manager", "case manager"
    SUPPORT = "support", "takes paperwork off the mentor"
    ON_CALL = "on_call", "on call for a concern"
    COVER = "cover", "covers for somebody"
    BREAK_GLASS = "break_glass", "opened in an emergency"
    PRACTICE = "practice", "practice youth"


# A question opens nothing yet: whoever is asked may read what the question says, and a page has to name that row.
OPENS = [row for row in As if row != As.ASKED]
# Support takes paperwork off mentors by code; everybody else who holds a row works with the person.
READS_NAMES = [row for row in OPENS if row != As.SUPPORT]


class AccessQuerySet(models.QuerySet):
    def open_to(self, user, *, as_what=None):
        """The rows by which this person sees cases right now, walls already taken off; a question is none of them."""
        return self.filter(pk__in=opening("id", user, as_what))

    def cases_open_to(self, user, as_what=None):
        """The cases of `open_to`, for `case__in=`."""
        return opening("case_id", user, as_what)

    def names_open_to(self, user, case="pk"):
        """An expression for lists: may this person read the name that belongs to the case at path `case`?"""
        return Q(**{f"{case}__in": self.cases_open_to(user, READS_NAMES)})


def opening(column, user, as_what):
    """A column of the rows that are open to somebody right now. Every list asks for it, some three times: written down
    as SQL it costs a tenth of what it would as a query within a query."""
    now, roles = timezone.now(), list(user.roles) if user.is_active else []
    kinds = list(OPENS if as_what is None else as_what)
    return RawSQL(OPENING.format(column=column), (user.pk, now, roles, roles, now, kinds, now, user.pk))


# So written, what has ended for a role is not even looked at: see the indexes of Access. For the walls, see
# cases/sql/walls.sql.
OPENING = """
    select access.{column} from cases_access access
    where (access.user_id = %s and (access.until is null or access.until > %s)
           or access.role = any (%s::text[]) and access.until is null
           or access.role = any (%s::text[]) and access.until > %s)
      and access.as_what = any (%s::text[]) and access.begins <= %s
      and access.case_id <> all (coalesce((select cases_walled_from(%s))))
"""


def walled_referrals(user):
    """The ids of the referrals a wall keeps from somebody: the one each such youth came by, and whatever was merged
    into it."""
    return RawSQL(WALLED_REFERRALS, (user.pk,))


WALLED_REFERRALS = """
    with recursive walled (id) as (
        select found.referral_id from cases_wall wall join cases_case found on found.youth_id = wall.youth_id
        where wall.user_id = %s and found.referral_id is not null
        union select merged.id from cases_referral merged join walled on merged.merged_into_id = walled.id
    )
    select walled.id from walled
"""


class Access(Row):
    """One person, or everybody in a role, may see one case: as what, from when, until when, why, given by whom."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="access")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="access", db_index=False
    )
    role = models.CharField(max_length=20, choices=Role, blank=True)
    as_what = models.CharField("as", max_length=20, choices=As)
    begins = models.DateTimeField("from", default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=60)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, role="") | (Q(user=None) & ~Q(role="")),
                name="access_is_for_a_person_or_a_role",
            ),
            models.CheckConstraint(condition=Q(as_what__in=As.values), name="access_as_known"),
        ]
        indexes = [
            models.Index(fields=["user", "case"], name="access_of_a_person"),  # every page
            models.Index(fields=["role", "until"], name="access_of_a_role"),  # every page
        ]

    def __str__(self):
        return f"Access {self.pk}"


class Wall(Row):
    """A conflict of interest: this person never sees this youth, whatever else allows it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    youth = models.ForeignKey("cases.Youth", models.PROTECT, related_name="walls")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "youth"], name="one_wall_per_person_and_youth")]

    def __str__(self):
        return f"Wall {self.pk}"
