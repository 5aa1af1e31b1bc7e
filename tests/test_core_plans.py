"""The policies at a state's size: each finder is asked once per statement, and an index finds the rows (item 1)."""

import json

import pytest

from mlmc.core.context import Actor
from mlmc.core.postgres.roles import APP
from tests import cluster
from tests.conftest import raw
from tests.factories import MeetingFactory, MentorFactory, MentorshipFactory
from tests.test_core_rls import say

MENTORSHIPS = 1000

# A thousand mentorships beside hers, a thousand meetings each, as copies of one: no trigger, no check of a key.
FILL = """
set session_replication_role = replica;
insert into mentors_meeting (id, mentorship_id, client_key, kind, held_on, minutes, place_kind, reached, mood, topics,
        words, handed_over, logged_at, logged_by_id)
    select gen_random_uuid(), case when n %% 100 = 0 then %(hers)s else md5((n %% 1000)::text)::uuid end,
        gen_random_uuid(), kind, held_on - (n %% 700), minutes, place_kind, reached, mood, topics, words,
        n %% 50 = 0, logged_at, logged_by_id
    from mentors_meeting, generate_series(1, 1000000) n where mentorship_id = %(hers)s;
analyze mentors_meeting, mentors_mentorship, cases_access, cases_case;
"""


@pytest.fixture(scope="module")
def mentor(django_db_setup, django_db_blocker):
    """A mentor of ten youth among a million meetings."""
    with django_db_blocker.unblock():
        user = MentorFactory(user__mentor=True).user
        mentorships = [MentorshipFactory(mentor=user.mentor) for _ in range(10)]
        MeetingFactory(mentorship=mentorships[0])
        with cluster.postgres.superuser(cluster.DATABASE) as cursor:
            cursor.execute(FILL, {"hers": mentorships[0].pk})
        yield user
        cluster.clone(cluster.DATABASE)


def plan(user, sql):
    with raw(APP) as cursor:
        say(cursor, Actor.of(user))
        cursor.execute(f"explain (format json) {sql}")
        [[[found]]] = cursor.fetchall()
    return found["Plan"]


def nodes(node):
    yield node
    for below in node.get("Plans", ()):
        yield from nodes(below)


LATEST = "select id, held_on from mentors_meeting order by held_on desc limit 50"
LAST_OF_EACH = "select mentorship_id, max(held_on) from mentors_meeting group by 1"
HANDED_OVER = "select count(*) from mentors_meeting where handed_over and taken_up_at is null"


@pytest.mark.parametrize("sql", [LATEST, LAST_OF_EACH, HANDED_OVER], ids=["latest", "last of each", "handed over"])
def test_a_bare_query_over_a_million_meetings_is_answered_from_an_index(mentor, sql):
    found = list(nodes(plan(mentor, sql)))

    of_meetings = {node["Node Type"] for node in found if node.get("Relation Name") == "mentors_meeting"}
    assert of_meetings and "Seq Scan" not in of_meetings, json.dumps(found[0], indent=1)


def test_each_finder_is_asked_once_per_statement_and_never_per_row(mentor):
    found = plan(mentor, LATEST)

    asked = [node for node in nodes(found) if "guard." in json.dumps(node.get("Filter", ""))]
    assert asked == []
    once = [node for node in nodes(found) if node.get("Parent Relationship") == "InitPlan"]
    # those she may look into, whether that is all, those handed over, those she reads, those of a file taken back
    assert len(once) == 5


def test_she_sees_her_own_of_the_million(mentor):
    with raw(APP) as cursor:
        say(cursor, Actor.of(mentor))
        cursor.execute("select count(*) from mentors_meeting")
        assert cursor.fetchone() == (10_001,)
