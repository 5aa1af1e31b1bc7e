"""Where files lie that are taken out, and large ones that arrive: sealed with our data keys, each bound to its own
row, in a folder nobody else opens.

Written and read part by part, so a file of any length takes the same memory. In `var/`, where web and workers see it.
"""

import csv
import io
import os
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from django.conf import settings

from mlmc.core import tables
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sealing import CannotRead, Opening, Sealing

MARK = b"MLMC-EXPORT-1\n"
AT_ONCE = 500  # lines put together before they are sealed
PART = 1 << 16


class NotThere(Exception):
    """The file is gone, or does not open. The message is fit for the user."""


def home():
    return settings.MLMC_EXPORTS


def place(export):
    return home() / f"{export.pk}.sealed"


def bound_to(export):
    return export.pk.bytes


@contextmanager
def new(export):
    """Something to write bytes into. The file appears whole, as the block ends, or not at all."""
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    half = place(export).with_suffix(".part")
    with suppress(FileNotFoundError):
        half.unlink()  # of a worker that was killed
    try:
        with open(half, "wb", opener=private) as file:
            sealing = Sealing(file, ring(), mark=MARK, bound_to=bound_to(export))
            yield sealing
            sealing.finish()
            file.flush()
            os.fsync(file.fileno())
        half.rename(place(export))
    finally:
        half.unlink(missing_ok=True)


def write(export, rows):
    """(how many lines, how many bytes) of these lines as the file of this row."""
    with new(export) as sealing:
        if export.form == "xlsx":
            rows = list(rows)
            content = tables.as_xlsx(rows)
            sealing.write(content)
            return max(len(rows) - 1, 0), len(content)
        return write_csv(sealing, rows)


def write_csv(sealing, rows):
    count, size, out = -1, 0, io.StringIO("\ufeff", newline="")
    out.seek(0, io.SEEK_END)
    lines = csv.writer(out)

    def on():
        content = out.getvalue().encode()
        out.seek(0)
        out.truncate()
        return sealing.write(content)

    for count, row in enumerate(rows):  # noqa: B007 (the headings are line 0)
        lines.writerow([tables.harmless(cell) for cell in row])
        if count % AT_ONCE == 0:
            size += on()
    return max(count, 0), size + on()


def opened(export):
    """The bytes of the file, part by part; the first of them is opened before anything is answered."""
    try:
        file = open(place(export), "rb")  # noqa: SIM115 (Parts closes it)
    except FileNotFoundError:
        raise NotThere("This file is not there any more. Ask for it again.") from None
    try:
        reader = Opening(file, ring(), mark=MARK, bound_to=bound_to(export))
        first = reader.read(PART)
    except CannotRead:
        file.close()
        raise NotThere("This file is damaged, or a key is missing. Ask for it again.") from None
    return Parts(file, reader, first)


class Parts:
    """What is sent on, one by one; whoever stops half-way closes the file as well."""

    def __init__(self, file, reader, first):
        self.file, self.reader, self.first = file, reader, first

    def __iter__(self):
        part = self.first
        while part:
            yield part
            part = self.reader.read(PART)
        self.close()

    def close(self):
        self.file.close()


def remove(export):
    place(export).unlink(missing_ok=True)


def strangers(known, *, older_than):
    """Files of no row that is there: of a worker that was killed, or of before a restore."""
    for path in home().glob("*") if home().exists() else ():
        with suppress(FileNotFoundError):
            if path.stem not in known and datetime.fromtimestamp(path.stat().st_mtime, UTC) < older_than:
                yield path


def ring():
    return read_ring(settings.MLMC_DATA_KEYS)


def private(path, flags):
    return os.open(path, flags | os.O_EXCL | os.O_NOFOLLOW, 0o600)
