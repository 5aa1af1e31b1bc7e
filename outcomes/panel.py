"""A panel is the table figures are made from: who answered what, at which wave.

It comes from a CSV file or from rows of the database, and knows nothing of either. Reading is strict: a value
that is not understood stops the reading with a sentence that names its line and column, for a figure made
from half-read answers looks just like a right one. No sentence repeats what stood in a cell.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

YES_NO, SCALE = "yes_no", "scale"
BASELINE = 0

LONGEST_CELL = 200
LONGEST_NAME = 80
LAST_WAVE = 1200  # months: a hundred years, so anything above is a slip
LARGEST_VALUE = 1e9

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)

Answers = Mapping[tuple[str, int], float]


class PanelProblem(Exception):
    """The table cannot be read. The message is fit for the user."""


@dataclass(frozen=True)
class Outcome:
    """The answers to one question, by person and wave. Who did not answer is not in it."""

    kind: str
    values: Answers

    @cached_property
    def by_wave(self) -> Mapping[int, dict[str, float]]:
        found = defaultdict(dict)
        for (person, wave), value in self.values.items():
            found[wave][person] = value
        return dict(found)

    def at(self, wave: int) -> dict[str, float]:
        return self.by_wave.get(wave, {})


@dataclass(frozen=True)
class Panel:
    people: list[str]
    waves: list[int]
    outcomes: Mapping[str, Outcome]
    cohorts: Mapping[str, str] = field(default_factory=dict)

    @property
    def later_waves(self) -> list[int]:
        return [wave for wave in self.waves if wave != BASELINE]

    def answered(self, wave: int) -> int:
        """How many people gave any answer at this wave."""
        return len(set().union(*(outcome.at(wave) for outcome in self.outcomes.values())))

    def of_cohort(self, cohort: str) -> "Panel":
        """The same table with the people of one cohort; waves and kinds stay those of the whole."""
        if not self.cohorts:
            raise PanelProblem("This table has no cohorts to choose from: it has no “cohort” column.")
        people = [person for person in self.people if self.cohorts.get(person) == cohort]
        if not people:
            raise PanelProblem("Nobody in this table belongs to that cohort.")
        chosen = set(people)
        outcomes = {
            name: replace(it, values={key: value for key, value in it.values.items() if key[0] in chosen})
            for name, it in self.outcomes.items()
        }
        cohorts = {person: self.cohorts[person] for person in people}
        return Panel(people, self.waves, outcomes, cohorts)


def panel_of(
    answers: Iterable[tuple[str, int, str, float]],
    *,
    kinds: Mapping[str, str],
    people: Iterable[str] = (),
    waves: Iterable[int] = (),
) -> Panel:
    """A panel from rows of (person, wave, outcome, value), such as a database query gives.

    `people` and `waves` name those who must be counted even where nobody answered.
    """
    values: dict[str, dict] = {name: {} for name in kinds}
    for person, wave, name, value in answers:
        values[name][person, wave] = value
    everybody, every_wave = set(people), set(waves)
    for answered in filter(None, values.values()):
        persons, whens = zip(*answered, strict=True)
        everybody.update(persons)
        every_wave.update(whens)
    outcomes = {name: Outcome(kind, values[name]) for name, kind in kinds.items()}
    return Panel(sorted(everybody), sorted(every_wave), outcomes)


def read_panel_file(path) -> Panel:
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as problem:  # ValueError: a NUL in the path
        raise PanelProblem("This file cannot be opened. Is the path right, and may you read it?") from problem
    return read_panel(data)


def read_panel(source: bytes | str) -> Panel:
    """A panel from CSV: columns id, wave_months and one per outcome; empty means not answered; rows in any order."""
    rows = _rows(_text(source))
    header = next(rows, None)
    if header is None:
        raise PanelProblem("The file is empty.")
    columns = _Columns(*header)

    lines: dict[tuple[str, int], int] = {}
    cohorts: dict[str, tuple[str, int]] = {}
    values: dict[str, dict] = {name: {} for name in columns.outcomes}
    for line, cells in rows:
        columns.check_length(line, cells)
        person, wave = columns.person(line, cells), columns.wave(line, cells)
        if (person, wave) in lines:
            raise PanelProblem(
                f"Lines {lines[person, wave]} and {line} are both for the same id at {wave} months. "
                "Keep one of them: nobody can tell which answers count."
            )
        lines[person, wave] = line
        cohort = columns.cohort(cells)
        if cohort and cohorts.setdefault(person, (cohort, line))[0] != cohort:
            raise PanelProblem(f"Lines {cohorts[person][1]} and {line} put the same id into two cohorts.")
        for name, place in columns.outcomes.items():
            if cells[place]:
                values[name][person, wave] = _number(cells[place], line, name)

    if not lines:
        raise PanelProblem("The file has a header but no answers.")
    if not any(wave == BASELINE for _, wave in lines):
        raise PanelProblem("No row has wave_months 0, so there is no baseline to compare with.")
    return Panel(
        people=sorted({person for person, _ in lines}),
        waves=sorted({wave for _, wave in lines}),
        outcomes={name: Outcome(_kind(answers), answers) for name, answers in values.items()},
        cohorts={person: cohort for person, (cohort, _) in cohorts.items()},
    )


class _Columns:
    """Where each column stands, from the header."""

    def __init__(self, line: int, header: list[str]):
        self.count = len(header)
        names = [name.casefold() if name.casefold() in {"id", "wave_months", "cohort"} else name for name in header]
        for place, name in enumerate(names, start=1):
            if not name:
                raise PanelProblem(f"Line {line}, column {place}: the header has no name here.")
            if len(name) > LONGEST_NAME or not name.isprintable():
                raise PanelProblem(
                    f"Line {line}, column {place}: a column name is at most {LONGEST_NAME} letters, digits and signs."
                )
            if name.casefold() in {other.casefold() for other in names[: place - 1]}:
                raise PanelProblem(f"Line {line}, column {place}: “{name}” is there twice.")
        for needed in ("id", "wave_months"):
            if needed not in names:
                raise PanelProblem(
                    f"Line {line}: the header has no column “{needed}”. A table needs id, wave_months and a column "
                    "for each outcome, with commas between them."
                )
        places = {name: place for place, name in enumerate(names)}
        self.id, self.wave_months, self.cohort_place = places["id"], places["wave_months"], places.get("cohort")
        self.outcomes = {name: at for name, at in places.items() if name not in {"id", "wave_months", "cohort"}}
        if not self.outcomes:
            raise PanelProblem(f"Line {line}: the header has no outcome beside id and wave_months.")

    def check_length(self, line, cells):
        if len(cells) != self.count:
            raise PanelProblem(f"Line {line} has {len(cells)} columns, but the header has {self.count}.")

    def person(self, line, cells):
        if not cells[self.id]:
            raise PanelProblem(f"Line {line}, column “id”: this is empty, so nobody can tell whose answers these are.")
        return cells[self.id]

    def wave(self, line, cells):
        where = f"Line {line}, column “wave_months”"
        text = cells[self.wave_months]
        number = float(text) if NUMBER.fullmatch(text) else None
        if number is None or not number.is_integer():  # inf, from 1e999, is no integer either
            raise PanelProblem(f"{where}: the wave is a whole number of months, such as 0, 6 or 12.")
        if number < 0:
            raise PanelProblem(f"{where}: a wave cannot be before the baseline, which is 0.")
        if number > LAST_WAVE:
            raise PanelProblem(f"{where}: a wave is at most {LAST_WAVE} months.")
        return int(number)

    def cohort(self, cells):
        return cells[self.cohort_place] if self.cohort_place is not None else ""


def _text(source):
    if isinstance(source, bytes):
        try:
            source = source.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise PanelProblem("This is not a CSV file in UTF-8. Save the table as “CSV UTF-8” and try again.") from (
                problem
            )
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        raise PanelProblem(f"Line {line}: this is not a CSV file, it holds a NUL byte.")
    return source.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _rows(text):
    """(line, cells) of every row that is not blank; the line is the one on which the row begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            for place, cell in enumerate(cells, start=1):
                if len(cell) > LONGEST_CELL:
                    raise PanelProblem(f"Line {begins}, column {place}: this is longer than {LONGEST_CELL} letters.")
            if any(cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as problem:
        if "field limit" in str(problem):
            raise PanelProblem(f"Line {begins}: one field is far too long. Is a quotation mark missing?") from problem
        raise PanelProblem(f"Line {begins}: the quotation marks do not pair up.") from problem


def _number(text, line, column):
    where = f"Line {line}, column “{column}”"
    if not NUMBER.fullmatch(text):
        raise PanelProblem(f"{where}: this is not a number. An answer is a number; not answered is an empty cell.")
    number = float(text)
    if abs(number) > LARGEST_VALUE:
        raise PanelProblem(f"{where}: this number is too large for an answer.")
    return int(number) if number.is_integer() else number


def _kind(answers):
    return YES_NO if set(answers.values()) <= {0, 1} else SCALE
