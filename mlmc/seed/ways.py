"""How it went on: a mentor, each time somebody showed up, and what was asked at baseline, six and twelve months.

`life` is one of mlmc.seed.lives.
"""

import datetime
import uuid

from cases.models import As, CaseEvent
from matching.models import Match
from mentors.meetings import KINDS_SAID
from mentors.mentorships import WHY
from mentors.models import Meeting, Mentorship, Status
from mlmc.seed import names
from mlmc.seed.answers import said
from mlmc.seed.lines import day_of, moment_of
from outcomes.models import Answer, FollowUp, Respondent, Response
from outcomes.models import Status as Asked
from outcomes.windows import window

DAY = 86_400
TO_THE_FIRST_MEETING = DAY
STAGES = [(200 * DAY, Status.WEEKLY), (400 * DAY, Status.FORTNIGHTLY), (float("inf"), Status.MONTHLY)]
TOPICS, MINUTES, MOODS = Meeting.Topic.values, [15, 30, 60, 60, 120], [2, 3, 3, 4, 4, 5]
KINDS = [Meeting.Kind.IN_PERSON, Meeting.Kind.IN_PERSON, *Meeting.Kind]
WITH_WORDS, REACHED, HANDED_OVER = 0.05, 0.85, 0.01


def matched(life):
    """Both said yes: a place, whoever sees the youth from now on, and the meetings since."""
    asked, team, user = life.began - 2 * DAY, life.team, life.mentor_user
    mentorship, age = life.id(asked), life.scale.now - life.began
    life.waits(until=life.began)
    life.sees(asked, As.ASKED, "asked to be the mentor", user=user, until=life.began)
    life.sees(life.began, As.MENTOR, "mentor of this youth", user=user)
    life.sees(life.began, As.SUPERVISOR, WHY[As.SUPERVISOR], user=team.supervisor)
    life.sees(life.began, As.SUPPORT, WHY[As.SUPPORT], user=team.support)
    first = life.began + TO_THE_FIRST_MEETING
    met = first < life.scale.now
    life.add(
        Mentorship,
        id=mentorship,
        case_id=life.case,
        mentor_id=life.mentor,
        slot=life.n // len(life.scale.mentors) + 1,
        status=next(stage for until, stage in STAGES if age <= until) if age > 21 * DAY else Status.BEGINNING,
        asked_at=moment_of(asked),
        began_on=day_of(life.began),
        first_met_on=day_of(first) if met else None,
        first_place_kind=Meeting.PlaceKind.MEAL if met else "",
        expectations_agreed=True if met else None,
    )
    life.add(
        Match,
        id=life.id(asked),
        mentorship_id=mentorship,
        criteria_version=1,
        candidates=[{"mentor": life.mentor, "points": 12}],
        reasons=[["area", "yes", life.area]],
        rationale="Close by, and likes the same things.",
        decided_by_id=life.scale.assessment,
        decided_at=moment_of(asked),
        mentor_answer=Match.Answer.YES,
        mentor_answered_at=moment_of(asked + DAY / 4),
        youth_answer=Match.Answer.YES,
        youth_answered_at=moment_of(life.began),
        youth_answer_by_id=life.scale.assessment,
    )
    life.line(life.began, life.scale.assessment, "The mentorship begins")
    if met:
        life.line(first, user, "They met for the first time")
    showed_up(life, mentorship, age)


def showed_up(life, mentorship, age):
    """Evenly from the first day to this one: nineteen in twenty are taps only."""
    rng, user, count = life.rng, life.mentor_user, life.scale.meetings_of(life.n)
    for turn in range(count):
        at = life.began + age * (turn + rng.random()) / count
        reached, kind, day, said_at = rng.random() < REACHED, rng.choice(KINDS), day_of(at), moment_of(at)
        handed_over = rng.random() < HANDED_OVER
        taken_up = handed_over and life.scale.now - at > 7 * DAY
        life.add(
            Meeting,
            id=life.id(at),
            mentorship_id=mentorship,
            client_key=uuid.UUID(int=rng.getrandbits(128), version=4),
            kind=kind,
            held_on=day,
            minutes=rng.choice(MINUTES) if reached else None,
            reached=reached,
            mood=rng.choice(MOODS) if reached else None,
            topics=[rng.choice(TOPICS)] if reached else [],
            words=rng.choice(names.CHECK_INS) if rng.random() < WITH_WORDS else "",
            handed_over=handed_over,
            taken_up_at=moment_of(at + DAY) if taken_up else None,
            taken_up_by_id=life.team.support if taken_up else None,
            logged_at=said_at,
            logged_by_id=user,
        )
        life.add(
            CaseEvent,
            id=life.id(at),
            case_id=life.case,
            at=said_at,
            by_id=user,
            what=KINDS_SAID[kind] if reached else "Tried to reach each other",
        )


def asked_how_it_is(life):
    """A respondent, and a follow-up for each wave; what was answered is whole, what was not was missed."""
    begins, today, respondent = day_of(life.welcomed_at), day_of(life.scale.now), life.id(life.welcomed_at)
    life.add(
        Respondent,
        id=respondent,
        code=f"R{life.rng.getrandbits(60):015X}",
        case_id=life.case,
        made_at=moment_of(life.welcomed_at),
    )
    for turn, (wave, months, opens, closes) in enumerate(life.scale.waves):
        dates = window(begins, months=months, opens_months=opens, closes_months=closes)
        status, sat_on = Asked.SCHEDULED, None
        if dates.closes_on < today:
            gave = life.rng.random() < life.scale.answered
            status, sat_on = (Asked.COMPLETE, dates.due_on) if gave else (Asked.MISSED, None)
        elif dates.opens_on <= today:
            status = Asked.OPEN
        follow_up = life.id(life.welcomed_at)
        life.add(
            FollowUp,
            id=follow_up,
            respondent_id=respondent,
            wave_id=wave,
            due_on=dates.due_on,
            opens_on=dates.opens_on,
            closes_on=dates.closes_on,
            status=status,
            finished_on=sat_on,
            why_missed="not_reached" if status == Asked.MISSED else "",
        )
        if sat_on:
            answers(life, follow_up, turn, sat_on)


def answers(life, follow_up, turn, day):
    at = datetime.datetime.combine(day, datetime.time(17), datetime.UTC).timestamp()
    sitting = life.id(at)
    life.add(
        Response,
        id=sitting,
        follow_up_id=follow_up,
        instrument_id=life.scale.instrument,
        started_at=moment_of(at),
        finished_at=moment_of(at),
    )
    for item in life.scale.items:
        told = said(life.rng, item, turn, True)
        life.add(Answer, id=life.id(at), response_id=sitting, item=item.code, at=moment_of(at), **told)
