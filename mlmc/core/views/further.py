"""Somebody opens one youth after another: why, and back to the one they were about to open."""

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mlmc.core import harvest
from mlmc.core.carried import is_ours


@require_POST
def further_look(request):
    """Why somebody needs to open more youth; then back to the one they were about to open."""
    now, form, back = timezone.now(), harvest.ReasonForm(request.POST), request.POST.get("back", "")
    if not is_ours(request, back):
        back = reverse("home")
    _, _, reasons = harvest.opened_lately(request.user, record="", at=now)
    if not form.is_valid() or reasons >= harvest.MOST_REASONS:
        return harvest.ask(request, form, back=back, reasons=reasons)
    harvest.give_reason(request.user, form.cleaned_data["words"], at=now)
    return HttpResponseRedirect(back)
