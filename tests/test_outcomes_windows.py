"""Months as people count them: month ends, leap years, half months, windows around a day."""

from datetime import date
from decimal import Decimal

import pytest

from outcomes.windows import Window, after_months, window

SIX = {"months": 6, "opens_months": Decimal("5"), "closes_months": Decimal("8")}
TWELVE = {"months": 12, "opens_months": Decimal("10.5"), "closes_months": Decimal("15")}
BASELINE = {"months": 0, "opens_months": Decimal("0"), "closes_months": Decimal("2")}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 6, 30), 0, date(2025, 6, 30)),
        (date(2025, 1, 31), Decimal("10.5"), date(2025, 12, 15)),
        (date(2024, 4, 30), Decimal("10.5"), date(2025, 3, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_that_month(day, months, expected):
    assert after_months(day, months) == expected


def test_the_windows_of_the_three_waves():
    opened = date(2025, 8, 31)

    assert window(opened, **BASELINE) == Window(date(2025, 8, 31), date(2025, 9, 14), date(2025, 10, 31))
    assert window(opened, **SIX) == Window(date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30))
    assert window(opened, **TWELVE) == Window(date(2026, 7, 15), date(2026, 8, 31), date(2026, 11, 30))


@pytest.mark.parametrize("about", [BASELINE, SIX, TWELVE])
def test_every_day_of_four_years_lies_in_its_own_window(about):
    for number in range(date(2023, 1, 1).toordinal(), date(2027, 1, 1).toordinal()):
        found = window(date.fromordinal(number), **about)

        assert found.opens_on <= found.due_on <= found.closes_on
