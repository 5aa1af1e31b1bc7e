"""The form agencies use: four steps, one receipt number, and no way to learn who is known here."""

import re
import uuid
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import public_form
from cases.models import CaseEvent, Referral, ReferralLink
from cases.views import public
from mlmc.core.models import Attempt
from tests.factories import CaseFactory, UserFactory, YouthFactory

pytestmark = pytest.mark.django_db
URL = reverse("cases:refer")
YOU = {"referrer": "B. Worker", "agency_name": "DCF Park St", "referrer_phone": "617-555-0133", "referrer_email": ""}
YOUTH = {"first_name": "Keziah", "last_name": "Okafor", "born_month": "4", "born_day": "9", "born_year": "2011",
         "languages": ["en", "es"], "area": "lynn", "hello": "through_me"}  # fmt: skip
NOW = {"missing": "no", "safety_words": "no calls to the house", "why": "Words ‏שלום 🙂", "consent_words": ""}
STEPS = [YOU, YOUTH, NOW]


def text(response):
    return unescape(response.content.decode())


def draft(response):
    return re.search(r'name="draft" value="([^"]*)"', response.content.decode())[1]


def walk(client, *steps, address="192.0.2.1"):
    """Through the steps given; gives the page after the last."""
    response = client.get(URL)
    for number, typed in enumerate(steps, 1):
        response = client.post(
            URL, {"draft": draft(response), "step": number} | typed, REMOTE_ADDR=address, follow=False
        )
    return response


def send(client, *steps, address="192.0.2.1"):
    return client.post(URL, {"draft": draft(walk(client, *(steps or STEPS))), "step": 4}, REMOTE_ADDR=address)


def without_receipt(response):
    return re.sub(r"[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}", "RECEIPT", text(response))


def test_four_steps_make_a_referral_and_give_back_a_receipt_number_and_nothing_else(client):
    response = send(client)

    referral = Referral.objects.get()
    page = text(response)
    assert referral.receipt in page
    assert [word for word in ("Keziah", "Okafor", "B. Worker", str(referral.pk)) if word in page] == []
    assert (referral.channel, referral.status) == ("public_form", "received")
    assert (referral.agency, referral.taken_by) == (None, None)
    assert (referral.born_on, referral.languages, referral.area) == (date(2011, 4, 9), ["en", "es"], "lynn")
    assert referral.referrer == "B. Worker, DCF Park St"
    assert referral.safety_words == "no calls to the house\nSay hello first: Through me, in person"
    assert "שלום 🙂" in referral.received_text


def test_known_and_unknown_youth_get_the_same_answer_by_the_same_work(client):
    youth = YouthFactory(chosen_name="Keziah O.", identity=True, identity__legal_name="Keziah Okafor")
    case = CaseFactory(youth=youth,
                       referral__first_name="Keziah", referral__last_name="Okafor")  # fmt: skip
    unknown = YOUTH | {"first_name": "Nobody", "last_name": "Metyet"}
    answers, work = [], []
    for typed in (YOUTH, unknown, YOUTH):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answers.append(without_receipt(send(client, YOU, typed, NOW)))
        work.append([re.sub(r"'[^']*'|\d+|%s|\\x\w+", "?", query["sql"])[:60] for query in asked])

    assert answers[0] == answers[1] == answers[2]
    assert work[0] == work[1] == work[2]
    assert ReferralLink.objects.count() == 0
    assert not CaseEvent.objects.filter(case=case).exists()


def test_the_answers_travel_sealed_and_lie_nowhere_until_they_are_sent(client):
    response = walk(client, YOU, YOUTH)

    assert "Keziah" not in response.content.decode()
    assert "Keziah" not in draft(response)
    assert Referral.objects.count() == 0
    assert dict(client.session) == {}


def test_check_your_answers_shows_all_of_them(client):
    page = text(walk(client, *STEPS))

    for words in ("B. Worker", "Keziah", "4 / 9 / 2011", "English, Spanish", "Lynn", "no calls to the house"):
        assert words in page
    assert Referral.objects.count() == 0


def test_back_shows_what_was_typed_and_keeps_what_is_half_typed(client):
    response = walk(client, YOU)

    back = client.post(URL, {"draft": draft(response), "step": 2, "first_name": "Half", "back": "1"})
    assert "B. Worker" in text(back)
    forth = client.post(URL, {"draft": draft(back), "step": 1} | YOU)
    assert "Half" in text(forth)
    assert "Enter the name" not in text(forth)


@pytest.mark.parametrize(
    ("step", "typed", "sentence"),
    [
        (1, {"referrer": ""}, "Enter your name."),
        (1, {"referrer": "a\0b"}, "cannot be read"),
        (1, {"referrer": "x" * 121}, "under 120 characters"),
        (1, {"referrer_phone": ""}, "a phone number or an e-mail"),
        (1, {"referrer_phone": "call me"}, "with its area code"),
        (1, {"referrer_email": "not one"}, "for example name@agency.org"),
        (1, {"referrer_email": "a\0@b.org"}, "for example name@agency.org"),
        (2, {"first_name": "   "}, "Enter the name they go by."),
        (2, {"first_name": "a\x1bb"}, "cannot be read"),
        (2, {"born_month": "2", "born_day": "30"}, "That month has no such day."),
        (2, {"born_month": "13"}, "Enter a month from 1 to 12."),
        (2, {"born_month": "0"}, "Enter a month from 1 to 12."),
        (2, {"born_day": "-4"}, "Write this as a number"),
        (2, {"born_day": "0"}, "That month has no such day."),
        (2, {"born_day": "٣"}, "Write this as a number"),
        (2, {"born_year": "0"}, "Enter a year between"),
        (2, {"born_year": "9999"}, "Enter a year between"),
        (2, {"born_year": "99999999999"}, "Keep this under"),
        (2, {"born_year": ""}, "Add the year"),
        (2, {"born_month": ""}, "Add the month"),
        (2, {"languages": ["tlh"]}, "Choose from the list."),
        (2, {"area": "moon"}, "Choose from the list."),
        (3, {"missing": "perhaps"}, "Choose from the list."),
        (3, {"why": "x" * 5001}, "under 5,000 characters"),
        (3, {"why": "\ufffe"}, "cannot be read"),
    ],
)
def test_an_answer_that_cannot_be_is_said_beside_its_field_and_the_rest_is_kept(client, step, typed, sentence):
    before = walk(client, *STEPS[: step - 1])

    response = client.post(URL, {"draft": draft(before), "step": step} | STEPS[step - 1] | typed)

    kept = {1: "DCF Park St", 2: "Okafor", 3: "no calls to the house"}[step]
    assert response.status_code == 200
    assert sentence in text(response)
    assert kept in text(response)
    assert f"Step {step} of 4" in text(response)


def test_partial_birth_dates_keep_their_precision(client):
    send(client, YOU, YOUTH | {"born_day": "", "born_month": "12"}, NOW)
    send(client, YOU, YOUTH | {"born_day": "", "born_month": ""}, NOW)
    send(client, YOU, YOUTH | {"born_day": "", "born_month": "", "born_year": "", "about_age": "about 14"}, NOW)

    found = [
        (one.born_on, one.born_precision, one.about_age) for one in Referral.objects.order_by("received_at", "pk")
    ]
    assert found == [(date(2011, 12, 1), "month", ""), (date(2011, 1, 1), "year", ""), (None, "about", "about 14")]


def test_sent_twice_is_received_once_and_answered_alike(client):
    last = walk(client, *STEPS)

    answers = [client.post(URL, {"draft": draft(last), "step": 4}) for _ in range(2)]

    assert Referral.objects.count() == 1
    assert text(answers[0]) == text(answers[1])


@pytest.mark.parametrize("words", ["", "nonsense", "AAAA", "€", "A" * 100_000])
@pytest.mark.parametrize("step", ["1", "4", "9", "x", ""])
def test_a_draft_that_is_none_begins_again(client, words, step):
    response = client.post(URL, {"draft": words, "step": step})

    assert response.status_code == 200
    assert "Step 1 of 4" in text(response)
    assert Referral.objects.count() == 0


def test_a_draft_does_not_last_for_ever(client):
    last = walk(client, *STEPS)

    with time_machine.travel(timezone.now() + timedelta(seconds=public_form.LASTS + 1)):
        response = client.post(URL, {"draft": draft(last), "step": 4})

    assert "open too long" in text(response)
    assert Referral.objects.count() == 0


def test_a_draft_cannot_be_changed_on_the_way(client):
    words = draft(walk(client, *STEPS))
    changed = words[:-10] + ("A" if words[-10] != "A" else "B") + words[-9:]

    client.post(URL, {"draft": changed, "step": 4})

    assert Referral.objects.count() == 0


def test_an_address_that_sends_too_much_waits_and_loses_nothing(client):
    for _ in range(public.LIMIT):
        last = send(client)
    assert last.status_code == 200

    refused, elsewhere = send(client), send(client, address="192.0.2.2")

    assert (refused.status_code, elsewhere.status_code) == (429, 200)
    assert "Nothing is lost" in text(refused)
    assert "Keziah" in text(refused)  # everything typed is still there
    assert Referral.objects.count() == public.LIMIT + 1
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        again = client.post(URL, {"draft": draft(refused), "step": 4}, REMOTE_ADDR="192.0.2.1")
    assert again.status_code == 200


def test_the_address_is_not_kept(client):
    send(client, address="192.0.2.77")

    assert b"192.0.2.77" not in b"".join(bytes(one.key) for one in Attempt.objects.all())


def test_somebody_signed_in_sends_as_anybody_does(client):
    client.force_login(UserFactory(mentor=True))

    send(client)

    assert Referral.objects.get().taken_by is None


def test_the_form_says_first_that_it_is_not_for_emergencies(client):
    page = text(client.get(URL))

    assert "call 911" in re.sub(r"<[^>]+>", "", page)
    assert "1-888-373-7888" in page


def test_no_page_of_the_form_is_kept_by_a_browser_and_no_answer_is_in_an_address(client):
    response = walk(client, *STEPS)

    assert response.headers["Cache-Control"] == "no-store"
    assert 'method="get"' not in text(response)
    assert uuid.UUID(public_form.opened(draft(response))["key"])
