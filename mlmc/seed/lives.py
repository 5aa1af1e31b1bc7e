"""One made-up youth after another, as rows: how they came and were welcomed; how it went on stands in ways.py.

The same facts as the verbs leave behind, without the verbs: for a state's worth of rows they would take a week.
"""

import json
from dataclasses import dataclass, field

from cases import recognise
from cases.intake import EASY
from cases.likeness import Person, digits, words
from cases.models import (
    Access,
    As,
    Case,
    CaseEvent,
    CaseStatus,
    Contact,
    Identity,
    LookupKey,
    Precision,
    Referral,
    ReferralStatus,
    SafeContact,
    SafetyNeed,
    Youth,
)
from mlmc.seed import names, ways
from mlmc.seed.lines import day_of, id_at, moment_of

DAY = 86_400
LONGEST = 1_100 * DAY  # how long ago the first of them came
IN_REVIEW, TO_A_MENTOR = 3 * DAY, 10 * DAY
FIRST, LAST, AREAS = names.FIRST_NAMES.split(), names.LAST_NAMES.split(), names.AREAS


@dataclass(frozen=True)
class Team:
    supervisor: str
    support: str
    case_manager: str


@dataclass(frozen=True)
class Scale:
    """What is told, and who is there. Every id is a text; `now` is in seconds since 1970."""

    number: int
    cases: int
    meetings: int
    answered: float  # of the windows that have closed
    now: float
    intake: str
    assessment: str
    mentors: list  # (mentor, user, Team)
    agencies: list
    waves: list  # (wave, months, opens, closes)
    instrument: str
    items: list = field(repr=False)

    def meetings_of(self, n):
        """As even as whole numbers allow."""
        return self.meetings * (n + 1) // self.cases - self.meetings * n // self.cases

    def came_at(self, n):
        """When the youth of this number was referred: evenly over the years, the last one just now."""
        return self.now - LONGEST * (self.cases - n) / self.cases


def tell(scale, n, rng, lines):
    """All rows about the youth of number `n`, counted from 0. The newest are in the queue, then some wait."""
    life = Life(scale, n, rng, lines)
    life.referred()
    if scale.now - life.came > IN_REVIEW:
        life.welcomed()
        begun = life.welcomed_at + TO_A_MENTOR < scale.now
        ways.matched(life) if begun else life.waits()
        ways.asked_how_it_is(life)


class Life:
    def __init__(self, scale, n, rng, lines):
        self.scale, self.n, self.rng, self.add = scale, n, rng, lines.add
        self.came = scale.came_at(n)
        self.welcomed_at = self.came + IN_REVIEW
        self.began = self.welcomed_at + TO_A_MENTOR
        self.mentor, self.mentor_user, self.team = scale.mentors[n % len(scale.mentors)]
        self.first, self.last = rng.choice(FIRST), rng.choice(LAST)
        self.name = f"{self.first} {self.last[0]}."
        self.born_on = day_of(self.came - rng.randrange(13 * 365, 17 * 365) * DAY)
        self.phone = f"617-555-{rng.randrange(10_000):04d}"
        self.worker = rng.choice(names.WORKERS)
        self.languages = rng.choice([["en"], ["en"], ["es", "en"], ["en", "ht"], ["es"], ["en", "vi"]])
        self.area = rng.choice(AREAS)
        self.safety = rng.choice(names.SAFETY) if n % 3 == 0 else None
        self.pronouns = rng.choice(["she/her", "she/her", "she/her", "they/them", "he/him"])

    def id(self, moment):
        return id_at(moment, self.rng)

    def referred(self):
        rng, accepted = self.rng, self.scale.now - self.came > IN_REVIEW
        self.referral = self.id(self.came)
        why, agency = rng.choice(names.WHY), rng.choice(self.scale.agencies)
        told = {"name": f"{self.first} {self.last}", "from": self.worker, "message": why}
        received, by = moment_of(self.came), self.scale.intake
        self.add(
            Referral,
            id=self.referral,
            receipt="-".join("".join(rng.choices(EASY, k=3)) for _ in range(3)),
            channel=rng.choice([Referral.Channel.EMAIL, Referral.Channel.PUBLIC_FORM, Referral.Channel.PHONE]),
            received_at=received,
            reached_at=moment_of(self.came + 1.3 * DAY) if accepted else None,
            received_text=json.dumps(told),
            agency_id=agency,
            referrer=self.worker,
            referrer_phone=f"617-555-{rng.randrange(10_000):04d}",
            first_name=self.first,
            last_name=self.last,
            pronouns=self.pronouns,
            born_on=self.born_on,
            born_precision=Precision.DAY,
            phone=self.phone,
            languages=self.languages,
            area=self.area,
            living_with=rng.choice(["foster home", "grandmother", "aunt", "group home"]),
            missing=Referral.YesNo.NO,
            safety_words=self.safety[1] if self.safety else "",
            why=why,
            status=ReferralStatus.ACCEPTED if accepted else ReferralStatus.RECEIVED,
            replied_at=moment_of(self.came + DAY / 5) if accepted else None,
            taken_by_id=by,
            decided_at=moment_of(self.welcomed_at) if accepted else None,
            decided_by_id=by if accepted else None,
        )
        self.can_be_found(referral_id=self.referral)

    def can_be_found(self, **owner):
        person = Person(
            first=words(self.first),
            last=words(self.last),
            phones=digits(self.phone),
            born_on=self.born_on,
            precision=Precision.DAY,
        )
        for kind, value in sorted(recognise.keys_of(person)):
            self.add(LookupKey, kind=kind, value=value, **owner)

    def welcomed(self):
        at, by = moment_of(self.welcomed_at), self.scale.intake
        self.youth, self.case, rng = self.id(self.welcomed_at), self.id(self.welcomed_at), self.rng
        begun = self.began < self.scale.now
        self.add(
            Youth,
            id=self.youth,
            code=f"Y-{self.n + 1:04d}",
            chosen_name=self.name,
            pronouns=self.pronouns,
            born_on=self.born_on,
            born_precision=Precision.DAY,
            worker=self.worker,
            languages=self.languages,
            area=self.area,
            interests=rng.sample(["art", "music", "dance", "sport", "cooking", "hair", "gaming", "animals"], 2),
            experiences=rng.sample(["group_care", "foster_care", "kin", "several_homes", "court"], 2),
            backgrounds=[rng.choice(["latina", "black", "white", "asian", "haitian", "cape_verdean"])],
            wishes=rng.sample(["same_background", "same_language", "near", "shared_experience", "texts"], 2),
        )
        self.add(
            Identity,
            id=self.id(self.welcomed_at),
            youth_id=self.youth,
            legal_name=f"{self.first} {self.last}",
            phones=self.phone,
        )
        self.can_be_found(youth_id=self.youth)
        self.add(SafeContact, id=self.id(self.welcomed_at), youth_id=self.youth, number=self.phone)
        if self.safety:
            kind, said_so = self.safety
            self.add(
                SafetyNeed,
                id=self.id(self.came),
                youth_id=self.youth,
                kind=kind,
                words=said_so,
                received_at=moment_of(self.came),
            )
        self.add(
            Case,
            id=self.case,
            youth_id=self.youth,
            referral_id=self.referral,
            status=CaseStatus.WITH_MENTOR if begun else CaseStatus.WAITING,
            accepted_at=at,
            with_mentor_at=moment_of(self.began) if begun else None,
        )
        self.add(
            Contact,
            id=self.id(self.came),
            referral_id=self.referral,
            case_id=self.case,
            at=moment_of(self.came + 1.3 * DAY),
            by_id=by,
            way=Contact.Way.CALL,
            reached=True,
            note="Said hello. Wants to meet somebody.",
        )
        self.line(self.welcomed_at, by, "accepted")
        self.sees(self.welcomed_at, As.CASE_MANAGER, "case manager", user=self.team.case_manager)

    def line(self, at, by, what):
        self.add(CaseEvent, id=self.id(at), case_id=self.case, at=moment_of(at), by_id=by, what=what)

    def sees(self, at, as_what, why, *, user=None, role="", until=None):
        self.add(
            Access,
            id=self.id(at),
            case_id=self.case,
            user_id=user,
            role=role,
            as_what=as_what,
            begins=moment_of(at),
            until=until and moment_of(until),
            why=why,
            given_by_id=self.scale.intake,
        )

    def waits(self, until=None):
        for row in (As.INTAKE, As.ASSESSMENT):
            self.sees(self.welcomed_at, row, "welcomes and matches, until the match", role=row, until=until)
