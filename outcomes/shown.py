"""What the report shows of everybody, or of one cohort; a group too small is shown to nobody, whoever asks how."""

from mlmc import program
from outcomes import answered, instruments
from outcomes.analysis import may_show
from outcomes.models import ReportSnapshot, Status
from outcomes.report import charts, wave_words


def report_of(cohort):
    """Everybody, or one cohort; a cohort too small, or one that leaves too few beside it, is shown to nobody."""
    limit = program.current().small_group
    cohort = cohort[:40].replace("\0", "")
    everybody, group = answered.sizes(cohort)
    refused = bool(cohort) and not may_show(group, everybody, limit=limit)
    snapshot = None if refused else ReportSnapshot.objects.filter(cohort=cohort).order_by("-made_at").first()
    enough = group >= limit
    instrument = instruments.newest()
    context = {
        "limit": limit,
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
