"""Making figures, from the database or a file. For workers and commands: it brings the statistics package with it."""

from dataclasses import replace

from django.db import connection, transaction

from mlmc import program
from outcomes import answered, instruments
from outcomes.analysis import may_show
from outcomes.figures import make_figures
from outcomes.models import ReportSnapshot
from outcomes.panel import read_panel_file

ONE_AT_A_TIME = 20_540_002  # the number of our advisory lock


class TooFew(Exception):
    """The group, or the rest beside it, is too small to be shown. The message is fit for the user."""


def refuse_small_group(n_group, n_all, *, limit):
    if not may_show(n_group, n_all, limit=limit):
        raise TooFew(
            f"This cohort, or the rest of the people beside it, has fewer than {limit} people, so its figures are "
            "not shown to anybody."
        )


def from_file(path, *, cohort=""):
    """Figures of a file. Nothing is stored, and the database is not asked."""
    panel = read_panel_file(path)
    if cohort:
        everybody = len(panel.people)
        panel = panel.of_cohort(cohort)
        refuse_small_group(len(panel.people), everybody, limit=program.Program.small_group)
    return make_figures(panel).as_dict()


def from_database(*, cohort=""):
    if cohort:
        limit = program.current().small_group
        refuse_small_group(answered.people(cohort).count(), answered.people().count(), limit=limit)
    figures = make_figures(answered.panel(cohort))
    return replace(figures, follow_up=answered.follow_up(cohort)).as_dict()


def alone():
    """One worker at a time, without a right to change what is counted; the others find the figures made."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        return cursor.fetchone()[0]


@transaction.atomic
def keep_figures(*, at):
    """Store figures of everybody and of each cohort that may be shown, if there is anything newer than the last."""
    newest = answered.newest_answer()
    if newest is None:
        return 0
    if not alone():
        return 0
    instrument = instruments.newest()
    last = ReportSnapshot.objects.filter(cohort="").order_by("-made_at").first()
    if last and last.answers_until >= newest and last.definitions_version == instrument.version:
        return 0
    kept = 0
    for cohort in ["", *answered.cohorts()]:
        try:
            figures = from_database(cohort=cohort)
        except TooFew:
            continue
        ReportSnapshot.objects.create(
            cohort=cohort,
            definitions_version=instrument.version,
            made_at=at,
            answers_until=newest,
            figures=figures,
        )
        kept += 1
    return kept
