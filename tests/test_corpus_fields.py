"""The hundred bad inputs against every kind of field and every field of every form (G51).

Nothing breaks; nothing is cut; what is taken is what was typed; what is refused is refused in a plain sentence.
"""

import datetime
import inspect
import re
import unicodedata

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.urls import get_resolver
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as often
from hypothesis import strategies as st

from mentors.models import Leave, Mentorship
from mlmc.core.bringing import kinds as bringing_kinds
from mlmc.core.forms import ClientKey, Day, Email, Form, Moment, Phone, PlainText
from mlmc.core.models import User
from mlmc.office import keys_on_paper
from mlmc.people.handing import Section
from tests.corpus import FIVE, TEXTS
from tests.factories import (
    ImportFactory,
    MentorFactory,
    MentorshipFactory,
    SafetyNeedFactory,
    UserFactory,
    YouthFactory,
)

ADDRESSES = get_resolver().url_patterns  # asking for them imports every view, and so every form
JARGON = re.compile(r"UUID|%\(|NULL|Null char|integer|Ensure|DoesNotExist|psycopg|Traceback|None\b|<|\[")
ANY = st.text(st.characters(codec=None), max_size=300)


def kinds(of=Form):
    for one in of.__subclasses__():
        yield one
        yield from kinds(one)


FORMS = sorted((one for one in kinds() if not one.__module__.startswith("tests")), key=lambda one: one.__qualname__)
# One of each class of field, as a form of ours uses it.
# What comes as a file is read by whoever keeps it: test_bringing_files, test_mlmc_restore_page.
TYPED = [field for form in FORMS for field in form.base_fields.values() if not isinstance(field, forms.FileField)]
FIELDS = {type(field).__name__: field for field in TYPED}
BY_PROPERTY = sorted(kind for kind, field in FIELDS.items() if not isinstance(field, forms.ModelChoiceField))


def in_a_form(kind):
    """As a form hands it out: our forms give their fields plain words."""
    return type("One", (Form,), {"one": FIELDS[kind], "__module__": __name__})().fields["one"]


def refuses_or_keeps(field, text):
    """Either a plain sentence, or the same words again."""
    try:
        kept = field.clean([text] if isinstance(field, forms.MultipleChoiceField) else text)
    except ValidationError as problem:
        for message in problem.messages:
            assert len(message) < 160, message
            assert not JARGON.search(message), message
        return
    same(field, text, kept)


def same(field, text, kept):
    if isinstance(field, (forms.DateField, forms.DateTimeField)):
        assert kept is None or kept.year in range(1900, 2200)
    elif isinstance(field, forms.UUIDField):
        assert kept is None or re.sub("[^0-9a-f]", "", str(kept)) in re.sub("[^0-9a-f]", "", text.lower())
    elif isinstance(field, forms.IntegerField):
        assert kept is None or int(re.sub(r"\.0*\s*$", "", text)) == kept
    elif isinstance(field, forms.BooleanField):
        assert isinstance(kept, bool)
    elif isinstance(field, forms.TypedChoiceField):
        assert text == "" or text in dict(field.choices)
    elif isinstance(field, forms.MultipleChoiceField):
        assert set(kept) <= {str(key) for key, _ in field.choices}
    elif isinstance(field, (forms.ChoiceField, forms.ModelChoiceField)):
        assert kept in (None, "") or text
    else:
        assert kept == (text.strip() if field.strip else text)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_every_kind_of_field_takes_the_corpus(kind):
    """G51. A hundred inputs each."""
    field = in_a_form(kind)
    for text in TEXTS.values():
        refuses_or_keeps(field, text)


@pytest.mark.parametrize("kind", BY_PROPERTY)
def test_every_kind_of_field_takes_anything(kind):
    """G51. And whatever else can be written, by property."""
    field = in_a_form(kind)

    @often(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(ANY | st.dates().map(str) | st.datetimes().map(str) | st.integers().map(str) | st.floats().map(str))
    def anything(text):
        refuses_or_keeps(field, text)

    anything()


def test_the_kinds_of_fields_are_known():
    """A new kind is looked at by the tests above by itself; this one says that none went missing."""
    ours = {PlainText, Phone, Email, Day, Moment, ClientKey}

    assert {kind.__name__ for kind in ours} <= set(FIELDS)
    assert {"ChoiceField", "MultipleChoiceField", "OneOf", "BooleanField", "UUIDField"} <= set(FIELDS)
    assert not {"CharField", "EmailField", "DateField", "DateTimeField", "ModelChoiceField"} & set(FIELDS), (
        "use those of mlmc.core.forms"
    )


@given(ANY, st.booleans())
def test_what_was_typed_comes_back_letter_by_letter(text, strip):
    """G51. No normal form is applied: a name composed and the same name decomposed stay two."""
    field = PlainText(max_length=400, strip=strip, required=False)
    try:
        kept = field.clean(text)
    except ValidationError:
        assert any(unicodedata.category(letter) in ("Cc", "Cs", "Cn") for letter in text)
    else:
        assert kept == (text.strip() if strip else text)


def test_twins_stay_twins():
    composed, decomposed = TEXTS["unicode: composed"], TEXTS["unicode: decomposed"]
    field = PlainText()

    assert unicodedata.normalize("NFC", decomposed) == composed
    assert field.clean(composed) != field.clean(decomposed)


@pytest.fixture
def needed(db):
    """What a form has to know before it can be shown."""
    user = UserFactory(intake=True)
    return {
        "user": user,
        "section": Section(None, [], []),
        "received_at": timezone.now() - datetime.timedelta(days=1),
        "known": [],
        "to": "elsewhere",
        "mentorship": MentorshipFactory(),
        "told": YouthFactory(),
        "need": SafetyNeedFactory(),
        "name": "missing_since",
        "RestoreForm.found": {},
        "kinds": bringing_kinds.every(),
        "file": ImportFactory(),
        "kind": bringing_kinds.named("mentors"),
        "person": user,
        "youth": [],
        "people": User.objects.all(),
        "leave": Leave(person=user),
        "others": Mentorship.objects.all(),
        "asked": keys_on_paper.asked(),
        "AboutMeForm.told": MentorFactory(),
    }


def built(form, needed, data):
    asks = [name for name, one in inspect.signature(form.__init__).parameters.items() if one.kind == one.KEYWORD_ONLY]
    given_ = {name: needed.get(f"{form.__name__}.{name}", needed.get(name)) for name in asks}
    return form(data, **{name: one for name, one in given_.items() if one is not None})


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_field_of_every_form_takes_five(form, needed):
    """G51. Five each, one field at a time, through the form as it is."""
    for name in built(form, needed, QueryDict()).fields:
        for text in (TEXTS[one] for one in FIVE):
            data = QueryDict(mutable=True)
            data.setlist(name, [text])
            filled = built(form, needed, data)
            filled.is_valid()
            for messages in filled.errors.values():
                for message in messages:
                    assert not JARGON.search(message), (name, message)
                    assert len(message) < 160
            kept = filled.cleaned_data.get(name)
            if name not in filled.errors and isinstance(kept, str) and not isinstance(kept, models.Model):
                assert kept in (text, text.strip(), filled.fields[name].initial or ""), name
