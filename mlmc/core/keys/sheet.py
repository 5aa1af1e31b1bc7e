"""Keys on paper: in lines that a person can type back, each with letters that tell a slip of the pen. Pure."""

import base64
import hashlib
import re
from dataclasses import dataclass

SIZE, GROUP, CHECK = 16, 4, 4  # letters of a line, of a group, and of what tells a slip
INDEX = "X"
LINE = re.compile(r"\s*(X|D\d{1,3})\s+(\d{1,2})\s*/\s*(\d{1,2})\s+([A-Z2-7\s·.-]+)", re.IGNORECASE)
ALIKE = str.maketrans("018", "OIB")  # the sheet has no 0, 1, 8 or 9


class WrongLine(Exception):
    """What was typed is no line of a key sheet, or has a slip in it. The message says which, and no key."""


@dataclass(frozen=True)
class Line:
    """One line of a key: `D2 1/4  ABCD EFGH IJKL MNOP  QRST`."""

    label: str
    number: int
    of: int
    letters: str

    @property
    def head(self):
        return f"{self.label} {self.number}/{self.of}"

    @property
    def groups(self):
        return [self.letters[start : start + GROUP] for start in range(0, len(self.letters), GROUP)]

    @property
    def check(self):
        """It tells the right letters in the wrong place as well."""
        return base64.b32encode(hashlib.sha256(f"{self.head} {self.letters}".encode()).digest()).decode()[:CHECK]

    def __str__(self):
        return f"{self.head:<8} {' '.join(self.groups):<{SIZE + 3}}   {self.check}"

    @classmethod
    def read(cls, typed):
        head, _, rest = typed.strip().partition("/")
        found = LINE.fullmatch(f"{head}/{rest[:2]}{rest[2:].translate(ALIKE)}")
        if not found:
            raise WrongLine("This is no line of a key sheet. Type it whole, like: D1 1/4 ABCD EFGH IJKL MNOP QRST")
        letters = re.sub(r"[^A-Z2-7]", "", found[4].upper())
        line = cls(found[1].upper(), int(found[2]), int(found[3]), letters[:-CHECK])
        if letters[-CHECK:] != line.check:
            raise WrongLine(f"There is a slip in {line.head}: its last group does not fit the others. Look again.")
        return line


def lines_of(label, key):
    letters = base64.b32encode(key).decode().rstrip("=")
    parts = [letters[start : start + SIZE] for start in range(0, len(letters), SIZE)]
    return [Line(label, number, len(parts), part) for number, part in enumerate(parts, 1)]


def sheet(ring, index_key):
    """Every line of these keys, in the order of the ring: {label: [Line, …]}."""
    keys = {f"D{number}": key for number, key in ring.items()} | {INDEX: index_key.encode()}
    return {label: lines_of(label, key) for label, key in keys.items()}


def typed_back(lines):
    """The settings that these lines hold: {name: value}. Raises WrongLine for a line that is missing."""
    keys = {}
    for line in lines:
        keys.setdefault(line.label, {})[line.number] = line
    found, ring = {}, []
    for label, parts in keys.items():
        of = next(iter(parts.values())).of
        if missing := sorted(set(range(1, of + 1)) - set(parts)):
            raise WrongLine(f"{label} {missing[0]}/{of} is missing.")
        letters = "".join(parts[number].letters for number in range(1, of + 1))
        key = base64.b32decode(letters + "=" * (-len(letters) % 8))
        if label == INDEX:
            found["MLMC_INDEX_KEY"] = key.decode()
        else:
            ring.append(f"{label[1:]}:{base64.b64encode(key).decode()}")
    return found | ({"MLMC_DATA_KEYS": ",".join(ring)} if ring else {})
