"""What the outcome report costs: `python -m bench.figures` prints JSON, goals 10 to 12.

A hundred thousand youth at three waves, in a table of the floor's database. The floor is one statement that gives the
shares, their ratios and the paired changes with intervals; ours reads the same rows and makes the figures of a report.
"""

import json
import os
import random
import time

import django
import numpy as np
import psycopg2
import psycopg2.extras

django.setup()

from statsmodels.genmod.cov_struct import Exchangeable  # noqa: E402 (after setup)
from statsmodels.genmod.families import Poisson  # noqa: E402 (as above)
from statsmodels.genmod.generalized_estimating_equations import GEE  # noqa: E402 (as above)

from outcomes.estimates import fit_gee  # noqa: E402 (as above)
from outcomes.figures import make_figures  # noqa: E402 (as above)
from outcomes.gee import patterns  # noqa: E402 (as above)
from outcomes.panel import YES_NO, panel_of  # noqa: E402 (as above)

WAVES, PAIRS, MANY, SOME, FEW = (0, 6, 12), 5, 100_000, 1000, 43


def people(count):
    """(person, wave, yes) of youth who tend to answer as before; a quarter of each later wave is missed."""
    chance = random.Random(7)
    for person in range(count):
        leaning = chance.random()
        for wave, likely in zip(WAVES, (0.7, 0.4, 0.3), strict=True):
            if wave == 0 or chance.random() < 0.75:
                yield f"S{person:06}", wave, int(0.5 * leaning + 0.5 * chance.random() < likely)


def laid_down(cursor, count):
    cursor.execute("drop table if exists outcome; create table outcome (id text, wave smallint, y smallint)")
    psycopg2.extras.execute_values(cursor, "insert into outcome values %s", people(count), page_size=10_000)
    cursor.execute("analyze outcome")


FLOOR = """
    with share as (select wave, count(*) as n, avg(y) as p from outcome group by wave),
    change as (
        select later.wave, count(*) as n, avg(later.y - first.y) as mean, stddev(later.y - first.y) as sd
        from outcome first join outcome later on later.id = first.id and later.wave > 0
        where first.wave = 0 group by later.wave
    )
    select share.wave, share.n, share.p, share.p / first.p, change.mean,
           change.mean - 1.96 * change.sd / sqrt(change.n), change.mean + 1.96 * change.sd / sqrt(change.n)
    from share join share first on first.wave = 0 left join change on change.wave = share.wave order by 1
"""


def aggregated(cursor):
    cursor.execute(FLOOR)
    return cursor.fetchall()


def reported(cursor):
    cursor.execute("select id, wave, 'safe', y from outcome")
    return make_figures(panel_of(cursor.fetchall(), kinds={"safe": YES_NO}))


def timed(work, *args):
    begun = time.perf_counter()
    answer = work(*args)
    return time.perf_counter() - begun, answer


def against_sql(cursor):
    """Goal 10: the whole report against one statement, in turn. They have to find the same shares."""
    laid_down(cursor, MANY)
    ratios = []
    for _ in range(PAIRS):
        plain, rows = timed(aggregated, cursor)
        ours, figures = timed(reported, cursor)
        found = [figures.outcomes["safe"].waves[wave].n for wave in WAVES]
        assert found == [row[1] for row in rows], (found, rows)
        ratios.append(ours / plain)
    return ratios


def by_package(values):
    order = sorted(values)
    said, when = [values[key] for key in order], np.array([wave for _, wave in order])
    design = np.column_stack([np.ones(len(order)), *(when == wave for wave in WAVES[1:])]).astype(float)
    groups = [person for person, _ in order]
    return GEE(said, design, groups=groups, family=Poisson(), cov_struct=Exchangeable()).fit(ctol=1e-12, maxiter=500)


def answers(count):
    return {(person, wave): yes for person, wave, yes in people(count)}


def apart(count):
    """Goal 11: how far the largest coefficient or error is from the package's."""
    values = answers(count)
    theirs, ours = by_package(values), fit_gee(patterns(values, WAVES), list(WAVES[1:]), correlation="exchangeable")
    found = [*ours.log_ratio.values(), *ours.se.values()]
    return float(np.abs(np.array(found) - [*theirs.params[1:], *theirs.bse[1:]]).max())


def of_a_program(count):
    """Goal 12: the report of one program against one fit of the package, in turn, once both are warm."""
    rows, values = [(*key, "safe", yes) for key, yes in answers(count).items()], answers(count)
    ratios = []
    for _ in range(PAIRS + 1):
        theirs, _ = timed(by_package, values)
        ours, _ = timed(lambda: make_figures(panel_of(rows, kinds={"safe": YES_NO})))
        ratios.append(ours / theirs)
    return ratios[1:]


if __name__ == "__main__":
    with psycopg2.connect(os.environ["DATABASE_URL"]) as link, link.cursor() as floor:
        found = against_sql(floor)
    print(json.dumps({"report": found, "apart": max(apart(SOME), apart(FEW)), "program": of_a_program(FEW)}))
