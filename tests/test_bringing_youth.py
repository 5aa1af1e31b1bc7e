"""Youth of earlier records: a code each, found again when they are referred, and gone again as a whole file."""

import datetime

import pytest
from django.utils import timezone

from cases import acceptance, bringing, links, recognise, reindex
from cases.models import Case, Identity, LookupKey, Precision, SafeContact, SafetyNeed, Youth
from mlmc.core.models import ImportStatus
from mlmc.core.postgres.roles import KEEPER
from tests.bringing import brought, counts, reasons, taken_back
from tests.conftest import acting, as_role
from tests.factories import ReferralFactory, UserFactory, WallFactory, YouthFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    return UserFactory(intake=True)


def row(**more):
    return {"Number": "A-17", "First name": "Keziah", "Last name": "Okafor", "DOB": "2009-04-17"} | more


def test_a_youth_gets_a_code_and_nobody_is_given_access(intake):
    more = {"Chosen name": "Kezi", "Phone": "617-555-0155", "Language": "Spanish", "Town": "Dot"}
    file = brought("youth", [row(**more, Safety="no male driver alone in a car")], by=intake)

    assert counts(file) == {"total": 1, "accepted": 1, "added": 1, "rejected": 0}
    youth = Youth.objects.get()
    assert youth.code.startswith("Y-")
    assert (youth.chosen_name, youth.born_on, youth.languages, youth.area) == (
        "Kezi",
        datetime.date(2009, 4, 17),
        ["es"],
        "dorchester",
    )
    assert (youth.identity.legal_name, youth.identity.earlier_number) == ("Keziah Okafor", "A-17")
    assert youth.safe_contact.channel == SafeContact.Channel.NONE
    need = youth.safety_needs.get()
    assert (need.kind, need.confirmed_at) == (SafetyNeed.Kind.CLOSED_ROOM, None)
    assert Case.objects.count() == 0
    with acting(intake):
        assert not Youth.objects.visible_to(intake).exists()


def test_they_are_recognised_when_they_are_referred_again(intake):
    brought("youth", [row()], by=intake)
    referral = ReferralFactory(first_name="Kezia", last_name="Okafor", born_on=datetime.date(2009, 4, 17))

    code = Youth.objects.get().code
    with acting(intake):
        [found] = links.look(referral, by=intake, at=timezone.now())
        assert (found.code, found.initials, found.birth_year) == (code, "K.", 2009)
        case = acceptance.accept(referral, by=intake, at=timezone.now(), youth=found.youth)

    assert (case.youth.identity.legal_name, case.episode) == ("Keziah Okafor", 1)


def test_their_number_finds_them_after_the_keys_are_made_anew(intake):
    brought("youth", [row()], by=intake)
    before = set(LookupKey.objects.values_list("kind", "value"))
    youth = Youth.objects.select_related("identity").get()

    recognise.remember(recognise.of_youth(youth), youth=youth)

    kinds = {kind for kind, _ in before}
    assert "own" in kinds
    assert {(kind, bytes(value)) for kind, value in LookupKey.objects.values_list("kind", "value")} == {
        (kind, bytes(value)) for kind, value in before
    }


@pytest.mark.parametrize(
    ("words", "day", "precision"),
    [
        ("2009-04-17", (2009, 4, 17), Precision.DAY),
        ("4/9/2009", (2009, 4, 9), Precision.DAY),
        ("17 Apr 2009", (2009, 4, 17), Precision.DAY),
        ("2009-04", (2009, 4, 1), Precision.MONTH),
        ("1991", (1991, 1, 1), Precision.YEAR),
        ("unknown", None, Precision.UNKNOWN),
        ("", None, Precision.UNKNOWN),
    ],
)
def test_a_birth_date_is_read_with_the_precision_it_has(intake, words, day, precision):
    brought("youth", [row(DOB=words)], by=intake)

    youth = Youth.objects.get()
    assert (youth.born_on, youth.born_precision) == (day and datetime.date(*day), precision)


def test_what_cannot_be_taken_says_why(intake):
    rows = [
        row(),
        row(**{"First name": "Somebody else"}),
        row(Number="A-18", **{"First name": "", "Last name": ""}),
        row(Number="A-19", DOB="2031-01-01"),
        row(Number="A-20", Language="Klingon"),
        row(Number="A-21", **{"Last name": "O\0kafor"}),
        row(Number="A-22", Safety="x" * 1_000_000),
    ]

    file = brought("youth", rows, by=intake)

    assert counts(file) == {"total": 7, "accepted": 1, "added": 1, "rejected": 6}
    assert [(number, column) for number, column, _ in reasons(file)] == [
        (3, "Number"),
        (4, "First name"),
        (5, "DOB"),
        (6, "Language"),
        (7, "Last name"),
        (8, "Safety"),
    ]


def test_a_file_can_be_taken_back_but_for_those_who_came_back_since(intake):
    file = brought("youth", [row(), row(Number="A-18", **{"First name": "Micah"})], by=intake)
    known = Youth.objects.get(pk=file.rows.get(number=2).made[0])
    referral = ReferralFactory()
    with acting(intake):
        acceptance.accept(referral, by=intake, at=timezone.now(), youth=known)

    file = taken_back(file, by=intake)

    assert (file.status, file.undone, file.kept) == (ImportStatus.FINISHED, 1, 1)
    assert Youth.objects.get() == known
    assert Identity.objects.get().youth == known
    assert not LookupKey.objects.filter(referral=None).exclude(youth=known).exists()
    assert [number for number, _, _ in reasons(file)] == [2]


def test_after_another_index_key_a_second_upload_still_adds_nothing(intake, settings):
    brought("youth", [row()], by=intake)
    settings.MLMC_INDEX_KEY = "another key for the index, as long as they have to be"

    with as_role(KEEPER):
        assert reindex.everything()["imported"] == 1

    assert brought("youth", [row()], by=intake).added == 0
    assert brought("youth", [row(**{"First name": "Other"})], by=intake).rejected == 1  # the number is known, too


def test_a_number_does_not_tell_that_a_walled_youth_is_here():
    intake, colleague = UserFactory(intake=True), UserFactory(intake=True)
    first = YouthFactory(identity=True, identity__earlier_number="A-1")
    recognise.remember(recognise.of_youth(first), youth=first)
    WallFactory(user=intake, youth=first)

    walled = brought("youth", [{"Number": "A-1", "First name": "Quillon"}], by=intake)
    other = brought("youth", [{"Number": "A-1", "First name": "Ottoline"}], by=colleague)

    assert (reasons(walled), Youth.objects.count()) == ([], 2)
    assert [why for _, _, why in reasons(other)] == ["A youth with this number is here already."]
    second = Youth.objects.exclude(pk=first.pk).get()
    for reader, found in ((colleague, first), (intake, second)):
        with acting(reader):
            assert bringing.youth_called({"A-1"}, by=reader) == {"A-1": found}


def test_a_number_that_stands_twice_in_one_file_is_said_to_be_in_an_earlier_row(intake):
    file = brought("youth", [row(), row(**{"First name": "Other"})], by=intake)

    assert [why for _, _, why in reasons(file)] == ["An earlier row of this file has this number."]
