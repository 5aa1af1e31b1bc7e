"""The rows of a file that were not taken in, to be mended and uploaded again: as sensitive as what was uploaded."""

from mlmc.core.bringing import kinds, rejected
from mlmc.core.exporting.kinds import Kind, Refused
from mlmc.core.models import Import, Role


def rows(what, *, by, at):
    file = theirs(what, by=by)
    if file is None:
        raise Refused("This file is not yours to mend any more, or what stood in it is forgotten.")
    return rejected.table(file)


def theirs(what, *, by):
    """The file that was brought in, while what stood in it is kept and this person may bring in such files."""
    file = Import.objects.visible_to(by).filter(pk=what["file"], forgotten_at=None).first()
    kind = file and kinds.named(file.kind)
    return file if kind and kind.may_be_brought_by(by) else None


TO_MEND = Kind(
    name="to-mend",
    label="Rows to mend",
    may=(Role.ADMIN, Role.DIRECTOR, Role.INTAKE, Role.EVALUATION),
    rows=rows,
    called=lambda what, *, at: f"{what['kind']}-to-mend",
    stands=lambda what, *, by: theirs(what, by=by) is not None,
)
