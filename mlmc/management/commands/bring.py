"""Bring in a file of earlier records, or take one back. Prints one line of JSON; what became of it stands on the page
of whoever did it, too. Killed half-way, the same command goes on where it stopped."""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from mlmc.core.bringing import kinds, lifecycle, mapping, rejected, running, undoing, uploading
from mlmc.core.bringing.letters import NotAFile
from mlmc.core.context import Actor, acting_as, acting_user
from mlmc.core.models import Import
from mlmc.core.tables import write_privately

MAY_NOT_HAPPEN = (lifecycle.MoveNotAllowed, running.CannotBegin, uploading.NotYours, NotAFile)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        names = ", ".join(kind.name for kind in kinds.every())
        parser.add_argument("kind", metavar="KIND", nargs="?", help=names)
        parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="CSV or XLSX")
        parser.add_argument("--as", metavar="EMAIL", dest="email", required=True, help="who does this")
        parser.add_argument("--dry-run", action="store_true", help="only say what would become of it")
        parser.add_argument("--errors", metavar="OUT.csv", type=Path, help="where the rows go that are to be mended")
        parser.add_argument("--undo", metavar="ID", help="take a whole file back")

    def handle(self, *, kind, file, email, dry_run, errors, undo, **options):
        user = acting_user(email)
        try:
            with acting_as(Actor.of(user)):
                if undo:
                    said = take_back(undo, user=user)
                else:
                    found = kinds.named(kind or "")
                    if found is None or file is None:
                        names = ", ".join(one.name for one in kinds.every())
                        raise CommandError(
                            f"Say what the file holds and where it is: KIND FILE. KIND is one of {names}."
                        )
                    said = look(found, file, user=user) if dry_run else bring(found, file, user=user, errors=errors)
        except MAY_NOT_HAPPEN as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(json.dumps(said))


def read(path):
    try:
        return path.read_bytes()
    except OSError as problem:
        raise CommandError(f"{path} cannot be read: {problem.strerror}.") from None


def bring(kind, path, *, user, errors):
    content, now = read(path), timezone.now()
    with transaction.atomic():
        file = uploading.same_file_at_work(kind, content, by=user)
        if file is None:
            file = uploading.upload(kind, content, by=user, at=now)
            running.begin(file, by=user, at=now)
    running.run(file.pk, by_id=user.pk)
    return what_became(file.pk, errors)


def what_became(pk, errors):
    with transaction.atomic():
        file = Import.objects.get(pk=pk)
        if errors:
            try:
                write_privately(errors, rejected.table(file))
            except OSError as problem:
                words = (
                    f"{errors} cannot be written: {problem.strerror}. The rows stand on the page of this file, too."
                )
                raise CommandError(words) from None
        return outcome(file)


def outcome(file):
    names = ("total", "accepted", "added", "rejected", "undone", "kept")
    told = {name: getattr(file, name) for name in names}
    return {"import": str(file.pk), "status": file.status, **told} | (
        {"problem": file.problem} if file.problem else {}
    )


def look(kind, path, *, user):
    """As if it were brought in, row by row, and nothing of it is."""
    content, now = read(path), timezone.now()
    with transaction.atomic():
        file = uploading.upload(kind, content, by=user, at=now)
        if lacking := mapping.missing(kind, file.mapping):
            raise running.CannotBegin(f"No column holds: {', '.join(column.label for column in lacking)}.")
        rows = list(file.rows.order_by("number"))
        found = [
            one
            for start in range(0, len(rows), kind.at_once)
            for one in running.preview(file, kind, by=user, at=now, rows=rows[start : start + kind.at_once])
        ]
        transaction.set_rollback(True)
    bad = sum(bool(line.why) for _, line, _ in found)
    new = sum(not line.why and not here for _, line, here in found)
    return {"total": len(found), "accepted": len(found) - bad, "added": new, "rejected": bad}


def take_back(pk, *, user):
    try:
        with transaction.atomic():
            file = Import.objects.visible_to(user).filter(pk=pk).first()
            if file is None:
                raise CommandError("You have brought in no such file.")
            undoing.begin(file, by=user, at=timezone.now())
    except ValidationError:
        raise CommandError("This is no id of a file: bring prints it when it is done.") from None
    running.run(file.pk, by_id=user.pk, step=undoing.take_some_back)
    return what_became(file.pk, None)
