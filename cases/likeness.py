"""Whether two people may be one, or siblings. Pure: it compares what it is given and decides nothing."""

import datetime
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

import jellyfish

from cases.birth import ages_on
from cases.models.youth import Precision

DUPLICATE, SIBLING = "duplicate", "sibling"
FILLERS = {"and", "the", "was", "is", "with", "you", "your", "us", "aka", "also", "known", "now", "legal", "name"}
ONE_MESSAGE = datetime.timedelta(days=1)


def plain(text):
    """Small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def words(text):
    return frozenset(filter(is_a_name, re.findall(r"[^\W_]+", plain(text))))


def is_a_name(word):
    """An initial is none; a name in other letters may be one sign long."""
    return len(word) > 1 or not word.isascii()


def names_among(text):
    """The names in a remark like "Kezi; was Keziah Okafor w/ you": all of a short one, the capitals of a long one."""
    said = re.findall(r"[^\W\d_]+", text)
    if len(said) > 2:
        said = [word for word in said if word[0].isupper()]
    return frozenset(plain(word) for word in said if is_a_name(word)) - FILLERS


def sound(word):
    """How a name sounds; nothing for what is not a word of Latin letters, which is compared as it is written."""
    return jellyfish.metaphone(word) if word.isascii() and word.isalpha() else ""


def digits(text):
    """The telephone numbers in some words, without the country's 1."""
    found = (re.sub(r"\D", "", number) for number in re.findall(r"\+?\d[\d().\-\s]{5,}\d", text))
    return frozenset(number[-10:] for number in found if len(number) >= 7)


@dataclass(frozen=True)
class Person:
    """What a referral or a file of ours says about somebody, in a form that can be compared."""

    first: frozenset = frozenset()
    last: frozenset = frozenset()
    also: frozenset = frozenset()  # may be a first or a last name
    phones: frozenset = frozenset()
    numbers: frozenset = frozenset()  # in earlier records; it finds, and is compared with nothing
    born_on: datetime.date | None = None
    precision: str = Precision.UNKNOWN
    age: int | None = None  # about, on the day it was said
    said_at: datetime.datetime | None = None
    sender: frozenset = frozenset()  # who wrote: numbers, or a name and an agency
    home: tuple = ()  # town and with whom, when both are known
    who: object = field(default=None, compare=False)

    @cached_property
    def tokens(self):
        """One for each name: how it sounds, or how it is written when it has no sound."""
        return frozenset(sound(word) or word for word in self.first | self.last | self.also)


def same_name(one, other):
    if one == other:
        return True
    return bool(sound(one)) and sound(one) == sound(other) and jellyfish.jaro_winkler_similarity(one, other) >= 0.8


def share(ones, others):
    return not ones.isdisjoint(others) or any(same_name(one, other) for one in ones for other in others)


def spelled_near_any(ones, others):
    """One slip of the pen apart: enough beside the same last name and birth date, and only there."""
    return any(jellyfish.jaro_winkler_similarity(one, other) >= 0.9 for one in ones for other in others)


def birth_says(one, other):
    """True: the same day. False: cannot be. None: it does not tell."""
    if Precision.DAY == one.precision == other.precision:
        a, b = one.born_on, other.born_on
        if a == b:
            return True
        parts = (a.year == b.year) + (a.month == b.month) + (a.day == b.day)
        turned = a.year == b.year and (a.month, a.day) == (b.day, b.month)
        return None if turned or parts == 2 else False  # turned round, or one slip of the pen
    if one.born_on and other.born_on:
        if Precision.MONTH in (one.precision, other.precision) and Precision.YEAR not in (
            one.precision,
            other.precision,
        ):
            return None if one.born_on.replace(day=1) == other.born_on.replace(day=1) else False
        return None if abs(one.born_on.year - other.born_on.year) <= 1 else False
    return None if ages_meet(one, other) else False


def ages_meet(one, other):
    if one.age is not None and other.age is not None:
        return abs(one.age - other.age) <= 2
    for dated, said in ((one, other), (other, one)):
        if dated.born_on and said.age is not None and said.said_at:
            possible = ages_on(dated.born_on, dated.precision, said.said_at.date())
            return any(abs(said.age - age) <= 2 for age in possible)
    return True


def compare(one, other):
    """(`duplicate` or `sibling`, reasons), or None. The reasons are codes, never the words compared."""
    first = share(one.first | one.also, other.first | other.also)
    last = share(one.last | one.also, other.last | other.also)
    turned = share(one.first, other.last) and share(one.last, other.first)
    birth, phone = birth_says(one, other), not one.phones.isdisjoint(other.phones)
    if birth is not False and ((first and last) or turned or (first and (birth or phone))):
        exact = one.first & other.first and one.last & other.last
        reasons = ["name" if exact else "name_sounds" if last or turned else "first_name"]
        return DUPLICATE, reasons + ["birth"] * bool(birth) + ["phone"] * phone
    if birth and last and not first and spelled_near_any(one.first, other.first):
        return DUPLICATE, ["last_name", "birth"]
    if last and (not first or birth is False):
        near = one.said_at and other.said_at and abs(one.said_at - other.said_at) <= ONE_MESSAGE
        message = bool(near and not one.sender.isdisjoint(other.sender))
        home = bool(near and one.home and one.home == other.home)
        if message or home or phone:
            return SIBLING, ["last_name"] + ["message"] * message + ["home"] * home + ["phone"] * phone
    return None
