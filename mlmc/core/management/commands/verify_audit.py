"""Check the chains of the trail, month by month, and print the anchor of each to keep off this machine. An anchor that
was kept, given with --anchor, shows also that nothing was cut off at the end."""

import datetime

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from mlmc.core import audit
from mlmc.core.models import AuditEntry


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("month", nargs="?", type=month, help="as 2026-11; without it, every month there is")
        parser.add_argument("--anchor", help="what this month's anchor was when it was over")

    @transaction.atomic
    def handle(self, *, month, anchor, **options):
        if anchor and not month:
            raise CommandError("Say which month this is the anchor of.")
        months = [month] if month else AuditEntry.objects.order_by("month").values_list("month", flat=True).distinct()
        found = [problem for one in months for problem in self.look_at(one, anchor)]
        if found:
            raise CommandError("\n".join(found))

    def look_at(self, month, kept):
        found = [f"{month:%Y-%m}, lane {lane}, entry {seq}: {fault}" for lane, seq, fault in audit.breaks(month)]
        anchor = audit.anchor(month)
        if kept and kept != anchor:
            found.append(f"{month:%Y-%m}: this is not the anchor that was kept")
        if not found:
            running = (
                "" if month < timezone.now().date().replace(day=1) else " (so far; it grows until the month ends)"
            )
            self.stdout.write(f"{month:%Y-%m} is whole. Anchor: {anchor}{running}")
        return found


def month(words):
    return datetime.date.fromisoformat(f"{words}-01")
