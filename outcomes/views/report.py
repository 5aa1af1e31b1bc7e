"""The outcomes report: figures a worker made, read by those who answer for the program."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mlmc.core import audit, tables, throttle
from mlmc.core.access import fresh_factor, only
from mlmc.core.models import Role
from outcomes.export import shown
from outcomes.shown import report_of

EXPORTS = 20  # files of figures one person takes in a day


@only(Role.EVALUATION, Role.DIRECTOR, Role.SUPERVISOR)
@require_safe
def report(request):
    return render(request, "outcomes/report.html", figures_of(request, request.GET.get("cohort", "")))


@require_POST
@only(Role.EVALUATION)
@fresh_factor
def figures_file(request):
    """What the page shows, as a file: the same figures, hidden where the page hides them."""
    now = timezone.now()
    if throttle.too_often("export", str(request.user.pk), at=now, limit=EXPORTS, within=timedelta(days=1)):
        return render(request, "outcomes/report_again_tomorrow.html", {"active": "outcomes"}, status=429)
    kind = "xlsx" if request.POST.get("kind") == "xlsx" else "csv"
    context = figures_of(request, request.POST.get("cohort", ""))
    if "charts" not in context:
        return render(request, "outcomes/report.html", context)
    throttle.knock("export", str(request.user.pk), at=now)
    audit.say(audit.EXPORT, why="figures")
    rows = shown(context["charts"], context["flow"])
    content = tables.as_xlsx(rows) if kind == "xlsx" else "\ufeff" + tables.as_csv(rows)
    # The name says which day and nothing else: a cohort's own words could name somebody.
    name = f"figures-{timezone.localdate(now).isoformat()}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=tables.TYPES[kind], headers=headers)


def figures_of(request, cohort):
    return report_of(cohort) | {
        "active": "outcomes",
        "may_download": request.user.has_role(Role.EVALUATION),
        "may_follow": request.user.has_role(Role.EVALUATION, Role.SUPERVISOR),
    }
