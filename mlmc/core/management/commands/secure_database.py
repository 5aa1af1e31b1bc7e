"""After every migrate, as the owner: the key that proves who acts, and the rights of the other log-ins."""

from django.conf import settings
from django.core.management import BaseCommand
from django.db import connection, transaction

from mlmc.core.context import key_pads
from mlmc.core.roles import APP, GUARD, KEEPER

WORK = "select, insert, update, delete"


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, **options):
        pads = key_pads(settings.MLMC_ACTOR_KEY.encode())
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into guard.actor_key (inner_pad, outer_pad) select %s, %s"
                " where not exists (select from guard.actor_key where inner_pad = %s)",
                [*pads, pads[0]],
            )
            cursor.execute(  # the last two: processes started before a change of key go on working
                "delete from guard.actor_key where id not in (select id from guard.actor_key order by id desc limit 2)"
            )
            cursor.execute(f"grant usage on schema public to {APP}, {KEEPER}, {GUARD}")
            cursor.execute(f"grant {WORK} on all tables in schema public to {APP}, {KEEPER}")
            cursor.execute(f"grant usage, select on all sequences in schema public to {APP}, {KEEPER}")
            cursor.execute(f"revoke insert, update, delete on django_migrations from {APP}, {KEEPER}")
            cursor.execute(f"grant select on all tables in schema public to {GUARD}")
