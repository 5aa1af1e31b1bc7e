"""Between the page that asks for a backup and the launcher that brings it back: one private folder, empty of keys as
soon as the launcher has them, and gone when all is done. Standard library only: the launcher reads it as well.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

NAME = "coming-back"


class Busy(Exception):
    """A backup is being brought back already."""


class Tray:
    """`sent` is a file that came through the page; `keys` the next `secrets`, which the launcher lays here before it
    changes anything; `problem` what the page says when it did not work."""

    def __init__(self, home):
        self.folder = Path(home) / NAME
        self.sent, self.keys = self.folder / "sent.sealed", self.folder / "secrets"
        self._asked, self._taken, self._problem = (self.folder / name for name in ("asked", "taken", "problem"))

    def make(self):
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return self.folder

    def keep(self, path):
        """What was sent, under its name; the one before goes."""
        self.sent.unlink(missing_ok=True)
        os.link(path, self.sent)

    def ask(self, file, keys):
        """Lay it down, once, and whole or not at all. `keys` are settings by name, or empty where those here fit."""
        self.make()
        if self._taken.exists():
            raise Busy
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as draft:  # its owner alone reads it
            json.dump({"file": str(file), "keys": keys}, draft)
            draft.flush()
            try:
                os.link(draft.name, self._asked)
            except FileExistsError:
                raise Busy from None
        if self._taken.exists():  # meanwhile: whoever took has another in hand
            self._asked.unlink(missing_ok=True)
            raise Busy
        self._problem.unlink(missing_ok=True)

    def take(self):
        """What was asked for, or None. From now on its keys lie nowhere but with whoever took them."""
        try:
            words = self._asked.read_text()
        except FileNotFoundError:
            return None
        self._taken.touch(mode=0o600)
        self._asked.unlink()
        return json.loads(words)

    @property
    def is_busy(self):
        return self._asked.exists() or self._taken.exists()

    @property
    def problem(self):
        try:
            return self._problem.read_text()
        except FileNotFoundError:
            return ""

    def give_up(self, problem):
        """It did not work: why, and nothing else is left here."""
        self.make()
        self._problem.write_text(problem)
        others = [path for path in self.folder.iterdir() if path not in (self._problem, self._taken)]
        for path in [*others, self._taken]:  # nobody asks again before all is gone
            path.unlink(missing_ok=True)

    def clear(self):
        shutil.rmtree(self.folder, ignore_errors=True)
