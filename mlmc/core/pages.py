"""A list continues where it stopped."""

import uuid
from datetime import UTC

from django.db.models import Q
from django.http import HttpResponseNotAllowed
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

YEARS = range(1900, 2200)
A_DAY = len("2026-01-28")
PAGE = 25


def ordinary_methods(get_response):
    """Pages are read and forms are sent; every other way of asking is refused before anybody is asked who they are."""

    def middleware(request):
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        return get_response(request)

    return middleware


def refreshes_itself(view):
    """A part of a page that fetches itself anew, by `hx-headers='{"X-Poll": "1"}'`. That is no new view of anything:
    asked so, it has no line in the trail and keeps nobody signed in. Asked otherwise it is a page like any other."""
    view.refreshes_itself = True
    return view


def page_of(rows, *, by, after="", newest_first=False, size=PAGE):
    """(rows, where the next page begins or an empty text), in the order of one clock. It continues behind a row,
    however many came before it; a place nobody knows is the beginning."""
    way, sign = ("lt", "-") if newest_first else ("gt", "")
    if spot := place(after):
        when, pk = spot
        rows = rows.filter(Q(**{f"{by}__{way}": when}) | Q(**{by: when, f"pk__{way}": pk}))
    found = list(rows.order_by(f"{sign}{by}", f"{sign}pk")[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    return found[:size], f"{getattr(last, by).isoformat()}_{last.pk}"


def place(after):
    """A place as `page_of` gave it out; whatever else stands in an address is the beginning."""
    when, _, pk = after.partition("_")
    try:
        clock = parse_date(when) if len(when) == A_DAY else moment(when)
        key = uuid.UUID(pk)
    except ValueError:
        return None
    return (clock, key) if clock is not None and clock.year in YEARS else None


def moment(words):
    """A moment out of an address, or None. PostgreSQL knows fewer time zones than Python, and every moment of UTC."""
    clock = parse_datetime(words.replace(" ", "+"))
    if clock is None or clock.year not in YEARS or timezone.is_naive(clock):
        return None
    return clock.astimezone(UTC)
