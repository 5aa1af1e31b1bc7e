"""What a large file costs: `make sizes` prints rows a second, as ratios of one run, and a worker's memory; nothing
here is a test.

A real worker brings in check-ins. The same rows then go by one plain `execute_values` into a table of the same shape
and indexes without policies, triggers and seals: that is what the ratio compares with.
"""

import statistics
import time
from datetime import timedelta
from pathlib import Path

import psycopg2.extras
import pytest
from django.db import connection
from django.utils import timezone

from mentors.models import Meeting
from mlmc.core import tasks
from mlmc.core.bringing import kinds, receiving, running
from mlmc.core.exporting import keeping
from mlmc.core.models import Export, ExportStatus, Import, ImportRow, ImportStatus
from mlmc.core.postgres.roles import KEEPER, OWNER
from tests.bringing import as_csv, as_xlsx, uploaded
from tests.conftest import acting, as_role, raw
from tests.costs import spent
from tests.factories import ExportFactory, MentorFactory, MentorshipFactory, UserFactory, YouthFactory
from tests.waiting import wait_for

FIELDS = Meeting._meta.concrete_fields


def people():
    mentors = [MentorFactory(user__email=f"m{number}@example.org") for number in range(10)]
    for number in range(100):
        youth = YouthFactory(identity=True, identity__earlier_number=f"A-{number}")
        MentorshipFactory(mentor=mentors[number // 10], case__youth=youth)


def check_ins(many, *, before):
    first = timezone.localdate() - timedelta(days=before)
    for n in range(many):
        youth = n % 100
        yield {
            "Youth": f"A-{youth}",
            "Mentor": f"m{youth // 10}@example.org",
            "Day": (first + timedelta(days=n // 100 % 80)).isoformat(),
            "Kind": ("In person", "Text", "Call")[n % 3],
            "Minutes": 15 + n // 8000,
            "Words": f"We cooked, and talked about school, the {n}th time.",
        }


def memory(process, name="VmHWM"):
    """Megabytes the process has held at most."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) / 1024


def plainly(rows):
    """What one execute_values of these costs, into the same shape and indexes."""
    names = ", ".join(f'"{field.column}"' for field in FIELDS)
    with raw(OWNER) as cursor:
        psycopg2.extras.register_uuid(conn_or_curs=cursor)
        cursor.execute("create table if not exists plain (like mentors_meeting including all)")
        cursor.connection.commit()
        begun = spent(cursor.connection)
        psycopg2.extras.execute_values(cursor, f"insert into plain ({names}) values %s", rows, page_size=1000)
        cursor.connection.commit()
        return since(begun, cursor.connection)


def lying(row):
    """The values of a row as they lie there, words sealed."""
    values = (row.__dict__[field.attname] for field in FIELDS)
    return [psycopg2.Binary(value) if isinstance(value, bytes) else value for value in values]


def since(begun, link):
    return [after - before for before, after in zip(begun, spent(link), strict=True)]


def test_how_fast_check_ins_are_brought_in(committed, capsys):
    """Each step of a thousand rows is followed by the same rows, plainly; the middle of the steps counts."""
    director = UserFactory(director=True)
    people()
    file = uploaded("check-ins", as_csv(list(check_ins(20_000, before=85))), by=director)
    ratios, known = [], []
    with acting(director):
        running.begin(file, by=director, at=timezone.now())
        more = True
        while more:
            begun = spent(connection.connection)
            more = running.take_some(file.pk, by=director, at=timezone.now())
            ours = since(begun, connection.connection)
            with as_role(KEEPER):
                rows = list(Meeting.objects.order_by("-pk")[: file_rows(file) - len(known)])
            known += rows
            plain = plainly([lying(row) for row in rows])
            ratios.append([one / other for one, other in zip(plain, ours, strict=True)])
            speed = len(rows) / ours[1]
    processor, clock = (statistics.quantiles(column, n=4) for column in zip(*ratios, strict=True))
    with capsys.disabled():
        print(f"\n{speed:,.0f} rows/s at last; of execute_values:", end=" ")
        print(*(f"{kind} {middle:.3f} ({low:.2f}–{high:.2f})" for kind, (low, middle, high) in
                (("processor", processor), ("clock", clock))))  # fmt: skip


def file_rows(file):
    return Import.objects.get(pk=file.pk).added


@pytest.mark.parametrize("many", [10_000, 50_000])
def test_what_a_worker_holds_while_it_brings_in(many, worker, capsys):
    director = UserFactory(director=True)
    people()
    file = uploaded("check-ins", as_csv(list(check_ins(many, before=85))), by=director)
    process = worker()
    idle = memory(process)
    with acting(director):
        running.begin(file, by=director, at=timezone.now())
    tasks.wake(file.pk, person=director.pk)

    def done():
        return Import.objects.get(pk=file.pk).status not in (ImportStatus.READY, ImportStatus.RUNNING)

    wait_for(done, within=600)
    assert file_rows(file) == many
    with capsys.disabled():
        print(f"\n{many:,} check-ins: a worker holds {idle:.0f} MB idle, {memory(process):.0f} MB at most")


def test_what_a_worker_holds_while_it_reads_a_large_workbook(worker, capsys):
    director = UserFactory(director=True)
    rows = list(check_ins(50_000, before=85))
    content = as_xlsx([list(rows[0]), *(list(row.values()) for row in rows)])
    with acting(director):
        file = receiving.receive(kinds.named("check-ins"), content, by=director, at=timezone.now())
    process = worker()
    idle = memory(process)
    tasks.wake(file.pk, person=director.pk)

    wait_for(lambda: Import.objects.get(pk=file.pk).status != ImportStatus.READING, within=600)
    assert Import.objects.get(pk=file.pk).total == 50_000
    with capsys.disabled():
        print(f"\na workbook of {len(content) / 1e6:.1f} MB: {idle:.0f} MB idle, {memory(process):.0f} MB at most")


@pytest.mark.parametrize("many", [5_000, 50_000])
def test_what_a_worker_holds_while_it_writes_a_file(many, worker, capsys):
    director = UserFactory(director=True)
    file = uploaded("check-ins", as_csv(list(check_ins(many, before=85))), by=director)
    ImportRow.objects.filter(file=file).update(status="rejected")
    export = ExportFactory(by=director, what=f'{{"file": "{file.pk}", "kind": "check-ins"}}')
    process = worker()
    idle, begun = memory(process), time.perf_counter()
    tasks.call_writer(export.pk, person=director.pk)

    wait_for(lambda: Export.objects.get(pk=export.pk).status != ExportStatus.ASKED, within=600)
    export, taken = Export.objects.get(pk=export.pk), time.perf_counter() - begun
    assert (export.status, export.rows) == (ExportStatus.READY, many)
    with capsys.disabled():
        print(f"\n{many:,} rows to mend, {export.size / 1e6:.1f} MB in {taken:.1f} s:", end=" ")
        print(f"{idle:.0f} MB idle, {memory(process):.0f} MB at most")
    keeping.remove(export)
