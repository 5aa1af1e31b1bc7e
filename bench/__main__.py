"""`make bench`: what is promised of the speed, measured on this machine. QUICK=1 takes small sizes, MILLION=1 adds a
million youth to the growth of the lists."""

import contextlib
import datetime
import os
import shutil
import sys
import time

from bench import goals, pages, report, web
from bench.servers import HOME, Size, bed

STATE = Size(30_000, 7_500_000, trail=4)
GROWTH = [Size(cases, 5 * cases) for cases in (1_000, 10_000, 30_000, 100_000)]
MILLION = Size(1_000_000, 5_000_000, answered=0.02)
QUICK = [Size(1_000, 5_000, trail=4), Size(10_000, 50_000, trail=4)]
MENTORS, FEW_MENTORS = 600, 60
WHOLE = "About 12 minutes, and 25 more the first time, to fill the databases; they are kept and take 30 GB."
SMALL = "About five minutes, and two more the first time, to fill two small databases, which are kept."


def say(words):
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


def main(quick, million):
    print(SMALL if quick else WHOLE, "To fill a million takes half an hour, and 12 GB." if million else "")
    if shutil.which("wrk") is None:
        sys.exit("This needs wrk, which loads the servers: apt-get install wrk.")
    sizes = QUICK if quick else [*GROWTH, *([MILLION] if million else [])]
    state = QUICK[-1] if quick else STATE
    with bed() as ours:
        for size in dict.fromkeys([*sizes, state]):
            if not ours.has(size):
                say(f"filling {size.words}")
                ours.fill(size)
            ours.bring_up_to_date(size)
        ours.make_floor()
        found = measured(ours, sizes, state, turns=3 if quick else 7, people=FEW_MENTORS if quick else MENTORS)
    report.keep(found)
    for number, row in found["goals"].items():
        say(f"{number:>8}  {row['figure']:<8} {row['way']} {row['goal']}: {'met' if row['met'] else 'MISSED'}")
    print("bench/RESULTS.md has it all.")


def measured(ours, sizes, state, *, turns, people):
    small, largest, today = sizes[0], sizes[-1], datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    with contextlib.ExitStack() as stack:
        floor = stack.enter_context(web.floor(ours))
        servers = {size: stack.enter_context(web.product(ours, size)) for size in dict.fromkeys([*sizes, state])}
        ours.writers = web.floor_people(ours, people)
        rows = {}
        for size in (small, state):
            say(f"over HTTP, {size.words}")
            told = {"people": people, "turns": turns, "today": today, "say": say}
            http, waits = goals.over_http(ours, size, largest, floor, servers, **told)
            http |= goals.statements(ours, size)
            say("the clock")
            http |= goals.by_the_clock(ours, size) | goals.bringing_in(ours, size)
            rows |= http if size == state else {f"{number}, {size.cases:,}": row for number, row in http.items()}
        say("the caseload page, the smallest program and the largest in turn")
        rows |= goals.as_it_grows(ours, small, largest, servers)
        say("the outcome report")
        rows |= goals.report(ours)
        say("every list page at every size")
        growth = pages.growth(ours, sizes, [servers[size] for size in sizes], say=say)
        memory = servers[state].memory()
    return {
        "at": today,
        "machine": report.machine(),
        "sizes": [size.words for size in servers],
        "goals": dict(sorted(rows.items(), key=lambda one: (int(one[0].split(",")[0]), one[0]))),
        "growth": {name: {str(cases): round(ms, 2) for cases, ms in row.items()} for name, row in growth.items()},
        "waits": {name: [round(ms, 1) for ms in row] for name, row in waits.items()},
        "memory": memory,
    }


if __name__ == "__main__":
    HOME.mkdir(parents=True, exist_ok=True)
    main(*(bool(os.environ.get(name)) for name in ("QUICK", "MILLION")))
