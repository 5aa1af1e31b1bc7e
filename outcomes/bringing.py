"""Survey answers of earlier records, one row for each code and month; and what the clock added to cases that are
taken back."""

from collections import defaultdict

from mlmc.core.bringing import columns
from mlmc.core.bringing.columns import Column, Unclear
from mlmc.core.bringing.kinds import Kind, Refused
from mlmc.core.context import on_duty
from mlmc.core.models import Role
from outcomes import imports, instruments
from outcomes.models import Answer, FollowUp, Respondent, Response, Status, Wave
from outcomes.panel import NUMBER, SCALE, YES_NO, Outcome, Panel

CODE, MONTHS, COHORT = "id", "wave_months", "cohort"
FIXED = {CODE, MONTHS, COHORT}
READ = {SCALE: columns.number(1, 5), YES_NO: lambda words: int(columns.yes_or_no(words))}
HINTS = {SCALE: "1 to 5", YES_NO: "1 for yes, 0 for no"}
SAMPLES = {SCALE: ("2", "4"), YES_NO: ("1", "0"), None: ("40", "65.5")}


def code(words):
    if len(words) > imports.LONGEST_CODE:
        raise Unclear(f"A code is at most {imports.LONGEST_CODE} letters, digits and signs.")
    return words


def score(words):
    if NUMBER.fullmatch(words) and 0 <= float(words) <= 100:
        found = float(words)
        return int(found) if found.is_integer() else found
    raise Unclear("Write a score from 0 to 100.")


def answer_columns():
    asked = instruments.questions(instruments.newest())
    titles = {one["code"]: one["title"] for one in asked.outcomes}
    names = [*titles, *(name for name in asked.by_code if name not in titles)]
    yield Column(CODE, "Code", code, required=True, also=("respondent", "participant"), examples=("P-01", "P-01"),
                 hint="Whose answers, by a code that names nobody.")  # fmt: skip
    yield Column(MONTHS, "Months", columns.number(0, 1200), required=True, also=("wave", "months", "month"),
                 examples=("0", "6"), hint="0 for the start, then 6, 12.")  # fmt: skip
    yield Column(COHORT, "Cohort", columns.text(imports.LONGEST_COHORT), examples=("2024", "2024"))
    for name in names:
        kind = asked.by_code[name].kind if name in asked.by_code else None
        title = titles.get(name) or titles.get(asked.by_code[name].outcome) or name
        hint = f"{title}: {HINTS.get(kind, 'a score from 0 to 100')}"
        yield Column(name, name, READ.get(kind, score), empty=None, examples=SAMPLES[kind] if name in titles else (),
                     hint=hint)  # fmt: skip


@on_duty("follow_ups")
def weigh(lines, *, by, at):
    waves = set(Wave.objects.values_list("months", flat=True))
    codes = {line.values[CODE] for line in lines}
    ours = set(Respondent.objects.filter(code__in=codes, case__isnull=False).values_list("code", flat=True))
    missed = FollowUp.objects.filter(respondent__code__in=codes, status=Status.MISSED)
    missed = set(missed.values_list("respondent__code", "wave__months"))
    seen = set()
    for line in lines:
        key = line.values[CODE], line.values[MONTHS]
        given = {name: value for name, value in line.values.items() if name not in FIXED and value is not None}
        line.found["given"] = given
        if key[0] in ours:
            line.refuse(CODE, "This code belongs to somebody who answers here.")
        if key[1] not in waves:
            line.refuse(MONTHS, f"Nothing is asked then. Write one of: {', '.join(map(str, sorted(waves)))}.")
        if key in seen:
            line.refuse(CODE, "Another row is for the same code and month. Keep one of them.")
        if given and key in missed:
            line.refuse(MONTHS, "This was brought in as missed. Take back the file that says so first.")
        seen.add(key)
        said = f"{len(given)} answer{'' if len(given) == 1 else 's'}" if given else "Missed: no answers"
        line.words = f"{said}, at {key[1]} months" if key[1] else f"{said}, at the start"


@on_duty("follow_ups")
def make(lines, *, by, at):
    """Month by month, so that nobody is missed at one they have no row for."""
    by_month = defaultdict(list)
    for line in lines:
        by_month[line.values[MONTHS]].append(line)
    for month, some in sorted(by_month.items()):
        try:
            stored = imports.store(panel_of(some, month), at=at)
        except imports.ImportProblem as problem:
            raise Refused(str(problem)) from None
        note_made(some, stored)


def panel_of(lines, month):
    values = defaultdict(dict)
    for line in lines:
        for name, value in line.found["given"].items():
            values[name][line.values[CODE], month] = value
    outcomes = {name: Outcome(SCALE, answers) for name, answers in values.items()}
    cohorts = {line.values[CODE]: line.values[COHORT] for line in lines if line.values[COHORT]}
    return Panel([line.values[CODE] for line in lines], [month], outcomes, cohorts)


def note_made(lines, stored):
    """Each row's own part of what was stored; the respondent is of the first row that names them."""
    made = defaultdict(list)
    for one in stored.respondents:
        made[one.code].append(one.pk)
    for one in stored.follow_ups:
        made[one.respondent.code].append(one.pk)
    for one in stored.responses:
        made[one.follow_up.respondent.code].append(one.pk)
    for one in stored.answers:
        made[one.response.follow_up.respondent.code].append(one.pk)
    for line in lines:
        line.made = made[line.values[CODE]]


@on_duty("follow_ups")
def take_back(ids, *, by, at):
    for model in (Answer, Response, FollowUp, Respondent):
        model.objects.filter(pk__in=ids).delete()


@on_duty("follow_ups")
def let_go(ids):
    """Respondents and follow-ups nobody has answered yet came by themselves, and go with their case."""
    respondents = list(Respondent.objects.filter(case__in=ids).values_list("pk", flat=True))
    FollowUp.objects.filter(respondent__in=respondents).delete()
    Respondent.objects.filter(pk__in=respondents).delete()


ANSWERS = Kind(
    name="answers",
    label="Past survey answers",
    about="Answers given before this program, by people under a code. They count in the figures and have no case.",
    icon="ui-checks",
    may=(Role.EVALUATION,),
    columns=lambda: list(answer_columns()),
    weigh=weigh,
    make=make,
    take_back=take_back,
    order=5,
)
KINDS = [ANSWERS]
LET_GO = let_go
