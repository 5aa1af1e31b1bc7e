"""What somebody has in hand here, that has to go to somebody else before they leave.

Each app says it in its `holding.py`: KINDS, and FORBIDS for what it knows about a kind of an app below.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from mlmc.core import each_app
from mlmc.core.context import on_duty
from mlmc.core.models import Role, User


class NotTaken(Exception):
    """It cannot go to whoever was chosen. The message is fit for whoever sees the page, and says nothing of a wall."""


@dataclass(frozen=True)
class Held:
    """One thing in somebody's hands. `words` name no youth; `also` are colleagues who have it in hand as well."""

    pk: object
    person: object  # the id of whose it is
    case: object = None  # whose records it is about
    referral: object = None
    words: str = ""
    also: tuple = ()


@dataclass(frozen=True)
class Refusal:
    """Why somebody cannot take something. `known_to` are the roles that may know; empty is anybody on the page."""

    words: str
    known_to: tuple = ()


@dataclass(frozen=True)
class Kind:
    """`find(people)` gives what these people (ids) hold; `holders()` is true of a user who may hold any, and cheap.
    `takers(person)` may take it; `refuses(lines, people)` says who cannot which: {(line pk, user pk): Refusal}.
    `give(pk, to, person=, by=, at=)` is the verb, one transaction for each line; `to` is None where `nobody` says
    what happens then.
    """

    name: str
    label: str
    icon: str
    order: int
    find: Callable
    about: str = ""
    holders: Callable | None = None
    takers: Callable | None = None
    give: Callable | None = None
    refuses: Callable | None = None
    nobody: str = ""
    each: bool = False  # nobody is chosen for one line at a time, by somebody who sees whom it is about
    verb: str = "Hand over"
    goes_with: str = ""  # in whose train it goes, in words: nothing is chosen here
    chosen_by: tuple = ()  # roles: where who may not take it says something that not everybody on the page may know
    about_youth: bool = True  # whether its lines are about a youth, whom not everybody may read of
    brings_youth: bool = False  # whether youth come with it all the same


@dataclass(frozen=True)
class Section:
    kind: Kind
    lines: list = field(default_factory=list)

    @property
    def left(self):
        """What nobody else has in hand, and does not go with something else."""
        return [] if self.kind.goes_with else [line for line in self.lines if not line.also]


def every():
    return sorted(each_app.kinds("holding"), key=lambda kind: kind.order)


def named(name):
    """The kind of this name that can be handed over, or None."""
    return next((kind for kind in every() if kind.name == name and kind.give), None)


def of(person):
    """Everything this person holds, by subject; what is empty is left out."""
    found = [Section(kind, kind.find([person.pk])) for kind in every()]
    return [section for section in found if section.lines]


def left_with(person):
    """How many things nobody has in hand without this person."""
    return sum(len(section.left) for section in of(person))


MANAGE = (Role.ADMIN, Role.DIRECTOR)


def may_hand_over(user, person):
    """Whoever manages people, about everybody; a supervisor about the mentors and support of her own team."""
    ours = person.team_id is not None and person.team_id == user.team_id and user.pk != person.pk
    peer = {Role.SUPERVISOR, *MANAGE} & set(person.roles)
    return user.has_role(*MANAGE) or (user.has_role(Role.SUPERVISOR) and ours and not peer)


def takes_none(user, kind):
    """Whoever manages people gives themselves no youth."""
    return (kind.about_youth or kind.brings_youth) and user.has_role(*MANAGE)


def may_choose(user, kind):
    return not kind.chosen_by or user.has_role(*kind.chosen_by)


def left_behind(user):
    """[(somebody who is gone, how many things are still with them)] that are this reader's to see to, the first to go
    on top."""
    numbers = still_with_the_gone()
    rows = User.objects.filter(pk__in=numbers).order_by("switched_off_at", "pk") if numbers else []
    return [(one, numbers[one.pk]) for one in rows if may_hand_over(user, one)]


@on_duty("workforce")
def still_with_the_gone():
    """{id of somebody who is gone: how many things nobody has in hand}. One question while there is nobody."""
    anything = Q()
    for kind in every():
        if kind.holders:
            anything |= Q(kind.holders())
    gone = list(User.objects.people().filter(anything, is_active=False).values_list("pk", flat=True))
    found = Counter()
    for kind in every() if gone else []:
        found.update(line.person for line in Section(kind, kind.find(gone)).left)
    return found


def refusals(kind, lines, people):
    """{(line pk, user pk): Refusal}, from the app of the kind and from every app above it."""
    asked = [kind.refuses] if kind.refuses else []
    apps = each_app.modules("holding")
    asked += [more[kind.name] for module in apps if kind.name in (more := getattr(module, "FORBIDS", {}))]
    found = {}
    for refuses in asked:
        for pair, refusal in refuses(lines, people).items():
            found.setdefault(pair, refusal)
    return found


@transaction.atomic
def hand_over(kind, line, to, *, person, by, at):
    """One line goes to one person, or to nobody where that is a way. Asked again in this moment: who is behind a
    wall, or is not to be with this youth, is not chosen by a page that was open too long."""
    if not may_choose(by, kind):
        raise NotTaken("The program director chooses who takes over here.")
    if to is None and not kind.nobody:
        raise NotTaken("Choose who takes over.")
    if to is not None:
        to = next((one for one in kind.takers(person) if one.pk == to.pk), None)  # as they are in this moment
        if to is None or to.pk == person.pk or not to.is_active:
            raise NotTaken("Choose somebody else to take over.")
        if takes_none(by, kind) and to.pk == by.pk:
            raise NotTaken("You manage people, so a youth does not come to you by this page. Choose somebody else.")
        if refusal := refusals(kind, [line], [to]).get((line.pk, to.pk)):
            raise NotTaken("Choose somebody else to take over." if refusal.known_to else refusal.words)
    kind.give(line.pk, to, person=person, by=by, at=at)
