"""Figures as a file for programs or spreadsheets: of the answers given here, or of a table without storing it."""

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from mlmc.core.context import Actor, acting_as
from outcomes import counting
from outcomes.export import as_csv, as_json
from outcomes.panel import PanelProblem

FORMATS = {"json": as_json, "csv": as_csv}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=FORMATS, default="json")
        parser.add_argument("--from", dest="path", metavar="FILE.csv", help="compute from this table, store nothing")
        parser.add_argument("--cohort", default="", help="only the people of this cohort")

    def handle(self, *args, path, cohort, **options):
        try:
            figures = counting.from_file(path, cohort=cohort) if path else self.stored(cohort)
        except (PanelProblem, counting.TooFew) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(FORMATS[options["format"]](figures), ending="")

    def stored(self, cohort):
        with acting_as(Actor.system("figures")), transaction.atomic():
            return counting.from_database(cohort=cohort)
