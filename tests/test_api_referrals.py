"""Referrals for programs: what is listed and shown, taking in, moving with both sides told; an agency's own."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Agency, Referral, ReferralStatus
from mlmc.core import harvest
from mlmc.core.api import keys
from mlmc.core.models import AuditEntry, Integration, KeptAnswer
from tests.api import Asks, problem
from tests.conftest import acting
from tests.factories import (
    AgencyProgramFactory,
    IntegrationFactory,
    ReferralFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LIST, SENT, KEY = "/api/v1/referrals/", "/api/v1/agency/referrals/", "the key of these tests"
YOUTH = {"referrer": "Dana Worker", "referrer_phone": "617-555-0100", "first_name": "Sky", "last_name": "Tamsin"}
TYPED = {"channel": "email", "received_at": "2026-01-28T16:52:00-05:00", **YOUTH}


@pytest.fixture
def intake():
    IntegrationFactory(key=KEY)
    return Asks(KEY)


@pytest.fixture
def agency():
    of = AgencyProgramFactory()
    IntegrationFactory(user=of.user, roles=[], scopes=["agency"], key=KEY)
    client = Asks(KEY)
    client.of = of.agency
    return client


def once():
    return {"Idempotency-Key": str(uuid.uuid4())}


# Staff's own programs


def test_a_referral_is_taken_in_as_by_the_form(intake):
    answer = intake.send(LIST, {**TYPED, "agency": "Lynn Area Office", "born_on": "2011-04-17"})

    assert answer.status_code == 201, answer.content
    referral = Referral.objects.get()
    assert answer["Location"] == f"{LIST}{referral.pk}/"
    assert (referral.first_name, referral.agency.name, referral.born_precision) == ("Sky", "Lynn Area Office", "day")
    assert referral.taken_by is None  # a program answers nobody
    assert '"first_name": "Sky"' in referral.received_text
    assert answer.json()["words"]["first_name"] == "Sky"


def test_a_list_has_no_name_and_goes_on_where_it_stopped(intake):
    made = [ReferralFactory(received_at=timezone.now() - timedelta(hours=n)) for n in range(5, 0, -1)]

    first = intake.read(f"{LIST}?limit=2").json()
    second = intake.read(first["next"].removeprefix("http://testserver")).json()

    assert [one["receipt"] for one in first["results"] + second["results"]] == [one.receipt for one in made[:4]]
    assert made[0].first_name not in str(first)
    third = intake.read(second["next"].removeprefix("http://testserver")).json()
    assert ([one["receipt"] for one in third["results"]], third["next"]) == ([made[4].receipt], None)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_questions_for_any_number_of_rows(intake, asks, rows):
    ReferralFactory.create_batch(rows)

    with asks(7):  # the key, its last use (who writes it, and that), how many this minute, who stands there, cards
        assert len(intake.read(LIST).json()["results"]) == rows


def test_a_move_names_the_state_it_leaves_and_a_lost_one_tells_both_sides(intake):
    referral = ReferralFactory()
    address = f"{LIST}{referral.pk}/"
    read = intake.read(address)
    problem(intake.send(f"{address}move/", {"to": "in_review"}), 428, "which-state")

    moved = intake.send(f"{address}move/", {"to": "in_review"}, **{"If-Match": read["ETag"]})

    assert (moved.status_code, moved.json()["status"]) == (200, "in_review")
    assert moved["ETag"] != read["ETag"]
    said = problem(
        intake.send(f"{address}move/", {"to": "needs_information"}, **{"If-Match": read["ETag"]}), 412, "changed"
    )
    assert said["current"]["status"] == "in_review"
    line = AuditEntry.objects.get(status=412)
    assert (line.act, line.cases) == ("view", [referral.pk])  # it was shown
    assert said["yours"] == {"to": "needs_information"}
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.IN_REVIEW


def test_a_key_that_may_only_write_is_not_shown_what_it_lost_to_and_a_lost_one_counts_for_the_hour(intake):
    Integration.objects.update(scopes=["referrals:write"])
    referral = ReferralFactory()

    refused = intake.send(f"{LIST}{referral.pk}/move/", {"to": "in_review"}, **{"If-Match": '"x"'})

    said = problem(refused, 412, "changed")
    assert "current" not in said
    assert AuditEntry.objects.get(status=412).act == "deny"
    counted, _, _ = harvest.opened_lately(Integration.objects.get().user, record=None, at=timezone.now())
    assert counted == 1


def test_a_decision_without_its_words_is_not_possible(intake):
    address = f"{LIST}{ReferralFactory().pk}/"

    answer = intake.send(f"{address}move/", {"to": "elsewhere"}, **{"If-Match": intake.read(address)["ETag"]})

    assert "Say in a few words" in problem(answer, 409, "not-possible")["detail"]


def test_nobody_is_welcomed_or_merged_by_a_program(intake):
    address = f"{LIST}{ReferralFactory().pk}/"
    for to in ("accepted", "merged", "received"):
        answer = intake.send(f"{address}move/", {"to": to}, **{"If-Match": intake.read(address)["ETag"]})
        problem(answer, 422, "fields")


def test_possible_duplicates_show_what_recognise_shows_and_each_look_is_counted(intake):
    one, other = (ReferralFactory(first_name="Rosalie", last_name="Castell") for _ in range(2))

    [found] = intake.read(f"{LIST}{one.pk}/duplicates/").json()

    assert set(found) == {"kind", "code", "initials", "birth_year", "former_mentor", "reasons", "answer"}
    assert (found["code"], found["initials"], found["birth_year"]) == (other.receipt, "R.C.", 2011)
    line = AuditEntry.objects.get(what="api:referrals-duplicates")
    assert line.why == "recognise"
    assert {one.pk, other.pk} <= set(line.cases)


def test_very_many_youth_within_an_hour_are_too_many(intake, monkeypatch):
    monkeypatch.setattr("mlmc.core.harvest.STAFF", 2)
    answers = [intake.read(f"{LIST}{ReferralFactory().pk}/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    problem(answers[-1], 429, "too-many")


# An agency's


def test_an_agency_refers_and_reads_the_stage_of_its_own(agency):
    answer = agency.send(SENT, {**YOUTH, "about_age": "about 14"}, **once())

    assert answer.status_code == 201, answer.content
    referral = Referral.objects.get()
    assert answer.json() == {
        "id": str(referral.pk),
        "receipt": referral.receipt,
        "received_at": answer.json()["received_at"],
        "stage": "needs_information",
    }
    assert (referral.channel, referral.agency) == ("program", agency.of)
    assert agency.read(answer["Location"]).json() == answer.json()
    assert [one["receipt"] for one in agency.read(SENT).json()["results"]] == [referral.receipt]
    assert "Sky" not in answer.content.decode()


def test_a_referral_sent_twice_is_one_and_answered_alike(agency):
    key = once()
    first, second = (agency.send(SENT, YOUTH, **key) for _ in range(2))

    assert Referral.objects.count() == 1
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second["Idempotency-Replayed"] == "true"
    assert first["Location"] == second["Location"]
    problem(agency.send(SENT, {**YOUTH, "first_name": "Ori"}, **key), 422, "fields")
    assert KeptAnswer.objects.count() == 1


def test_what_was_refused_is_tried_anew_with_the_same_key(agency):
    key = once()
    problem(agency.send(SENT, {}, **key), 422, "fields")

    assert agency.send(SENT, YOUTH, **key).status_code == 201


def test_without_a_key_for_once_nothing_is_sent(agency):
    problem(agency.send(SENT, YOUTH), 428, "say-once")
    problem(agency.send(SENT, YOUTH, **{"Idempotency-Key": "short"}), 400, "unreadable")
    assert not Referral.objects.exists()


def test_the_key_of_one_program_answers_no_other(agency):
    key = once()
    agency.send(SENT, YOUTH, **key)
    other = AgencyProgramFactory()
    IntegrationFactory(user=other.user, roles=[], scopes=["agency"], key="the key of another one")

    answer = Asks("the key of another one").send(SENT, YOUTH, **key)

    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer
    assert Referral.objects.count() == 2


def test_an_agency_reads_nothing_of_anybody_elses(agency):
    theirs = ReferralFactory(channel="program", agency=AgencyProgramFactory().agency)
    by_hand = ReferralFactory(channel="email", agency=agency.of)

    assert agency.read(SENT).json()["results"] == []
    assert not Referral.objects.sent_by(agency.of.programs.get().user).exists()  # also to who sees every row
    for referral in (theirs, by_hand):
        problem(agency.read(f"{SENT}{referral.pk}/"), 404, "not-found")
    problem(agency.read(LIST), 403, "not-yours")


def test_plain_sql_shows_an_agencys_program_its_own_referrals_and_no_person(agency, django_assert_num_queries):
    from django.apps import apps  # noqa: PLC0415

    mine = ReferralFactory(channel="program", agency=agency.of)
    ReferralFactory(channel="program", agency=AgencyProgramFactory().agency)
    ReferralFactory(agency=agency.of)
    UserFactory(intake=True)
    integration = agency.of.programs.get().user.integration
    from mlmc.core.context import acting_as  # noqa: PLC0415
    from mlmc.core.postgres.roles import APP  # noqa: PLC0415
    from tests.conftest import as_role  # noqa: PLC0415

    with as_role(APP), acting_as(keys.actor_of(integration)):
        assert list(Referral.objects.values_list("pk", flat=True)) == [mine.pk]
        shown = {model._meta.label for model in apps.get_models() if model._meta.managed and shows(model)}

    assert shown <= {
        *("cases.Referral", "cases.Agency", "cases.AgencyProgram", "core.Integration", "core.ProgramRow"),
        *("core.KeyCheck", "core.Heartbeat", "core.Attempt", "matching.Criterion", "outcomes.Wave"),
        "outcomes.Instrument",
    }


def shows(model):
    from django.db import DatabaseError, transaction  # noqa: PLC0415

    try:
        with transaction.atomic():
            return model.objects.exists() if hasattr(model, "objects") else False
    except DatabaseError:
        return False


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("received", "received"),
        ("needs_information", "needs_information"),
        ("in_review", "in_review"),
        ("exception_review", "in_review"),
        ("accepted", "welcomed"),
        ("group", "prevention_group"),
        ("elsewhere", "connected_elsewhere"),
        ("merged", "in_review"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_a_stage_does_not_tell_who_was_known_here(agency, status, stage):
    ReferralFactory(channel="program", agency=agency.of, status=status)

    [one] = agency.read(SENT).json()["results"]

    assert one["stage"] == stage


def test_an_agency_is_told_when_very_many_come(agency, monkeypatch):
    monkeypatch.setattr("cases.api.referrals.PER_HOUR", 2)
    answers = [agency.send(SENT, YOUTH, **once()) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert Referral.objects.count() == 2


def test_an_agencys_name_is_known_once():
    from cases import agencies  # noqa: PLC0415

    admin, program = UserFactory(admin=True), UserFactory(is_program=True)
    Agency.objects.create(name="Lynn Area Office")

    with acting(admin):
        agencies.let_send(program, "Lynn  Area Office")

    assert Agency.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    ["[" * 5000, '{"resolution": 1e400}', '{"resolution": "\\ud800"}', '{"resolution": NaN}', "9" * 5000],
    ids=["deep", "endless", "half a character", "no number", "long number"],
)
def test_what_no_json_can_say_back_cannot_be_read(intake, body):
    address = f"/api/v1/referrals/{ReferralFactory().pk}/move/"

    problem(intake.generic("POST", address, body, headers={"If-Match": "*"}), 400, "unreadable")
