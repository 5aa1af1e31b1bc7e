"""Whom a mentor who takes over is not to be with: the hard no's, the pairs ruled out, siblings. See mlmc.core.holding.

Who said so is known to those who match, as on their board.
"""

from django.db.models import Q

from cases.models import Case, Relation
from matching.models import Exclusion
from matching.suggest import SAID_BY, ruled_out
from mentors.models import OPEN, Mentor, Mentorship
from mlmc.core.context import on_duty
from mlmc.core.holding import Refusal
from mlmc.core.models import Role

MATCHES = (Role.ASSESSMENT, Role.INTAKE)


@on_duty("matching")
def not_with(lines, people):
    """{(line pk, user pk): Refusal}, asked once for all of them."""
    cases = Case.objects.filter(pk__in=[line.case for line in lines]).select_related("youth")
    youth = {case.pk: case.youth for case in cases}
    mentors = list(Mentor.objects.filter(user__in=people))
    said = {(row.youth_id, row.mentor_id): row.said_by for row in Exclusion.objects.filter(youth__in=youth.values())}
    with_sibling = siblings_mentors(youth.values())
    found = {}
    for line in lines:
        for mentor in mentors:
            if words := why_never(youth[line.case], mentor, said, with_sibling):
                found[line.pk, mentor.user_id] = Refusal(words, MATCHES)
    return found


def why_never(youth, mentor, said, with_sibling):
    if words := ruled_out(youth, mentor):
        return words
    if (youth.pk, mentor.pk) in said:
        return SAID_BY[said[youth.pk, mentor.pk]]
    if (youth.pk, mentor.pk) in with_sibling:
        return "Is with a sibling; siblings each get a mentor of their own."
    return ""


def siblings_mentors(youth):
    """{(youth, mentor of a sibling)}"""
    youth = [one.pk for one in youth]
    pairs = Relation.objects.filter(Q(one__in=youth) | Q(other__in=youth), kind=Relation.Kind.SIBLING)
    pairs = {pair for row in pairs.values_list("one", "other") for pair in (row, row[::-1])}
    rows = Mentorship.objects.filter(case__youth__in={other for _, other in pairs}, status__in=OPEN)
    mentors = set(rows.values_list("case__youth", "mentor"))
    return {(one, mentor) for one, other in pairs for sibling, mentor in mentors if sibling == other}


FORBIDS = {"mentorships": not_with}
