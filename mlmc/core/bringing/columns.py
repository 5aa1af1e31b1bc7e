"""What a column of a file may be, and how its words are read: never guessed, and never repeated in a reason."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone

from mlmc.core.forms import FIRST_DAY, LAST_DAY, Email

FORMULA = "There is a formula here. Copy the column and paste it as values."
MISSING = "This is missing."
DAYS = ["%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y"]
TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AP]M)?$", re.I)
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0"}


class Unclear(Exception):
    """The words of one cell cannot be taken. The message says what to write instead, and not what stood there."""


@dataclass(frozen=True)
class Column:
    """`read` turns the words of a cell into a value, or raises Unclear. An empty cell is `empty`, or missing."""

    field: str
    label: str
    read: Callable
    required: bool = False
    empty: object = ""
    also: tuple = ()  # other headings it is known by
    examples: tuple = ()
    hint: str = ""

    def value(self, words):
        if not words:
            if self.required:
                raise Unclear(MISSING)
            return self.empty() if callable(self.empty) else self.empty
        if words.startswith("="):
            raise Unclear(FORMULA)
        return self.read(words)


def text(longest=200):
    def read(words):
        words = " ".join(words.split())
        if len(words) > longest:
            raise Unclear(f"Keep this under {longest:,} characters.")
        return words

    return read


def paragraphs(longest):
    def read(words):
        if len(words) > longest:
            raise Unclear(f"Keep this under {longest:,} characters.")
        return words

    return read


def email(words):
    try:
        return Email().clean(words).lower()
    except ValidationError:
        raise Unclear("Write an e-mail address, like name@agency.org.") from None


def day(words):
    """A day to the day, in the past or today: what is brought in has been."""
    words = TIME.sub("", words)
    for pattern in DAYS:
        try:
            found = datetime.datetime.strptime(words, pattern).date()
        except ValueError:
            continue
        if not FIRST_DAY <= found <= LAST_DAY:
            break
        if found > timezone.localdate():
            raise Unclear("This day has not come yet.")
        return found
    raise Unclear("Write a day like 2026-01-28.")


def number(least, most):
    def read(words):
        if re.fullmatch(r"[0-9]{1,9}", words) and least <= int(words) <= most:
            return int(words)
        raise Unclear(f"Write a whole number from {least} to {most}.")

    return read


def yes_or_no(words):
    if words.casefold() in YES:
        return True
    if words.casefold() in NO:
        return False
    raise Unclear("Write yes or no.")


def key(words):
    return re.sub(r"[\W_]+", "", words.casefold())


def one_of(choices):
    """One of {code: words}, by either."""
    known = {key(str(form)): code for code, words in dict(choices).items() for form in (code, words)}

    def read(words):
        try:
            return known[key(words)]
        except KeyError:
            raise Unclear(f"Write one of: {', '.join(str(one) for one in dict(choices).values())}.") from None

    return read


def some_of(choices):
    """Several of {code: words}, with semicolons between, or commas."""
    one = one_of(choices)

    def read(words):
        try:
            return [one(words)]  # some of the words have a comma in them
        except Unclear:
            between = ";" if ";" in words else ","
            return list(dict.fromkeys(one(part.strip()) for part in words.split(between) if part.strip()))

    return read
