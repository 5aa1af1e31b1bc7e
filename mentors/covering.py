"""Who covers for somebody on leave is gone or busy: somebody else covers from now on, in the same moment."""

from django.db import transaction

from mentors import leave as time_away
from mentors import watching
from mentors.models import Cover, Leave
from mlmc.core import outbox
from mlmc.core.context import on_duty
from mlmc.core.models import Role


@on_duty("workforce")
def covered_by(people, at):
    """[(leave, id of who covers)] of what is not over, as the one who covers or for some of the youth."""
    found = {}
    for row in Leave.objects.current(at).filter(cover__in=people).select_related("person"):
        found[row.pk, row.cover_id] = row
    rows = Cover.objects.filter(leave__in=Leave.objects.current(at), user__in=people, ended_at=None)
    for row in rows.select_related("leave__person"):
        found[row.leave_id, row.user_id] = row.leave
    return sorted(((row, who) for (_, who), row in found.items()), key=lambda pair: (pair[0].until, pair[0].pk))


@on_duty("workforce", "access")
@transaction.atomic
def change(leave, to, *, person, by, at):
    """All this person covered there goes to another, who may do it for everybody, or NotCovered says that not."""
    time_away.one_after_the_other()
    leave = Leave.objects.select_for_update(of=("self",)).select_related("person").get(pk=leave.pk)
    rows = list(leave.covers.filter(user=person, ended_at=None).select_related("access"))
    refuse(leave, rows, to, person=person, at=at)
    if leave.cover_id == person.pk:
        leave.cover = to
        leave.save(update_fields=["cover"])
    for row in rows:
        time_away.end_cover(row, at=at)
        Cover.objects.create(leave=leave, case_id=row.case_id, user=to)
    time_away.keep_covered(leave, at=at, by=by)
    outbox.enqueue("news", to=to, about=leave.pk, due_at=at)


def refuse(leave, rows, to, *, person, at):
    if leave.answered_no_at or leave.until <= at or (leave.cover_id != person.pk and not rows):
        raise watching.NotCovered("This time away is over, or somebody else covers already.")
    if to.pk == leave.person_id:
        raise watching.NotCovered("Choose somebody else to cover.")
    if Leave.objects.within(max(leave.begins, at), leave.until).filter(person=to).exists():
        raise watching.NotCovered(f"{to.short_name} is away in these days, too. Choose somebody else.")
    missing = [role for role in watching.NEEDS_A_COLLEAGUE if leave.person.has_role(role) and not to.has_role(role)]
    if leave.cover_id == person.pk and missing:
        words = ", ".join(Role(role).label for role in missing)
        raise watching.NotCovered(f"Choose a colleague who is: {words}.")
    held = watching.open_with(leave.person)
    cases = [row.case_id for row in rows if row.case_id in held]
    without = [case for case in cases if not watching.fits(to, held[case]) or watching.kept_away(to, case)]
    if without:
        raise watching.NotCovered("They cannot cover for everybody there. Choose somebody else.", cases=without)
