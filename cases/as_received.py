"""A referral as it was received, for the page: the words as they came, or what was typed into a form of ours, each
under the question it answers. What a file or a program sent keeps the names it came with."""

import datetime
import json

from django import forms

from cases.forms import NOT_TYPED, ReferralForm
from cases.models import Referral
from cases.public_form import STEPS
from mlmc.core.templatetags.ui import short_when


def of(referral):
    """{"named": [(question, answer), …], "typed": whether into a form of ours}, or {"words": …}."""
    try:
        typed = json.loads(referral.received_text)
    except ValueError:
        typed = None
    if not isinstance(typed, dict):
        return {"words": referral.received_text}
    fields = asked(referral)
    named = [told(name, value, fields) for name, value in typed.items() if value not in ("", None)]
    return {"named": named, "typed": bool(fields)}


def asked(referral):
    """{name: field} of the form it was typed into, if it was one of ours."""
    if referral.source_key is not None:
        return {}
    if referral.channel == Referral.Channel.PUBLIC_FORM:
        return {name: field for step in STEPS for name, field in step.base_fields.items()}
    typed_here = referral.channel == Referral.Channel.STAFF_FORM or referral.channel not in NOT_TYPED
    return ReferralForm.base_fields if typed_here else {}


def told(name, value, fields):
    field = fields.get(name)
    if field is None:
        return name, value
    label = f"Born, {field.label.lower()}" if name.startswith("born_") else field.label
    if isinstance(field, forms.DateTimeField):
        return label, moment(value)
    choices = {str(code): str(said) for code, said in getattr(field, "choices", ())}
    return label, ", ".join(choices.get(part, part) for part in str(value).split(", ")) if choices else value


def moment(value):
    try:
        return short_when(datetime.datetime.fromisoformat(value))
    except ValueError:
        return value
