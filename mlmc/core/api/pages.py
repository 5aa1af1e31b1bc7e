"""A list of the API continues behind a row, as our pages do: its place is in `after`, and `next` is the address."""

from django.utils.encoding import iri_to_uri
from rest_framework.utils.urls import replace_query_param

from mlmc.core.api.problems import Problem
from mlmc.core.pages import page_of, place

MOST, ORDINARY = 100, 50


def asked(request):
    """(after, limit), or a problem: a slip does not begin the list anew."""
    after, limit = request.query_params.get("after", ""), request.query_params.get("limit", str(ORDINARY))
    if after and place(after) is None:
        raise Problem("unreadable", "after: take it from `next` of the page before, as it stands there.")
    if not limit.isascii() or not limit.isdecimal() or not 1 <= int(limit[:9]) <= MOST:
        raise Problem("unreadable", f"limit: a number from 1 to {MOST}.")
    return after, int(limit)


def page(request, rows, *, by, newest_first=False):
    """(rows, the address of the next page or None)."""
    after, limit = asked(request)
    found, more = page_of(rows, by=by, after=after, newest_first=newest_first, size=limit)
    address = iri_to_uri(request.build_absolute_uri())
    return found, replace_query_param(address, "after", more) if more else None
