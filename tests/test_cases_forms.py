"""What people may type: plain sentences for what cannot be, and everything else kept as it was written."""

import datetime
import json
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cases import as_received
from cases.forms import ReferralForm
from cases.models import Precision, Referral
from cases.views.referral import dialled
from mlmc.core.forms import ClientKey, Day, Email, Form, Moment, Phone, PlainText, is_odd
from mlmc.core.templatetags.ui import short_when
from tests.factories import ReferralFactory, UserFactory


class Sample(Form):
    words = PlainText(required=False, max_length=20)
    phone = Phone(required=False)
    email = Email(required=False)
    day = Day(required=False, latest=datetime.date(2026, 6, 15), late="This is still to come.")
    at = Moment(required=False)
    key = ClientKey(required=False)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("words", "a\0b", "cannot be read"),
        ("words", "a\x1bb", "cannot be read"),
        ("words", "a\ud800b", "cannot be read"),
        ("words", "a\ufffeb", "cannot be read"),
        ("words", "x" * 21, "under 20 characters"),
        ("phone", "call me", "with its area code"),
        ("email", "a\ud800@b.org", "for example name@agency.org"),
        ("email", "a@b", "for example name@agency.org"),
        ("day", "2026-02-30", "Enter a real date"),
        ("day", "0000-01-01", "Enter a real date"),
        ("day", "0001-01-01", "Enter a date after January 1, 1900"),
        ("day", "9999-12-31", "still to come"),
        ("day", "\0", "Enter a real date"),
        ("at", "0000-01-01T00:00", "Enter a real date and time"),
        ("at", "0001-01-01T00:00", "Enter a date after"),
        ("at", "9999-12-31T23:59", "Enter a date up to"),
        ("at", "2026-02-30T10:00", "Enter a real date and time"),
        ("key", "nonsense", "open too long"),
    ],
)
def test_what_cannot_be_is_a_plain_sentence(name, typed, sentence):
    form = Sample({name: typed})

    assert not form.is_valid()
    [said] = form.errors[name]
    assert sentence in said


@pytest.mark.parametrize("words", ["‏שלום‏", "🙂👩‍👧", "naïve", "tab\there", "two\nlines", "=1+1", "<b>"])
def test_words_of_people_are_words(words):
    form = Sample({"words": words})

    assert form.is_valid()
    assert form.cleaned_data["words"] == words


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_nothing_typed_breaks_a_form(words, phone, day, at):
    form = Sample({"words": words, "phone": phone, "day": day, "at": at, "email": words, "key": phone})

    assert form.is_valid() in (True, False)
    assert not form.cleaned_data.get("words") or not is_odd(form.cleaned_data["words"])


GOOD = {"client_key": str(uuid.uuid4()), "channel": "phone", "received_at": "2026-03-02T16:52", "missing": "unknown",
        "first_name": "Sky", "why": "Kept words"}  # fmt: skip
BAD = [
    ({"first_name": ""}, "Write a name they go by, or paste the message below."),
    ({"received_at": ""}, "Enter a date and a time."),
    ({"received_at": "2126-03-02T16:52"}, "This is still to come."),
    ({"received_at": "0000-03-02T16:52"}, "Enter a real date and time"),
    ({"received_at": "9999-12-31T23:59"}, "This is still to come."),
    ({"received_at": "2026-02-30T10:00"}, "Enter a real date and time"),
    ({"channel": "public_form"}, "Choose from the list."),
    ({"missing": ""}, "This field is required"),
    ({"client_key": "x"}, "open too long"),
    ({"first_name": "a\0b"}, "cannot be read"),
    ({"received_text": "x" * 20_001}, "under 20,000 characters"),
    ({"born_year": "1800"}, "Enter a year between"),
    ({"born_year": str(timezone.localdate().year), "born_month": "12", "born_day": "31"}, "still to come"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
def test_a_referral_that_cannot_be_is_answered_beside_the_field_and_what_was_typed_is_kept(client, typed, sentence):
    client.force_login(UserFactory(intake=True))

    response = client.post(reverse("cases:referral_new"), GOOD | typed)

    page = response.content.decode()
    assert response.status_code == 200
    assert sentence in page
    assert "Kept words" in page
    assert Referral.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "born_on", "precision"),
    [
        ({"born_year": "2012", "born_month": "3", "born_day": "19"}, datetime.date(2012, 3, 19), Precision.DAY),
        ({"born_year": "2012", "born_month": "3", "born_day": "?"}, datetime.date(2012, 3, 1), Precision.MONTH),
        ({"born_year": "2012"}, datetime.date(2012, 1, 1), Precision.YEAR),
        ({"about_age": "about 14"}, None, Precision.ABOUT),
        ({}, None, Precision.UNKNOWN),
    ],
)
def test_what_is_known_of_a_birth_date_is_kept_with_its_precision(typed, born_on, precision):
    form = ReferralForm(GOOD | typed)

    assert form.is_valid(), form.errors
    assert (form.cleaned_data["born_on"], form.cleaned_data["born_precision"]) == (born_on, precision)


def test_without_a_message_what_was_typed_is_what_was_received():
    form = ReferralForm(GOOD)
    assert form.is_valid()

    assert '"first_name": "Sky"' in form.parsed()["received_text"]


@pytest.mark.django_db
def test_what_was_typed_into_our_form_is_shown_in_words_and_what_others_sent_as_it_came():
    typed = {"channel": "phone", "received_at": "2026-11-26T08:44", "born_month": "2", "languages": "en, es"}
    referral = ReferralFactory(channel="phone", received_text=json.dumps(typed | {"missing": "unknown", "town": ""}))

    assert as_received.of(referral) == {
        "named": [
            ("How did it come?", "telephone"),
            ("When did it come?", short_when(datetime.datetime(2026, 11, 26, 8, 44))),
            ("Born, month", "2"),
            ("Languages they are most at home in", "English, Spanish"),
            ("Are they missing from care?", "Not known yet"),
        ],
        "typed": True,
    }
    for more in ({"source_key": b"0" * 16}, {"channel": "program"}):
        sent = ReferralFactory(**{"channel": "phone", "received_text": json.dumps({"missing": "unknown"})} | more)
        assert as_received.of(sent) == {"named": [("missing", "unknown")], "typed": False}
    assert as_received.of(ReferralFactory(received_text="Pls call.")) == {"words": "Pls call."}


@pytest.mark.parametrize(
    ("said", "number"),
    [("617-555-0155, text after 6", "6175550155"), ("(617) 555 0155", "6175550155"), ("at night", ""), ("", "")],
)
def test_the_number_to_dial_is_found_in_what_was_written(said, number):
    assert dialled(said) == number
