"""Make the keys by which people are found anew, for everybody. As the keeper; safe to run again."""

from django.core.management import BaseCommand

from cases import reindex


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        self.stdout.write(f"{reindex.lookup_keys()} keys, of every referral and youth.")
