"""What the clock does over everybody at once, inside the product: `python -m bench.clock` prints JSON, goals 13 to 15.

Everything is rolled back. The floor of reading is a naive scan in Python; that of writing is one INSERT … SELECT.
"""

import datetime
import json
import sys
import time
from contextlib import contextmanager

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 (after setup)
from django.utils import timezone  # noqa: E402 (as above)

from mlmc.core import outbox  # noqa: E402 (as above)
from mlmc.core.context import Actor, acting_as  # noqa: E402 (as above)
from mlmc.core.models import OutboxRow, User  # noqa: E402 (as above)
from outcomes import followups  # noqa: E402 (as above)
from outcomes.models import FollowUp, Status  # noqa: E402 (as above)

PAIRS = 5


@contextmanager
def rolled_back():
    with acting_as(Actor.system("follow_ups", "outbox")), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = '10min'")
        yield
        transaction.set_rollback(True)


def timed(work):
    begun = time.perf_counter()
    answer = work()
    return time.perf_counter() - begun, answer


def naive(today):
    """Everybody's windows, one after another, with the rule in Python."""
    columns = ("pk", "status", "opens_on", "due_on", "closes_on", "reminded_on", "respondent__case__missing_since")
    due = set()
    rows = FollowUp.objects.values_list(*columns)
    for pk, status, opens_on, due_on, closes_on, reminded_on, missing in rows.iterator():
        if status != Status.OPEN or closes_on < today or missing:
            continue
        days = (opens_on, due_on, max(closes_on - datetime.timedelta(days=14), due_on))
        last = max((day for day in days if day <= today), default=None)
        if last and (reminded_on is None or reminded_on < last):
            due.add(pk)
    return due


def who_is_due(today):
    """Goal 13: (ratio of the count, of the rows) to a naive scan, and how many are due."""
    counts, rows, due = [], [], set()
    with rolled_back():
        for _ in range(PAIRS):
            scan, due = timed(lambda: naive(today))
            count, many = timed(followups.to_be_reminded(today).count)
            listed, found = timed(lambda: set(followups.to_be_reminded(today).values_list("pk", flat=True)))
            assert found == due and many == len(due)
            counts.append(count / scan)
            rows.append(listed / scan)
    return counts, rows, len(due)


def messages(count):
    """Goal 14: as many messages as there are people, at most `count`, against one INSERT … SELECT of them."""
    ratios = []
    with rolled_back():
        people = list(User.objects.order_by("pk")[:count])
        for turn in range(PAIRS):
            at = timezone.now() + datetime.timedelta(days=turn)
            floor, _ = timed(lambda at=at: insert_select(len(people), at))
            ours, _ = timed(lambda at=at: outbox.enqueue_all("news", to=people, about="bench", due_at=at))
            ratios.append(ours / floor)
        assert OutboxRow.objects.filter(about__startswith="bench").count() == 2 * PAIRS * len(people)
    return ratios, len(people)


def insert_select(count, at):
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {"count": count, "at": at})


INSERT = """
    insert into core_outboxrow (id, kind, recipient_id, about, due_at, at_most_once, tries)
    select gen_random_uuid(), 'news', id, 'bench floor', %(at)s, false, 0 from core_user order by id limit %(count)s
    on conflict do nothing
"""


def twice(at):
    """Goal 15: the reminders of one day, and once more: the second time against the first, new rows."""
    with rolled_back():
        before = OutboxRow.objects.count()
        first, _ = timed(lambda: followups.remind(at=at))
        between = OutboxRow.objects.count()
        second, _ = timed(lambda: followups.remind(at=at))
        return second / first, OutboxRow.objects.count() - between, between - before


if __name__ == "__main__":
    counts, rows, due = who_is_due(timezone.localdate())
    inserted, people = messages(int(sys.argv[1]))
    again, new, first = twice(timezone.now())
    said = {"counts": counts, "rows": rows, "due": due, "inserted": inserted, "people": people}
    print(json.dumps(said | {"again": again, "new": new, "first": first}))
