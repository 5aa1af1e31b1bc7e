"""Who watches over whom in person, and whether a colleague may do it for as long as somebody is away."""

from cases import access
from cases.models import Access, As, Wall
from mentors.models import LIVED, Leave, Mentor, Mentorship, MentorStatus
from mlmc.core.context import on_duty
from mlmc.core.models import Role

IN_PERSON = [As.INTAKE, As.ASSESSMENT, As.CASE_MANAGER, As.SUPERVISOR, As.SUPPORT, As.ON_CALL]
# Whoever holds one of these is covered by somebody who holds it, too, also on a day when no youth is with them.
NEEDS_A_COLLEAGUE = [Role.SUPERVISOR, Role.CASE_MANAGER, Role.INTAKE]
MENTOR_IS_COVERED_BY = [Role.MENTOR, Role.SUPERVISOR]
WORKS = [MentorStatus.READY, MentorStatus.ACTIVE]


class NotCovered(Exception):
    """Somebody would be left without anybody. The message is fit for the user; `cases` need somebody else."""

    def __init__(self, message, cases=()):
        super().__init__(message)
        self.cases = set(cases)


@on_duty("workforce")
def open_with(person):
    """{case id: as what} of the youth somebody watches in person now."""
    found = {}
    for case in Mentorship.objects.filter(mentor__user=person, status__in=LIVED).values_list("case", flat=True):
        found.setdefault(case, set()).add(As.MENTOR)
    rows = Access.objects.filter(user=person, until=None, as_what__in=IN_PERSON)
    for case, as_what in rows.values_list("case", "as_what"):
        found.setdefault(case, set()).add(As(as_what))
    return found


@on_duty("workforce")
def walls_among(cases):
    """Those of these youth somebody is kept away from: one cover may not do for all of them."""
    return set(Wall.objects.filter(youth__cases__in=cases).values_list("youth__cases", flat=True)) & set(cases)


def fits(user, kinds):
    """Whether somebody may watch as what is needed."""
    mentoring = user.has_role(Role.SUPERVISOR) or Mentor.objects.filter(user=user, status__in=WORKS).exists()
    mentored = As.MENTOR not in kinds or (user.has_role(*MENTOR_IS_COVERED_BY) and mentoring)
    return user.is_active and mentored and all(user.has_role(*access.HELD_BY[kind]) for kind in kinds - {As.MENTOR})


@on_duty("workforce")
def check(person, begins, until, *, cover, instead):
    """Nobody is left out, or NotCovered says who."""
    held = open_with(person)
    for user in {one for one in (cover, *instead.values()) if one is not None}:
        if user.pk == person.pk:
            raise NotCovered("Choose somebody else to cover.")
        if Leave.objects.within(begins, until).filter(person=user).exists():
            raise NotCovered(f"{user.short_name} is away in these days, too. Choose somebody else.")
    colleague = [role for role in NEEDS_A_COLLEAGUE if person.has_role(role)]
    if (missing := [role for role in colleague if cover is None or not cover.has_role(role)]) or (
        cover is None and held.keys() - instead.keys()
    ):
        words = ", ".join(Role(role).label for role in missing) or "mentor or clinical supervisor"
        raise NotCovered(f"Somebody has to cover. Choose a colleague who is: {words}.")
    chosen = {case: instead.get(case, cover) for case in held}
    if without := [case for case, user in chosen.items() if not fits(user, held[case]) or kept_away(user, case)]:
        raise NotCovered(
            f"Whoever covers cannot do so for everybody: {len(without)} youth need somebody else.", cases=without
        )
    return chosen


def kept_away(user, case):
    return Wall.objects.filter(user=user, youth__cases=case).exists()
