"""Breaking the glass: one case, one hour, a reason, told to a supervisor at once, looked at by a second person."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from cases import access
from cases.models import Access, As, Case, Emergency, Wall
from mlmc.core import audit, outbox
from mlmc.core.context import on_duty
from mlmc.core.models import AuditEntry, Role, User
from mlmc.core.postgres.looking import before_an_answer_tells

MAY_OPEN = access.HELD_BY[As.BREAK_GLASS]
MAY_REVIEW = (Role.SUPERVISOR, Role.DIRECTOR)
LASTS = timedelta(minutes=60)
REVIEW_WITHIN = timedelta(hours=72)


class OpensNothing(Exception):
    """No case of this code can be opened by this person. It never says whether there is one."""


class NotYours(Exception):
    """Somebody else has to look at it. The message is fit for the user."""


@on_duty("access")
@transaction.atomic
def open_case(code, *, by, at, reason):
    """The newest episode behind a code, open to this person for an hour. A wall keeps it shut. While that hour lasts,
    asking again is asking once."""
    before_an_answer_tells()
    one_after_the_other(by)
    cases = Case.objects.filter(youth__code__iexact=code.strip(), youth__is_practice=False)
    cases = cases.exclude(youth__in=Wall.objects.filter(user=by).values("youth"))
    case = cases.select_related("youth").order_by("-episode").first()
    if case is None:
        raise OpensNothing("This code opens nothing for you. Check it, or call the supervisor on call.")
    if Access.objects.filter(case=case, user=by, as_what=As.BREAK_GLASS, until__gt=at).exists():
        return case
    why = "opened in an emergency"
    row = access.give(case, user=by, as_what=As.BREAK_GLASS, why=why, by=by, at=at, until=at + LASTS)
    emergency = Emergency.objects.create(access=row, by=by, opened_at=at, reason=reason)
    case.record("Opened in an emergency", by=by, at=at)
    for person in to_be_told(case, but=by):
        outbox.enqueue("news", to=person, about=emergency.pk, due_at=at)
    return case


def one_after_the_other(person):
    """Of two forms this person sent at once the second waits for the first, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"emergency:{person.pk}"])


def to_be_told(case, *, but):
    """Who supervises this youth, or else every supervisor; and the directors. Never who opened it, nor whom a wall
    keeps from this youth."""
    people = User.objects.exclude(pk__in=Wall.objects.filter(youth=case.youth_id).values("user"))
    supervisors = people.filter(
        pk__in=Access.objects.filter(case=case, as_what=As.SUPERVISOR, until=None).values("user"), is_active=True
    )
    told = {*(supervisors or people.with_role(Role.SUPERVISOR)), *people.with_role(Role.DIRECTOR)}
    return sorted(told - {but}, key=lambda person: person.pk)


@on_duty("access")
def to_review(*, by, unreviewed):
    """Those nobody has looked at yet, the oldest first; or the latest fifty that somebody has."""
    rows = not_walled(by).select_related("access__case__youth", "by", "reviewed_by")
    if unreviewed:
        found = list(rows.filter(reviewed_at=None).order_by("opened_at"))
    else:
        found = list(rows.filter(reviewed_at__isnull=False).order_by("-opened_at")[:50])
    for emergency in found:
        emergency.late_at = emergency.opened_at + REVIEW_WITHIN
        emergency.pages = pages_opened(emergency)
        audit.note(emergency.access.case_id)
    return found


def to_look_at(person):
    """Those nobody has looked at yet and this person may review: not their own, and none behind a wall."""
    return not_walled(person).filter(reviewed_at=None).exclude(by=person)


def not_walled(person):
    """All of them but those about a youth this person is kept away from: a duty looks past walls, a page does not."""
    return Emergency.objects.exclude(access__case__youth__in=Wall.objects.filter(user=person).values("youth"))


def pages_opened(emergency):
    """How many pages about this youth whoever opened it looked at in that time, from the trail."""
    row = emergency.access
    lines = AuditEntry.objects.filter(user_id=emergency.by_id, cases__contains=[row.case_id])
    return lines.filter(Q(at__gte=row.begins) & Q(at__lte=row.until)).count()


@on_duty("access")
@transaction.atomic
def review(pk, *, by, at, finding):
    """A second person has looked at it, and says what they think. What still was open is shut."""
    rows = not_walled(by).filter(pk=pk)
    emergency = rows.select_for_update(of=("self",)).select_related("access__case").first()
    if emergency is None or emergency.reviewed_at:
        raise NotYours("Somebody has looked at this one already.")
    if emergency.by_id == by.pk:
        raise NotYours("You opened it yourself, so somebody else looks at it.")
    emergency.reviewed_at, emergency.reviewed_by, emergency.finding = at, by, finding
    emergency.save(update_fields=["reviewed_at", "reviewed_by", "finding"])
    access.end_early(emergency.access, at=at)
    emergency.access.case.record("An emergency opening was reviewed", by=by, at=at)
    return emergency


@on_duty("access")
@transaction.atomic
def escalate(*, at):
    """Nobody has looked within 72 hours: the directors hear of it, once."""
    late = Emergency.objects.filter(reviewed_at=None, escalated_at=None, opened_at__lte=at - REVIEW_WITHIN)
    for emergency in late.select_for_update(of=("self",), skip_locked=True):
        for person in User.objects.with_role(Role.DIRECTOR):
            outbox.enqueue("news", to=person, about=emergency.pk, due_at=at)
        emergency.escalated_at = at
        emergency.save(update_fields=["escalated_at"])
