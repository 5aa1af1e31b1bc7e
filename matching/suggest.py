"""Who could be asked for a youth, best first, and who not right now, and why. It suggests; people decide."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q

from cases.codes import HARD_NOS
from cases.models import Relation, Wall
from matching.fit import Fit, fit
from matching.models import Criterion, Exclusion, Match
from matching.points import points
from mentors.models import OPEN, Mentor, Mentorship, MentorStatus
from mlmc.core.context import on_duty
from mlmc.core.counting import MANY

SAID_BY = {
    "youth": "The youth would rather not.",
    "mentor": "The mentor would rather not.",
    "team": "The team has ruled this pair out.",
}
ASKED_LATELY = timedelta(days=90)
LOOKED_AT = 30  # mentors the board shows: who fits best stands first, and nobody reads three hundred


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
    """Who fits best and who not right now, as many as are looked at, and whether there are more of either; and the one
    somebody has in mind, wherever they stand among them."""

    candidates: list[Candidate]
    not_now: list[NotNow]
    more_candidates: bool
    more_not_now: bool
    chosen: Candidate | NotNow | None
    version: int
    approved: bool


def criteria():
    """The newest version of what counts. One that is not approved yet is used as a draft and says so."""
    newest = Criterion.objects.aggregate(newest=Max("version"))["newest"]
    return list(Criterion.objects.filter(version=newest).order_by("order"))


@on_duty("matching")
def suggest(case, *, at, chosen=None):
    """What rules a pair out comes first; then the fit; of equals who has taken fewest, then the older mentor row.
    `chosen` is the key of a mentor somebody has in mind."""
    table, facts = criteria(), Facts(case, at=at)
    here = Mentor.objects.exclude(status=MentorStatus.DEPARTED)
    rows = here.filter(user__is_active=True).with_places().select_related("user")

    def looked_at(mentor):
        why = facts.why_not(mentor)
        return NotNow(mentor, why) if why else Candidate(mentor, fit(case.youth, mentor, table))

    best = best_of(here.exclude(facts.rules_out()), points(case.youth, table), LOOKED_AT + 1)
    found = {mentor.pk: mentor for mentor in rows.filter(pk__in=best[:LOOKED_AT])}
    some = rows.filter(pk__in=here.order_by("pk").values("pk")[:MANY])  # of a thousand, the first who cannot be asked
    not_now = [looked_at(one) for one in some.filter(facts.rules_out() | is_full()).order_by("pk")[: LOOKED_AT + 1]]
    in_mind = rows.filter(pk=chosen).first() if chosen else None
    return Suggestions(
        [looked_at(found[pk]) for pk in best[:LOOKED_AT]],
        not_now[:LOOKED_AT],
        more_candidates=len(best) > LOOKED_AT,
        more_not_now=len(not_now) > LOOKED_AT,
        chosen=in_mind and looked_at(in_mind),
        version=table[0].version if table else 0,
        approved=bool(table) and all(row.approved_at for row in table),
    )


def is_full():
    """Places are numbered from one: whoever is full has one of the last, which costs less to ask than how many."""
    last = Mentorship.objects.filter(mentor=OuterRef("pk"), slot__gte=OuterRef("places"))
    return Q(Exists(last), taken__gte=F("places")) | Q(places=0)


def best_of(mentors, score, limit):
    """The keys of those with a place who fit best, in order. Places are counted from the best fit down, and no further
    than it takes to find as many as are looked at."""
    rows = mentors.annotate(score=score).order_by("-score").values("pk", "user", "places", "score")
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(BEST.format(best=sql), [*values, limit])
        return [pk for (pk,) in cursor]


BEST = """
    select best.pk from ({best}) best cross join lateral (
        select count(*) as taken from mentors_mentorship where mentor_id = best.pk and slot is not null
    ) counted
    where taken < best.places and exists (select from core_user u where u.id = best."user" and u.is_active)
    order by best.score desc, taken, best.pk limit %s
"""


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

    def rules_out(self):
        """Those whom `why_not` has a word about, as a question to the database; who is full is `is_full`."""
        never = Q(pk__in=self.exclusions) | Q(user__in=self.walled) | Q(pk__in=self.of_siblings | self.said_no)
        for gender in not_by(self.youth):
            never |= Q(gender__in=["", gender])
        return never | Q(status__in=[MentorStatus.SHADOWING, MentorStatus.ON_LEAVE]) | Q(leaves_since__isnull=False)

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
    for gender, no in not_by(youth).items():
        if mentor.gender in ("", gender):
            unknown = "" if mentor.gender else " This mentor's gender is not known yet."
            return f"The youth asked for {HARD_NOS[no]}.{unknown}"
    return ""


def not_by(youth):
    """{gender: hard no}"""
    return {gender: no for no, gender in {"no_men": "man", "no_women": "woman"}.items() if no in youth.hard_nos}
