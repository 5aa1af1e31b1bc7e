"""Getting to know: a referral is answered, recognised, welcomed, and every contact is kept."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Contact, Precision, Referral, ReferralLink
from tests.factories import (
    CaseFactory,
    ContactFactory,
    ReferralFactory,
    YouthFactory,
)
from tests.pages import sign_in, text

pytestmark = pytest.mark.django_db


NEW = reverse("cases:referral_new")


ACTS = ["referral_reply", "referral_take", "referral_contact", "referral_accept", "referral_link"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("who", "status"), [("director", 403), ("mentor", 403), ("supervisor", 403), (None, 302)])
def test_only_those_who_welcome_act_on_a_referral(client, act, who, status):
    referral = ReferralFactory()
    if who:
        sign_in(client, **{who: True})

    assert client.post(reverse(f"cases:{act}", args=[referral.pk])).status_code == status
    assert Case.objects.count() == Contact.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_a_referral_asks_the_same_questions_for_any_number_of_look_alikes(client, rows, asks):
    sign_in(client, intake=True)
    referral = ReferralFactory(first_name="Jayla", last_name="Montrose")
    for _ in range(rows):
        ReferralFactory(first_name="Jaylah", last_name="Montross")
        ContactFactory(referral=referral)

    with asks(14):  # three of them: how many youth and how often this person looked lately, whom a wall keeps from it
        response = client.get(referral.get_absolute_url())

    assert len(response.context["suggestions"]) == rows


def test_welcoming_opens_a_case_and_goes_there(client):
    user = sign_in(client, intake=True)
    referral = ReferralFactory()

    response = client.post(reverse("cases:referral_accept", args=[referral.pk]), {"who": "new"})

    case = Case.objects.get()
    assert (response.url, case.referral, case.events.get().by) == (case.get_absolute_url(), referral, user)
    again = client.post(reverse("cases:referral_accept", args=[referral.pk]), {"who": "new"}, follow=True)
    assert Case.objects.count() == 1
    assert "cannot become accepted" in text(again)


def test_a_known_youth_can_be_chosen_and_nobody_else_can(client):
    sign_in(client, intake=True)
    known = CaseFactory(referral__first_name="Keziah", referral__last_name="Okafor")
    stranger = YouthFactory()
    back = ReferralFactory(first_name="Kezia", last_name="Okafor")
    url = reverse("cases:referral_accept", args=[back.pk])

    refused = client.post(url, {"who": str(stranger.pk)}, follow=True).content.decode()
    client.post(url, {"who": str(known.youth.pk)})

    assert "Choose who this is." in refused
    assert stranger.code not in refused
    assert [(case.youth, case.episode) for case in Case.objects.filter(referral=back)] == [(known.youth, 2)]


def test_an_answer_to_a_suggestion_is_kept(client):
    user = sign_in(client, intake=True)
    one = ReferralFactory(first_name="Jayla", last_name="Montross")
    other = ReferralFactory(first_name="Jaylah", last_name="Montrose")

    client.post(
        reverse("cases:referral_link", args=[other.pk]), {"other": one.pk, "kind": "duplicate", "answer": "yes"}
    )

    assert [(link.answer, link.answered_by) for link in ReferralLink.objects.all()] == [("yes", user)]
    client.post(reverse("cases:referral_merge", args=[other.pk, one.pk]))
    other.refresh_from_db()
    assert (other.status, other.merged_into) == ("merged", one)


def test_a_suggestion_shows_initials_and_a_birth_year_and_no_more(client):
    sign_in(client, intake=True)
    ReferralFactory(first_name="Zyxwvut", last_name="Qanary", born_on=date(2011, 3, 4))
    referral = ReferralFactory(first_name="Zyxwvut", last_name="Qanarie", born_on=None)

    page = text(client.get(referral.get_absolute_url()))

    assert "Z.Q." in page
    assert "born 2011" in page
    assert "Qanary" not in page


@pytest.mark.parametrize("rows", ["reply", "contact"])
def test_a_kept_promise_stops_its_clock(client, rows):
    sign_in(client, intake=True)
    referral = ReferralFactory(received_at=timezone.now() - timedelta(days=9))

    if rows == "reply":
        client.post(reverse("cases:referral_reply", args=[referral.pk]))
    else:
        typed = {"at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "way": "call", "reached": "yes", "note": ""}
        client.post(reverse("cases:referral_contact", args=[referral.pk]), typed)

    response = client.get(referral.get_absolute_url())
    assert {clock.which: state for clock, state in response.context["clocks"]}[rows] == "met"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"at": ""}, "Enter a date and a time."),
        ({"at": "2026-02-30T10:00"}, "Enter a real date and time"),
        ({"at": "0000-01-01T10:00"}, "Enter a real date and time"),
        ({"at": "0001-01-01T00:00"}, "before the referral came"),
        ({"at": "9999-12-31T23:59"}, "still to come"),
        ({"at": "2020-01-01T10:00"}, "before the referral came"),
        ({"way": "pigeon"}, "Choose from the list."),
        ({"way": ""}, "Choose how"),
        ({"reached": ""}, "Trying counts"),
        ({"note": "a\0b"}, "cannot be read"),
        ({"note": "x" * 2001}, "under 2,000 characters"),
    ],
)
def test_a_contact_that_cannot_be_is_answered_beside_the_field_and_what_was_typed_is_kept(client, typed, sentence):
    sign_in(client, intake=True)
    good = {
        "at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "way": "call",
        "reached": "no",
        "note": "Kept words",
    }
    for about, name in ((ReferralFactory(), "referral"), (CaseFactory(), "case")):
        response = client.post(reverse(f"cases:{name}_contact", args=[about.pk]), good | typed)

        assert response.status_code == 200
        assert sentence in text(response)
        assert "note" in typed or "Kept words" in text(response)
    assert Contact.objects.count() == 0


def test_staff_may_type_a_referral_in_and_it_is_theirs(client):
    user = sign_in(client, intake=True)
    typed = {
        "client_key": str(uuid.uuid4()),
        "channel": "phone",
        "received_at": "2026-03-02T16:52",
        "first_name": "Sky",
        "born_year": "2013",
        "born_month": "12",
        "agency_name": "DCF  Park St",
        "missing": "unknown",
        "received_text": "  two sisters ‏שלום 🙂\n",
    }

    first = client.post(NEW, typed)
    second = client.post(NEW, typed)

    referral = Referral.objects.get()
    assert first.url == second.url == referral.get_absolute_url()
    assert (referral.taken_by, referral.agency.name) == (user, "DCF Park St")
    assert referral.received_text == typed["received_text"]
    assert (referral.born_on, referral.born_precision) == (date(2013, 12, 1), Precision.MONTH)
    assert timezone.localtime(referral.received_at).replace(tzinfo=None) == datetime(2026, 3, 2, 16, 52)
