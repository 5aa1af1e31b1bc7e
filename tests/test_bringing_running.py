"""Rows are taken in by the worker: ten thousand, a killed one, one that stops, one that is taken back."""

import json
import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Youth
from mentors.models import Meeting
from mlmc.core import tasks
from mlmc.core.bringing import kinds, running, undoing, uploading
from mlmc.core.models import Import, ImportRow, ImportStatus, RowStatus
from mlmc.core.postgres.roles import APP
from tests.bringing import as_csv, brought, counts, taken_back, uploaded
from tests.conftest import acting, as_role
from tests.factories import MentorFactory, MentorshipFactory, UserFactory, YouthFactory
from tests.waiting import wait_for

ROWS = [{"Number": "A-1", "First name": "José", "DOB": "2009-04-17"}]


@pytest.fixture
def intake(db):
    return UserFactory(intake=True)


def test_ten_thousand_rows_with_three_percent_bad_are_all_somewhere_and_a_second_upload_adds_none(db):
    """F20, with check-ins: encodings mixed cell by cell, duplicates, formulas, NUL, missing days."""
    director, chance = UserFactory(director=True), random.Random(4)
    mentors = [MentorFactory(user__email=f"m{number}@example.org") for number in range(10)]
    for number in range(100):
        youth = YouthFactory(identity=True, identity__earlier_number=f"A-{number}")
        MentorshipFactory(mentor=mentors[number // 10], case__youth=youth)
    first = timezone.localdate() - timedelta(days=190)
    rows = [
        {
            "Youth": f"A-{n % 100}",
            "Mentor": f"m{n % 100 // 10}@example.org",
            "Day": (first + timedelta(days=n // 100)).isoformat(),
            "Kind": chance.choice(["In person", "Text", "Call"]),
            "Words": f"José {n}",
        }
        for n in range(10_000)
    ]
    spoil = [
        ("Day", ""),
        ("Day", "2026-02-30"),
        ("Kind", "=1+1"),
        ("Words", "N\0UL"),
        ("Youth", "A-404"),
        ("Mentor", "?"),
    ]
    for number, bad in enumerate(rows[7::33][:300]):
        column, words = spoil[number % len(spoil)]
        bad[column] = words
    text = as_csv(rows).encode()
    text = text.replace("José 5".encode(), "José 5".encode("cp1252"))
    begun = time.monotonic()

    file = brought("check-ins", text, by=director)

    assert time.monotonic() - begun < 40
    assert counts(file) == {"total": 10_000, "accepted": 9_700, "added": 9_700, "rejected": 300}
    assert Meeting.objects.count() == 9_700
    by_status = [ImportRow.objects.filter(file=file, status=status).count() for status in RowStatus]
    assert sum(by_status) == 10_000
    again = brought("check-ins", text, by=director)
    assert counts(again) == {"total": 10_000, "accepted": 9_700, "added": 0, "rejected": 300}
    assert Meeting.objects.count() == 9_700
    back = taken_back(file, by=director)
    assert (back.status, back.undone, Meeting.objects.count()) == (ImportStatus.UNDONE, 9_700, 0)


def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(committed, worker):
    intake = UserFactory(intake=True)
    rows = [ROWS[0] | {"Number": f"A-{n}", "First name": f"Kez{n}"} for n in range(4000)]
    file = uploaded("youth", rows, by=intake)
    with acting(intake):
        running.begin(file, by=intake, at=timezone.now())
    first = worker()
    tasks.wake(file.pk, person=intake.pk)

    def now():
        file.refresh_from_db()
        return file

    wait_for(lambda: now().done >= 1000, why=lambda: str(now().done))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    half = now().done
    assert half < 4000 and now().status == ImportStatus.RUNNING
    Import.objects.update(moved_at=timezone.now() - timedelta(minutes=3))
    worker()
    with as_role(APP):
        tasks.bring_on()

    wait_for(lambda: now().status == ImportStatus.FINISHED, why=lambda: str(now().done))
    assert counts(now()) == {"total": 4000, "accepted": 4000, "added": 4000, "rejected": 0}
    assert Youth.objects.count() == 4000


def test_rows_are_sealed_and_forgotten_after_thirty_days(intake):
    file = brought("youth", ROWS, by=intake)
    later = brought("youth", [ROWS[0] | {"Number": "A-2"}], by=intake)
    Import.objects.filter(pk=file.pk).update(made_at=timezone.now() - timedelta(days=31))
    row = ImportRow.objects.filter(file=file).get()
    assert json.loads(row.cells)[0] == "A-1"

    with as_role(APP):
        tasks.forget_files()

    assert [one.cells is None for one in ImportRow.objects.order_by("file__made_at")] == [True, False]
    file.refresh_from_db()
    later.refresh_from_db()
    assert file.forgotten_at is not None and later.forgotten_at is None
    with acting(intake), pytest.raises(running.CannotBegin, match="forgotten"):
        running.begin(file, by=intake, at=timezone.now())


def test_something_unforeseen_while_it_is_taken_back_stops_it_as_well(intake, monkeypatch):
    """Or the clock would take it up again and again."""
    file = uploaded("youth", ROWS, by=intake)
    with acting(intake):
        running.begin(file, by=intake, at=timezone.now())
        running.run(file.pk, by_id=intake.pk)
        undoing.begin(Import.objects.get(pk=file.pk), by=intake, at=timezone.now())

    def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("mlmc.core.bringing.kinds.let_go", broken)
    with acting(intake), pytest.raises(RuntimeError):
        running.run(file.pk, by_id=intake.pk, step=undoing.take_some_back)

    file.refresh_from_db()
    assert (file.status, file.problem) == (ImportStatus.STOPPED, running.BROKE)


def test_something_unforeseen_stops_the_file_and_is_said(intake, monkeypatch):
    file = uploaded("youth", ROWS, by=intake)
    kind = kinds.named("youth")

    def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(
        "mlmc.core.bringing.kinds.every", lambda: [kind.__class__(**{**kind.__dict__, "make": broken})]
    )
    with acting(intake):
        running.begin(file, by=intake, at=timezone.now())
        with pytest.raises(RuntimeError):
            running.run(file.pk, by_id=intake.pk)

    file.refresh_from_db()
    assert (file.status, file.problem) == (ImportStatus.STOPPED, running.BROKE)
    monkeypatch.undo()
    with acting(intake):
        running.begin(file, by=intake, at=timezone.now())
        running.run(file.pk, by_id=intake.pk)
    assert Youth.objects.count() == 1


def test_a_file_taken_back_is_brought_in_anew_with_other_columns(intake):
    file = brought("youth", [ROWS[0] | {"Town": "Lynn"}], by=intake)
    file = taken_back(file, by=intake)

    with acting(intake):
        uploading.start_over(file, at=timezone.now())
        uploading.choose_columns(file, kinds.named("youth"), {"number": 0, "first": 1, "born": 2, "area": None})
        running.begin(file, by=intake, at=timezone.now())
        running.run(file.pk, by_id=intake.pk)

    file.refresh_from_db()
    assert (file.added, Youth.objects.get().area) == (1, "")
