"""Bring in answers that were given elsewhere: columns id, wave_months and one per item or score, perhaps cohort."""

import json

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from mlmc.core.context import Actor, acting_as, acting_user
from mlmc.core.models import Role
from outcomes.imports import bring_in
from outcomes.panel import PanelProblem, read_panel_file


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("path", metavar="FILE.csv")
        parser.add_argument("--as", dest="email", help="who does this, by e-mail: an evaluation manager")
        parser.add_argument("--cohort", default="", help="put everybody of this file into this cohort")

    def handle(self, *args, path, email, cohort, **options):
        try:
            panel = read_panel_file(path)
            with acting_as(actor_of(email)), transaction.atomic():
                done = bring_in(panel, cohort=cohort, at=timezone.now())
        except PanelProblem as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(json.dumps(done))


def actor_of(email):
    if email is None:
        return Actor.system("import")
    user = acting_user(email)
    if not user.has_role(Role.EVALUATION):
        raise CommandError("Answers are brought in by an evaluation manager: --as with the e-mail of one.")
    return Actor.of(user)
