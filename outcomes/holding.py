"""Follow-ups that are due with somebody's youth: they go with the case. See mlmc.core.holding."""

from cases.models import Access, As
from mlmc.core.context import on_duty
from mlmc.core.holding import Held, Kind
from outcomes.models import FollowUp, Status


@on_duty("follow_ups")
def find(people):
    rows = Access.objects.filter(user__in=people, until=None, as_what__in=[As.MENTOR, As.CASE_MANAGER])
    theirs = dict(rows.values_list("case", "user"))
    due = FollowUp.objects.filter(respondent__case__in=theirs, status=Status.OPEN).order_by("closes_on", "pk")
    found = due.values_list("pk", "respondent__case")
    return [Held(pk, theirs[case], case=case, words="waits to be asked") for pk, case in found]


KINDS = [
    Kind(
        "follow-ups",
        "Follow-ups to do",
        "arrow-repeat",
        43,
        find,
        goes_with="They go with the youth: who takes over asks next.",
    )
]
