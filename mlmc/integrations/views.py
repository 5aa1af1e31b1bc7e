"""Programs that may ask. For the system admin and the director, who read no case here."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mlmc.api import description
from mlmc.core import audit, raising
from mlmc.core.access import fresh_factor, only
from mlmc.core.api import keys, scopes
from mlmc.core.models import Integration, Role
from mlmc.integrations import making
from mlmc.integrations.forms import ProgramForm

may_manage = only(Role.ADMIN, Role.DIRECTOR)


@may_manage
@fresh_factor(reading=False)
def programs(request):
    form = ProgramForm(request.POST or None)
    if form.is_valid():
        agency = form.cleaned_data["agency"]
        try:
            made, key = making.make(agency=agency, by=request.user, at=timezone.now(), **form.wanted())
        except keys.NotPossible as problem:
            form.add_error(None, str(problem))
        else:
            audit.say(audit.WRITE, why="a key for a program", record=made.pk)
            others = raising.second_people(but=request.user)
            context = {"program": made, "key": key, "others": others, "active": "people"}
            return render(request, "integrations/key.html", context)
    context = {"programs": listed(timezone.now()), "form": form, "active": "people"}
    return render(request, "integrations/program_list.html", context)


def listed(now):
    """Those that may ask or wait for a second yes first, then those that open nothing any more."""
    rows = Integration.objects.select_related("user__sends_for__agency", "made_by", "revoked_by").order_by("-made_at")
    found, asked, leaders = list(rows), raising.about_programs(), raising.second_people(but=None)
    for one in found:
        requests = asked.get(one.user_id, [])
        one.scope_words = scopes.words_of(one.scopes)
        one.goes_on = one.revoked_at is None and one.ends_at > now
        one.may_ask = one.is_open(now)
        one.waiting = [row for row in requests if row.answered_at is None] if one.goes_on else []
        one.refused = [row for row in requests if row.answered_at and not row.granted]
        one.others = [person for person in leaders if person != one.made_by]
    return sorted(found, key=lambda one: not one.goes_on)


@require_POST
@may_manage
@fresh_factor
def revoke(request, pk):
    """From its next request on this program is told that its key opens nothing."""
    found = keys.revoke(get_object_or_404(Integration, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, f"{found.user.name} can ask nothing any more.")
    return redirect("integrations:programs")


@require_safe
@may_manage
def docs(request):
    """What programs can ask, for whoever makes them a key: from our own description, without a script."""
    context = {"chapters": description.chapters(), "problems": description.problems(), "active": "people"}
    return render(request, "integrations/docs.html", context)
