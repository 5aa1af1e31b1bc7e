"""Look at a server of one's own, part by part, and say what is wrong in words. Ends with 1 where something is."""

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from mlmc import installation
from mlmc.core.context import Actor, acting_as


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        wrong = 0
        with acting_as(Actor.system("watch")), transaction.atomic():
            found = list(installation.checks())
        for check in found:
            self.stdout.write(f"{'ok ' if check.fine else '!! '} {check.name:<26} {check.words}")
            if not check.fine:
                wrong += 1
                self.stdout.write(f"    {check.todo}")
        if wrong:
            raise CommandError(f"{wrong} to mend. Run this again afterwards.")
        self.stdout.write("Everything is as it should be.")
