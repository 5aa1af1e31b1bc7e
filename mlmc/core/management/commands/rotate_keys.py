"""Seal anew, with the first key of MLMC_DATA_KEYS, what older keys have sealed, as the keeper, while people work."""

from django.core.management import BaseCommand

from mlmc.core.crypto import key_ring, sealing_number
from mlmc.core.keys import rotation


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only count what is left on old keys")

    def handle(self, *, check, **options):
        left, numbers = 0, set()
        for turned in rotation.turn(only_count=check):
            left, numbers = left + turned.left, numbers | turned.numbers
            self.stdout.write(f"{turned.table:<28} {turned.anew:>9} sealed anew {turned.left:>9} left on old keys")
        self.stdout.write(self.in_words(left, numbers))
        if not check:
            rotation.retire(numbers)

    def in_words(self, left, numbers):
        ours = sealing_number()
        others = ", ".join(str(number) for number in key_ring() if number != ours)
        if not left:
            may_go = f" Key {others} may go out of MLMC_DATA_KEYS once every process seals with key {ours}."
            return f"Everything here is sealed with key {ours}.{may_go if others else ''}"
        old = ", ".join(map(str, sorted(numbers)))
        lost = sorted(set(numbers) - set(key_ring()))
        words = f"{left} rows are left on key {old}. Restart what still seals with it, then run this again."
        if lost:
            words += f" Key {', '.join(map(str, lost))} is not in MLMC_DATA_KEYS: put it back first."
        return words
