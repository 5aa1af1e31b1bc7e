"""While somebody is missing from care their survey link rests, and its hours do not run on."""

from django.db import transaction
from django.db.models import Q

from cases import whereabouts
from mlmc.core.context import on_duty
from outcomes.models import SurveyLink


@on_duty("follow_ups")
@transaction.atomic
def rest(cases, *, is_missing, at):
    """From the moment somebody is marked as missing, until they are found: then the link has the time it had left."""
    links = SurveyLink.objects.filter(follow_up__respondent__case__in=cases, finished_at=None)
    if is_missing:
        alive = Q(started_at=None, start_by__gt=at) | Q(started_at__isnull=False, resume_by__gt=at)
        links.filter(alive, rests_since=None).update(rests_since=at)
        return
    for link in links.filter(rests_since__isnull=False).select_for_update(of=("self",)):
        rested = at - link.rests_since
        link.rests_since, link.start_by = None, link.start_by + rested
        link.resume_by = link.resume_by and link.resume_by + rested
        link.save(update_fields=["rests_since", "start_by", "resume_by"])


whereabouts.FOLLOW.append(rest)
