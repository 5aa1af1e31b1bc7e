"""Who can do what, read from the program's own tables: the menu, and the roles each page names."""

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.urls import URLPattern, get_resolver

from cases import trail
from mlmc import navigation
from mlmc.core.counting import counted
from mlmc.core.models import Role, User

NAMED = 50  # who holds a role is named here as long as they are so many, else on the list of people


@dataclass(frozen=True)
class Rights:
    """One role: how many hold it, as far as they are counted, and who, where they are few; what the menu shows, and
    what else it opens or changes, in the words of the trail."""

    role: Role
    count: int
    people: list
    menu: list
    more: list


def of_every_role():
    opens, holders = pages(), defaultdict(list)
    counts = dict(zip(Role, counted(*(User.objects.with_role(role) for role in Role)), strict=True))
    few = [role for role in Role if counts[role] <= NAMED]
    for person in User.objects.filter(any_of(few), is_active=True).order_by("name", "pk"):
        for role in person.roles:
            holders[role].append(person)
    return [
        Rights(role, counts[role], holders[role] if role in few else [], menu_of(role), sorted(opens[role]))
        for role in Role
    ]


def any_of(roles):
    """Who holds one of these: each found by its own index, as an overlap would not be."""
    return reduce(or_, (Q(roles__contains=[role]) for role in roles), Q(pk=None))


def menu_of(role):
    return [label for _, items in navigation.MENU for _, _, _, label, roles in items if role in roles]


def pages():
    """{role: {words}}: every page that names its roles, as the trail calls it."""
    found = defaultdict(set)
    for name, view in named():
        for role in getattr(view, "only_roles", ()):
            if name in trail.WORDS:
                found[role].add(trail.WORDS[name])
    return found


def named(resolver=None, space=""):
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLPattern):
            yield f"{space}{part.name}", part.callback
        else:
            yield from named(part, f"{space}{part.namespace}:" if part.namespace else space)
