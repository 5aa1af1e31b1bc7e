"""The referral queue as a board and as a table: which column, which clock matters now, what may come next."""

from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import Now

from cases import codes, promises
from cases.birth import age_on
from cases.intake import NEEDS
from cases.models import CaseStatus, ReferralStatus
from cases.models.referral import GETTING_TO_KNOW, NEW, OPEN, READY

SHOWN = 40  # cards of one column; the table has them all
PAGE = 50
STAYS = timedelta(days=14)  # who met their mentor stays on the board so long, then lives in Youth
ACCEPTED = Q(status=ReferralStatus.ACCEPTED)

COLUMNS = [
    ("new", "New", Q(status__in=NEW)),
    ("getting", "Getting to know", Q(status__in=GETTING_TO_KNOW)),
    ("ready", "Ready for team", Q(status__in=READY)),
    ("waiting", "Waiting for mentor", ACCEPTED & Q(case__status=CaseStatus.WAITING)),
    ("met", "Met their mentor", ACCEPTED & Q(case__status=CaseStatus.WITH_MENTOR)),
]
# What the menu of a card offers, by column: what can be done at once, then what asks for a word first.
STEPS = [
    (ReferralStatus.NEEDS_INFORMATION, "Getting to know"),
    (ReferralStatus.IN_REVIEW, "Ready for team"),
    (ReferralStatus.EXCEPTION, "Exception review"),
]
WITH_WORDS = [(ReferralStatus.GROUP, "Prevention group…"), (ReferralStatus.ELSEWHERE, "Connected elsewhere…")] + [
    (ReferralStatus.WITHDRAWN, "Withdrawn by who referred…")
]


def on_board(referrals):
    """Who stands on the board: open ones, those who wait, those who met their mentor lately. Nobody for practice."""
    met = Q(case__status=CaseStatus.WITH_MENTOR, case__with_mentor_at__gt=Now() - STAYS)
    accepted = referrals.filter(ACCEPTED & (Q(case__status=CaseStatus.WAITING) | met)).values("pk")
    return referrals.filter(Q(status__in=OPEN) | Q(pk__in=accepted)).exclude(case__youth__is_practice=True)


def board(referrals, *, at, program):
    """The columns: (key, title, count, cards)."""
    referrals = on_board(referrals)
    counts = referrals.aggregate(**{key: Count("pk", filter=rule, distinct=True) for key, _, rule in COLUMNS})
    for key, title, rule in COLUMNS:
        pks = referrals.filter(rule).values("pk")
        found = referrals.filter(pk__in=pks).for_queue().order_by("received_at", "pk")[:SHOWN]
        yield key, title, counts[key], [dressed(one, at=at, program=program) for one in found]


def page(referrals, *, after, at, program):
    """One page of the table, by the clock, and where the next begins. It continues behind a row, not at a number."""
    rows = referrals.for_queue().order_by("received_at", "pk")
    mark = referrals.filter(pk=after).values_list("received_at", "pk").first() if after else None
    if mark:
        rows = rows.filter(Q(received_at__gt=mark[0]) | Q(received_at=mark[0], pk__gt=mark[1]))
    rows = list(rows[: PAGE + 1])
    shown = [dressed(one, at=at, program=program) for one in rows[:PAGE]]
    return shown, shown[-1].pk if len(rows) > PAGE else None


def clocks_of(referral, *, program):
    case = getattr(referral, "case", None)
    waiting = case is not None and case.status == CaseStatus.WAITING
    running = promises.clocks(
        received_at=referral.received_at,
        replied_at=referral.replied_at,
        reached_at=referral.reached_at,
        program=program,
        accepted_at=case.accepted_at if waiting else None,
    )
    ended = case is None and not referral.is_open
    return [clock for clock in running if clock.met_at or not ended]


def dressed(referral, *, at, program):
    """A referral with what a card says: its column, its clock, its next steps."""
    case = getattr(referral, "case", None)
    referral.clocks = clocks_of(referral, program=program)
    met = case is not None and case.status == CaseStatus.WITH_MENTOR
    referral.clock = None if met else promises.that_matters(referral.clocks)
    referral.clock_state = referral.clock.state(at) if referral.clock else "met"
    referral.column = column_of(referral, case)
    referral.waiting_days = (
        (promises.local(at).date() - promises.local(case.accepted_at).date()).days if case else None
    )
    referral.age = age_on(referral.born_on, promises.local(at).date()) if referral.born_on else referral.about_age
    spoken = codes.words(referral.languages, codes.LANGUAGES)
    referral.facts = ", ".join([str(referral.age or "age not known yet"), *spoken])
    referral.asks = sum(NEEDS[code][1] for code in referral.needs if code in NEEDS)
    referral.steps = [step for step in STEPS if referral.is_open and step[0] != referral.status]
    referral.steps_with_words = WITH_WORDS if referral.is_open else []
    return referral


def column_of(referral, case):
    if case is not None:
        return {"waiting": "Waiting for mentor", "with_mentor": "Met their mentor"}.get(
            case.status, "Directed elsewhere"
        )
    titles = [(NEW, "New"), (GETTING_TO_KNOW, "Getting to know"), (READY, "Ready for team")]
    return next(
        (title for rule, title in titles if referral.status in rule), referral.get_status_display().capitalize()
    )
