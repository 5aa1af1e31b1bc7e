"""After every migrate, as the owner: the key that proves who acts, the policies of every table, the months ahead of
the trail. It changes what differs, and refuses to end while a table is open."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from mlmc.core import audit
from mlmc.core.context import key_pads
from mlmc.core.postgres import history, rls
from mlmc.core.postgres.catalog import EXEMPT, silent_tables, unprotected_tables
from mlmc.core.postgres.roles import APP, GUARD, KEEPER


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, **options):
        with connection.cursor() as cursor:
            self.keep_key(cursor)
            cursor.execute(f"grant usage on schema public to {APP}, {KEEPER}, {GUARD}")
            cursor.execute(f"grant usage, select on all sequences in schema public to {APP}, {KEEPER}")
            self.write_policies(cursor)
        if found := silent_tables():
            raise CommandError(
                f"What changes in these tables is not written down: {', '.join(found)}. Rows by the million were"
                " stopped in the middle, so this database is not whole: make it anew."
            )
        audit.prepare_months(timezone.now().date())
        if found := unprotected_tables():
            raise CommandError(f"The program can reach these tables without a policy: {', '.join(found)}")

    def keep_key(self, cursor):
        pads = key_pads(settings.MLMC_ACTOR_KEY.encode())
        cursor.execute(
            "insert into guard.actor_key (inner_pad, outer_pad) select %s, %s"
            " where not exists (select from guard.actor_key where inner_pad = %s)",
            [*pads, pads[0]],
        )
        cursor.execute(  # the last two: processes started before a change of key go on working
            "delete from guard.actor_key where id not in (select id from guard.actor_key order by id desc limit 2)"
        )

    def write_policies(self, cursor):
        words = [*rls.statements(*rls.tables()), *history.statements(), *self.exemptions()]
        digest = rls.digest(words)
        cursor.execute("select obj_description('guard'::regnamespace)")
        if cursor.fetchone()[0] == digest:
            return
        cursor.execute(f"revoke all on all tables in schema public from {APP}, {KEEPER}, {GUARD}")
        for statement in words:
            cursor.execute(statement)
        cursor.execute(f"comment on schema guard is '{digest}'")

    def exemptions(self):
        for table, (rights, _) in EXEMPT.items():
            yield f"grant {rights} on {table} to {APP}, {KEEPER}"
