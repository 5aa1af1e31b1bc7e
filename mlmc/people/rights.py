"""Who can do what, read from the program's own tables: the menu, and the roles each page names."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import CharField, Count, Func
from django.urls import URLPattern, get_resolver

from cases import trail
from mlmc import navigation
from mlmc.core.models import Role, User

NAMED = 50  # who holds a role is named here as long as they are so many, else on the list of people


@dataclass(frozen=True)
class Rights:
    """One role: how many hold it and who, where they are few; what the menu shows, and what else it opens or changes,
    in the words of the trail."""

    role: Role
    count: int
    people: list
    menu: list
    more: list


def of_every_role():
    here, opens, holders = User.objects.people().filter(is_active=True), pages(), defaultdict(list)
    each = here.values(role=Func("roles", function="unnest", output_field=CharField()))
    counts = dict(each.annotate(count=Count("*")).order_by("role").values_list("role", "count"))
    few = [role for role in Role if counts.get(role, 0) <= NAMED]
    for person in here.filter(roles__overlap=few).order_by("name", "pk"):
        for role in person.roles:
            holders[role].append(person)
    return [
        Rights(role, counts.get(role, 0), holders[role] if role in few else [], menu_of(role), sorted(opens[role]))
        for role in Role
    ]


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
