"""Who fits best is found by the database and put in words by Python: both say the same of everybody."""

import random

import pytest
from django.utils import timezone

from cases import access, codes
from matching.criteria import VERSION_1, rows
from matching.fit import fit
from matching.models import Criterion
from matching.points import points
from matching.suggest import LOOKED_AT, Facts, criteria, is_full, suggest
from mentors.models import Mentor, MentorStatus
from tests.factories import CaseFactory, ExclusionFactory, MentorFactory, MentorshipFactory, RelationFactory
from tests.factories.cases import YouthFactory

pytestmark = pytest.mark.django_db
TABLE = [Criterion(**row) for row in rows(1, VERSION_1)]
NOW = timezone.now()
SAYS = {
    "languages": codes.LANGUAGES,
    "backgrounds": codes.BACKGROUNDS,
    "experiences": codes.EXPERIENCES,
    "interests": codes.INTERESTS,
}


def some(dice, vocabulary):
    return dice.sample(sorted(vocabulary)[:4], dice.randint(0, 3))


def says(dice):
    return {name: some(dice, vocabulary) for name, vocabulary in SAYS.items()}


def some_mentors(dice, count):
    areas = sorted(codes.AREAS)
    return [
        MentorFactory(
            **says(dice),
            areas=dice.sample(areas, dice.randint(0, 2)),
            texts=dice.choice([None, True, False]),
            gender=dice.choice(["", "man", "woman"]),
            status=dice.choice([*MentorStatus, MentorStatus.ACTIVE, MentorStatus.READY, MentorStatus.ACTIVE]),
            places=dice.choice([0, 1, 2, 10]),
            leaves_since=dice.choice([None, None, None, NOW]),
            user__is_active=dice.random() > 0.1,
        )
        for _ in range(count)
    ]


def a_youth(dice):
    wishes = dice.sample(sorted(codes.WISHES), dice.randint(0, 3))
    area = dice.choice(["", *codes.AREAS])
    hard_nos = dice.choice([[], [], ["no_men"], ["no_women"]])
    return YouthFactory(**says(dice), area=area, wishes=wishes, hard_nos=hard_nos)


@pytest.mark.parametrize("seed", range(6))
def test_the_database_counts_the_points_that_the_reasons_come_to(seed):
    dice = random.Random(seed)
    mentors = some_mentors(dice, 25)

    for _ in range(6):
        youth = a_youth(dice)
        counted = dict(Mentor.objects.annotate(score=points(youth, TABLE)).values_list("pk", "score"))

        assert counted == {mentor.pk: fit(youth, mentor, TABLE).points for mentor in mentors}


@pytest.mark.parametrize("seed", range(4))
def test_of_everybody_the_best_are_suggested_in_order_and_the_others_with_a_word_why_not(seed):
    dice = random.Random(seed)
    mentors = some_mentors(dice, 60)
    case = CaseFactory(youth=a_youth(dice))
    for mentor in dice.sample(mentors, 40):
        MentorshipFactory(mentor=mentor, slot=1)
    ExclusionFactory(youth=case.youth, mentor=mentors[0])
    access.wall(case.youth, mentors[1].user)
    RelationFactory(one=MentorshipFactory(mentor=mentors[2], slot=2).case.youth, other=case.youth)

    found, facts = suggest(case, at=NOW), Facts(case, at=NOW)

    here = Mentor.objects.exclude(status=MentorStatus.DEPARTED).filter(user__is_active=True).with_places()
    table, why = criteria(), {mentor: facts.why_not(mentor) for mentor in here.order_by("pk")}
    score = {mentor: fit(case.youth, mentor, table).points for mentor, words in why.items() if not words}
    best = sorted(score, key=lambda mentor: (-score[mentor], mentor.taken, mentor.pk))
    assert [one.mentor for one in found.candidates] == best[:LOOKED_AT]
    assert found.more_candidates == (len(best) > LOOKED_AT)
    refused = [(mentor, words) for mentor, words in why.items() if words]
    assert [(one.mentor, one.why) for one in found.not_now] == refused[:LOOKED_AT]
    assert found.more_not_now == (len(refused) > LOOKED_AT)
    assert set(here.filter(facts.rules_out() | is_full())) == {mentor for mentor, _ in refused}


def test_somebody_in_mind_is_looked_at_wherever_they_stand():
    case = CaseFactory(youth__hard_nos=[])
    MentorFactory.create_batch(LOOKED_AT)
    last, away = MentorFactory(), MentorFactory(status=MentorStatus.ON_LEAVE)

    assert suggest(case, at=NOW, chosen=last.pk).chosen.mentor == last
    assert last not in [one.mentor for one in suggest(case, at=NOW).candidates]
    assert suggest(case, at=NOW, chosen=away.pk).chosen.why == "Is on leave."
    assert suggest(case, at=NOW).chosen is None
