"""Who has seen a youth, however long ago: months of the trail are read from the latest on, as far as a page goes."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from cases import trail
from cases.models import As
from mlmc.core.postgres.roles import APP
from tests import cluster
from tests.conftest import acting, as_role
from tests.factories import AccessFactory, CaseFactory, UserFactory, WallFactory

LINE = (
    "insert into core_auditentry (month, at, user_id, act, what, cases) values (%s, %s, %s, 'view', 'cases:case', %s)"
)


@pytest.fixture
def case(committed):
    return CaseFactory(access=False)


def seen(case, by, *days):
    """Lines of the trail as these days left them."""
    with cluster.postgres.superuser(cluster.DATABASE) as cursor:
        for day in days:
            at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
            cursor.execute(LINE, [at.date().replace(day=1), at, by.pk, [case.pk]])


def days(lines):
    return [line["at"].date().isoformat() for line in lines]


def read(case, reader, **place):
    with acting(reader), transaction.atomic():
        return trail.who_has_seen(case, **place)


def test_lines_of_several_months_stand_in_one_list_the_latest_first(case):
    reader, colleague = AccessFactory(case=case).user, UserFactory(name="Gwen Hale")
    seen(case, colleague, "2024-02-29", "2025-11-30", "2025-12-01", "2023-01-01")

    lines, following = read(case, reader)

    assert [line["at"].date().isoformat() for line in lines] == [
        "2025-12-01",
        "2025-11-30",
        "2024-02-29",
        "2023-01-01",
    ]
    assert following == ""


def test_a_page_goes_on_where_the_one_before_stopped_also_in_the_middle_of_a_month(case, monkeypatch):
    monkeypatch.setattr(trail, "PAGE", 2)
    reader = AccessFactory(case=case).user
    seen(case, UserFactory(), "2024-02-01", "2024-02-01", "2024-02-02", "2023-07-07", "2022-01-31")

    found, place = [], ""
    while True:
        lines, place = read(case, reader, before=place)
        found += days(lines)
        if not place:
            break

    assert found == ["2024-02-02", "2024-02-01", "2024-02-01", "2023-07-07", "2022-01-31"]


@pytest.mark.parametrize("who", ["a stranger", "mentor", "behind a wall", "nobody"])
def test_the_finder_finds_nothing_for_whom_the_trail_is_not(case, who):
    reader = UserFactory(roles=["supervisor", "mentor"])
    if who == "mentor":
        AccessFactory(case=case, user=reader, as_what=As.MENTOR)
    if who == "behind a wall":
        AccessFactory(case=case, user=reader)
        WallFactory(user=reader, youth=case.youth)
    seen(case, UserFactory(), "2024-02-01")

    assert found_by(None if who == "nobody" else reader, case) == []
    assert len(found_by(AccessFactory(case=case).user, case)) == 1


def found_by(reader, case):
    with acting(reader) if reader else as_role(APP), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select unnest(guard.lines_about(%s::uuid[], null, null, null, 9))::text", [[case.pk]])
        return cursor.fetchall()
