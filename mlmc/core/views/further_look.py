"""Why somebody has to open more youth than most people do in an hour."""

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mlmc.core import harvest
from mlmc.core.door.carried import is_ours


@require_POST
def further_look(request):
    """Keep the reason; then back to the youth they were about to open."""
    there = request.POST.get("back", "")
    now, form = timezone.now(), harvest.ReasonForm(request.POST)
    back = there if is_ours(request, there) else reverse("home")
    _, _, reasons = harvest.opened_lately(request.user, record="", at=now)
    if not form.is_valid() or reasons >= harvest.MOST_REASONS:
        return harvest.ask(request, form, back=back, reasons=reasons)
    harvest.give_reason(request.user, form.cleaned_data["words"], at=now)
    return HttpResponseRedirect(back)
