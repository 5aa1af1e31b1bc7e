"""The person: what she is called, how to reach her safely, what keeps her safe. P0 and P1 are encrypted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases import codes
from cases.models.access import Access, Wall
from mlmc.core.crypto import EncryptedDateField, EncryptedTextField
from mlmc.core.models import Row


def coded(vocabulary):
    """A list of codes from one of the vocabularies of cases.codes. Empty is *not known yet*."""
    return ArrayField(models.CharField(max_length=20, choices=vocabulary), default=list, blank=True)


class Precision(models.TextChoices):
    DAY = "day", "to the day"
    MONTH = "month", "to the month"
    YEAR = "year", "to the year"
    ABOUT = "about", "about that age"
    UNKNOWN = "unknown", "not known yet"


class YouthQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(cases__in=Access.objects.cases_open_to(user)).distinct()


class Youth(Row):
    """A young person in the program. The code is what everybody else sees."""

    code = models.CharField(max_length=12, unique=True)
    chosen_name = EncryptedTextField()
    pronouns = EncryptedTextField(blank=True, default="")
    born_on = EncryptedDateField(null=True, blank=True)
    born_precision = models.CharField(max_length=8, choices=Precision, default=Precision.UNKNOWN)
    about_age = EncryptedTextField(blank=True, default="")  # "about 14", as it was said, on the day of the referral
    background_words = EncryptedTextField(blank=True, default="")  # race or ethnicity in own words
    guardian = EncryptedTextField(blank=True, default="")
    custody = EncryptedTextField(blank=True, default="")
    worker = EncryptedTextField(blank=True, default="")
    school_contact = EncryptedTextField(blank=True, default="")
    # Coded, because matching compares them. Only what she chose to give.
    languages = coded(codes.LANGUAGES)
    area = models.CharField(max_length=20, choices=codes.AREAS, blank=True)
    interests = coded(codes.INTERESTS)
    backgrounds = coded(codes.BACKGROUNDS)
    experiences = coded(codes.EXPERIENCES)
    wishes = coded(codes.WISHES)
    hard_nos = coded(codes.HARD_NOS)
    is_practice = models.BooleanField(default=False)  # made up, for learning; everybody may open it

    objects = YouthQuerySet.as_manager()

    def __str__(self):
        return self.code


class Identity(Row):
    """What finds her outside of here. Kept apart from Youth, read by fewer pages."""

    youth = models.OneToOneField(Youth, models.PROTECT, related_name="identity")
    legal_name = EncryptedTextField(blank=True, default="")
    aliases = EncryptedTextField(blank=True, default="")
    phones = EncryptedTextField(blank=True, default="")
    addresses = EncryptedTextField(blank=True, default="")
    school = EncryptedTextField(blank=True, default="")
    earlier_number = EncryptedTextField(null=True, blank=True)  # in the records the program kept before this one

    def __str__(self):
        return f"Identity {self.pk}"


class LookupKey(models.Model):
    """One blind index of one word of a person. It finds; it cannot be read. Never under a unique constraint."""

    class Kind(models.TextChoices):
        WORD = "word", "word of a name"
        SOUND = "sound", "sound of a name"
        PHONE = "phone", "telephone"
        BIRTH = "birth", "birth date"
        OWN = "own", "number in earlier records"

    kind = models.CharField(max_length=5, choices=Kind)
    value = models.BinaryField(max_length=16)
    youth = models.ForeignKey(Youth, models.CASCADE, null=True, blank=True, related_name="keys")
    referral = models.ForeignKey("cases.Referral", models.CASCADE, null=True, blank=True, related_name="keys")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(youth=None, referral__isnull=False) | Q(youth__isnull=False, referral=None),
                name="a_key_is_of_a_youth_or_a_referral",
            )
        ]
        indexes = [models.Index(fields=["value", "kind"], name="keys_by_value")]  # have we met?

    def __str__(self):
        return f"{self.kind} key {self.pk}"


class SafeContact(Row):
    """How she may be reached without anybody else reading it. Nothing is safe until she has said so."""

    class Channel(models.TextChoices):
        NONE = "none", "none yet"
        TEXT = "text", "text"
        CALL = "call", "call"
        EMAIL = "email", "e-mail"
        IN_PERSON = "in_person", "in person only"

    youth = models.OneToOneField(Youth, models.PROTECT, related_name="safe_contact")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.NONE)
    number = EncryptedTextField(blank=True, default="")
    hours = EncryptedTextField(blank=True, default="")
    words = EncryptedTextField(blank=True, default="")  # as received: "old number is not hers any more"
    device_watched = models.BooleanField(default=False)
    voicemail_ok = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("core.User", models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self):
        return f"Safe contact {self.pk}"


class SafetyNeedQuerySet(models.QuerySet):
    def standing(self):
        """What holds now, the hard ones first; what no longer does stays in the record."""
        return self.filter(lifted_at=None).order_by("-is_hard", "received_at", "pk")


class SafetyNeed(Row):
    """What must not happen, or should. *As received* until a person has confirmed it."""

    class Kind(models.TextChoices):
        CLOSED_ROOM = "closed_room", "no male provider alone in a closed room or car"
        PERSON = "person", "somebody to stay away from"
        PLACE = "place", "somewhere to stay away from"
        CONTACT = "contact", "how not to make contact"
        OTHER = "other", "something else"

    youth = models.ForeignKey(Youth, models.PROTECT, related_name="safety_needs")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.OTHER)
    words = EncryptedTextField()  # as they came, word for word
    plain = EncryptedTextField(null=True, blank=True)  # what they mean for us, as a person confirmed them
    is_hard = models.BooleanField(default=True)  # else a preference
    received_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("core.User", models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)  # no longer so, or never was
    lifted_by = models.ForeignKey("core.User", models.PROTECT, null=True, blank=True, related_name="+")
    lifted_why = EncryptedTextField(null=True, blank=True)

    objects = SafetyNeedQuerySet.as_manager()

    def __str__(self):
        return f"Safety need {self.pk}"

    @property
    def said(self):
        """What a person reads first: what was confirmed, or else what came."""
        return self.plain or self.words


class Relation(Row):
    """Two youth who belong together. Neither sees the other's record by it."""

    class Kind(models.TextChoices):
        SIBLING = "sibling", "siblings"
        HOUSEHOLD = "household", "same household"

    one = models.ForeignKey(Youth, models.PROTECT, related_name="relations")
    other = models.ForeignKey(Youth, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other", "kind"], name="one_relation_of_a_kind")]

    def __str__(self):
        return f"Relation {self.pk}"


__all__ = ["Identity", "LookupKey", "Precision", "Relation", "SafeContact", "SafetyNeed", "Wall", "Youth"]
