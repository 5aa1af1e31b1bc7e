"""How much waits in each open work queue: for the menu, and never counted past a hundred."""

from django.db.models import Q
from django.utils import timezone

from cases import emergency
from cases.models import Case, Referral, ReferralStatus
from mentors.models import Concern, ConcernStatus, Meeting
from mlmc.core import raising
from mlmc.core.context import on_duty
from mlmc.core.counting import counted
from mlmc.plain_exit import asking
from outcomes.models import FollowUp
from outcomes.models import Status as FollowUpStatus

ENOUGH = 100  # the menu says "99+" from here on
# Who reviews an emergency holds no row of that youth, and who asked for whom is no page's to read: of it all only
# numbers come out here.
DUTIES = {"emergencies": "access", "people": "accounts", "settings": "accounts"}


def waiting_for(user):
    """What waits behind each key of the menu, as something that makes the queryset, and whether it is about a promise
    or danger."""
    now = timezone.now()
    new = Q(status=ReferralStatus.RECEIVED) | Q(status=ReferralStatus.NEEDS_INFORMATION, replied_at=None)
    late = Q(status=FollowUpStatus.OPEN, due_on__lt=timezone.localdate(), respondent__case__isnull=False)
    return {
        "referrals": (lambda: Referral.objects.visible_to(user).filter(new), True),
        "match": (lambda: Case.objects.visible_to(user).waiting(), False),
        "team": (lambda: Concern.objects.visible_to(user).filter(status=ConcernStatus.TOLD), True),
        "paperwork": (lambda: Meeting.objects.visible_to(user).filter(handed_over=True, taken_up_at=None), False),
        "follow-ups": (lambda: FollowUp.objects.visible_to(user).filter(late), True),
        "emergencies": (lambda: emergency.to_look_at(user), True),
        "people": (lambda: raising.to_answer(user, at=now), False),
        "settings": (lambda: asking.to_answer(user, at=now), False),
    }


def count(user, keys):
    """{key: (number, hot)} for those of the keys that are queues: one statement for one's own, and one for what takes
    a duty to count. Apart, as under a duty a wall is not seen: one's own are as many as are shown."""
    queues = {key: queue for key, queue in waiting_for(user).items() if key in keys}
    theirs = {key: rows() for key, (rows, _) in queues.items() if key not in DUTIES}
    numbers = numbered(theirs)
    if duties := {DUTIES[key] for key in queues if key in DUTIES}:
        with on_duty(*duties):
            numbers |= numbered({key: rows() for key, (rows, _) in queues.items() if key in DUTIES})
    return {key: (numbers[key], hot) for key, (_, hot) in queues.items()}


def numbered(rows):
    return dict(zip(rows, counted(*rows.values(), enough=ENOUGH), strict=True)) if rows else {}
