"""Erase every record of one youth, for good: in the database, in its history, and again after every restore. Backups
made before keep them until they are let go. Only where the law or the youth asks for it; nobody is cut off by it."""

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from cases.models import Youth
from mlmc.backup import purging


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("code", help="of the youth, such as Y-0412")
        parser.add_argument("--again", required=True, metavar="CODE", help="the code once more: no slip erases")

    def handle(self, *, code, again, **options):
        if code != again:
            raise CommandError("The two codes differ. Nothing was erased.")
        youth = Youth.objects.filter(code=code).first()
        if youth is None:
            raise CommandError("Nobody has this code.")
        rows = purging.purge(youth, at=timezone.now())
        self.stdout.write(f"{rows} rows are gone. Every director and admin is told.")
