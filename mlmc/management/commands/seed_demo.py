"""Load the demo program into an empty database. Everybody in it is made up."""

import random

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from mlmc import program
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import User
from mlmc.help import practice
from mlmc.seed import answers, staff, stories
from outcomes import counting


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--number", type=int, default=2026, help="another number tells other stories")

    def handle(self, *, number, **options):
        now = timezone.now()
        with acting_as(Actor.system("seed")), transaction.atomic():
            if User.objects.exists():
                raise CommandError("There are people here already: the demo loads into an empty database only.")
            program.mark("demo")
            rng = random.Random(number)
            people = staff.make(at=now)
            stories.tell(rng, people, now=now)
            practice.make(by=people["priya"], at=now)
            answers.give(rng, now=now, today=timezone.localdate(now))
            counting.keep_figures(at=now)
        self.stdout.write("The demo program is loaded.")
