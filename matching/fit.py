"""How well a mentor fits a youth, in words. Pure: no queries, no clock, no settings.

What somebody has not told is *not known yet*. It lies in the middle: it never counts against anybody.
"""

from dataclasses import dataclass

from cases import codes

YES, PARTLY, UNKNOWN, NO = "yes", "partly", "unknown", "no"
COUNTS = {YES: 2, PARTLY: 1, UNKNOWN: 1, NO: 0}  # halves of the points of a criterion

WISH_FOR = {
    "language": "same_language",
    "area": "near",
    "background": "same_background",
    "experience": "shared_experience",
    "interests": "shared_interests",
    "texts": "texts",
}
STRONG, GOOD = 0.75, 0.55  # of what could be reached


@dataclass(frozen=True)
class Reason:
    code: str
    label: str
    verdict: str
    words: str
    wished: bool
    points: int  # in halves
    of: int

    def as_row(self):
        return [self.code, self.verdict, self.words]


@dataclass(frozen=True)
class Fit:
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.reasons)

    @property
    def level(self) -> str:
        """`strong`, `good` or `possible`; nobody is a percentage. Strong needs more than one thing they share."""
        share = self.points / max(1, sum(reason.of for reason in self.reasons))
        shared = sum(reason.verdict == YES for reason in self.reasons)
        if share >= STRONG and shared > 1:
            return "strong"
        return "good" if share >= GOOD and shared else "possible"


def fit(youth, mentor, criteria) -> Fit:
    """The reasons in the order of the criteria. What was not wished for and gives no points is left out."""
    reasons = []
    for criterion in criteria:
        if weighs := weight(youth, criterion):
            verdict, words = TESTS[criterion.code](youth, mentor)
            wished, points = is_wished(youth, criterion), weighs * COUNTS[verdict]
            reasons.append(Reason(criterion.code, criterion.label, verdict, words, wished, points, 2 * weighs))
    return Fit(tuple(reasons))


def is_wished(youth, criterion):
    return WISH_FOR[criterion.code] in youth.wishes


def weight(youth, criterion):
    return criterion.wished_points if is_wished(youth, criterion) else criterion.points


def said(some, vocabulary):
    """Words in a row, as a sentence part: `Spanish and English`."""
    words = codes.words(some, vocabulary)
    text = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return text[:1].upper() + text[1:]


def language(youth, mentor):
    if not youth.languages or not mentor.languages:
        return UNKNOWN, unknown(youth.languages, mentor.languages)
    shared = set(youth.languages) & set(mentor.languages)
    if not shared:
        return NO, f"Speaks {said(mentor.languages, codes.LANGUAGES)}"
    if len(shared) < len(set(youth.languages)):
        return PARTLY, f"Both speak {said(shared, codes.LANGUAGES)}"
    return YES, f"Both speak {said(shared, codes.LANGUAGES)}"


def area(youth, mentor):
    if not youth.area or not mentor.areas:
        return UNKNOWN, unknown(youth.area, mentor.areas)
    if youth.area in mentor.areas:
        return YES, f"{codes.AREAS[youth.area]}, the same area"
    near = [one for one in mentor.areas if codes.near(one, youth.area)]
    if near:
        return PARTLY, f"{said(near, codes.AREAS)}, a short ride away"
    return NO, f"{said(mentor.areas, codes.AREAS)}, further away"


def background(youth, mentor):
    return shared(youth.backgrounds, mentor.backgrounds, codes.BACKGROUNDS, "Another background")


def experience(youth, mentor):
    return shared(youth.experiences, mentor.experiences, codes.EXPERIENCES, "Has been through other things")


def interests(youth, mentor):
    return shared(youth.interests, mentor.interests, codes.INTERESTS, "Likes other things")


def shared(hers, theirs, vocabulary, otherwise):
    if not hers or not theirs:
        return UNKNOWN, unknown(hers, theirs)
    both = set(hers) & set(theirs)
    return (YES, said(both, vocabulary)) if both else (NO, otherwise)


def texts(youth, mentor):
    if mentor.texts is None:
        return UNKNOWN, "Mentor: not known yet"
    return (YES, "Likes to text") if mentor.texts else (NO, "Would rather talk")


def unknown(youths, mentors):
    """Whose answer is missing. Nobody had to give one."""
    if not youths and not mentors:
        return "Not known yet"
    return "Mentor: not known yet" if youths else "Youth: not known yet"


TESTS = {
    "language": language,
    "area": area,
    "background": background,
    "experience": experience,
    "interests": interests,
    "texts": texts,
}
