"""The outcomes report: figures a worker made, read by those who answer for the program."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mlmc import program
from mlmc.core import audit, tables, throttle
from mlmc.core.access import fresh_factor, only
from mlmc.core.models import Role
from outcomes import answered, instruments
from outcomes.analysis import may_show
from outcomes.export import shown
from outcomes.models import ReportSnapshot, Status
from outcomes.report import charts, wave_words

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
    """Everybody, or one cohort; a cohort too small, or one that leaves too few beside it, is shown to nobody."""
    limit = program.current().small_group
    cohort = cohort[:40].replace("\0", "")
    everybody, group = answered.sizes(cohort)
    refused = bool(cohort) and not may_show(group, everybody, limit=limit)
    snapshot = None if refused else ReportSnapshot.objects.filter(cohort=cohort).order_by("-made_at").first()
    enough = group >= limit
    instrument = instruments.newest()
    context = {
        "active": "outcomes",
        "limit": limit,
        "may_download": request.user.has_role(Role.EVALUATION),
        "may_follow": request.user.has_role(Role.EVALUATION, Role.SUPERVISOR),
        "cohort": cohort,
        "cohorts": answered.cohorts(),
        "refused": refused,
        "enough": enough,
        "group": group,
        "snapshot": snapshot,
        "standing": instruments.standing(instrument),
        "scoring": instruments.questions(instrument).scoring,
    }
    if snapshot and enough:
        context["charts"] = charts(snapshot.figures, instrument.definition["outcomes"], limit=limit)
        context["new"] = answered.newer(cohort, than=snapshot.answers_until)
        context["flow"] = list(flow(answered.flow(cohort)))
    return context


def flow(by_wave):
    """Who answered and who was missed, wave by wave; the words say what a bar only shows."""
    for months, count in by_wave.items():
        asked = sum(count.values()) - count[Status.SCHEDULED]
        answers = count[Status.COMPLETE] + count[Status.PARTIAL]
        yield {
            "wave": wave_words(months),
            "asked": asked,
            "answered": answers,
            "percent": round(100 * answers / asked) if asked else None,
            "waiting": count[Status.OPEN],
            "declined": count[Status.DECLINED],
            "missed": count[Status.MISSED],
            "later": count[Status.SCHEDULED],
        }
