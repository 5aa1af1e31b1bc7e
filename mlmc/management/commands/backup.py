"""Make a backup now: sealed, read back, and copied to every place that is set. The keeper does the same each night."""

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from mlmc.backup import nightly, places


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        try:
            row = nightly.back_up(at=timezone.now())
        except nightly.CannotBackUp as problem:
            raise CommandError(f"No backup was made. {problem}") from None
        self.stdout.write(f"{places.folder() / row.name}: {row.rows} rows, {row.size} bytes, read back and whole.")
        for place in row.copied_to:
            self.stdout.write(f"Copied to the {place}.")
        if row.problem:
            raise CommandError(row.problem)
