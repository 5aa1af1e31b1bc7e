"""The form agencies use, in four short steps: what each asks, and how the answers travel between them."""

import base64
import binascii
import json
import time
import uuid

from django import forms
from django.http import QueryDict

from cases import codes
from cases.forms import NOT_YET, BirthForm
from mlmc.core.crypto import CannotOpen, open_sealed, seal
from mlmc.core.forms import Email, Form, Phone, PlainText

LASTS = 4 * 60 * 60  # seconds a draft may lie in an open tab
BOUND_TO = "the draft of a public form:"
HELLO = {
    "through_me": "Through me, in person",
    "caregiver": "Through a caregiver",
    "text": "A text to the youth",
    "school": "At school",
    "unknown": NOT_YET,
}


class AboutYou(Form):
    title, layout = "About you", "cases/_refer_you.html"
    intro = "So that we can answer you within one working day."

    referrer = PlainText(label="Your name", max_length=120, missing="Enter your name.")
    agency_name = PlainText(label="Agency or office", max_length=120, required=False)
    referrer_phone = Phone(label="Your phone", required=False)
    referrer_email = Email(label="Your e-mail", required=False)

    def clean(self):
        data = super().clean()
        if not self.errors and not (data["referrer_phone"] or data["referrer_email"]):
            self.add_error("referrer_phone", "Give us a phone number or an e-mail address to answer to.")
        return data


class AboutYouth(BirthForm):
    field_order = ["first_name", "last_name", "pronouns", "born_month", "born_day", "born_year", "about_age"]
    title, layout = "About the youth", "cases/_refer_youth.html"
    intro = "Tell us how to reach them with care. You do not need to describe harm."

    first_name = PlainText(label="First name they go by", max_length=80, missing="Enter the name they go by.")
    last_name = PlainText(label="Last name", max_length=80, required=False)
    pronouns = PlainText(label="Pronouns", max_length=40, required=False)
    languages = forms.MultipleChoiceField(
        label="Languages they are most at home in",
        choices=list(codes.LANGUAGES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    area = forms.ChoiceField(
        label="Where do they live?", required=False, choices=[("", NOT_YET), *codes.AREAS.items()]
    )
    hello = forms.ChoiceField(
        label="Best way for us to say hello first",
        choices=list(HELLO.items()),
        initial="unknown",
        widget=forms.RadioSelect,
    )


class RightNow(Form):
    title, layout = "Right now", "cases/_refer_now.html"
    intro = "What we must know before anybody calls or meets them."

    missing = forms.ChoiceField(
        label="Are they missing from care?",
        choices=[("no", "No"), ("yes", "Yes"), ("unknown", NOT_YET)],
        initial="unknown",
        widget=forms.RadioSelect,
    )
    missing_words = PlainText(label="If they are: since when?", required=False)
    safety_words = PlainText(
        label="What should we avoid?",
        required=False,
        rows=3,
        max_length=3000,
        help_text="A phone somebody else reads, a person or a place to stay away from.",
    )
    why = PlainText(label="What led you to us, in plain words?", required=False, rows=4, max_length=5000, nudge=True)
    strengths = PlainText(
        label="Anything that would help a first meeting go well?",
        required=False,
        rows=3,
        max_length=2000,
        nudge=True,
        help_text="What they like, who they trust, what is going well.",
    )
    consent_words = PlainText(label="Do they know about this referral, and what do they say?", required=False)


BIRTH = ["born_month", "born_day", "born_year"]
STEPS = [AboutYou, AboutYouth, RightNow]
CHECK = len(STEPS) + 1  # the last step: read it once more, and send


def new_draft():
    return {"key": str(uuid.uuid4()), "answers": {}}


def sealed(draft):
    """The answers so far as one hidden field, readable by us alone. So nothing of a form that was never sent lies in
    our database, in a session or in an address, and nobody can lay words in somebody else's draft."""
    text = json.dumps({**draft, "at": int(time.time())})
    return base64.urlsafe_b64encode(seal(text, bound_to=BOUND_TO)).decode()


def opened(words):
    """The draft, or a new one where there is none, it is too old, or somebody changed it."""
    try:
        draft = json.loads(open_sealed(base64.urlsafe_b64decode(words.encode()), bound_to=BOUND_TO))
    except (CannotOpen, ValueError, IndexError, binascii.Error):
        return new_draft()
    return draft if time.time() - draft["at"] < LASTS else new_draft()


def as_typed(form):
    """What was typed, value by value, so that going back shows it again and the last step checks it again."""
    return {name: form.data.getlist(name) for name in form.fields if name in form.data}


def answers_of(draft, step):
    """The form of one step, filled with what the draft says."""
    typed = draft["answers"].get(str(step))
    if typed is None:
        return STEPS[step - 1]()
    return STEPS[step - 1](multi(typed))


def multi(typed):
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def parsed(forms_of_all_steps):
    """What `intake.receive` wants to know, and the received text: every answer as it was typed."""
    fields, typed = {}, {}
    for form in forms_of_all_steps:
        fields |= form.cleaned_data
        typed |= {name: ", ".join(values) for name, values in as_typed(form).items() if any(values)}
    agency, hello = fields.pop("agency_name"), fields.pop("hello")
    for name in BIRTH:
        fields.pop(name)
    # An agency a stranger names is a word, not yet one of our agencies.
    fields["referrer"] = ", ".join(part for part in (fields["referrer"], agency) if part)
    fields["safety_words"] = "\n".join(
        part for part in (fields["safety_words"], hello != "unknown" and f"Say hello first: {HELLO[hello]}") if part
    )
    return fields | {"received_text": json.dumps(typed, ensure_ascii=False)}


def to_check(form):
    """Label and answer, as words, of everything that was answered."""
    boxes = [form.data.get(name, "") for name in BIRTH if name in form.fields]
    for name, field in form.fields.items():
        if name == BIRTH[-1] and any(boxes):
            yield "Date of birth", " / ".join(box or "?" for box in boxes)
        if name in BIRTH:
            continue
        value = form.data.getlist(name)
        choices = dict(getattr(field, "choices", ()))
        said = ", ".join(str(choices.get(one, one)) for one in value if one)
        if said:
            yield field.label, said
