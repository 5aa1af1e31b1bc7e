"""Birth dates as people write them: read with the precision they have, never guessed, never a crash."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import birth
from cases.models import Precision

ON = date(2026, 3, 21)
DAY, MONTH, YEAR, ABOUT, UNKNOWN = Precision.DAY, Precision.MONTH, Precision.YEAR, Precision.ABOUT, Precision.UNKNOWN


@pytest.mark.parametrize(
    ("words", "age", "born_on", "precision", "about", "doubts"),
    [
        ("", "abt 14", None, ABOUT, "about 14", ("no_birth", "about_age")),
        ("", "13-14", None, ABOUT, "13-14", ("no_birth", "about_age")),
        ("", "14", None, ABOUT, "14", ("no_birth",)),
        ("abt 14", "", None, ABOUT, "about 14", ("no_birth", "about_age")),
        ("", "", None, UNKNOWN, "", ("no_birth",)),
        ("unknown", "n/a", None, UNKNOWN, "", ("no_birth",)),
        ("03/19/2012", "14", date(2012, 3, 19), DAY, "", ()),
        ("03/19/2012", "abt 13", date(2012, 3, 19), DAY, "", ()),
        ("03/19/2012", "13", date(2012, 3, 19), DAY, "", ("age_conflict",)),
        ("2010-11-02", "15", date(2010, 11, 2), DAY, "", ()),
        ("2013-12-?", "12", date(2013, 12, 1), MONTH, "", ("partial_birth",)),
        ("12/2013", "", date(2013, 12, 1), MONTH, "", ("partial_birth",)),
        ("Dec 2013", "", date(2013, 12, 1), MONTH, "", ("partial_birth",)),
        ("2012", "", date(2012, 1, 1), YEAR, "", ("partial_birth",)),
        ("2008-02-14", "17", date(2008, 2, 14), DAY, "", ("age_conflict",)),
        ("4/9/09", "17", date(2009, 4, 9), DAY, "", ("two_digit_year", "age_conflict", "two_readings")),
        ("07/04/2011", "14", date(2011, 7, 4), DAY, "", ("two_readings",)),
        ("01-12-2011", "15", date(2011, 1, 12), DAY, "", ()),  # the age settles which is the month
        ("12-01-2011", "15", date(2011, 1, 12), DAY, "", ()),
        ("19.3.2012", "", date(2012, 3, 19), DAY, "", ()),
        ("March 19, 2012", "", date(2012, 3, 19), DAY, "", ()),
        ("2012-03-19T00:00:00", "", date(2012, 3, 19), DAY, "", ()),
        ("2010-02-30", "", None, UNKNOWN, "", ("birth_unclear", "no_birth")),
        ("0000-01-01", "14", None, ABOUT, "14", ("birth_unclear", "no_birth")),
        ("9999-01-01", "", None, UNKNOWN, "", ("birth_unclear", "no_birth")),
        ("2026-03-22", "", None, UNKNOWN, "", ("birth_unclear", "no_birth")),
    ],
)
def test_a_birth_date_is_read_with_its_precision(words, age, born_on, precision, about, doubts):
    assert birth.read(words, age, on=ON) == birth.Birth(born_on, precision, about, doubts)


@given(
    born_on=st.dates(date(2006, 1, 1), date(2016, 12, 31)),
    written=st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y"]),
)
def test_every_day_is_read_as_it_was_written(born_on, written):
    age = birth.age_on(born_on, ON)

    read = birth.read(born_on.strftime(written), str(age), on=ON)

    assert (read.born_on, read.precision) == (born_on, DAY)
    assert "age_conflict" not in read.doubts


@given(words=st.text(max_size=40), age=st.text(max_size=20))
def test_no_words_are_too_odd_to_be_answered(words, age):
    read = birth.read(words, age, on=ON)

    assert (read.born_on is None) == (read.precision in (ABOUT, UNKNOWN))
    assert read.born_on is None or 1996 <= read.born_on.year <= 2026


@given(st.from_regex(r"[0-9?xX/.\- ]{1,12}", fullmatch=True))
def test_no_figures_are_too_odd_either(words):
    birth.read(words, "", on=ON)


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2012, 3, 19), date(2026, 3, 18), 13),
        (date(2012, 3, 19), date(2026, 3, 19), 14),
    ],
)
def test_an_age_changes_on_the_birthday(born_on, day, age):
    assert birth.age_on(born_on, day) == age
