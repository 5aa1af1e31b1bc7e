"""Reading a backup, from the first line to the last: every seal opened, every row counted."""

import io
import json
from dataclasses import dataclass

from mlmc.backup import content
from mlmc.core.keys.sealing import CannotRead, Opening

CHUNK = 1 << 20


@dataclass
class Table:
    """One table as it stands in the file. Its rows can be read once, as COPY wants them."""

    name: str
    columns: list
    key: list
    rows: "Rows"


class Rows(io.RawIOBase):
    """The rows of one table, up to the line that ends them."""

    def __init__(self, lines):
        self.lines, self.counted, self.rest, self.ended = lines, content.Counted(), b"", False

    def readable(self):
        return True

    def readinto(self, buffer):
        while not self.rest and not self.ended:
            self.rest = self.lines.readline()
            if self.rest == content.END:
                self.rest, self.ended = b"", True
            elif not self.rest:
                raise CannotRead("This backup ends in the middle of a table.")
            else:
                self.counted.write(self.rest)
        taken = self.rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self.rest = self.rest[len(taken) :]
        return len(taken)

    def skip(self):
        while self.read(CHUNK):
            pass


class Backup:
    """An open file: `about` is its first line; `tables()` gives the tables in order, and then checks the last line."""

    def __init__(self, file, ring):
        self.lines = io.BufferedReader(Opening(file, ring), CHUNK)
        self.about = self._line()
        if self.about.get("format") != content.FORMAT:
            raise CannotRead("This backup was made by another version of the program, and cannot be read by this one.")

    def tables(self):
        said = {}
        while "table" in (of := self._line()):
            rows = Rows(self.lines)
            yield Table(of["table"], of["columns"], of["key"], rows)
            rows.skip()
            said[of["table"]] = rows.counted.said
        if of.get("tables") != said:
            raise CannotRead("This backup does not hold what it says it holds.")
        self.said = said

    def _line(self):
        try:
            return json.loads(self.lines.readline())
        except ValueError:
            raise CannotRead("This backup is damaged: a line that should describe it cannot be read.") from None


def verify(path, ring):
    """Open every seal, count every row. Returns {table: {"rows", "digest"}}; CannotRead where something is wrong."""
    with open(path, "rb") as file:
        backup = Backup(file, ring)
        for _ in backup.tables():
            pass
        return backup.said
