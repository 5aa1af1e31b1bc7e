"""Bring a backup back into a database in which nobody is yet: whole, or not at all. It also moves a program from the
embedded servers to servers of its own, and back."""

from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from mlmc.backup import reading, restoring
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sealing import CannotRead


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--by-page", action="store_true", help="what the launcher says of a page that asked")

    def handle(self, *, file, by_page, **options):
        ring = read_ring(settings.MLMC_DATA_KEYS)
        try:
            reading.verify(file, ring)  # before anything is touched
            said = restoring.restore(file, ring, asked_by="page" if by_page else "command")
        except OSError as problem:
            raise CommandError(f"{file} cannot be read: {problem.strerror}.") from None
        except (CannotRead, restoring.CannotRestore) as problem:
            raise CommandError(str(problem)) from None
        for table, of in said.items():
            self.stdout.write(f"{table:<32} {of['rows']:>9}")
        self.stdout.write("Everything is back as the backup holds it; the policies stand; everybody signs in anew.")
