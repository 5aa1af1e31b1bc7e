"""The program's settings are one row; working days leave out what the office does."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from mlmc import program
from mlmc.core.models import ProgramRow
from mlmc.program import Program, next_working_day

FRIDAY = date(2026, 7, 3)


@pytest.mark.django_db
def test_without_a_row_the_ordinary_settings_are_in_force():
    assert program.current() == Program()


@pytest.mark.django_db
def test_what_is_saved_is_in_force_and_saving_again_makes_no_second_row():
    program.save(Program(brand="Harbor", places=8, on_call=["one", "two"], closures=["2026-12-25"]))
    program.save(Program(brand="Harbor", places=9, pace_days={"weekly": 6}))

    assert program.current() == Program(brand="Harbor", places=9, pace_days={"weekly": 6})
    assert ProgramRow.objects.count() == 1


@pytest.mark.django_db
def test_there_is_one_program():
    program.save(Program())

    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramRow.objects.create(only=False)


@pytest.mark.django_db
def test_names_of_another_version_are_left_alone_and_missing_ones_are_ordinary():
    ProgramRow.objects.create(settings={"places": 7, "no_such_setting": 1})

    assert program.current() == Program(places=7)


@pytest.mark.django_db
def test_asking_for_the_settings_is_one_short_query(asks):
    with asks(1):
        program.current()


def test_one_programs_lists_are_not_anothers():
    Program().closures.append("2026-07-06")
    Program().pace_days["weekly"] = 1

    assert (Program().closures, Program().pace_days["weekly"]) == ([], 7)


@pytest.mark.parametrize(
    ("day", "days", "closures", "expected"),
    [
        (date(2026, 7, 1), 1, [], date(2026, 7, 2)),
        (FRIDAY, 1, [], date(2026, 7, 6)),  # Monday
        (date(2026, 7, 4), 1, [], date(2026, 7, 6)),  # received on a Saturday
        (date(2026, 7, 5), 1, [], date(2026, 7, 6)),
        (FRIDAY, 1, ["2026-07-06"], date(2026, 7, 7)),
        (FRIDAY, 1, ["2026-07-06", "2026-07-07"], date(2026, 7, 8)),
        (FRIDAY, 1, ["2026-07-05"], date(2026, 7, 6)),  # closed on a Sunday anyway
        (date(2026, 7, 2), 2, ["2026-07-03"], date(2026, 7, 7)),
        (FRIDAY, 10, [], date(2026, 7, 17)),
        (FRIDAY, 0, [], FRIDAY),
        (date(2024, 2, 28), 1, [], date(2024, 2, 29)),
        (date(2026, 12, 31), 1, ["2027-01-01"], date(2027, 1, 4)),
    ],
)
def test_the_next_working_day_leaves_out_weekends_and_closures(day, days, closures, expected):
    assert next_working_day(day, days=days, program=Program(closures=closures)) == expected
