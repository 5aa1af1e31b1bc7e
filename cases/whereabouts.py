"""From which day somebody is missing from care, in hospital, out of area or wants a pause. Dated marks on a case."""

from django.db import transaction

from cases.models import Case
from mlmc.core.context import on_duty

MISSING = "missing_since"
FLAGS = {  # field → what the timeline says when it begins, and when it is over
    MISSING: ("Missing from care: nothing is sent, nobody calls", "Found: contact begins again"),
    "detained_since": ("In hospital or detained", "No longer in hospital or detained"),
    "away_since": ("Out of area", "Back in the area"),
    "paused_since": ("Paused by the youth", "Goes on, as the youth wishes"),
}

FOLLOW = []  # what an app above does when somebody goes missing or is found: (case ids, is_missing=, at=)


@on_duty("welcome")
@transaction.atomic
def mark(case, name, since, *, by, at):
    """Begin or end one of FLAGS: `since` is a day, or None. A person is missing, not an episode: that one is marked on
    all their cases, and whatever reaches them is silenced at once."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if getattr(case, name) == since:
        return case
    setattr(case, name, since)
    case.save(update_fields=[name])
    if name == MISSING:
        theirs = Case.objects.filter(youth_id=case.youth_id)
        theirs.exclude(pk=case.pk).update(missing_since=since)
        for follow in FOLLOW:
            follow(list(theirs.values_list("pk", flat=True)), is_missing=since is not None, at=at)
    case.record(FLAGS[name][0 if since else 1], by=by, at=at)
    return case


def missing_since(youth):
    """Since when this person is missing from care, or None."""
    return (
        youth.cases.exclude(missing_since=None)
        .order_by("missing_since")
        .values_list("missing_since", flat=True)
        .first()
    )
