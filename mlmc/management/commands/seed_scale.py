"""Fill an empty database with a state's worth of made-up youth, as the owner (MLMC_DATABASE_ROLE=owner). The same
numbers tell the same stories; only the ciphertext differs."""

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from mlmc.seed import scale


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--cases", type=int, required=True)
        parser.add_argument("--meetings", type=int, help="in all; five a case where nothing is said")
        parser.add_argument("--mentors", type=int, help="one for nine youth where nothing is said")
        parser.add_argument("--trail", type=int, default=4, choices=range(5), help="lines of a meeting in the trail")
        parser.add_argument("--answered", type=float, default=0.6, help="which part of the surveys was answered")
        parser.add_argument("--number", type=int, default=2026, help="another number tells other stories")

    def handle(self, *, cases, meetings, mentors, trail, answered, number, **options):
        if cases < 1:
            raise CommandError("At least one youth.")
        try:
            scale.fill(
                cases=cases,
                meetings=cases * 5 if meetings is None else meetings,
                mentors=-(-cases // 9) if mentors is None else mentors,
                lines=trail,
                answered=answered,
                number=number,
                at=timezone.now(),
                say=self.say,
            )
        except scale.NotPossible as problem:
            raise CommandError(str(problem)) from None
        self.say(f"{cases} youth are there.")

    def say(self, words):
        if words != getattr(self, "said", ""):
            self.said = words
            self.stdout.write(f"{timezone.now():%H:%M:%S} {words}")
