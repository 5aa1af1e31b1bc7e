"""A backup comes back by page, into a program in which nobody is yet.

Whoever serves pages owns no table. So the page looks at what it is given and lays it down, and the launcher, which
watches for it, does the rest: mlmc.launcher.returning. Under a server installation nobody watches, and
there is no such page.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format

from mlmc.backup import keeping, places, reading
from mlmc.backup.tray import Tray
from mlmc.core import audit, throttle
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sealing import CannotRead, OtherKey, begin
from mlmc.core.templatetags.ui import short_when
from mlmc.office import founding

CODE, FREE = "restore.code", 5  # wrong codes before anybody waits
KNOWS = "knows the code of this start"
SENT = "sent"
NEEDS_SHEET = "The keys of this machine do not open this backup. Type the lines of its key sheet."
OFFERED, WORKING, FAILED, DONE = "offered", "working", "failed", "done"


class Refused(Exception):
    """Not with this code, or not now. The message is fit for the user."""


class CannotAsk(Exception):
    """This backup cannot come back. The message is fit for the user, and names no key."""


class OtherSheet(CannotAsk):
    """Other keys are needed for it."""


@dataclass(frozen=True)
class Found:
    path: Path
    words: str


def is_offered():
    """Where the launcher watches, and under the same conditions as the first page."""
    return settings.MLMC_RESTORE_PAGE == OFFERED and founding.is_open()


def is_under_way():
    return settings.MLMC_RESTORE_PAGE == OFFERED and tray().is_busy


def tray():
    return Tray(settings.VAR)


def state():
    if settings.MLMC_RESTORE_PAGE == DONE:
        return DONE
    return WORKING if tray().is_busy else FAILED if tray().problem else ""


def let_on(request, code, *, at):
    """The code from the terminal, before anything is shown or taken. Wrong ones are counted, whoever sends them."""
    start = _of_this_start()
    opens = throttle.opens_at(CODE, start, at=at, free=FREE)
    if not throttle.one_at_a_time(CODE, start) or opens > at:
        raise Refused(f"Too many tries. Try again {short_when(max(opens, at))}, or with the code of a new start.")
    if not founding.is_the_code(code):
        throttle.knock(CODE, start, at=at)
        raise Refused("This is not the code. It is made anew with every start.")
    request.session[KNOWS] = start


def may_go_on(request):
    session = getattr(request, "session", None)
    return session is not None and constant_time_compare(session.get(KNOWS, ""), _of_this_start())


def _of_this_start():
    return salted_hmac("mlmc.office.restoring", settings.MLMC_SETUP_CODE).hexdigest()


def found():
    """{key: Found} of every backup there is to choose from: the one that was sent, then the others, newest first."""
    sent = [(SENT, Found(tray().sent, "The file you sent"))] if tray().sent.exists() else []
    lying = []
    for called, folder in {"here": settings.MLMC_BACKUP_DIR, "copy": settings.MLMC_BACKUP_COPY}.items():
        files = Path(folder).glob(f"*{places.SUFFIX}") if folder else ()
        lying += [(f"{called}/{path.name}", path) for path in files if path.is_file() and not path.is_symlink()]
    lying.sort(key=lambda one: (keeping.made_at(one[1].name) is not None, one[1].name), reverse=True)
    choices = sent + [(key, Found(path, in_words(path.name))) for key, path in lying]
    return {key: Found(one.path, f"{one.words}, {size(one.path)}") for key, one in choices}


def needs_sheet(path):
    """Whether the keys that are here are others. What is wrong with the file itself is said when it is asked for."""
    try:
        with path.open("rb") as file:
            reading.Backup(file, read_ring(settings.MLMC_DATA_KEYS))
    except OtherKey:
        return True
    except (CannotRead, OSError):
        return False
    return False


def in_words(name):
    made = keeping.made_at(name)
    return date_format(timezone.localtime(made), "M j, Y, g:i a") if made else name


def size(path):
    many = path.stat().st_size
    return f"{many / 1_000_000:,.1f} MB" if many >= 100_000 else f"{max(1, many // 1000)} kB"


def keep_sent(file):
    """A file that came through the page, from where its bytes were written down as they came; nothing else is kept,
    and what was sent before it stays."""
    look_at(Path(file.temporary_file_path()))
    tray().keep(file.temporary_file_path())


def look_at(path):
    """What is no backup is refused at once, whatever keys there are."""
    with _in_words(), path.open("rb") as file:
        begin(file)


def ask(path, keys):
    """Look whether these keys, or else those that are here, open its beginning; then lay it down for the launcher."""
    ring = read_ring(keys.get("MLMC_DATA_KEYS") or settings.MLMC_DATA_KEYS)
    try:
        with _in_words(), path.open("rb") as file:
            reading.Backup(file, ring)
    except OtherKey as problem:
        raise OtherSheet(_which(problem.number, ring, bool(keys))) from None
    audit.say(audit.WRITE, why="a backup was asked back")
    tray().ask(path, keys)


@contextmanager
def _in_words():
    try:
        yield
    except OtherKey:
        raise
    except CannotRead as problem:
        raise CannotAsk(str(problem)) from None
    except OSError:
        raise CannotAsk("This backup cannot be read. Is its disk mounted?") from None


def _which(number, ring, typed):
    if not typed:
        return NEEDS_SHEET
    if number not in ring:
        return f"This backup was sealed with data key {number}, and no line of D{number} is among these."
    return f"Data key {number} of these lines does not open this backup. It is another sheet, or the file is damaged."
