"""After MLMC_INDEX_KEY was changed: every blind index anew. As the keeper, with web and worker stopped, in one run."""

from django.core.management import BaseCommand

from cases import reindex
from mlmc.core import keys


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        with keys.new_index_key():
            found, imported, forgotten = reindex.everything()
        self.stdout.write(
            f"{found} keys people are found by and {imported} imported rows are indexed with the new key.\n"
            f"{forgotten} counted attempts were forgotten: whom they were about, only the old key knew.\n"
            "The recovery words changed with the key: print a new key sheet (`manage.py key_sheet`)."
        )
