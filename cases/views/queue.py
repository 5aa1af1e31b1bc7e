"""Who came in, what is missing, whose clock is running out."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import queue
from cases.forms import QueueForm, uuid_or_none
from cases.models import Agency, Referral, ReferralStatus
from mlmc import program
from mlmc.core import undo
from mlmc.core.access import only
from mlmc.core.models import Role

VIEWS = ("board", "table")


@require_safe
@only(Role.INTAKE, Role.ASSESSMENT, Role.DIRECTOR)
def referrals(request):
    now, ours = timezone.now(), program.current()
    form = QueueForm(request.GET)
    visible = Referral.objects.visible_to(request.user).with_rights(request.user)
    found = form.filter(visible, user=request.user, at=now, program=ours)
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else ""
    after = continued(request.GET.get("after", ""))
    context = {
        "active": "referrals",
        "form": form,
        "view": "table" if after[0] else view,
        "may_act": request.user.has_role(Role.INTAKE, Role.ASSESSMENT),
        "moved": moved(request.user, at=now),
        "sources": sources(),
        "kept": kept(request, "view", "after"),
        "kept_with_view": kept(request, "after"),
        "open": min(visible.open().values("pk")[:100].count(), 100),
    }
    stand = queue.standing(found)
    columns = list(queue.board(stand)) if context["view"] != "table" else []
    rows, context["next"] = queue.page(stand, after=after) if context["view"] != "board" else (None, None)
    pks = {pk for *_, some in columns for pk in some}.union(rows or [])
    shown = queue.cards(found, pks, at=now, program=ours)
    context["board"] = [(*column, [shown[pk] for pk in pks if pk in shown]) for *column, pks in columns]
    context["rows"] = rows and [shown[pk] for pk in rows if pk in shown]
    return render(request, "cases/referral_list.html", context)


def continued(words):
    """(behind which row, whether that one was past the open ones), of an address."""
    return uuid_or_none(words.removesuffix(queue.PAST)), words.endswith(queue.PAST)


def moved(user, *, at):
    """What this person moved in the last ten minutes, for whoever did not mean to."""
    rows = Referral.objects.visible_to(user).filter(moved_by=user, moved_at__gt=at - undo.WITHIN)
    row = rows.exclude(status=ReferralStatus.ACCEPTED).order_by("-moved_at").first()
    if row is not None:
        row.undo_until = undo.until(row.moved_at)
    return row


def sources():
    """Where a referral may have come from: (group, [(value, words)])."""
    yield "How it came", [(f"how:{value}", label.capitalize()) for value, label in Referral.Channel.choices]
    agencies = Agency.objects.order_by("name").values_list("pk", "name")[:100]
    yield "Agency", [(f"agency:{pk}", name) for pk, name in agencies]


def kept(request, *without):
    """The filters of this address as the beginning of another one's."""
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    return f"{query.urlencode()}&" if query else ""
