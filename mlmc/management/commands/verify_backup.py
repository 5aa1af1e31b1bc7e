"""Open every seal of a backup and count every row. Without a file: the newest there is."""

from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from mlmc.backup import places, reading
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sealing import CannotRead


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *, file, **options):
        file = file or newest()
        try:
            said = reading.verify(file, read_ring(settings.MLMC_DATA_KEYS))
        except OSError as problem:
            raise CommandError(f"{file} cannot be read: {problem.strerror}.") from None
        except CannotRead as problem:
            raise CommandError(str(problem)) from None
        for table, of in said.items():
            self.stdout.write(f"{table:<32} {of['rows']:>9}  {of['digest'][:16]}")
        self.stdout.write(f"{file} is whole: {sum(of['rows'] for of in said.values())} rows in {len(said)} tables.")


def newest():
    files = sorted(places.folder().glob(f"*{places.SUFFIX}"))
    if not files:
        raise CommandError("There is no backup yet. `manage.py backup` makes one.")
    return files[-1]
