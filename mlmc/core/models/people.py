"""People and teams; messages waiting to be sent; what is throttled; the trail and what records said before."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField, uuid7


class Row(models.Model):
    """A row whose id is known before it is saved, tells nothing and sorts by its age."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Role(models.TextChoices):
    INTAKE = "intake", "intake coordinator"
    ASSESSMENT = "assessment", "assessment team"
    MENTOR = "mentor", "survivor mentor"
    CASE_MANAGER = "case_manager", "case manager"
    SUPPORT = "support", "support staff"
    SUPERVISOR = "supervisor", "clinical supervisor"
    EVALUATION = "evaluation", "evaluation manager"
    DIRECTOR = "director", "program director"
    ADMIN = "admin", "system admin"


class Team(Row):
    """A supervisor, the mentors she supports, and the staff who take paperwork off them."""

    name = models.CharField(max_length=60)

    def __str__(self):
        return f"Team {self.pk}"


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class UserQuerySet(models.QuerySet):
    def with_role(self, role):
        return self.filter(roles__contains=[role], is_active=True)

    def people(self):
        """Without programs of others: see Integration."""
        return self.filter(is_program=False)


class User(Row, AbstractBaseUser):
    """Somebody who works here. A person may hold several roles; the rights are the union."""

    email = models.EmailField(unique=True)  # in small letters
    name = models.CharField(max_length=80)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="people")
    hints_hidden = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # read, and put away
    on_council = models.BooleanField("survivor council member", default=False)
    is_active = models.BooleanField(default=True)
    is_program = models.BooleanField(default=False)  # nobody: it signs in nowhere, and asks with a key
    invited_at = models.DateTimeField(default=timezone.now)
    switched_off_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="an_email_is_in_small_letters"),
            models.CheckConstraint(condition=Q(is_program=False) | Q(roles=[]), name="a_program_is_no_colleague"),
        ]
        indexes = [
            models.Index(
                F("is_active").desc(), "name", "id", condition=Q(is_program=False), name="people_by_name"
            ),  # people
            *(  # who holds a role, be they two or a hundred thousand: counted, named, told
                models.Index(
                    fields=["name", "id"],
                    condition=Q(is_active=True, roles__contains=[role]),
                    name=f"people_{role}",
                )
                for role in Role.values
            ),
        ]

    def __str__(self):
        return f"User {self.pk}"

    def has_role(self, *roles):
        return self.is_active and not set(roles).isdisjoint(self.roles)

    @property
    def first_name(self):
        return self.name.partition(" ")[0]

    @property
    def short_name(self):
        """First name and one letter: *Carmen O.* A program goes by all of its name."""
        if self.is_program:
            return self.name
        rest = self.name.partition(" ")[2]
        return f"{self.first_name} {rest[0]}." if rest else self.first_name

    @property
    def initials(self):
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def role_words(self):
        return ", ".join(Role(role).label for role in self.roles)


class Invitation(Row):
    """A single-use link to a sign-in. Only the hash of its token is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    token_hash = models.BinaryField(max_length=32)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_hash"], name="one_invitation_per_token")]

    def __str__(self):
        return f"Invitation {self.pk}"


class RoleRequest(Row):
    """Somebody is to become director or admin. One person asks, another says yes; until then nothing changes."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_requests")
    role = models.CharField(max_length=20, choices=Role)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(answered_at=None), name="one_open_request_per_role"
            ),
            models.CheckConstraint(
                condition=Q(granted=False) | ~Q(answered_by=F("asked_by")), name="two_people_raise_somebody"
            ),
        ]

    def __str__(self):
        return f"Request {self.pk}"


class OutboxQuerySet(models.QuerySet):
    def claimable(self, at):
        """Due and nobody's. A row of an at-most-once kind is tried once, whatever became of it."""
        again = Q(at_most_once=False, lease_until__lt=at, tries__lt=3)
        return self.filter(Q(tries=0) | again, sent_at=None, due_at__lte=at).order_by("due_at")

    def need_a_person(self, at):
        """Tried, and nobody knows whether it arrived: a person decides, never a machine."""
        worn_out = Q(at_most_once=True) | Q(tries__gte=3)
        return self.filter(worn_out, sent_at=None, lease_until__lt=at)


class OutboxRow(Row):
    """One message. This row is the truth; the broker only wakes somebody up."""

    kind = models.CharField(max_length=30)
    recipient = models.ForeignKey(User, models.PROTECT, related_name="+")
    about = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    at_most_once = models.BooleanField()
    tries = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "recipient", "about", "due_at"], name="one_message_per_kind_person_subject_and_time"
            ),
            models.CheckConstraint(
                condition=Q(at_most_once=False) | Q(tries__lte=1), name="at_most_once_is_tried_at_most_once"
            ),
        ]
        indexes = [models.Index(F("due_at"), condition=Q(sent_at=None), name="outbox_unsent")]  # every tick

    def __str__(self):
        return f"{self.kind} {self.pk}"


class Attempt(Row):
    """Somebody knocked: a sign-in or a public form. Counted in PostgreSQL: a flushed cache forgives nothing."""

    kind = models.CharField(max_length=20)
    key = models.BinaryField(max_length=16)  # a blind index of the account or the address, never either of them
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "at"], name="attempts_lately")]  # every throttled door

    def __str__(self):
        return f"{self.kind} {self.pk}"


class FurtherLook(Row):
    """Why somebody needed to open more youth within an hour than most days ask for."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = EncryptedTextField()  # free text: it may name somebody

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="further_looks_lately")]  # every page about one youth

    def __str__(self):
        return f"Further look {self.pk}"


class Heartbeat(models.Model):
    """When a part of the program that works by the clock last did. System health reads it."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self):
        return self.name


class AuditEntry(models.Model):
    """One request that showed, changed, was refused, exported or signed in, as the database chained it."""

    pk = models.CompositePrimaryKey("month", "lane", "seq")
    month = models.DateField()
    lane = models.IntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    scope = ArrayField(models.TextField())
    act = models.TextField()
    what = models.TextField()  # the name of the page or verb
    record = models.TextField()
    cases = ArrayField(models.UUIDField())  # whose records
    why = models.TextField()  # our own words: never a name, never free text
    status = models.SmallIntegerField()

    class Meta:
        managed = False  # partitions, chain and triggers: see sql/trail.sql
        db_table = "core_auditentry"

    def __str__(self):
        return f"{self.act} {self.what} {self.record}"


class Change(models.Model):
    """What a record said before somebody changed it or took it away. A trigger writes it; see postgres/history.py."""

    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    table_name = models.TextField()
    row_id = models.TextField()
    about = models.TextField()
    subject = models.UUIDField(null=True)
    gone = models.BooleanField()
    fields = ArrayField(models.TextField())
    old = models.JSONField()  # only of the fields that changed; ciphertext as PostgreSQL writes bytes: "\\x01…"

    class Meta:
        managed = False
        db_table = "core_change"

    def __str__(self):
        return f"Change {self.pk}"


class KeyCheck(models.Model):
    """A known sentence made with a key that lies behind values here. A start with another key is refused by it."""

    name = models.CharField(max_length=20, primary_key=True)  # the number of a data key, or the index key
    proof = models.BinaryField()

    def __str__(self):
        return self.name
