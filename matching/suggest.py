"""Who could be asked for a youth, best first, and who not right now, and why. It suggests; people decide."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max, Q

from cases.codes import HARD_NOS
from cases.models import Relation, Wall
from matching.fit import Fit, fit
from matching.models import Criterion, Exclusion, Match
from mentors.models import OPEN, Mentor, Mentorship, MentorStatus
from mlmc.core.context import on_duty

SAID_BY = {
    "youth": "The youth would rather not.",
    "mentor": "The mentor would rather not.",
    "team": "The team has ruled this pair out.",
}
ASKED_LATELY = timedelta(days=90)


@dataclass(frozen=True)
class Candidate:
    mentor: Mentor
    fit: Fit

    @property
    def left(self):
        return self.mentor.places - self.mentor.taken


@dataclass(frozen=True)
class NotNow:
    mentor: Mentor
    why: str


@dataclass(frozen=True)
class Suggestions:
    candidates: list[Candidate]
    not_now: list[NotNow]
    version: int
    approved: bool


def criteria():
    """The newest version of what counts. One that is not approved yet is used as a draft and says so."""
    newest = Criterion.objects.aggregate(newest=Max("version"))["newest"]
    return list(Criterion.objects.filter(version=newest).order_by("order"))


@on_duty("matching")
def suggest(case, *, at):
    """What rules a pair out comes first; then the fit; of equals who has taken fewest, then the older mentor row."""
    table, facts = criteria(), Facts(case, at=at)
    candidates, not_now = [], []
    everybody = Mentor.objects.exclude(status=MentorStatus.DEPARTED).filter(user__is_active=True)
    for mentor in everybody.with_places().select_related("user").order_by("pk"):
        if why := facts.why_not(mentor):
            not_now.append(NotNow(mentor, why))
        else:
            candidates.append(Candidate(mentor, fit(case.youth, mentor, table)))
    candidates.sort(key=lambda one: (-one.fit.points, one.mentor.taken, one.mentor.pk))
    approved = bool(table) and all(row.approved_at for row in table)
    return Suggestions(candidates, not_now, version=table[0].version if table else 0, approved=approved)


class Facts:
    """What rules mentors out for one youth, read once for all of them."""

    def __init__(self, case, *, at):
        self.youth = case.youth
        self.exclusions = dict(Exclusion.objects.filter(youth=self.youth).values_list("mentor", "said_by"))
        self.walled = set(Wall.objects.filter(youth=self.youth).values_list("user", flat=True))
        pairs = Relation.objects.filter(Q(one=self.youth) | Q(other=self.youth), kind=Relation.Kind.SIBLING)
        siblings = {one for pair in pairs.values_list("one", "other") for one in pair} - {self.youth.pk}
        with_sibling = Mentorship.objects.filter(case__youth__in=siblings, status__in=OPEN)
        self.of_siblings = set(with_sibling.values_list("mentor", flat=True)) if siblings else set()
        said_no = Q(mentor_answer=Match.Answer.NO) | Q(youth_answer=Match.Answer.NO)
        lately = Match.objects.filter(said_no, mentorship__case=case, decided_at__gt=at - ASKED_LATELY)
        self.said_no = set(lately.values_list("mentorship__mentor", flat=True))

    def why_not(self, mentor):
        """In words, or an empty string. The mentor comes from `with_places()`."""
        return self.never(mentor) or self.not_at_present(mentor)

    def never(self, mentor):
        if why := ruled_out(self.youth, mentor):
            return why
        if mentor.pk in self.exclusions:
            return SAID_BY[self.exclusions[mentor.pk]]
        if mentor.user_id in self.walled:
            return "They know each other in another way."
        if mentor.pk in self.of_siblings:
            return "Is with a sibling; siblings each get a mentor of their own."
        return ""

    def not_at_present(self, mentor):
        if mentor.status == MentorStatus.SHADOWING:
            until = mentor.shadowing_until
            return f"Is shadowing until {until:%B} {until.day}." if until else "Is still shadowing."
        if mentor.status == MentorStatus.ON_LEAVE:
            return "Is on leave."
        if mentor.leaves_since:
            return "Is handing over their youth, and takes nobody new."
        if mentor.taken >= mentor.places:
            return "Is full. A place more needs the supervisor and the mentor to agree."
        if mentor.pk in self.said_no:
            return "Was asked lately; not this time."
        return ""


def ruled_out(youth, mentor):
    """The youth's hard no's come before every fit. Not known is not a yes here: this is about feeling safe."""
    for no, gender in {"no_men": "man", "no_women": "woman"}.items():
        if no in youth.hard_nos and mentor.gender in ("", gender):
            unknown = "" if mentor.gender else " This mentor's gender is not known yet."
            return f"The youth asked for {HARD_NOS[no]}.{unknown}"
    return ""
