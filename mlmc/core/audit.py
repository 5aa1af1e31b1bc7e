"""What is done, for the trail: one row for each request that shows, changes, is refused, exports or signs in."""

import datetime
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import connection

SAFE = {"GET", "HEAD", "OPTIONS"}
LOST_UPDATE = 412
VIEW, WRITE, DENY, EXPORT, SIGN_IN = "view", "write", "deny", "export", "sign-in"


@dataclass
class Noted:
    """What one request has done so far: which act, why, and whose records."""

    act: str = ""
    why: str = ""
    cases: set = field(default_factory=set)
    actor: object = None  # where it is not the person who is signed in: the door, a referrer, a respondent
    record: str = ""  # where no address names it: whose account a wrong code was for


_noted = ContextVar("noted", default=None)


def note(*case_ids):
    """The records of these cases are shown or changed by what is going on. Outside of a request it is nobody's."""
    if (noted := _noted.get()) is not None:
        noted.cases.update(one for one in case_ids if one is not None)


def say(act, *, why="", record=""):
    """What this request is, where its method and answer do not tell: a sign-in, an export, a refusal. In our own
    words: `why` holds no name and no free text."""
    if (noted := _noted.get()) is not None:
        noted.act, noted.why, noted.record = act, why, str(record)


def from_now_on(actor):
    """Somebody came in through the door: the line of this request is theirs, not the door's."""
    if (noted := _noted.get()) is not None:
        noted.actor = actor


def noted():
    return _noted.get()


@contextmanager
def acting_as_this(actor):
    """The line of this request is this one's, not of whoever is signed in on the machine."""
    if (noted := _noted.get()) is not None:
        noted.actor = actor
    yield


@contextmanager
def noting():
    """What is noted from here on belongs to this."""
    noted = Noted()
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def is_worth_a_line(request, noted):
    """Every request of somebody known, and of others those that show, change or are refused something. Asking for a
    page that needs a sign-in is none, nor is an address that is none: a machine could fill the trail with them."""
    if noted is None or refreshes_itself(request):
        return False
    user = request.__dict__.get("_cached_user")
    return bool(noted.cases or noted.act or (user is not None and user.is_authenticated))


def refreshes_itself(request):
    """A part of a page that fetches itself anew is no new view. The page says so by a header, but its view has to be
    one that does: or anybody could read without a line."""
    view = getattr(request.resolver_match, "func", None)
    return getattr(view, "refreshes_itself", False) and request.headers.get("X-Poll") == "1"


def keep(request, response, noted):
    """The line of this request: which page, which record, whose records, and what came of it."""
    match = request.resolver_match
    what = match.view_name if match else "nowhere"
    found = match.kwargs.get("pk", noted.record) if match else ""
    record(
        _act(request, response, noted),
        what,
        record=found,
        cases=noted.cases,
        why=noted.why,
        status=response.status_code,
    )


def _act(request, response, noted):
    if response.status_code == LOST_UPDATE and noted.act == VIEW:  # refused, and shown how it stands
        return VIEW
    if response.status_code >= 400:
        return DENY
    if noted.act:
        return noted.act
    return WRITE if request.method not in SAFE and 300 <= response.status_code < 400 else VIEW


def record(act, what, *, record="", cases=(), why="", status=200):
    """One row, in the transaction that is open: no row, no act. The database adds who, when and the chain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_auditentry (act, what, record, cases, why, status) values (%s, %s, %s, %s, %s, %s)",
            [act, what, str(record), sorted(cases), why, status],
        )


def prepare_months(first, *, count=24):
    """Partitions ahead of time, as the owner. Beyond them entries land in the default partition, not on the floor."""
    months = [divmod(first.year * 12 + first.month - 1 + n, 12) for n in range(count + 2)]
    days = [datetime.date(year, month + 1, 1) for year, month in months]
    with connection.cursor() as cursor:
        for begin, end in pairwise(days):
            name = f"core_auditentry_{begin:%Y_%m}"
            cursor.execute(MONTH.format(name=name, begin=begin, end=end))


def breaks(month):
    """Every place where a month's chains are not what they were. Read as the keeper; empty is good."""
    with connection.cursor() as cursor:
        cursor.execute(BREAKS, {"month": month})
        return cursor.fetchall()


def anchor(month):
    """One digest over the ends of all chains, to be kept off this machine: it also shows a chain cut short."""
    with connection.cursor() as cursor:
        cursor.execute(ANCHOR, [month])
        return cursor.fetchone()[0]


ANCHOR = "select encode(sha256(string_agg(digest, null order by lane)), 'hex') from guard.audit_lane where month = %s"

BREAKS = """
    with entry as (
        select e.lane, e.seq, e.digest, e.previous, guard.audit_digest(e) as expected,
               lag(e.seq, 1, 0::bigint) over chain as last_seq, lag(e.digest, 1, ''::bytea) over chain as last_digest
        from core_auditentry e where e.month = %(month)s
        window chain as (partition by e.lane order by e.seq)
    )
    select lane, seq, 'changed' from entry where digest <> expected
    union all
    select lane, seq, 'follows another row' from entry where previous <> last_digest or seq <> last_seq + 1
    union all
    select head.lane, head.seq, 'end is missing' from guard.audit_lane head
    where head.month = %(month)s and not exists (
        select from entry where entry.lane = head.lane and entry.seq = head.seq and entry.digest = head.digest
    )
    order by 1, 2
"""

# Where lines of that month already lie in the default partition, they and those to come stay there.
MONTH = """
do $$ begin
    create table if not exists {name} partition of core_auditentry for values from ('{begin}') to ('{end}');
    create or replace trigger never_emptied before truncate on {name} execute function guard.refuse();
exception when check_violation then null;
end $$
"""
