"""How well a mentor fits a youth, in words. What is not known yet counts against nobody."""

from dataclasses import dataclass, field, replace

import pytest

from matching.criteria import VERSION_1, rows
from matching.fit import NO, PARTLY, UNKNOWN, YES, fit
from matching.models import Criterion

TABLE = [Criterion(**row) for row in rows(1, VERSION_1)]


@dataclass
class Youth:
    languages: list = field(default_factory=list)
    area: str = ""
    backgrounds: list = field(default_factory=list)
    experiences: list = field(default_factory=list)
    interests: list = field(default_factory=list)
    wishes: list = field(default_factory=list)


@dataclass
class Mentor:
    languages: list = field(default_factory=list)
    areas: list = field(default_factory=list)
    backgrounds: list = field(default_factory=list)
    experiences: list = field(default_factory=list)
    interests: list = field(default_factory=list)
    texts: bool | None = None


NIA = Youth(["es", "en"], "lynn", ["latina"], ["group_care"], ["music"])
CARMEN = Mentor(["en", "es"], ["lynn"], ["latina"], ["group_care", "kin"], ["music"], True)


def verdicts(youth, mentor):
    return {reason.code: (reason.verdict, reason.words) for reason in fit(youth, mentor, TABLE).reasons}


def test_five_reasons_in_words_and_none_about_what_was_not_wished_for():
    assert verdicts(NIA, CARMEN) == {
        "experience": (YES, "Group care"),
        "background": (YES, "Hispanic or Latina/o/e"),
        "language": (YES, "Both speak English and Spanish"),
        "area": (YES, "Lynn, the same area"),
        "interests": (YES, "Music"),
    }


def test_texting_counts_where_it_was_wished_for():
    wishes = replace(NIA, wishes=["texts"])

    assert verdicts(wishes, CARMEN)["texts"] == (YES, "Likes to text")
    assert verdicts(wishes, replace(CARMEN, texts=False))["texts"] == (NO, "Would rather talk")
    assert verdicts(wishes, replace(CARMEN, texts=None))["texts"] == (UNKNOWN, "Mentor: not known yet")


@pytest.mark.parametrize(
    ("mentor", "code", "expected"),
    [
        (Mentor(languages=["en"]), "language", (PARTLY, "Both speak English")),
        (Mentor(languages=["vi"]), "language", (NO, "Speaks Vietnamese")),
        (Mentor(areas=["chelsea"]), "area", (PARTLY, "Chelsea, a short ride away")),
        (Mentor(areas=["worcester"]), "area", (NO, "Worcester, further away")),
        (Mentor(backgrounds=["haitian"]), "background", (NO, "Another background")),
        (Mentor(), "experience", (UNKNOWN, "Mentor: not known yet")),
    ],
)
def test_each_reason_says_how_far_it_goes(mentor, code, expected):
    assert verdicts(NIA, mentor)[code] == expected


def test_it_says_whose_answer_is_missing():
    assert verdicts(Youth(), CARMEN)["area"] == (UNKNOWN, "Youth: not known yet")
    assert verdicts(Youth(), Mentor())["area"] == (UNKNOWN, "Not known yet")


def test_a_wish_counts_double():
    plain, wished = fit(NIA, CARMEN, TABLE), fit(replace(NIA, wishes=["near"]), CARMEN, TABLE)

    by_code = {reason.code: reason.points for reason in plain.reasons}
    assert wished.points - plain.points == by_code["area"]


@pytest.mark.parametrize("name", ["languages", "areas", "backgrounds", "experiences", "interests"])
def test_who_tells_less_is_never_below_who_does_not_fit(name):
    other = {
        "languages": ["vi"],
        "areas": ["worcester"],
        "backgrounds": ["white"],
        "experiences": ["court"],
        "interests": ["sport"],
    }[name]
    silent, different = replace(CARMEN, **{name: []}), replace(CARMEN, **{name: other})

    assert fit(NIA, different, TABLE).points < fit(NIA, silent, TABLE).points < fit(NIA, CARMEN, TABLE).points


@pytest.mark.parametrize(
    ("mentor", "level"),
    [
        (CARMEN, "strong"),
        (replace(CARMEN, areas=["chelsea"], interests=["sport"], experiences=[]), "good"),
        (Mentor(), "possible"),
        (Mentor(languages=["vi"], areas=["worcester"]), "possible"),
    ],
)
def test_a_level_is_a_word_and_needs_more_than_silence(mentor, level):
    assert fit(NIA, mentor, TABLE).level == level


@pytest.mark.django_db
def test_the_first_version_is_in_the_database_as_a_draft():
    stored = Criterion.objects.order_by("order")

    assert [(row.code, row.label, row.points, row.wished_points) for row in stored] == VERSION_1
    assert not stored.filter(approved_at__isnull=False).exists()
