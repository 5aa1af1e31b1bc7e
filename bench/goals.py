"""What is promised of the speed, as ratios against a floor measured beside it, and what was found.

`figure` is a median over rounds, `range` its lowest and highest. A goal is missed when the median misses it by more
than 15 %, in two runs.
"""

from dataclasses import dataclass

from bench import load, pages, rounds, web
from bench.rounds import Figure

LEAST, MOST = "at least", "at most"
ROWS = 10_000
WORDS = "&".join(
    ["client_key=UUID", "kind=text", "held_on={today}", "minutes=15", "reached=yes", "mood=4", "words=A+good+talk."]
)


def shortened(value):
    return float(f"{value:.4g}")


@dataclass(frozen=True)
class Goal:
    name: str
    way: str
    goal: float
    moonshot: float

    def row(self, figure, *, note=""):
        found = figure if isinstance(figure, Figure) else Figure(figure, figure, figure)
        at_least = self.way == LEAST
        met = found.middle >= self.goal if at_least else found.middle <= self.goal
        there = found.middle >= self.moonshot if at_least else found.middle <= self.moonshot
        return {
            "name": self.name,
            "figure": shortened(found.middle),
            "range": [shortened(found.low), shortened(found.high)],
            "way": self.way,
            "goal": self.goal,
            "moonshot": self.moonshot,
            "met": met,
            "moonshot_reached": there,
            **({"note": note} if note else {}),
        }


GOALS = {
    "1": Goal("A mentor's check-in against a bare hello", LEAST, 0.07, 0.12),
    "2": Goal("The same against a bare form with sign-in and CSRF", LEAST, 0.75, 1.3),
    "3": Goal("Statements of a check-in", MOST, 8, 5),
    "4": Goal("Caseload page, the largest program against the smallest", MOST, 1.2, 1.05),
    "5": Goal("Statements of the caseload page", MOST, 12, 6),
    "6": Goal("Caseload page in the largest program against a bare hello", LEAST, 0.06, 0.114),
    "10": Goal("The outcome report of 100,000 youth against one SQL aggregation", MOST, 5, 1.5),
    "11": Goal("Its coefficients and errors, apart from statsmodels'", MOST, 1e-6, 1e-9),
    "12": Goal("The report of 43 youth against one fit by statsmodels", MOST, 1, 0.25),
    "13": Goal("Who is due, counted, against a naive scan", MOST, 0.10, 0.01),
    "14": Goal("Messages to many people against one INSERT … SELECT", MOST, 3, 1.5),
    "15": Goal("Reminders of one day, the second time against the first", MOST, 1, 0.6),
    "16": Goal("Bringing in check-ins, rows a second, against execute_values", LEAST, 0.2, 0.5),
    "17": Goal("A page that asks no database, through everything, against a bare hello", LEAST, 0.5, 0.8),
    "18": Goal("Check-in with 16 at once: 99th of 100 against the middle", MOST, 4, 2),
}


def check_ins(name, url, people, today):
    words = WORDS.format(today=today)
    rows = [(f"/check-in/{key}/", one, words) for one in people for key in one["mentorships"][:3]]
    return load.post(name, url, rows)


def over_http(bed, size, largest, floor, servers, *, people, turns, today, say):
    """Goals 1, 2, 6, 17, 18 on the database of this size; the caseload page also on the largest. Returns the rows and
    how long a check-in and a caseload page take at 1, 4 and 16 at once."""
    ours = servers[size].url
    mentors = [one for one in web.people(bed, size, "mentor", people) if one["mentorships"]]
    many = [one for one in web.people(bed, largest, "mentor", people) if one["mentorships"]]
    writers = [("/form/", one, "kind=text&held_on=2026-01-05&minutes=15&words=A+good+talk.") for one in bed.writers]
    hello = load.get("hello", floor.url, "/hello/")
    found = rounds.measure(
        hello,
        [
            (check_ins("check-in", ours, mentors, today), 4),
            (load.post("form", floor.url, writers), 4),
            (load.get("caseload", servers[largest].url, "/my-youth/", many), 4),
            (load.get("alive", ours, "/alive/"), 4),
            (check_ins("check-in-16", ours, mentors, today), 16),
        ],
        rounds=turns,
        say=say,
    )
    saved, form = found["check-in"].samples, found["form"].samples
    against = [one.per_second / other.per_second for one, other in zip(saved, form, strict=True)]
    tails = [one.p99 / one.p50 for one in found["check-in-16"].samples]
    note = "noisy: hello itself changed more than threefold" if rounds.is_noisy(found) else ""
    figures = {
        "1": Figure.of(found["check-in"].ratios),
        "2": Figure.of(against),
        "6": Figure.of(found["caseload"].ratios),
        "17": Figure.of(found["alive"].ratios),
        "18": Figure.of(tails),
    }
    rows = {number: GOALS[number].row(figure, note=note) for number, figure in figures.items()}
    return rows, waits(ours, mentors, today)


def waits(url, mentors, today):
    """Milliseconds at the middle, the 95th and the 99th of 100."""
    found = {}
    for endpoint in (check_ins("check-in", url, mentors, today), load.get("caseload", url, "/my-youth/", mentors)):
        for connections in (1, 4, 16):
            sample = load.run(endpoint, connections=connections, seconds=3)
            found[f"{endpoint.name}, {connections} at once"] = [sample.p50, sample.p95, sample.p99]
    return found


def statements(bed, size):
    """Goals 3 and 5: for the mentors with the fewest and the most youth, which has to be the same."""
    few, many = web.asked("bench.queries", environment=bed.environment(size.database))
    note = f"{few['youth']} and {many['youth']} youth: "
    return {
        number: GOALS[number].row(
            Figure(many[what], *sorted((few[what], many[what]))), note=note + f"{few[what]} and {many[what]}"
        )
        for number, what in (("3", "check_in"), ("5", "page"))
    }


def as_it_grows(bed, small, large, servers):
    """Goal 4."""
    return {"4": GOALS["4"].row(Figure(*pages.compared(bed, small, large, (servers[small], servers[large]))))}


def by_the_clock(bed, size):
    """Goals 13 to 15."""
    found = web.asked("bench.clock", "10000", environment=bed.environment(size.database))
    rows = Figure.of(found["rows"])
    return {
        "13": GOALS["13"].row(
            Figure.of(found["counts"]), note=f"{found['due']:,} due; their rows: {rows.middle:.3f} of the scan"
        ),
        "14": GOALS["14"].row(Figure.of(found["inserted"]), note=f"{found['people']:,} messages"),
        "15": GOALS["15"].row(
            found["again"], note=f"{found['first']:,} messages the first time, {found['new']} the second"
        ),
    }


def bringing_in(bed, size):
    """Goal 16."""
    floor = {"FLOOR_URL": bed.environment("floor")["DATABASE_URL"]}
    found = web.asked("bench.importing", str(ROWS), environment=bed.environment(size.database) | floor)
    return {"16": GOALS["16"].row(Figure.of(found["ratios"]), note=f"{ROWS:,} rows, a thousand at a time")}


def report(bed):
    """Goals 10 to 12, which no program's size changes."""
    found = web.asked("bench.figures", environment=bed.environment("floor"))
    return {
        "10": GOALS["10"].row(Figure.of(found["report"])),
        "11": GOALS["11"].row(found["apart"]),
        "12": GOALS["12"].row(Figure.of(found["program"])),
    }
