"""The outcomes report: figures a worker made, read by those who answer for the program."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from mlmc import program
from mlmc.core.access import only
from mlmc.core.models import Role
from outcomes import answered, instruments
from outcomes.analysis import may_show
from outcomes.models import ReportSnapshot, Status
from outcomes.report import charts, wave_words


@only(Role.EVALUATION, Role.DIRECTOR, Role.SUPERVISOR)
@require_safe
def report(request):
    """Everybody, or one cohort; a cohort too small, or one that leaves too few beside it, is shown to nobody."""
    limit = program.current().small_group
    cohort = request.GET.get("cohort", "")[:40].replace("\0", "")
    everybody, group = answered.sizes(cohort)
    refused = bool(cohort) and not may_show(group, everybody, limit=limit)
    snapshot = None if refused else ReportSnapshot.objects.filter(cohort=cohort).order_by("-made_at").first()
    enough = group >= limit
    instrument = instruments.newest()
    context = {
        "active": "outcomes",
        "limit": limit,
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
        context["flow"] = flow(answered.flow(cohort))
    return render(request, "outcomes/report.html", context)


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
