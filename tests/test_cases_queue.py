"""The queue and its board: who waits where, what is late, and how a referral moves."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import contacts, lifecycle
from cases.models import CaseStatus, Referral
from mlmc import program
from tests.factories import (
    CaseFactory,
    ReferralFactory,
    UserFactory,
)
from tests.pages import sign_in, text

pytestmark = pytest.mark.django_db


QUEUE = reverse("cases:referrals")
NEW = reverse("cases:referral_new")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("view", "queries"), [("board", 12), ("table", 12)])
def test_the_queue_asks_the_same_questions_for_any_number_of_rows(client, rows, view, queries, asks):
    sign_in(client, intake=True)
    for _ in range(rows):
        for status in ("received", "needs_information", "in_review"):
            ReferralFactory(status=status, taken_by=UserFactory())
        CaseFactory()

    with asks(queries):  # session, user, program, moved, sources, open, who stands there, cards
        response = client.get(QUEUE, {"view": view})

    assert text(response).count("tiny text-muted") >= rows * 4


def cards(response):
    return {title: [one.receipt for one in shown] for _, title, _, shown in response.context["board"]}


def test_the_board_has_everybody_where_they_are(client):
    sign_in(client, intake=True)
    by_status = {status: ReferralFactory(status=status).receipt for status in ("received", "needs_information")}
    by_status |= {status: ReferralFactory(status=status).receipt for status in ("in_review", "exception_review")}
    elsewhere, waiting, met = ReferralFactory(status="elsewhere"), CaseFactory(), CaseFactory()
    long_ago, practice = CaseFactory(), CaseFactory(youth__is_practice=True)
    now = timezone.now()
    lifecycle.move_case(met, CaseStatus.WITH_MENTOR, by=UserFactory(), at=now - timedelta(days=2))
    lifecycle.move_case(long_ago, CaseStatus.WITH_MENTOR, by=UserFactory(), at=now - timedelta(days=15))

    shown = cards(client.get(QUEUE, {"view": "board"}))

    assert shown["New"] == [by_status["received"]]
    assert shown["Getting to know"] == [by_status["needs_information"]]
    assert sorted(shown["Ready for team"]) == sorted([by_status["in_review"], by_status["exception_review"]])
    assert shown["Waiting for mentor"] == [waiting.referral.receipt]
    assert shown["Met their mentor"] == [met.referral.receipt]
    everybody = [receipt for column in shown.values() for receipt in column]
    assert not {elsewhere.receipt, long_ago.referral.receipt, practice.referral.receipt} & set(everybody)


@pytest.mark.parametrize("which", ["reply", "contact", "mentor"])
def test_the_queue_opens_what_is_late_and_nothing_else(client, which):
    intaker, now = sign_in(client, intake=True), timezone.now()
    old, young = now - timedelta(days=30), now - timedelta(minutes=5)
    late_reply = ReferralFactory(received_at=old)
    replied = ReferralFactory(received_at=old, replied_at=old)
    reached = ReferralFactory(received_at=old, replied_at=old)
    contacts.record_contact(reached, by=intaker, at=old, way="call", reached=True)
    tried = ReferralFactory(received_at=old, replied_at=old)
    contacts.record_contact(tried, by=intaker, at=old, way="call", reached=False)
    ReferralFactory(received_at=young)
    long_waiting = CaseFactory(received_at=old)
    contacts.record_contact(long_waiting, by=intaker, at=old, way="call", reached=True)
    expected = {
        "reply": {late_reply},
        "contact": {late_reply, replied, tried},
        "mentor": {long_waiting.referral},
    }[which]

    shown = cards(client.get(QUEUE, {"view": "board", "late": which}))
    late = Referral.objects.visible_to(intaker).late(which, at=now, program=program.Program())

    assert {one for column in shown.values() for one in column} == {one.receipt for one in expected}
    assert set(late) == expected


def test_the_queue_is_filtered_by_source_area_and_whose_it_is(client):
    user = sign_in(client, intake=True)
    mine = ReferralFactory(taken_by=user, channel="fax", area="lowell")
    ReferralFactory()

    for query in ({"mine": "on"}, {"source": "how:fax"}, {"source": f"agency:{mine.agency_id}"}, {"area": "lowell"}):
        shown = cards(client.get(QUEUE, query | {"view": "board"}))
        assert shown["New"] == [mine.receipt], query


@pytest.mark.parametrize(
    "query",
    [{"source": "\0"}, {"source": "agency:x"}, {"area": "moon"}, {"late": "x"}, {"after": "x"}, {"view": "x" * 5000}],
)
def test_an_address_that_makes_no_sense_shows_the_queue(client, query):
    sign_in(client, intake=True)
    ReferralFactory()

    assert client.get(QUEUE, query).status_code == 200


def test_the_table_continues_where_it_stopped(client, monkeypatch):
    sign_in(client, intake=True)
    monkeypatch.setattr("cases.queue.PAGE", 2)
    at = timezone.now() - timedelta(hours=2)
    wanted = [ReferralFactory(received_at=at + timedelta(minutes=number // 2)).receipt for number in range(5)]

    seen, after = [], ""
    while after is not None:
        response = client.get(QUEUE, {"view": "table", "after": after})
        seen += [one.receipt for one in response.context["rows"]]
        after = response.context["next"]

    assert sorted(seen) == sorted(wanted)


def test_a_move_without_words_is_one_click_and_comes_back_to_the_queue(client):
    sign_in(client, intake=True)
    referral = ReferralFactory()

    response = client.post(reverse("cases:referral_move", args=[referral.pk, "in_review"]), {"back": "queue"})

    referral.refresh_from_db()
    assert (response.url, referral.status) == (QUEUE, "in_review")


def test_connected_elsewhere_asks_where_and_how_the_youth_was_told(client):
    user = sign_in(client, intake=True)
    referral = ReferralFactory()
    url = reverse("cases:referral_move", args=[referral.pk, "elsewhere"])
    assert "How was the youth told" in text(client.get(url))

    refused = client.post(url, {"where": "A program near home"})
    client.post(url, {"where": "A program near home", "told": "By their worker, in person"})

    assert "Say how the youth was told" in text(refused)
    assert "A program near home" in text(refused)
    referral.refresh_from_db()
    assert (referral.status, referral.decided_by) == ("elsewhere", user)
    assert referral.reason == "A program near home\nHow the youth was told: By their worker, in person"


@pytest.mark.parametrize("to", ["accepted", "merged", "denied", "received"])
def test_moves_that_are_none_change_nothing(client, to):
    sign_in(client, intake=True)
    referral = ReferralFactory()

    client.post(reverse("cases:referral_move", args=[referral.pk, to]))

    referral.refresh_from_db()
    assert referral.status == "received"


def test_nobody_reads_that_anybody_was_rejected(client):
    sign_in(client, intake=True)
    referral = ReferralFactory(born_on=date(2005, 1, 1), status="exception_review", needs=["over_age"])

    pages = "".join(text(client.get(url)) for url in (QUEUE, referral.get_absolute_url(), NEW)).lower()
    assert [word for word in ("reject", "denied", "declin", "ineligib") if word in pages] == []


def test_open_ones_stand_first_in_the_table_and_nobody_is_passed_over_when_the_last_row_moves(client, monkeypatch):
    sign_in(client, intake=True)
    monkeypatch.setattr("cases.queue.PAGE", 2)
    at = timezone.now() - timedelta(hours=9)
    waits = CaseFactory(referral__received_at=at - timedelta(days=30), referral__status="accepted").referral
    opens = [ReferralFactory(received_at=at + timedelta(hours=number)) for number in range(3)]

    first = client.get(QUEUE, {"view": "table"})
    assert [one.receipt for one in first.context["rows"]] == [one.receipt for one in opens[:2]]
    Referral.objects.filter(pk=opens[1].pk).update(status="accepted")
    CaseFactory(referral=opens[1])
    second = client.get(QUEUE, {"view": "table", "after": first.context["next"]})

    assert [one.receipt for one in second.context["rows"]] == [opens[2].receipt, waits.receipt]
    last = client.get(QUEUE, {"view": "table", "after": second.context["next"]})
    assert [one.receipt for one in last.context["rows"]] == [opens[1].receipt]
