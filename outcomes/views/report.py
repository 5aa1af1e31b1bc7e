"""The outcomes report: figures a worker made, read by those who answer for the program."""

from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from mlmc.core.access import fresh_factor, only
from mlmc.core.exporting.offering import ask
from mlmc.core.models import Role
from outcomes.exporting import FIGURES
from outcomes.shown import report_of


@only(Role.EVALUATION, Role.DIRECTOR, Role.SUPERVISOR)
@require_safe
def report(request):
    return render(request, "outcomes/report.html", figures_of(request, request.GET.get("cohort", "")))


@require_POST
@only(Role.EVALUATION)
@fresh_factor
def figures_file(request):
    """What the page shows, as a file: the same figures, hidden where the page hides them."""
    context = figures_of(request, request.POST.get("cohort", ""))
    if "charts" not in context:
        return render(request, "outcomes/report.html", context)
    return ask(request, FIGURES, {"cohort": context["cohort"]}, form=request.POST.get("kind", "csv"))


def figures_of(request, cohort):
    return report_of(cohort) | {
        "active": "outcomes",
        "may_download": request.user.has_role(Role.EVALUATION),
        "may_follow": request.user.has_role(Role.EVALUATION, Role.SUPERVISOR),
    }
