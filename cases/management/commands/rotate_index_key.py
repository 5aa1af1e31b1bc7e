"""After MLMC_INDEX_KEY was changed: every blind index anew. As the keeper, with web and worker stopped, in one run."""

from django.core.management import BaseCommand

from cases import reindex
from mlmc.core.keys import proof


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        with proof.new_index_key():
            done = reindex.everything()
        self.stdout.write(
            "{keys} keys people are found by, {imported} imported rows and {passkeys} passkeys are indexed with the"
            " new key.\n{codes} recovery codes and {attempts} counted attempts were forgotten: what they stood for,"
            " only the old key knew. Ask everybody to make new codes.\n"
            "The recovery words changed with the key: print a new key sheet (`manage.py key_sheet`).".format(**done)
        )
