"""Answers that were given elsewhere: a table becomes respondents without a case. All of it, or nothing."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from mlmc.core.context import on_duty
from outcomes import instruments
from outcomes.lifecycle import brought_in
from outcomes.models import Answer, FollowUp, Respondent, Response, Wave
from outcomes.panel import SCALE, PanelProblem

LONGEST_CODE, LONGEST_COHORT = 20, 40


class ImportProblem(PanelProblem):
    """The table is readable, but cannot be stored. The message is fit for the user."""


@dataclass(frozen=True)
class Stored:
    """What a table added, and how many of its answers were here already."""

    rows: int
    respondents: list
    follow_ups: list
    responses: list
    answers: list
    known: int


def bring_in(panel, *, cohort="", at):
    """Store a table of answers, and say how much of it is new."""
    stored = store(panel, cohort=cohort, at=at)
    return {
        "rows": stored.rows,
        "respondents": len(panel.people),
        "new_respondents": len(stored.respondents),
        "answers": len(stored.answers),
        "already_imported": stored.known,
    }


@on_duty("follow_ups")
@transaction.atomic
def store(panel, *, cohort="", at):
    """Everything a table says. What is already there stays; an answer that differs from a stored one stops it all."""
    asked = instruments.questions(instruments.newest())
    _check_columns(panel, asked)
    given = _by_sitting(panel, asked)
    _check_codes(panel, cohort)
    waves = _waves(panel)
    people, new = _respondents(panel, cohort, at)
    follow_ups, asked_elsewhere = _follow_ups(people, waves, given, on=timezone.localdate(at))
    sittings, begun = _sittings(follow_ups, given, at)
    answers, known = _answers(sittings, given, at)
    return Stored(len(given), new, asked_elsewhere, begun, answers, known)


def _check_columns(panel, asked):
    outcomes = {it["code"]: it for it in asked.outcomes}
    known = [*outcomes, *(code for code in asked.by_code if code not in outcomes)]
    for name in panel.outcomes:
        if name not in known:
            raise ImportProblem(f"Column “{name}”: nothing of that name is asked. Known are: {', '.join(known)}.")
        items = set(outcomes[name]["items"]) if name in outcomes else set()
        if clash := sorted((items - {name}) & set(panel.outcomes)):
            raise ImportProblem(f"Columns “{name}” and “{clash[0]}”: give the score or its items, not both.")


def _by_sitting(panel, asked):
    """Texts to store, by person and wave and then by column, each of them checked."""
    given = defaultdict(dict)
    for name, outcome in panel.outcomes.items():
        item = asked.by_code.get(name)
        for (person, wave), value in outcome.values.items():
            given[person, wave][name] = _text(name, value, item, wave)
    return given


def _text(name, value, item, wave):
    where = f"Column “{name}”, at {wave} months"
    if item is None:
        if not 0 <= value <= 100:
            raise ImportProblem(f"{where}: a score is a number from 0 to 100.")
        return repr(value)
    if item.kind == SCALE:
        if value not in (1, 2, 3, 4, 5):
            raise ImportProblem(f"{where}: an answer here is a whole number from 1 to 5.")
        return str(int(value))
    if value not in (0, 1):
        raise ImportProblem(f"{where}: an answer here is 1 for yes or 0 for no.")
    return instruments.YES if value else instruments.NO


def _check_codes(panel, cohort):
    for code in panel.people:
        if len(code) > LONGEST_CODE or not code.isprintable():
            raise ImportProblem(f"Column “id”: a code is at most {LONGEST_CODE} letters, digits and signs.")
    for name in {cohort, *panel.cohorts.values()}:
        if len(name) > LONGEST_COHORT or not name.isprintable():
            raise ImportProblem(f"A cohort's name is at most {LONGEST_COHORT} letters, digits and signs.")


def _waves(panel):
    waves = {wave.months: wave for wave in Wave.objects.all()}
    for months in panel.waves:
        if months not in waves:
            known = ", ".join(str(it) for it in sorted(waves))
            raise ImportProblem(f"Column “wave_months”: there is no wave at {months} months. Known are: {known}.")
    return [waves[months] for months in panel.waves]


def _respondents(panel, cohort, at):
    known = {one.code: one for one in Respondent.objects.filter(code__in=panel.people).select_for_update()}
    if any(one.case_id for one in known.values()):
        raise ImportProblem("Column “id”: one of these codes belongs to somebody who answers here.")
    for code, one in known.items():
        if one.cohort != (cohort or panel.cohorts.get(code, one.cohort)):
            raise ImportProblem("One of these people was brought in before, with another cohort.")
    new = [
        Respondent(code=code, cohort=cohort or panel.cohorts.get(code, ""), made_at=at)
        for code in panel.people
        if code not in known
    ]
    Respondent.objects.bulk_create(new, batch_size=2000)
    return [*known.values(), *new], new


def _follow_ups(people, waves, given, *, on):
    """One for each person and wave of the table: answered, or missed."""
    by_key = {}
    wanted = FollowUp.objects.filter(respondent__in=people, wave__in=waves)
    for one in wanted.select_related("respondent", "wave"):
        by_key[one.respondent.code, one.wave.months] = one
    new = {
        (person.code, wave.months): brought_in(person, wave, on=on, answered=(person.code, wave.months) in given)
        for person in people
        for wave in waves
        if (person.code, wave.months) not in by_key
    }
    FollowUp.objects.bulk_create(new.values(), batch_size=2000)
    return by_key | new, list(new.values())


def _sittings(follow_ups, given, at):
    wanted = {key: follow_ups[key] for key in given}
    known = Response.objects.filter(
        follow_up__in=wanted.values(), informant=Response.Informant.YOUTH, not_theirs_at=None
    )
    by_follow_up = {one.follow_up_id: one for one in known}
    new = {
        one.pk: Response(follow_up=one, started_at=at, finished_at=at)
        for one in wanted.values()
        if one.pk not in by_follow_up
    }
    Response.objects.bulk_create(new.values(), batch_size=2000)
    by_follow_up |= new
    return {key: by_follow_up[one.pk] for key, one in wanted.items()}, list(new.values())


def _answers(sittings, given, at):
    stored = defaultdict(dict)
    for answer in Answer.objects.filter(response__in=sittings.values()):
        stored[answer.response_id][answer.item] = answer.value
    new, known = [], 0
    changed = set()
    for key, sitting in sittings.items():
        for item, value in given[key].items():
            before = stored[sitting.pk].get(item)
            if before is None:
                new.append(Answer(response=sitting, item=item, kind=Answer.Kind.ANSWERED, value=value, at=at))
                changed.add(sitting.pk)
            elif before == value:
                known += 1
            else:
                raise ImportProblem(
                    f"Column “{item}”, at {key[1]} months: another answer of the same person was brought in before."
                )
    Answer.objects.bulk_create(new, batch_size=2000)
    Response.objects.filter(pk__in=changed).update(finished_at=at)
    return new, known
