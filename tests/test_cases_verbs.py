"""Receiving, moving, contacting and accepting: what each verb leaves behind, and what it refuses."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from cases import acceptance, contacts, intake, lifecycle
from cases.models import As, Case, CaseStatus, LookupKey, Precision, Referral, ReferralStatus, SafeContact
from tests.conftest import acting
from tests.factories import CaseFactory, ReferralFactory, UserFactory, YouthFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
RECEIVED = datetime(2026, 3, 2, 21, 52, tzinfo=UTC)


def receive(**more):
    said = {
        "channel": "email",
        "received_at": RECEIVED,
        "received_text": "  Pls call.\r\n‏",
        "referrer": "B. Worker",
        "referrer_phone": "617-555-0133",
        "first_name": "Amara",
        "last_name": "Lark",
        "born_on": date(2010, 11, 2),
        "born_precision": Precision.DAY,
    }
    return intake.receive(**said | {"at": NOW} | more)


def test_receive_keeps_the_text_verbatim_and_finds_nothing_missing():
    referral = receive()

    referral = Referral.objects.get(pk=referral.pk)
    assert (referral.received_text, referral.needs, referral.status) == (
        "  Pls call.\r\n‏",
        [],
        ReferralStatus.RECEIVED,
    )
    assert LookupKey.objects.filter(referral=referral).count() == 5  # two words, two sounds, a birth date


@pytest.mark.parametrize(
    ("said", "needs", "status"),
    [
        (
            {"born_on": None, "born_precision": Precision.ABOUT, "about_age": "about 14"},
            ["no_birth"],
            "needs_information",
        ),
        ({"first_name": "", "last_name": ""}, ["no_name"], "needs_information"),
        ({"referrer_phone": ""}, ["no_referrer"], "needs_information"),
        ({"born_on": date(2008, 2, 14)}, ["over_age"], "exception_review"),
        ({"born_on": date(2008, 1, 1), "born_precision": Precision.YEAR}, [], "received"),
        ({"safety_words": "no texts"}, ["safety_words"], "received"),
        ({"missing": "yes"}, ["missing"], "received"),
    ],
)
def test_receive_says_what_is_missing_and_nobody_is_sent_away(said, needs, status):
    referral = receive(**said)

    assert (referral.needs, referral.status) == (needs, status)


def test_a_form_sent_twice_is_one_referral():
    key = uuid.uuid4()

    assert receive(client_key=key) == receive(client_key=key, first_name="Other")
    assert Referral.objects.count() == 1


def test_receive_refuses_what_is_not_received_yet():
    with pytest.raises(ValueError, match="after now"):
        receive(received_at=NOW + timedelta(minutes=1))


def test_a_decision_says_who_and_when_and_its_reason_can_be_changed_by_reopening():
    referral, intaker = ReferralFactory(), UserFactory(intake=True)

    lifecycle.move_referral(referral, "elsewhere", by=intaker, at=NOW, reason="A program near home; told by phone.")

    referral.refresh_from_db()
    assert (referral.status, referral.decided_by, referral.decided_at) == ("elsewhere", intaker, NOW)
    lifecycle.move_referral(referral, "in_review", by=intaker, at=NOW)
    referral.refresh_from_db()
    words = "A program near home; told by phone."  # they stay until the next decision
    assert (referral.status, referral.decided_by, referral.reason) == ("in_review", None, words)


@pytest.mark.parametrize("to", sorted(lifecycle.NEEDS_A_REASON))
def test_nobody_is_directed_elsewhere_without_a_word_of_why(to):
    referral = ReferralFactory()

    with pytest.raises(lifecycle.MoveNotAllowed, match="Say in a few words"):
        lifecycle.move_referral(referral, to, by=UserFactory(), at=NOW, reason="  ")

    referral.refresh_from_db()
    assert referral.status == "received"


def test_a_referral_that_was_decided_in_the_meantime_is_not_moved():
    referral = ReferralFactory()
    stale = Referral.objects.get(pk=referral.pk)
    lifecycle.move_referral(referral, "withdrawn", by=UserFactory(), at=NOW, reason="The worker called.")

    with pytest.raises(lifecycle.MoveNotAllowed, match="withdrawn, so it cannot become accepted"):
        acceptance.accept(stale, by=UserFactory(), at=NOW)

    assert Case.objects.count() == 0


def test_a_case_moves_with_a_line_on_its_timeline():
    case, by = CaseFactory(), UserFactory()

    lifecycle.move_case(case, CaseStatus.WITH_MENTOR, by=by, at=NOW, note="Both said yes.")

    assert [(line.what, line.by, line.at, line.note) for line in case.events.all()] == [
        ("with a mentor", by, NOW, "Both said yes.")
    ]
    with pytest.raises(lifecycle.MoveNotAllowed, match="cannot become with a mentor"):
        lifecycle.move_case(case, CaseStatus.WITH_MENTOR, by=by, at=NOW)


def test_accepting_makes_a_youth_a_case_and_access_for_those_who_welcome():
    referral, intaker, manager = receive(safety_words="NO male provider alone in a car"), UserFactory(), UserFactory()
    contacts.record_contact(referral, by=intaker, at=NOW, way="call", reached=True)

    case = acceptance.accept(referral, by=intaker, at=NOW, case_manager=manager)

    youth = case.youth
    assert (case.status, case.episode, case.accepted_at) == (CaseStatus.WAITING, 1, NOW)
    assert youth.code.startswith("Y-")
    assert (youth.chosen_name, youth.identity.legal_name) == ("Amara L.", "Amara Lark")
    assert youth.safe_contact.channel == SafeContact.Channel.NONE
    assert youth.safe_contact.words == "NO male provider alone in a car"
    assert [(need.kind, need.words, need.confirmed_at) for need in youth.safety_needs.all()] == [
        ("closed_room", "NO male provider alone in a car", None)
    ]
    rows = {(row.role, row.user, row.as_what, row.until) for row in case.access.all()}
    assert rows == {
        ("intake", None, As.INTAKE, None),
        ("assessment", None, As.ASSESSMENT, None),
        ("", manager, As.CASE_MANAGER, None),
    }
    assert case.contacts.count() == 1
    assert LookupKey.objects.filter(youth=youth).exists()
    assert Referral.objects.get(pk=referral.pk).status == ReferralStatus.ACCEPTED


def test_a_known_youth_gets_a_new_episode_and_keeps_what_is_known():
    first = acceptance.accept(receive(first_name="Keziah", last_name="Okafor"), by=UserFactory(), at=NOW)
    youth = first.youth
    youth.safe_contact.channel, youth.safe_contact.confirmed_at = SafeContact.Channel.TEXT, NOW
    youth.safe_contact.save()
    back = receive(
        first_name="Kezia", last_name="Brandt-Okafor", phone="617-555-0155", safety_words="old number is HIS now"
    )

    case = acceptance.accept(back, by=UserFactory(), at=NOW, youth=youth)

    identity = youth.identity
    youth.refresh_from_db()
    assert (case.youth, case.episode, youth.chosen_name) == (youth, 2, "Keziah O.")
    assert (identity.legal_name, identity.aliases) == ("Keziah Okafor", "Kezia Brandt-Okafor")
    contact = SafeContact.objects.get(youth=youth)
    assert (contact.channel, contact.confirmed_at) == (SafeContact.Channel.NONE, None)
    assert contact.words == "old number is HIS now"
    assert [line.what for line in case.events.all()] == ["came back: a new episode"]


def test_a_youth_who_is_missing_is_missing_from_the_first_day():
    case = acceptance.accept(receive(missing="yes"), by=UserFactory(), at=NOW)

    assert case.missing_since == NOW.date()


def test_who_may_accept_can_do_all_of_it_as_the_program_does():
    referral, intaker = receive(), UserFactory(intake=True)

    with acting(intaker):
        case = acceptance.accept(referral, by=intaker, at=NOW)
        contacts.record_contact(case, by=intaker, at=NOW, way="text", reached=False)

    assert [line.what for line in case.events.order_by("pk")] == ["accepted", "contact: tried"]
    assert Case.objects.visible_to(intaker).get() == case


def test_youth_codes_follow_each_other():
    one, other = YouthFactory(), YouthFactory()

    assert int(other.code[2:]) == int(one.code[2:]) + 1


def test_a_reply_stops_the_clock_once():
    referral, intaker = ReferralFactory(), UserFactory()

    intake.record_reply(referral, by=intaker, at=NOW)
    intake.record_reply(referral, by=UserFactory(), at=NOW + timedelta(days=1))

    referral.refresh_from_db()
    assert (referral.replied_at, referral.taken_by) == (NOW, intaker)
