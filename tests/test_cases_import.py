"""An agency's file of referrals: taken in once, compared with what is here, merged with nothing."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import referral_files
from cases.models import Agency, Referral, ReferralLink, Youth
from tests.factories import CaseFactory, UserFactory
from tests.referral_files import FILE, lines_of, row, written

pytestmark = pytest.mark.django_db
PAIRS = {"possible_duplicates": [["R01", "R02"]], "siblings": [["R03a", "R03b"]]}
ROWS = lines_of(FILE)


@pytest.fixture(autouse=True)
def somebody():
    return UserFactory(intake=True, email="intake@example.org")


def test_the_file_of_the_program_is_taken_as_it_is(import_file):
    said = import_file(FILE.read_bytes())

    assert said == {"rows": 9, "created": 9, "needs_information": 3, **PAIRS, "already_imported": 0, "errors": 0}
    received = [json.loads(one.received_text) for one in Referral.objects.all()]
    assert sorted(received, key=lambda one: one["row"]) == ROWS
    assert Youth.objects.count() == 0


@pytest.mark.parametrize(
    ("label", "status", "needs", "born"),
    [
        ("R01", "needs_information", ["no_birth", "about_age"], (None, "about", "about 14")),
        ("R02", "received", ["safety_words"], ("2012-03-19", "day", "")),
        ("R03a", "received", [], ("2010-11-02", "day", "")),
        ("R03b", "received", ["partial_birth", "safety_words"], ("2013-12-01", "month", "")),
        ("R04", "exception_review", ["age_conflict", "over_age"], ("2008-02-14", "day", "")),
        (
            "R05",
            "needs_information",
            ["two_digit_year", "age_conflict", "two_readings", "old_name", "safety_words"],
            ("2009-04-09", "day", ""),
        ),
        ("R06", "received", ["two_readings", "guardian_language", "safety_words"], ("2011-07-04", "day", "")),
        ("R07", "received", ["safety_words"], ("2010-08-30", "day", "")),
        ("R08", "received", ["device_watched", "missing", "safety_words"], ("2011-01-12", "day", "")),
    ],
)
def test_every_row_of_it_says_what_a_person_must_look_at(import_file, label, status, needs, born):
    import_file([one for one in ROWS if one["row"] == label])

    referral = Referral.objects.get()
    day = str(referral.born_on) if referral.born_on else None
    assert (referral.status, referral.needs) == (status, needs)
    assert (day, referral.born_precision, referral.about_age) == born


def test_what_could_be_read_is_read(import_file):
    import_file(FILE.read_bytes())

    of = {json.loads(one.received_text)["row"]: one for one in Referral.objects.all()}
    ways = {row: one.channel for row, one in of.items()}
    assert [ways[row] for row in ("R01", "R02", "R04", "R05", "R08")] == ["email", "fax", "web", "phone", "email"]
    assert (of["R06"].languages, of["R06"].area) == (["es"], "lawrence")
    assert (of["R02"].area, of["R07"].pronouns, of["R05"].phone) == (
        "dorchester",
        "they/them",
        "617-555-0155 (txt ok after 6)",
    )
    assert (of["R08"].missing, of["R08"].missing_words) == ("yes", "YES since Fri 4/17 pm")
    assert of["R08"].received_at.isoformat() == "2026-04-20T03:47:00+00:00"
    assert (of["R01"].agency.name, of["R05"].agency) == ("DCF Dimock St A.O.", None)


def test_a_file_taken_twice_adds_nothing_whatever_the_order_of_its_columns(import_file):
    import_file(ROWS)
    columns = sorted(ROWS[0], reverse=True)

    said = import_file(written(ROWS, columns))

    assert (said["created"], said["already_imported"], Referral.objects.count()) == (0, 9, 9)
    assert (said["possible_duplicates"], said["siblings"]) == ([], [])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(list(ROWS[0])))
def test_the_order_of_the_columns_changes_nothing(columns):
    lines = referral_files.read_file(written(ROWS, columns).encode())

    assert [line.values for line in lines] == ROWS
    assert [line.label for line in lines] == [one["row"] for one in ROWS]


def test_a_dry_run_says_the_same_writes_nothing_and_needs_nobody(import_file):
    said = import_file(ROWS, dry=True)

    assert (Referral.objects.count(), Agency.objects.count(), ReferralLink.objects.count()) == (0, 0, 0)
    assert said == import_file(ROWS)
    assert import_file(ROWS, dry=True)["already_imported"] == 9


def test_rows_stored_earlier_are_suggested_by_receipt_number(import_file):
    earlier = CaseFactory(referral__first_name="Keziah", referral__last_name="Okafor", referral__born_on=None)

    said = import_file(ROWS)

    assert [earlier.referral.receipt, "R05"] in said["possible_duplicates"]
    assert ReferralLink.objects.filter(one=earlier.referral, answer="open").exists()
    assert {one.status for one in Referral.objects.filter(merged_into=None)} >= {"received"}
    assert not Referral.objects.filter(status="merged").exists()


def test_the_second_file_is_compared_with_the_first(import_file):
    import_file([row(row="A1")])

    said = import_file([row(row="B1", first="Skye", received="2026-03-09 08:00")])

    assert said["possible_duplicates"] == [[Referral.objects.order_by("received_at").first().receipt, "B1"]]
