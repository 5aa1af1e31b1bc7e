"""Fields that clean as our forms do, and whose words repeat nothing of what was sent."""

from django.utils import timezone
from rest_framework import serializers

from mlmc.core.forms import FIRST_DAY, LAST_DAY, is_odd


class Words(serializers.CharField):
    """Text without what nobody can read or write."""

    def __init__(self, *, max_length=200, **kwargs):
        kwargs.setdefault("allow_blank", not kwargs.get("required", True))
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages |= {
            "invalid": "This is a text.",
            "blank": "Write something here.",
            "max_length": f"Keep this under {max_length:,} characters.",
        }

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        words = super().to_internal_value(data)
        if is_odd(words):
            raise serializers.ValidationError("Some characters here cannot be read.")
        return words


class OneOf(serializers.ChoiceField):
    def __init__(self, choices, **kwargs):
        super().__init__(choices, **kwargs)
        self.error_messages |= {"invalid_choice": f"One of: {', '.join(str(key) for key in self.choices)}."}

    def to_internal_value(self, data):
        if not isinstance(data, (str, int)) or isinstance(data, bool):
            self.fail("invalid_choice", input="")
        return super().to_internal_value(data)


class SomeOf(serializers.ListField):
    def __init__(self, choices, **kwargs):
        super().__init__(child=OneOf(choices), max_length=len(choices), **kwargs)

    def to_internal_value(self, data):
        return list(dict.fromkeys(super().to_internal_value(data)))


class Day(serializers.DateField):
    """A day of a sensible year; `latest` may be a function, asked anew."""

    def __init__(self, *, latest=LAST_DAY, late="Enter an earlier day.", **kwargs):
        self.latest, self.late = latest, late
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
        self.error_messages |= {"invalid": "A day is written 2026-01-28.", "datetime": "A day is written 2026-01-28."}

    def to_internal_value(self, value):
        if not isinstance(value, str) or len(value) != len("2026-01-28"):
            self.fail("invalid", format="")
        day = super().to_internal_value(value)
        if day < FIRST_DAY:
            raise serializers.ValidationError("Enter a day after 1900.")
        if day > (self.latest() if callable(self.latest) else self.latest):
            raise serializers.ValidationError(self.late)
        return day


class Moment(serializers.DateTimeField):
    """A moment that has been, with its time zone."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.error_messages |= {
            "invalid": "A moment is written 2026-01-28T16:52:00-05:00.",
            "overflow": "A moment is written 2026-01-28T16:52:00-05:00.",
        }

    def to_internal_value(self, value):
        if not isinstance(value, str) or not value.isascii():
            self.fail("invalid", format="")
        moment = super().to_internal_value(value)
        if not FIRST_DAY.year < moment.year < LAST_DAY.year:
            self.fail("invalid", format="")
        if moment > timezone.now():
            raise serializers.ValidationError("This is still to come. Enter when it was.")
        return moment


class Serializer(serializers.Serializer):
    """What somebody sends. What it does not know is refused: a slip in a name is no silence."""

    default_error_messages = {"invalid": "Send a JSON object."}

    def to_internal_value(self, data):
        said = super().to_internal_value(data)
        if unknown := sorted(set(data) - set(self.fields)):
            raise serializers.ValidationError({name[:40]: ["Nothing of this name is asked."] for name in unknown[:20]})
        return said


class Nothing(Serializer):
    """No field: the address says it all."""

    example = {}
