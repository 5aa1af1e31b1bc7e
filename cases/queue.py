"""The referral queue as a board and as a table: which column, which clock matters now, what may come next."""

from datetime import timedelta

from django.db.models.functions import Now

from cases import codes, promises
from cases.birth import age_on
from cases.intake import NEEDS
from cases.models import Case, CaseStatus, ReferralStatus
from cases.models.referral import GETTING_TO_KNOW, NEW, OPEN, READY

MOST = 1000  # of the open ones, of those who wait and of those who met somebody: the longest there, and the latest
SHOWN = 20  # cards of one column; the table has them all
PAGE = 25
PAST = ".past"  # in an address, behind the id of a row: the open ones were all shown
STAYS = timedelta(days=14)  # who met their mentor stays on the board so long, then lives in Youth
COLUMNS = {
    "new": ("New", NEW),
    "getting": ("Getting to know", GETTING_TO_KNOW),
    "ready": ("Ready for team", READY),
    "waiting": ("Waiting for mentor", {CaseStatus.WAITING}),
    "met": ("Met their mentor", {CaseStatus.WITH_MENTOR}),
}
# What the menu of a card offers, by column: what can be done at once, then what asks for a word first.
STEPS = [
    (ReferralStatus.NEEDS_INFORMATION, "Getting to know"),
    (ReferralStatus.IN_REVIEW, "Ready for team"),
    (ReferralStatus.EXCEPTION, "Exception review"),
]
WITH_WORDS = [(ReferralStatus.GROUP, "Prevention group…"), (ReferralStatus.ELSEWHERE, "Connected elsewhere…")] + [
    (ReferralStatus.WITHDRAWN, "Withdrawn by who referred…")
]


def standing(referrals):
    """Who stands on the board, as (received, id, status of the referral while it is open and then of its case): open
    ones by the clock, then those who wait or met their mentor lately, by the clock. Nobody for practice."""
    real = referrals.exclude(case__youth__is_practice=True)
    waiting = Case.objects.filter(status=CaseStatus.WAITING).order_by("accepted_at").values_list("referral", flat=True)
    lately = Case.objects.filter(status=CaseStatus.WITH_MENTOR, with_mentor_at__gt=Now() - STAYS)
    lately = lately.order_by("-with_mentor_at").values_list("referral", flat=True)
    known = list(waiting[:MOST].union(lately[:MOST], all=True))  # by name: else all are read
    rows = [
        *real.filter(status__in=OPEN).order_by("received_at").values_list("received_at", "pk", "status")[:MOST],
        *real.filter(status=ReferralStatus.ACCEPTED, pk__in=known).values_list("received_at", "pk", "case__status"),
    ]
    return sorted(rows, key=place)


def place(row):
    """Open ones come first: something is to be done."""
    received_at, pk, status = row
    return status not in OPEN, received_at, pk


def on_board(referrals):
    return referrals.filter(pk__in=[pk for _, pk, _ in standing(referrals)])


def board(stand):
    """The columns of who `stand`s there: (key, title, count, the first of them)."""
    for key, (title, which) in COLUMNS.items():
        pks = [pk for _, pk, status in stand if status in which]
        yield key, title, len(pks), pks[:SHOWN]


def page(stand, *, after):
    """One page of the table, and behind what the next begins: a row, and whether it was past the open ones. So nobody
    is passed over when that row moves meanwhile. It continues behind a row, not at a number."""
    behind, past = after
    mark = next(((past, *row[:2]) for row in stand if row[1] == behind), None)
    rows = [row for row in stand if mark is None or place(row) > mark]
    last = place(rows[PAGE - 1]) if len(rows) > PAGE else None
    return [pk for _, pk, _ in rows[:PAGE]], last and f"{last[2]}{PAST if last[0] else ''}"


def cards(referrals, pks, *, at, program):
    """{id: referral with what its card says}"""
    return {one.pk: dressed(one, at=at, program=program) for one in referrals.for_queue().filter(pk__in=pks)}


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
