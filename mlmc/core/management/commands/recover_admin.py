"""Nobody can sign in who could let anybody in. With a shell on this machine and the key sheet, a new admin can."""

import getpass

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mlmc.core import audit
from mlmc.core.context import Actor, acting_as
from mlmc.core.door import recovery


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("email", help="of the admin: somebody who is here already, or somebody new")
        parser.add_argument("--name", default="", help="of somebody new")

    def handle(self, *, email, name, **options):
        try:
            validate_email(email)
            recovery.check_words(getpass.getpass("The six words of the key sheet: "))
        except Exception as problem:
            raise CommandError("; ".join(getattr(problem, "messages", [str(problem)]))) from None
        now = timezone.now()
        with acting_as(Actor.system("accounts")), transaction.atomic(), audit.noting() as noted:
            user, token = recovery.recover_admin(email, name=name, at=now)
            audit.record(noted.act, "recover_admin", record=user.pk, why=noted.why)
            ends = user.invitations.get(used_at=None, ends_at__gt=now).ends_at
        self.stdout.write(
            f"{user.email} is a system admin. What they had before opens nothing any more.\n"
            f"This link works once, until {timezone.localtime(ends):%B %d, %H:%M}:\n"
            f"  {settings.SITE_URL}{reverse('core:join', args=[token])}\n"
            "Every admin and director is told, and it stands in the audit trail."
        )
