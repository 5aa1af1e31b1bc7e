"""Who is due, open, late or missed, and what is done about each of them."""

import segno
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from mlmc import program
from mlmc.core.access import only, visible_or_404
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role
from outcomes import asked, followups, instruments, mistaken, surveys
from outcomes.forms import MissForm
from outcomes.lifecycle import MoveNotAllowed
from outcomes.models import FollowUp, Status

READERS = (Role.EVALUATION, Role.CASE_MANAGER, Role.MENTOR, Role.SUPERVISOR)


@only(*READERS)
@require_safe
def follow_up_list(request):
    today = timezone.localdate()
    shows = asked.shows(today)
    chosen = request.GET.get("show") if request.GET.get("show") in shows else "open"
    rows, after = asked.page_of(request.user, shows[chosen], after=request.GET.get("after", ""))
    context = {
        "active": "follow-ups",
        "numbers": asked.numbers(request.user, today),
        "tabs_of_list": [(name, show.tab) for name, show in shows.items() if name != "no-why"],
        "chosen": chosen,
        "heading": shows[chosen].words,
        "rows": [row_of(one, today, request.user) for one in rows],
        "after": after,
        "by_code": request.user.has_role(Role.EVALUATION),
    }
    return render(request, "outcomes/follow_up_list.html", context)


def row_of(follow_up, today, user):
    return {
        "follow_up": follow_up,
        "standing": asked.standing(follow_up, today),
        "window": asked.drawn(follow_up, today),
        "why": asked.why_words(follow_up),
        "case_url": case_url(follow_up, user),
    }


def case_url(follow_up, user):
    """The case page, for those who work from it; a mentor has pages of her own, and a code leads nowhere."""
    opens = getattr(follow_up, "opens_name", False) and user.has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
    return reverse("cases:case", args=[follow_up.respondent.case_id]) if opens else ""


def mine(request, pk):
    """A follow-up this person may see and do something about."""
    known = FollowUp.objects.with_rights(request.user).select_related("wave", "respondent")
    return visible_or_404(known, request.user, pk=pk, respondent__case__isnull=False)


@only(*READERS)
@require_safe
@opens_a_youth
def follow_up_detail(request, pk):
    return shown(request, mine(request, pk))


def shown(request, follow_up, form=None):
    today = timezone.localdate()
    in_window = follow_up.opens_on <= today <= follow_up.closes_on
    link = follow_up.links.order_by("-made_at").first()
    context = row_of(follow_up, today, request.user) | {
        "active": "follow-ups",
        "link": link,
        "link_alive": link and link_alive(link),
        "can_link": in_window and follow_up.status in surveys.CAN_BE_ASKED,
        "can_decline": follow_up.status in (Status.OPEN, Status.SCHEDULED),
        "can_open": in_window and follow_up.status in (Status.DECLINED, Status.MISSED),
        "can_take_out": may_take_out(request.user) and mistaken.has_answers(follow_up),
        "form": form or (MissForm() if can_say_why(follow_up) else None),
        "start_hours": program.current().link_start_hours,
    }
    return render(request, "outcomes/follow_up_detail.html", context)


def may_take_out(user):
    return user.has_role(Role.EVALUATION, Role.CASE_MANAGER)


def link_alive(link):
    ends = link.resume_by if link.started_at else link.start_by
    return link.finished_at is None and ends > timezone.now()


def can_say_why(follow_up):
    return follow_up.status == Status.OPEN or (follow_up.status == Status.MISSED and not follow_up.why_missed)


@only(*READERS)
@require_POST
def link_make(request, pk):
    """Shows the new address this once. It is kept nowhere, so it cannot be shown again."""
    follow_up = mine(request, pk)
    try:
        token = surveys.make_link(follow_up, by=request.user, at=timezone.now())
    except surveys.NoLink as problem:
        messages.error(request, str(problem))
        return redirect(follow_up)
    address = request.build_absolute_uri(reverse("outcomes:survey", args=[token]))
    drawing = segno.make(address, error="m").svg_inline(scale=5, dark="#2B2331", light="#fff", svgclass="qr")
    context = {
        "active": "follow-ups",
        "follow_up": follow_up,
        "address": address,
        "code": mark_safe(drawing),  # lines that segno drew; no letter of the address stands in them
        "hours": program.current().link_start_hours,
        "days": program.current().link_resume_days,
        "standing": instruments.standing(instruments.newest()),
    }
    return render(request, "outcomes/link_made.html", context)


@only(*READERS)
@require_POST
def decline(request, pk):
    return done(request, mine(request, pk), followups.decline, "Written down. Nothing else changes for them.")


@only(*READERS)
@require_POST
def open_again(request, pk):
    return done(request, mine(request, pk), followups.open_again, "Open again.")


@only(*READERS)
@require_POST
@opens_a_youth
def miss(request, pk):
    follow_up = mine(request, pk)
    form = MissForm(request.POST)
    if not form.is_valid():
        return shown(request, follow_up, form)
    return done(
        request, follow_up, followups.miss, "Written down. They are still with us.", why=form.cleaned_data["why"]
    )


@only(Role.EVALUATION, Role.CASE_MANAGER)
@require_POST
def not_theirs(request, pk):
    """Somebody else answered, or the link went to the wrong youth."""
    said = "Taken out of the figures. The answers are kept sealed in the history."
    return done(request, mine(request, pk), mistaken.not_theirs, said)


def done(request, follow_up, verb, said, **how):
    try:
        verb(follow_up, by=request.user, at=timezone.now(), **how)
    except (MoveNotAllowed, followups.NotThisFollowUp, mistaken.NothingAnswered) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, said)
    return redirect(follow_up)
