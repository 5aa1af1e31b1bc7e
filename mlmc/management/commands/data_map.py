"""The data map as CSV: each column of each table, how much harm it can do, and how it is kept."""

import csv

from django.core.management import BaseCommand

from mlmc import levels


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        lines = csv.writer(self.stdout, lineterminator="\n")
        lines.writerow(["model", "field", "level", "kept", "why it is not sealed"])
        lines.writerows(levels.rows())
