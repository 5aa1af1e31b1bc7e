"""What a referral looks like to a program, and what is taken in of one."""

import json

from django.utils import timezone
from rest_framework import serializers

from cases import codes, intake
from cases.forms import STAFF_CHANNELS
from cases.links import WORDS as WHY_ALIKE
from cases.models import STAGE_WORDS, Precision, Referral, ReferralStatus
from mlmc.core.api.fields import Day, Moment, OneOf, Serializer, SomeOf, Words

TO = [status.value for status in ReferralStatus if status not in ("received", "accepted", "merged")]


class ReferralWords(serializers.Serializer):
    """What was said. Only whoever may see the name reads it."""

    first_name = serializers.CharField()
    last_name = serializers.CharField()
    also_known_as = serializers.CharField()
    pronouns = serializers.CharField()
    born_on = serializers.DateField(allow_null=True)
    born_precision = serializers.ChoiceField(Precision.choices)
    about_age = serializers.CharField()
    phone = serializers.CharField()
    town = serializers.CharField()
    living_with = serializers.CharField()
    custody = serializers.CharField()
    filed_51a = serializers.CharField()
    missing_words = serializers.CharField()
    safety_words = serializers.CharField()
    consent_words = serializers.CharField()
    why = serializers.CharField()
    strengths = serializers.CharField()
    referrer = serializers.CharField()
    referrer_phone = serializers.CharField()
    referrer_email = serializers.CharField()


class ReferralLine(serializers.Serializer):
    """One of a list: by its receipt number, as in titles and file names. Names stand in no list."""

    id = serializers.UUIDField()
    receipt = serializers.CharField()
    channel = serializers.ChoiceField(Referral.Channel.choices)
    received_at = serializers.DateTimeField()
    replied_at = serializers.DateTimeField(allow_null=True)
    reached_at = serializers.DateTimeField(allow_null=True)
    status = serializers.ChoiceField(ReferralStatus.choices)
    agency = serializers.SerializerMethodField()
    taken_by = serializers.SerializerMethodField()
    youth = serializers.SerializerMethodField(help_text="The youth's code, once there is a case.")

    def get_agency(self, referral) -> str | None:
        return referral.agency.name if referral.agency else None

    def get_taken_by(self, referral) -> str | None:
        return referral.taken_by.short_name if referral.taken_by else None

    def get_youth(self, referral) -> str | None:
        case = getattr(referral, "case", None)
        return case.youth.code if case else None


class ReferralShown(ReferralLine):
    """One referral. `words` is null for whoever may know of it but not read it."""

    needs = serializers.SerializerMethodField(help_text="What is missing or doubtful.")
    languages = serializers.ListField(child=serializers.ChoiceField(list(codes.LANGUAGES.items())))
    area = serializers.CharField()
    missing = serializers.ChoiceField(Referral.YesNo.choices)
    words = serializers.SerializerMethodField()

    def get_needs(self, referral) -> list[str]:
        return [intake.NEEDS[code][0] for code in referral.needs if code in intake.NEEDS]

    def get_words(self, referral) -> ReferralWords(allow_null=True):
        return ReferralWords(referral).data if referral.opens_name else None


class TakenIn(Serializer):
    """What whoever refers says about a youth. A name and a way to answer are enough to begin."""

    referrer = Words(max_length=120, required=False, help_text="Who refers.")
    referrer_phone = Words(max_length=60, required=False)
    referrer_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    first_name = Words(max_length=80, required=False)
    last_name = Words(max_length=80, required=False)
    pronouns = Words(max_length=40, required=False)
    born_on = Day(latest=timezone.localdate, late="This day is still to come.", required=False)
    born_precision = OneOf(
        [(one.value, one.label) for one in (Precision.DAY, Precision.MONTH, Precision.YEAR)], required=False
    )
    about_age = Words(max_length=40, required=False)
    languages = SomeOf(list(codes.LANGUAGES.items()), required=False)
    area = OneOf(list(codes.AREAS.items()), required=False)
    missing = OneOf([choice[0] for choice in Referral.YesNo.choices], required=False)
    missing_words = Words(required=False)
    safety_words = Words(max_length=3000, required=False)
    consent_words = Words(required=False)
    why = Words(max_length=5000, required=False)
    strengths = Words(max_length=2000, required=False)

    def validate(self, said):
        if not (said.get("first_name") or said.get("last_name")):
            raise serializers.ValidationError({"first_name": ["Send a name they go by."]})
        if "born_precision" in said and "born_on" not in said:
            raise serializers.ValidationError({"born_on": ["Send the day, or leave the precision out."]})
        return said

    def parsed(self):
        """What `intake.receive` wants to know; what was sent is kept as it came."""
        data = dict(self.validated_data)
        if "born_on" in data:
            data.setdefault("born_precision", Precision.DAY)
        elif data.get("about_age"):
            data["born_precision"] = Precision.ABOUT
        return data | {"received_text": json.dumps(dict(self.initial_data), ensure_ascii=False)}


class ReferralTyped(TakenIn):
    """A referral that came some other way, and is handed on by staff's own program."""

    example = {
        "channel": "email",
        "received_at": "2026-01-28T16:52:00-05:00",
        "referrer": "Dana Worker",
        "agency": "Lynn Area Office",
        "referrer_phone": "617-555-0100",
        "first_name": "Sky",
        "born_on": "2011-04-17",
        "languages": ["en", "es"],
        "safety_words": "Please do not call the house line.",
    }
    channel = OneOf(STAFF_CHANNELS)
    received_at = Moment(help_text="When it came. Our promises run from here.")
    agency = Words(max_length=120, required=False)
    also_known_as = Words(required=False)
    town = Words(max_length=80, required=False)
    phone = Words(max_length=60, required=False, help_text="Of the youth. Nobody uses it until they say it is safe.")
    living_with = Words(required=False)
    custody = Words(required=False)
    filed_51a = Words(required=False)

    def parsed(self):
        data = super().parsed()
        return data | {"agency_name": data.pop("agency", "")}


class ReferralMoved(Serializer):
    """Where a referral goes from here."""

    example = {"to": "elsewhere", "where": "A program nearer to their school.", "told": "By Dana, on the phone."}
    to = OneOf(TO)
    where = Words(max_length=2000, required=False, help_text="For a decision: where they were connected, or why.")
    told = Words(max_length=2000, required=False, help_text="How the youth was told, and by whom.")

    def reason(self):
        said = self.validated_data
        told = said.get("told")
        return said.get("where", "") + (f"\nHow the youth was told: {told}" if told else "")


class Alike(serializers.Serializer):
    """Somebody who may be meant, as far as anybody is shown: code, initials, birth year, former mentor, and why."""

    kind = serializers.ChoiceField(["duplicate", "sibling"])
    code = serializers.CharField()
    initials = serializers.CharField()
    birth_year = serializers.IntegerField(allow_null=True)
    former_mentor = serializers.CharField()
    reasons = serializers.ListField(child=serializers.ChoiceField(list(WHY_ALIKE)))
    answer = serializers.ChoiceField(["open", "yes", "no"])


class Sent(serializers.Serializer):
    """What an agency is told of a referral it sent: its number, when it came, its stage, and nothing else."""

    id = serializers.UUIDField()
    receipt = serializers.CharField()
    received_at = serializers.DateTimeField()
    stage = serializers.ChoiceField(STAGE_WORDS)


class ToSend(TakenIn):
    """A referral of an agency."""

    example = {
        "referrer": "Dana Worker",
        "referrer_email": "dana@office.example.org",
        "first_name": "Sky",
        "about_age": "about 14",
        "missing": "no",
        "strengths": "Draws every day.",
    }
    referrer = Words(max_length=120, help_text="Whom we answer.")

    def validate(self, said):
        if not (said.get("referrer_phone") or said.get("referrer_email")):
            raise serializers.ValidationError({"referrer_phone": ["Send a phone or an e-mail to answer to."]})
        return super().validate(said)
