"""Opening one youth after another: how many within an hour is work, and from when on it looks like something else.

The count is the audit trail's. Whoever opens more than their work needs is asked why, in a sentence, and the director
hears of it within the minute. What was opened within the hour stays open: nobody loses the youth they are caring for.
"""

from datetime import timedelta
from functools import cache, wraps

from django.db import connection
from django.shortcuts import render
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from mlmc.core import outbox
from mlmc.core.audit import DENY
from mlmc.core.forms import Form, PlainText
from mlmc.core.models import AuditEntry, FurtherLook, Role, User

HOUR = timedelta(hours=1)
STAFF, MENTOR = 40, 20  # youth within an hour
FURTHER, MOST_REASONS = 10, 3  # a reason opens so many more, and so many reasons are heard in an hour
COUNTED = """
    select count(distinct record) filter (where record <> %(record)s),
           coalesce(bool_or(record = %(record)s), false),
           (select count(*) from core_furtherlook where user_id = %(user)s and at > %(since)s)
    from core_auditentry
    where user_id = %(user)s and at > %(since)s and month in (%(month)s, %(this_month)s)
      and what = any(%(pages)s) and record <> '' and (status < 400 or status = 412)
"""


class ReasonForm(Form):
    words = PlainText(
        label="What are you working on?",
        max_length=300,
        rows=2,
        missing="Write in a sentence what you need to open more youth for.",
    )


def is_mentor_only(roles) -> bool:
    return set(roles) <= {Role.MENTOR}


def allowed(roles, reasons: int) -> int:
    """How many different youth somebody may open within an hour."""
    return (MENTOR if is_mentor_only(roles) else STAFF) + FURTHER * min(reasons, MOST_REASONS)


def is_too_many(roles, *, others: int, is_open: bool, reasons: int) -> bool:
    """Whether one more is one too many. What was opened within the hour may be opened again."""
    return not is_open and others >= allowed(roles, reasons)


def opened_lately(user, *, record, at):
    """(how many others, whether this one, how many reasons given), of this person within the last hour."""
    since = at - HOUR
    values = {"user": user.pk, "record": str(record), "since": since, "pages": list(pages())}
    values |= {"month": since.date().replace(day=1), "this_month": at.date().replace(day=1)}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, values)
        return cursor.fetchone()


@cache
def pages():
    """The names of the pages about one youth: whoever wrote one said so with `opens_a_youth`."""

    def walk(resolver, spaces=()):
        for part in resolver.url_patterns:
            if isinstance(part, URLPattern):
                if is_about_a_youth(part.callback):
                    yield ":".join((*spaces, part.name))
            else:
                yield from walk(part, (*spaces, part.namespace) if part.namespace else spaces)

    return frozenset(walk(get_resolver("mlmc.urls")))


def is_about_a_youth(view):
    """A page says so of itself; an address of the API names those of its actions that are."""
    said = getattr(getattr(view, "cls", view), "opens_a_youth", False)
    return said is True or (bool(said) and not said.isdisjoint(view.actions.values()))


def opens_a_youth(view):
    """A page about one youth, found by the id in its address."""

    @wraps(view)
    def counted(request, pk, *args, **kwargs):
        others, is_open, reasons = opened_lately(request.user, record=pk, at=timezone.now())
        if is_too_many(request.user.roles, others=others, is_open=is_open, reasons=reasons):
            return ask(request, ReasonForm(), back=request.path, reasons=reasons)
        return view(request, pk, *args, **kwargs)

    counted.opens_a_youth = True
    return counted


def ask(request, form, *, back, reasons):
    """What to do now, in plain words. It names nobody."""
    frame = "phone.html" if is_mentor_only(request.user.roles) else "staff.html"
    context = {"frame": frame, "form": form, "back": back, "may_go_on": reasons < MOST_REASONS}
    return render(request, "core/many_opened.html", context, status=429)


def give_reason(user, words, *, at):
    """A sentence opens some more for the rest of the hour. It is kept for the director, encrypted."""
    return FurtherLook.objects.create(user=user, words=words, at=at)


def noticed(*, since):
    """Who was stopped, and first when: {user id: moment}. For the director, and for the clock that tells her."""
    rows = AuditEntry.objects.filter(act=DENY, status=429, what__in=pages(), at__gt=since, user_id__isnull=False)
    found = {}
    for user_id, at in rows.order_by("-at").values_list("user_id", "at"):
        found[user_id] = at
    return found


def tell_director(*, at):
    """News for every director, once an hour for each person who was stopped."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    for user_id in noticed(since=hour):
        for director in User.objects.with_role(Role.DIRECTOR):
            outbox.enqueue("many_opened", to=director, about=user_id, due_at=hour)
