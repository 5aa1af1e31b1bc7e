"""The list of people, a page at a time: by name, and last whoever is gone."""

from cases.forms import uuid_or_none
from mlmc.core.models import User

PAGE = 100


def in_order(role=""):
    """Everybody, or who holds this role now."""
    rows = User.objects.people().select_related("team").order_by("-is_active", "name", "pk")
    return rows.with_role(role) if role else rows


def place(words):
    """Behind whom a page continues, of an address; whatever else stands there is the beginning."""
    pk = uuid_or_none(words)
    return pk and User.objects.people().filter(pk=pk).first()


def page(rows, *, after=None):
    """(people, behind whom the next page begins or None). The address names that person by id, so it holds no name;
    it continues behind them however many came before."""
    found = list(behind(rows, after)[: PAGE + 1])
    if after is not None and after.is_active and len(found) <= PAGE:
        found += rows.filter(is_active=False)[: PAGE + 1 - len(found)]
    return found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None


def behind(rows, person):
    """Each part by its index: an *or* between the two would read all that came before."""
    if person is None:
        return rows
    rows = rows.filter(is_active=person.is_active, name__gte=person.name)
    return rows.exclude(name=person.name, pk__lte=person.pk)
