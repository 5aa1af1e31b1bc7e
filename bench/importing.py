"""Bringing in check-ins: `python -m bench.importing ROWS` prints JSON, goal 16. Everything is rolled back.

The program reads, weighs and stores a file in its steps of a thousand rows. After each step the same rows go by one
plain `execute_values` into a table of the same shape and indexes, without policies, triggers and seals.
"""

import csv
import io
import json
import os
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import django
import psycopg2
import psycopg2.extras

django.setup()

from django.db import connection, transaction  # noqa: E402 (after setup)
from django.utils import timezone  # noqa: E402 (as above)

from mentors.models import Meeting, Mentorship  # noqa: E402 (as above)
from mlmc.core import bulk  # noqa: E402 (as above)
from mlmc.core.bringing import kinds, running, uploading  # noqa: E402 (as above)
from mlmc.core.context import Actor, acting_as, on_duty  # noqa: E402 (as above)
from mlmc.core.models import User  # noqa: E402 (as above)

FIELDS = Meeting._meta.concrete_fields
PEOPLE = 100


def file_of(rows):
    """Check-ins of the last weeks, spread over some mentorships, as a file has them."""
    lived = Mentorship.objects.lived().filter(began_on__lt=timezone.localdate() - timedelta(days=90))
    known = list(lived.select_related("case__youth", "mentor__user").order_by("pk")[:PEOPLE])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["Youth", "Mentor", "Day", "Kind", "Minutes", "Words"])
    for n in range(rows):
        one, turn = known[n % len(known)], n // len(known)
        day = timezone.localdate() - timedelta(days=1 + turn % 80)
        kind, words = ("In person", "Text", "Call")[n % 3], f"We cooked, and talked about school, the {n}th time."
        who = [one.case.youth.code, one.mentor.user.email]
        writer.writerow([*who, day.isoformat(), kind, 15 + turn // 80, words])
    return out.getvalue().encode()


class Plain:
    """A table like that of the meetings in the floor's database, where nothing is asked of a row."""

    def __init__(self, link):
        self.link = link
        psycopg2.extras.register_uuid(conn_or_curs=link)

    def prepare(self, columns, indexes):
        with self.link.cursor() as cursor:
            cursor.execute(f"drop table if exists plain; create table plain ({columns})")
            for words in indexes:
                cursor.execute(words)

    def take(self, rows):
        names = ", ".join(field.column for field in FIELDS)
        begun = time.perf_counter()
        with self.link.cursor() as cursor:
            psycopg2.extras.execute_values(cursor, f"insert into plain ({names}) values %s", rows, page_size=1000)
        return time.perf_counter() - begun


def shape():
    """The columns of the meetings' table, and the words that make its indexes on `plain`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)"
            " from pg_attribute where attrelid = 'mentors_meeting'::regclass and attnum > 0 and not attisdropped"
        )
        columns = cursor.fetchone()[0]
        cursor.execute("select indexdef from pg_indexes where tablename = 'mentors_meeting'")
        indexes = [words.partition(" USING ")[2] for (words,) in cursor.fetchall()]
    return columns, [f"create index on plain using {words}" for words in indexes]


@contextmanager
def overheard(stored):
    """Each meeting that is stored."""
    really = bulk.insert

    def insert(rows):
        really(rows)
        stored.extend(row for row in rows if isinstance(row, Meeting))

    bulk.insert = insert
    try:
        yield
    finally:
        bulk.insert = really


def measured(rows, plain):
    with acting_as(Actor.named("door")), transaction.atomic():
        director = User.objects.with_role("director").order_by("pk").first()
    ratios, more, stored = [], True, []
    with acting_as(Actor.of(director)), transaction.atomic():
        plain.prepare(*shape())
        with on_duty("mentoring", "welcome"):
            content = file_of(rows)
        file = uploading.upload(kinds.named("check-ins"), content, by=director, at=timezone.now())
        running.begin(file, by=director, at=timezone.now())
        while more:
            with overheard(stored):
                begun = time.perf_counter()
                more = running.take_some(file.pk, by=director, at=timezone.now())
                ours = time.perf_counter() - begun
            if stored:
                lying = [bulk.values(row, FIELDS, connection) for row in stored]  # words sealed
                ratios.append(plain.take(lying) / ours)
                stored.clear()
        transaction.set_rollback(True)
    return ratios


if __name__ == "__main__":
    with psycopg2.connect(os.environ["FLOOR_URL"]) as floor:
        print(json.dumps({"ratios": measured(int(sys.argv[1]), Plain(floor))}))
