"""Past survey answers, row by row: what the command brings in as a whole, and a page with reasons for each row."""

from pathlib import Path

import pytest
from django.core.management import call_command

from mlmc.core.models import ImportStatus
from outcomes.models import Answer, FollowUp, Respondent, Response, Status
from tests.bringing import brought, counts, reasons, taken_back
from tests.factories import RespondentFactory, UserFactory

pytestmark = pytest.mark.django_db
PANEL = Path("tests/data/outcomes_panel.csv")


@pytest.fixture
def manager():
    return UserFactory(evaluation=True)


def stored():
    """Every answer, by whom, when and to what; and how each follow-up went."""
    rows = Answer.objects.select_related("response__follow_up__respondent", "response__follow_up__wave")
    answers = {
        (one.response.follow_up.respondent.code, one.response.follow_up.wave.months, one.item): one.value
        for one in rows
    }
    return answers, sorted(FollowUp.objects.values_list("respondent__code", "wave__months", "status"))


def test_a_panel_gives_what_the_command_gives_and_goes_again(manager, capsys):
    file = brought("answers", PANEL.read_bytes(), by=manager)
    brought_in = stored()

    assert (file.rejected, file.added, file.accepted) == (0, file.total, file.total)
    file = taken_back(file, by=manager)
    assert (file.status, Respondent.objects.count(), FollowUp.objects.count()) == (ImportStatus.UNDONE, 0, 0)
    call_command("import_answers", str(PANEL), "--as", manager.email)
    answers, follow_ups = stored()
    assert brought_in[0] == answers
    answered = [one for one in follow_ups if one[2] == Status.COMPLETE]
    assert [one for one in brought_in[1] if one[2] == Status.COMPLETE] == answered


def test_a_second_upload_adds_nothing_also_after_the_command(manager, capsys):
    call_command("import_answers", str(PANEL), "--as", manager.email)
    before = stored()

    brought("answers", PANEL.read_bytes(), by=manager)
    again = brought("answers", PANEL.read_bytes(), by=manager)

    assert (again.added, again.accepted, again.rejected) == (0, again.total, 0)
    assert stored()[0] == before[0]


def test_what_cannot_be_taken_says_why_and_holds_up_no_other(manager):
    RespondentFactory(code="R-OURS")
    rows = [
        {"id": "P-1", "wave_months": "0", "cse": "1", "strength": "4"},
        {"id": "P-1", "wave_months": "7", "cse": "1"},
        {"id": "R-OURS", "wave_months": "0", "cse": "0"},
        {"id": "P-2", "wave_months": "0", "cse": "2"},
        {"id": "P-3", "wave_months": "0", "strength": "6"},
        {"id": "P-4", "wave_months": "0", "support": "101"},
        {"id": "P-5", "wave_months": "0", "support": "50", "support_1": "2"},
        {"id": "P-1", "wave_months": "0", "cse": "0"},
        {"id": "P" * 21, "wave_months": "0", "cse": "0"},
        {"id": "P-6", "wave_months": "0", "support": "55.5"},
    ]

    file = brought("answers", rows, by=manager)

    assert counts(file) == {"total": 10, "accepted": 2, "added": 2, "rejected": 8}
    assert [number for number, _, _ in reasons(file)] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert stored()[0] == {
        ("P-1", 0, "cse"): "yes",
        ("P-1", 0, "strength"): "4",
        ("P-6", 0, "support"): "55.5",
    }


def test_an_answer_that_differs_from_one_brought_in_before_is_refused(manager):
    brought("answers", [{"id": "P-1", "wave_months": "0", "cse": "1"}], by=manager)

    file = brought("answers", [{"id": "P-1", "wave_months": "0", "cse": "0"}], by=manager)

    assert (file.rejected, Answer.objects.get().value) == (1, "yes")
    assert "another answer of the same person" in reasons(file)[0][2]


def test_one_file_is_taken_back_and_the_other_stays(manager):
    first = brought("answers", [{"id": "P-1", "wave_months": "0", "cse": "1"}], by=manager)
    second = brought("answers", [{"id": "P-1", "wave_months": "6", "cse": "0"}], by=manager)

    assert taken_back(first, by=manager).kept == 1  # the code has other answers, too
    assert taken_back(second, by=manager).status == ImportStatus.UNDONE
    assert taken_back(first, by=manager).status == ImportStatus.UNDONE
    assert (Respondent.objects.count(), Response.objects.count()) == (0, 0)
