"""Import a file of referrals. Ends by printing one line of JSON; rows that cannot be taken go to the error file."""

from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cases.importing import import_lines
from cases.referral_files import read_file
from mlmc.core.bringing.letters import NotAFile
from mlmc.core.context import Actor, acting_as, acting_user
from mlmc.core.models import Role
from mlmc.core.tables import write_privately

MAY_IMPORT = (Role.INTAKE, Role.ASSESSMENT, Role.DIRECTOR)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be stored")
        parser.add_argument("--errors", metavar="OUT.csv", type=Path, help="where the rows go that cannot be taken")
        parser.add_argument("--as", metavar="EMAIL", dest="email", help="who imports; not needed for a dry run")

    def handle(self, *, file, dry_run, errors, email, **options):
        try:
            lines = read_file(file.read_bytes())
        except OSError as problem:
            raise CommandError(f"{file} cannot be read: {problem.strerror}.") from None
        except NotAFile as problem:
            raise CommandError(str(problem)) from None
        with acting_as(actor(email, dry_run)), transaction.atomic():
            outcome = import_lines(lines, at=timezone.now(), store=not dry_run)
            # Written before the commit: an import whose rejected rows are nowhere does not happen.
            if errors:
                write_errors(errors, outcome.errors)
        for label, column, reason in [] if errors else outcome.errors:
            self.stderr.write(f"{label}{column and f', {column}'}: {reason}")
        self.stdout.write(outcome.as_json())


def actor(email, dry_run):
    if dry_run and not email:
        return Actor.system("import_dry_run")
    user = acting_user(email)
    if not user.has_role(*MAY_IMPORT):
        raise CommandError("Referrals are imported by intake, the assessment team or the director.")
    return Actor.of(user)


def write_errors(path, errors):
    try:
        write_privately(path, [["row", "column", "reason"], *errors])
    except OSError as problem:
        raise CommandError(f"{path} cannot be written: {problem.strerror}. Nothing was stored.") from None
