"""A birth date as people write it: read with the precision it has, and with what is doubtful about it. Pure."""

import datetime
import re
from dataclasses import dataclass

from cases.models.youth import Precision

OLDEST, ADULT = 30, 18  # years: older is a slip of the pen; the program is for those under 18 at referral
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
NOTHING = re.compile(r"[\s?.\-–—/]*|n/?a|none|unk(nown)?\.?|not (known|given|obtained|sure)( yet)?|tbd|pending", re.I)
ABOUT = re.compile(r"\b(abt|about|approx\w*|around|circa|ca|maybe|prob\w*|roughly|or)\b|[~≈?]", re.I)


@dataclass(frozen=True)
class Birth:
    """What a birth date and an age together say. `doubts` are codes of cases.intake.NEEDS."""

    born_on: datetime.date | None = None
    precision: str = Precision.UNKNOWN
    about_age: str = ""
    doubts: tuple[str, ...] = ()


def age_on(born_on, day):
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def ages_on(born_on, precision, day):
    """The ages somebody may have: one to the day, two when only the month or the year is known."""
    if precision == Precision.DAY:
        return {age_on(born_on, day)}
    if precision == Precision.MONTH and (born_on.year, born_on.month) != (day.year, day.month):
        months = (day.year - born_on.year) * 12 + day.month - born_on.month
        return {months // 12} if months % 12 else {months // 12 - 1, months // 12}
    return {day.year - born_on.year - 1, day.year - born_on.year}


def read(words, age_words, *, on):
    """Read what was written for the birth date and the age, as known on that day. Nothing is ever guessed."""
    words, age_words = words.strip(), age_words.strip()
    age = stated_age(age_words)
    if NOTHING.fullmatch(words):
        return from_age(age, age_words)
    readings, doubts = readings_of(words, on)
    readings = [(day, precision) for day, precision in readings if sensible(day, on)]
    if not readings:
        said = from_age(age, age_words)
        if age is None and ABOUT.search(words) and stated_age(words):  # "abt 14", where a date was asked for
            return from_age(stated_age(words), words)
        return Birth(None, said.precision, said.about_age, ("birth_unclear", *said.doubts))
    slack = 1 if ABOUT.search(age_words) else 0
    fitting = [one for one in readings if age is None or fits(one, age, slack, on)]
    born_on, precision = (fitting or readings)[0]
    if age is not None and not fitting:
        doubts.append("age_conflict")
    if len(set(fitting or readings)) > 1:
        doubts.append("two_readings")
    if precision in (Precision.MONTH, Precision.YEAR):
        doubts.append("partial_birth")
    if ABOUT.search(re.sub(r"\?", "", words) if precision == Precision.MONTH else words):
        doubts.append("about_birth")
    return Birth(born_on, precision, "", tuple(dict.fromkeys(doubts)))


def stated_age(words):
    found = re.search(r"(?<!\d)(\d{1,2})(?!\d)", words)
    return int(found[1]) if found and 0 < int(found[1]) <= OLDEST else None


def from_age(age, words):
    if age is None:
        return Birth(doubts=("no_birth",))
    about = ABOUT.search(words) or re.search(r"\d\s*[-–]\s*\d", words)
    plain = re.sub(r"^(abt|approx\w*|around|circa|ca|~|≈)[\s.]*", "about ", words, flags=re.I)
    return Birth(None, Precision.ABOUT, plain, ("no_birth", "about_age") if about else ("no_birth",))


def sensible(day, on):
    return on.year - OLDEST <= day.year and day <= on


def fits(reading, age, slack, on):
    """Whether a reading of the date gives the stated age; "about 14" may be a year off."""
    return any(abs(age - possible) <= slack for possible in ages_on(*reading, on))


def readings_of(words, on):
    """Every date the words may mean, the likelier first, and what is doubtful about them already."""
    words = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?.*$", "", words)
    parts = re.findall(r"\d+|[^\W\d_]+|\?+", words.casefold())
    parts = ["?" if set(part) == {"?"} or part in ("xx", "x", "dd", "mm") else part for part in parts]
    named = [MONTHS.index(part[:3]) + 1 for part in parts if part[:3] in MONTHS and not part.isdigit()]
    numbers = [part for part in parts if part.isdigit() or part == "?"]
    if named:
        return with_month(named[0], numbers, on)
    while len(numbers) > 1 and numbers[-1] == "?" and len(numbers) > 3:
        numbers.pop()
    if len(numbers) == 1 and len(numbers[0]) == 8:
        return compact(numbers[0])
    if not numbers or numbers == ["?"]:
        return [], []
    if len(numbers[0]) == 4:
        return iso(numbers)
    return american(numbers, on)


def iso(numbers):
    year, month, day = (numbers + ["?", "?"])[:3]
    if month == "?":
        return [(datetime.date(int(year), 1, 1), Precision.YEAR)] if int(year) else [], []
    if day == "?":
        return dated(year, month, "1", Precision.MONTH), []
    return dated(year, month, day, Precision.DAY), []


def compact(digits):
    first = dated(digits[:4], digits[4:6], digits[6:], Precision.DAY)
    return first + dated(digits[4:], digits[:2], digits[2:4], Precision.DAY), []


def american(numbers, on):
    """Month first, as the agencies here write; the other way round stays in mind when it is possible too."""
    doubts = []
    if len(numbers) == 1:
        return [], []
    if len(numbers) == 2:  # 12/2013
        return dated(numbers[1], numbers[0], "1", Precision.MONTH) if len(numbers[1]) == 4 else [], []
    first, second, year = numbers[:3]
    if year == "?":
        return [], []
    if len(year) == 2:
        year, doubts = century(year, on), ["two_digit_year"]
    if second == "?":
        return dated(year, first, "1", Precision.MONTH), doubts
    readings = dated(year, first, second, Precision.DAY) + dated(year, second, first, Precision.DAY)
    return list(dict.fromkeys(readings)), doubts


def with_month(month, numbers, on):
    years = [number for number in numbers if len(number) == 4]
    rest = [number for number in numbers if number not in years]
    doubts = []
    if not years and len(rest) == 2 and rest[-1] != "?":  # 19 Mar 12
        years, rest, doubts = [century(rest[-1], on)], rest[:1], ["two_digit_year"]
    if not years:
        return [], []
    if not rest or rest[0] == "?":
        return dated(years[0], month, "1", Precision.MONTH), doubts
    return dated(years[0], month, rest[0], Precision.DAY), doubts


def century(year, on):
    return str(2000 + int(year) if 2000 + int(year) <= on.year else 1900 + int(year))


def dated(year, month, day, precision):
    try:
        return [(datetime.date(int(year), int(month), int(day)), precision)]
    except (ValueError, OverflowError):
        return []
