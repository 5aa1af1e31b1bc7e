"""The three clocks: working days, clock hours, calendar days; nights, closures and the change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import promises
from mlmc.program import Program

BOSTON = ZoneInfo("America/New_York")
OURS = Program(closures=["2026-04-20"])  # a Monday


def at(*parts):
    return datetime(*parts, tzinfo=BOSTON)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (at(2026, 3, 2, 16, 52), at(2026, 3, 3, 16, 52)),  # Monday
        (at(2026, 3, 6, 16, 0), at(2026, 3, 9, 16, 0)),  # Friday, over the change to summer time
        (at(2026, 3, 7, 9, 0), at(2026, 3, 10, 0, 0)),  # Saturday: by the end of Monday
        (at(2026, 4, 19, 23, 47), at(2026, 4, 22, 0, 0)),  # Sunday before a closed Monday
        (at(2026, 4, 17, 10, 0), at(2026, 4, 21, 10, 0)),  # Friday before it
    ],
)
def test_a_reply_is_due_by_working_days(received, due):
    assert promises.reply_due(received, OURS) == due


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (at(2026, 4, 19, 23, 47), at(2026, 4, 22, 23, 47)),  # nights, Sunday and a closed Monday count
        (at(2026, 3, 6, 12, 0), at(2026, 3, 9, 13, 0)),  # the hour that did not happen is not given away
        (at(2026, 10, 30, 12, 0), at(2026, 11, 2, 11, 0)),  # the hour that happened twice is not taken twice
    ],
)
def test_first_contact_is_due_by_clock_hours(received, due):
    assert promises.contact_due(received, OURS) == due
    assert due.astimezone(UTC) - received.astimezone(UTC) == timedelta(hours=72)


def test_a_mentor_is_due_by_calendar_days_at_the_same_hour_on_the_wall():
    assert promises.mentor_due(at(2026, 3, 2, 9, 0), OURS) == at(2026, 3, 12, 9, 0)


def test_a_clock_says_in_what_state_it_is():
    clock = promises.Clock("reply", "Reply", at(2026, 3, 3, 12, 0))

    moments = [at(2026, 3, 2, 11, 59), at(2026, 3, 2, 12, 0), at(2026, 3, 3, 11, 59), at(2026, 3, 3, 12, 0)]
    assert [clock.state(moment) for moment in moments] == ["open", "soon", "soon", "late"]
    kept = promises.Clock("reply", "Reply", at(2026, 3, 3, 12, 0), met_at=at(2026, 3, 9))
    assert kept.state(at(2026, 4, 1)) == "met"


def test_the_clock_that_matters_is_the_one_that_runs_out_first():
    running = promises.clocks(
        received_at=at(2026, 3, 2, 9), replied_at=at(2026, 3, 2, 10), reached_at=None, program=OURS,
        accepted_at=at(2026, 3, 3, 9),
    )  # fmt: skip

    assert [clock.which for clock in running] == ["reply", "contact", "mentor"]
    assert promises.that_matters(running).which == "contact"
    assert promises.that_matters(running[:1]) is None


@pytest.mark.parametrize("which", ["reply", "contact", "mentor"])
@given(
    begun=st.datetimes(datetime(2026, 2, 20), datetime(2026, 4, 30)),
    now=st.datetimes(datetime(2026, 2, 20), datetime(2026, 5, 15)),
    days=st.integers(1, 3),
)
def test_what_a_query_calls_late_is_what_the_clock_calls_late(which, begun, now, days):
    ours = Program(closures=["2026-04-20"], reply_working_days=days)
    begun, now = begun.replace(tzinfo=UTC), now.replace(tzinfo=UTC)
    due = {
        "reply": promises.reply_due(begun, ours),
        "contact": promises.contact_due(begun, ours),
        "mentor": promises.mentor_due(begun, ours),
    }[which]

    late = promises.Clock(which, which, due).state(now) == "late"

    cutoff = promises.cutoff(which, now, ours).astimezone(UTC)
    if abs(begun - cutoff) > timedelta(hours=1):  # the hour of a change of clocks may be read either way
        assert (begun <= cutoff) == late


def test_closed_days_are_those_of_the_program():
    assert [day for day in range(17, 23) if OURS.closed_on(date(2026, 4, day))] == [18, 19, 20]
