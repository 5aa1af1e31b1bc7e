"""The points of `matching.fit` as the database counts them: who fits best is found without reading thousands.

It says whom to look at; the reasons in words are fit's. A test holds one against the other, answer by answer.
"""

from django.db.models import Case, Q, Value, When
from django.db.models.fields import IntegerField

from cases import codes
from matching.fit import COUNTS, NO, PARTLY, UNKNOWN, YES, weight


def points(youth, criteria):
    """An expression for mentors: the points of this youth with each of them."""
    total = Value(0, output_field=IntegerField())
    for criterion in criteria:
        if weighs := weight(youth, criterion):
            total = total + weighs * VERDICTS[criterion.code](youth)
    return total


def first(*verdicts):
    """What the first condition that holds comes to; the last verdict is for everybody else. What is not known comes
    late: it shares nothing with anybody, and an empty array is dear to compare with."""
    *conditions, otherwise = verdicts
    whens = [When(condition, then=Value(COUNTS[verdict])) for condition, verdict in conditions]
    return Case(*whens, default=Value(COUNTS[otherwise]), output_field=IntegerField())


def language(youth):
    if not youth.languages:
        return Value(COUNTS[UNKNOWN])
    every, some = Q(languages__contains=youth.languages), Q(languages__overlap=youth.languages)
    return first((every, YES), (some, PARTLY), (Q(languages=[]), UNKNOWN), NO)


def area(youth):
    if not youth.area:
        return Value(COUNTS[UNKNOWN])
    near = [one for one in codes.AREAS if codes.near(one, youth.area)]
    there = Q(areas__contains=[youth.area])
    return first((there, YES), (Q(areas__overlap=near), PARTLY), (Q(areas=[]), UNKNOWN), NO)


def shared(name):
    def verdict(youth):
        if not (hers := getattr(youth, name)):
            return Value(COUNTS[UNKNOWN])
        return first((Q(**{f"{name}__overlap": hers}), YES), (Q(**{f"{name}__len": 0}), UNKNOWN), NO)

    return verdict


def texts(youth):
    return first((Q(texts=None), UNKNOWN), (Q(texts=True), YES), NO)


VERDICTS = {
    "language": language,
    "area": area,
    "background": shared("backgrounds"),
    "experience": shared("experiences"),
    "interests": shared("interests"),
    "texts": texts,
}
