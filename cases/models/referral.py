"""What a partner sends. The received text is kept whole and verbatim; nothing about it is ever lost."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases import codes, promises
from cases.models.access import Access, walled_referrals
from cases.models.youth import Precision, coded
from mlmc.core.crypto import EncryptedDateField, EncryptedTextField
from mlmc.core.models import Role, Row


class Status(models.TextChoices):
    RECEIVED = "received", "received"
    NEEDS_INFORMATION = "needs_information", "needs information"
    IN_REVIEW = "in_review", "in review"
    EXCEPTION = "exception_review", "exception review"
    ACCEPTED = "accepted", "accepted"
    GROUP = "group", "directed to a prevention group"
    ELSEWHERE = "elsewhere", "connected elsewhere"
    MERGED = "merged", "merged"
    WITHDRAWN = "withdrawn", "withdrawn"


DECIDED = {Status.ACCEPTED, Status.GROUP, Status.ELSEWHERE, Status.MERGED, Status.WITHDRAWN}
OPEN = set(Status) - DECIDED
MAY_BE_UNREACHED = OPEN | {Status.ACCEPTED}
_ANY = set(Status) - {Status.RECEIVED}

# The whole life of a referral on one screen. Only cases.lifecycle acts on it. Nobody is shown "denied".
MOVES = {
    Status.RECEIVED: _ANY,
    Status.NEEDS_INFORMATION: _ANY - {Status.NEEDS_INFORMATION},
    Status.IN_REVIEW: _ANY - {Status.IN_REVIEW},
    Status.EXCEPTION: _ANY - {Status.EXCEPTION},
    Status.ACCEPTED: {Status.ELSEWHERE},
    Status.GROUP: {Status.IN_REVIEW},  # the door stays open
    Status.ELSEWHERE: {Status.IN_REVIEW},
    Status.MERGED: {Status.IN_REVIEW},
    Status.WITHDRAWN: {Status.IN_REVIEW},
}

# What an agency is told of its own, and in no other words.
STAGES = {
    Status.RECEIVED: "received",
    Status.NEEDS_INFORMATION: "needs_information",
    Status.ACCEPTED: "welcomed",
    Status.GROUP: "prevention_group",
    Status.ELSEWHERE: "connected_elsewhere",
    Status.WITHDRAWN: "withdrawn",
}
STAGE_WORDS = [*STAGES.values(), "in_review"]

# The columns of the board.
NEW, GETTING_TO_KNOW, READY = (
    {Status.RECEIVED},
    {Status.NEEDS_INFORMATION},
    {Status.IN_REVIEW, Status.EXCEPTION},
)


class Agency(Row):
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="one_agency_per_name")]

    def __str__(self):
        return f"Agency {self.pk}"


class AgencyContact(Row):
    """A worker at an agency, as she wrote herself down."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="contacts")
    name = EncryptedTextField()
    phone = EncryptedTextField(blank=True, default="")
    email = EncryptedTextField(blank=True, default="")

    def __str__(self):
        return f"Agency contact {self.pk}"


class AgencyProgram(Row):
    """For which agency a program sends referrals. One that has no such row sends none."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sends_for")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="programs")

    def __str__(self):
        return f"Agency program {self.pk}"


def welcomed_by(user):
    """A condition: what intake and the assessment team read by their role, and for a month what they decided."""
    if not user.has_role(Role.INTAKE, Role.ASSESSMENT):
        return Q()
    return Q(status__in=OPEN) | Q(decided_by=user, decided_at__gt=timezone.now() - timedelta(days=30))


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Intake and the assessment team while it is open, and after that by the case it became; the director by
        receipt number."""
        rows = self.exclude(pk__in=walled_referrals(user))
        if user.has_role(Role.DIRECTOR):
            return rows
        # What is welcomed by its role comes first: for an open one, what else is open to them is not even looked up
        return rows.filter(welcomed_by(user) | Q(case__in=Access.objects.cases_open_to(user)))

    def sent_by(self, user):
        """What an agency's own program may ask after: what came from that agency's programs."""
        return self.filter(channel=Referral.Channel.PROGRAM, agency__programs__user=user)

    def with_rights(self, user):
        """Whether the reader may see the name of the youth: `opens_name`."""
        return self.annotate(opens_name=welcomed_by(user) | Access.objects.names_open_to(user, "case"))

    def open(self):
        return self.filter(status__in=OPEN)

    def late(self, which, *, at, program):
        """Those whose promise of this kind is broken: `reply`, `contact` or `mentor`. A number that opens its list."""
        before = promises.cutoff(which, at, program)
        waiting = Q(status=Status.ACCEPTED, case__status="waiting")
        real = self.exclude(case__youth__is_practice=True)
        if which == promises.MENTOR:
            return real.filter(waiting, case__accepted_at__lte=before)
        if which == promises.REPLY:
            return real.open().filter(replied_at=None, received_at__lte=before)
        rows = real.filter(reached_at=None, status__in=MAY_BE_UNREACHED, received_at__lte=before)
        return rows.filter(Q(status__in=OPEN) | waiting)

    def for_queue(self):
        """Everything one card of the queue shows, without opening the long texts."""
        return self.select_related("agency", "taken_by", "case__youth").defer(
            "received_text", "why", "strengths", "custody", "filed_51a", "consent_words", "reason"
        )


class Referral(Row):
    class Channel(models.TextChoices):
        PUBLIC_FORM = "public_form", "our public form"
        STAFF_FORM = "staff_form", "typed in by staff"
        EMAIL = "email", "e-mail"
        PHONE = "phone", "telephone"
        FAX = "fax", "fax"
        WEB = "web", "web form"
        PROGRAM = "program", "an agency's program"
        OTHER = "other", "another way"

    class YesNo(models.TextChoices):
        YES = "yes", "yes"
        NO = "no", "no"
        UNKNOWN = "unknown", "not known yet"

    receipt = models.CharField(max_length=12, unique=True)  # random: it tells nothing and cannot be guessed along
    channel = models.CharField(max_length=12, choices=Channel)
    received_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)  # the youth, for the first time: see cases.contacts
    received_text = EncryptedTextField()  # verbatim and whole, as a JSON object of named values or plain text
    source_key = models.BinaryField(max_length=16, null=True, blank=True)  # blind index of an imported row
    client_key = models.UUIDField(null=True, blank=True)  # one per form shown: sent twice is received once

    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="referrals")
    referrer = EncryptedTextField(blank=True, default="")
    referrer_phone = EncryptedTextField(blank=True, default="")
    referrer_email = EncryptedTextField(blank=True, default="")

    first_name = EncryptedTextField(blank=True, default="")
    last_name = EncryptedTextField(blank=True, default="")
    also_known_as = EncryptedTextField(blank=True, default="")
    pronouns = EncryptedTextField(blank=True, default="")
    born_on = EncryptedDateField(null=True, blank=True)
    born_precision = models.CharField(max_length=8, choices=Precision, default=Precision.UNKNOWN)
    about_age = EncryptedTextField(blank=True, default="")
    phone = EncryptedTextField(blank=True, default="")
    languages = coded(codes.LANGUAGES)
    area = models.CharField(max_length=20, choices=codes.AREAS, blank=True)
    town = EncryptedTextField(blank=True, default="")
    living_with = EncryptedTextField(blank=True, default="")
    custody = EncryptedTextField(blank=True, default="")
    filed_51a = EncryptedTextField(blank=True, default="")
    missing = models.CharField("missing from care", max_length=8, choices=YesNo, default=YesNo.UNKNOWN)
    missing_words = EncryptedTextField(blank=True, default="")
    safety_words = EncryptedTextField(blank=True, default="")
    consent_words = EncryptedTextField(blank=True, default="")
    why = EncryptedTextField(blank=True, default="")
    strengths = EncryptedTextField(blank=True, default="")

    needs = ArrayField(
        models.CharField(max_length=30), default=list, blank=True
    )  # what is missing: cases.intake.NEEDS
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVED)
    replied_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = EncryptedTextField(blank=True, default="")
    # The last move, for whoever made it by mistake: cases.lifecycle.undo_move
    status_before = models.CharField(max_length=20, choices=Status, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="referral_status_known"),
            models.UniqueConstraint(fields=["client_key"], name="one_referral_per_form_shown"),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(status__in=sorted(OPEN)), name="referral_queue"),  # queue
            models.Index(
                fields=["received_at"],
                condition=Q(reached_at=None, status__in=sorted(MAY_BE_UNREACHED)),
                name="referral_not_reached",
            ),  # today
            models.Index(fields=["moved_by", "-moved_at"], name="referral_moved_by"),  # queue: take it back
            models.Index(fields=["source_key"], name="referral_by_source"),  # import: have we read this row?
        ]

    def __str__(self):
        return f"Referral {self.receipt}"

    def get_absolute_url(self):
        return reverse("cases:referral", args=[self.pk])

    @property
    def code(self):
        return self.receipt

    @property
    def whose(self):
        """Whose records these are, for the trail: the case's where it has been read; until there is one, its own."""
        case = self._state.fields_cache.get("case")
        return case.pk if case else self.pk

    @property
    def stage(self):
        """What an agency is told. That somebody is known here or too old is not theirs to read off it."""
        return STAGES.get(self.status, "in_review")

    @property
    def chosen_name(self):
        return " ".join(part for part in (self.first_name, self.last_name[:1] and f"{self.last_name[:1]}.") if part)

    @property
    def is_open(self):
        return self.status in OPEN


class ReferralLink(Row):
    """Two referrals that a person should look at together. A suggestion; nothing is merged by it."""

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", "perhaps the same youth"
        SIBLING = "sibling", "perhaps siblings"

    class Answer(models.TextChoices):
        OPEN = "open", "not looked at yet"
        YES = "yes", "yes"
        NO = "no", "no"

    kind = models.CharField(max_length=10, choices=Kind)
    one = models.ForeignKey(Referral, models.PROTECT, related_name="links")
    other = models.ForeignKey(Referral, models.PROTECT, related_name="links_back")
    reasons = ArrayField(models.CharField(max_length=20), default=list)  # codes, never the words compared
    answer = models.CharField(max_length=5, choices=Answer, default=Answer.OPEN)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other", "kind"], name="one_link_of_a_kind")]

    def __str__(self):
        return f"Link {self.pk}"
