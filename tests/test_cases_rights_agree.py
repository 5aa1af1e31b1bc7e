"""Worlds made by chance: the text lists ask by, the rule said in Python and the policies find the same rows."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import Access, As, Case, Identity, Referral, Wall, Youth
from cases.models.access import OPENS, READS_NAMES
from mentors.models import Meeting, Mentorship
from mlmc.core.models import Role
from tests.conftest import acting
from tests.factories import (
    AccessFactory,
    CaseFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
    YouthFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ROLES = [role.value for role in Role]


def world(chance):
    """Eight people of any roles, seven cases, rows of every kind and time, and walls. Returns the people."""
    team = TeamFactory()
    people = [
        UserFactory(roles=chance.sample(ROLES, chance.randint(0, 3)), team=chance.choice([team, None]))
        for _ in range(6)
    ]
    mentors = [MentorFactory(user__team=team) for _ in range(2)]
    people += [mentor.user for mentor in mentors]
    youth = [YouthFactory(identity=True) for _ in range(6)]
    cases = [CaseFactory(youth=one, access=False, with_mentor=chance.random() < 0.6) for one in youth]
    cases.append(CaseFactory(youth=youth[0], access=False, episode=2))
    for case in cases:
        if case.status == "with_mentor":
            ended = {"ended": True} if chance.random() < 0.3 else {}
            mentorship = MentorshipFactory(case=case, mentor=chance.choice(mentors), open_to_mentor=False, **ended)
            MeetingFactory(mentorship=mentorship)
            MeetingFactory(mentorship=mentorship, handed_over=True)
        for _ in range(chance.randint(0, 7)):
            begins = NOW + timedelta(hours=chance.choice([-500, -50, -1, 1, 50]))
            until = chance.choice([None, None, NOW - timedelta(hours=2), NOW + timedelta(hours=2), begins])
            of = (
                {"user": None, "role": chance.choice(ROLES)}
                if chance.random() < 0.3
                else {"user": chance.choice(people)}
            )
            AccessFactory(case=case, as_what=chance.choice(list(As)), begins=begins, until=until, **of)
    for person, one in {(chance.choice(people), chance.choice(youth)) for _ in range(5)}:
        WallFactory(user=person, youth=one)
    return people


def rows_open_to(user, kinds):
    """The rule of Access as one would say it aloud."""
    walled = set(Wall.objects.filter(user=user).values_list("youth", flat=True))
    return {
        row.pk
        for row in Access.objects.select_related("case")
        if (row.user_id == user.pk or row.role and row.role in user.roles)
        and row.begins <= NOW
        and (row.until is None or row.until > NOW)
        and row.as_what in kinds
        and row.case.youth_id not in walled
    }


def ids(rows, name="pk"):
    return set(rows.values_list(name, flat=True))


@pytest.mark.parametrize("seed", range(12))
def test_three_ways_of_asking_who_sees_what_agree(seed):
    for user in world(random.Random(seed)):
        for kinds in (OPENS, READS_NAMES, [As.ASKED], [As.COVER], list(As)):
            rows = Access.objects.open_to(user, as_what=kinds)
            assert ids(rows) == rows_open_to(user, kinds), (user.roles, kinds)
            cases = Access.objects.cases_open_to(user, kinds)
            assert ids(Case.objects.filter(pk__in=cases)) == ids(rows, "case")
            assert not ids(Case.objects.exclude(pk__in=cases)) & ids(rows, "case")
            with acting(user), connection.cursor() as cursor:
                cursor.execute("select guard.cases_held(%s)", [[str(kind) for kind in kinds]])
                assert set(cursor.fetchone()[0] or []) == ids(rows, "case"), (user.roles, kinds)
        for model in (Case, Youth, Mentorship, Referral, Meeting):
            with acting(user):
                kept = ids(model.objects.visible_to(user))
            assert kept == ids(model.objects.visible_to(user)), (model, user.roles)


@pytest.mark.parametrize("seed", range(12))
def test_no_way_opens_a_name_that_another_keeps(seed):
    for user in world(random.Random(seed)):
        named = ids(Case.objects.visible_to(user).with_rights(user).filter(opens_name=True), "youth")
        with acting(user):
            assert ids(Identity.objects.all(), "youth") == named, user.roles
        accepted = Referral.objects.visible_to(user).with_rights(user).filter(status="accepted", opens_name=True)
        assert ids(accepted, "case__youth") <= named, user.roles
