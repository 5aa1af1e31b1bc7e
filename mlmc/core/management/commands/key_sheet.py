"""The sheet to print and lock away: the keys without which nothing can be read, in lines to type back."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from mlmc.core.door.recovery import recovery_words
from mlmc.core.keys import proof
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sheet import Line, WrongLine, sheet, typed_back


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--out", metavar="FILE.html", help="a file to print, for its owner alone")
        how.add_argument("--check", action="store_true", help="type lines back, and hear whether each is right")
        how.add_argument("--restore", action="store_true", help="type every line back, and get the settings")

    def handle(self, *, out, check, restore, **options):
        if check:
            self.check_lines()
        elif restore:
            self.restore()
        else:
            self.make(out)

    def make(self, out):
        try:
            proof.check()
        except ImproperlyConfigured as problem:  # a sheet of other keys would be worse than none
            raise CommandError(str(problem)) from None
        if out:
            self.write(out)
        else:
            self.stdout.write(render_to_string("core/key_sheet.txt", context()))

    def write(self, path):
        css = (settings.BASE_DIR / "static/css/key-sheet.css").read_text()
        style = mark_safe(f"<style>{css}</style>")  # our own file, for a page that is printed alone
        page = render_to_string("core/key_sheet.html", context() | {"style": style})
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(page)
        except FileExistsError:
            raise CommandError("That file is there already, and nothing is written over. Name another.") from None
        self.stdout.write("Open it in a browser, print it, lock it away, and remove the file.")

    def typed(self):
        """Each line that is typed, until an empty one."""
        self.stdout.write("Type a line as it stands on the sheet. An empty line ends.")
        while typed := self.stdin_line():
            try:
                yield Line.read(typed)
            except WrongLine as problem:
                self.stdout.write(str(problem))

    def stdin_line(self):
        try:
            return input("> ").strip()
        except EOFError:
            return ""

    def check_lines(self):
        ours = {str(line) for lines in ours_by_label().values() for line in lines}
        for line in self.typed():
            right = "Right." if str(line) in ours else "Typed without a slip, but it is not a key of this program."
            self.stdout.write(f"{line.head}: {right}")

    def restore(self):
        try:
            found = typed_back(list(self.typed()))
        except WrongLine as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write("\n".join(f"{name}={value}" for name, value in found.items()))


def ours_by_label():
    return sheet(read_ring(settings.MLMC_DATA_KEYS), settings.MLMC_INDEX_KEY)


def context():
    found = ours_by_label()
    return {
        "data_keys": [(label[1:], lines) for label, lines in found.items() if label != "X"],
        "index_lines": found["X"],
        "recovery_words": recovery_words(),
        "printed_on": timezone.localdate(),
        "site": settings.SITE_URL,
    }
