"""From the database to the table figures are made of: only answers that were given, as the youth gave them."""

from collections import defaultdict

from django.db.models import Count, Max, Q

from mlmc.core.context import on_duty
from outcomes import instruments
from outcomes.analysis import FollowUpShare
from outcomes.models import Answer, FollowUp, Respondent, Response, Status
from outcomes.panel import BASELINE, panel_of
from outcomes.scoring import scored

ASKED = [status for status in Status if status != Status.SCHEDULED]


def counted(cohort=""):
    """The sittings that count: finished, or stopped for the time being, and told by the youth."""
    found = Response.objects.filter(informant=Response.Informant.YOUTH, finished_at__isnull=False, not_theirs_at=None)
    return found.filter(follow_up__respondent__cohort=cohort) if cohort else found


def newest_answer():
    """When something last changed that figures are made of; None before the first answer."""
    changed = Response.objects.aggregate(taken_out=Max("not_theirs_at"))["taken_out"]
    return max(filter(None, (counted().aggregate(at=Max("finished_at"))["at"], changed)), default=None)


def people(cohort=""):
    """Everybody who was due to be asked at least once. Nobody else can be missing from an answer."""
    asked = FollowUp.objects.filter(status__in=ASKED).values("respondent")
    found = Respondent.objects.filter(Q(pk__in=asked) | Q(case=None))
    return found.filter(cohort=cohort) if cohort else found


@on_duty("figures")
def sizes(cohort=""):
    """How many people there are, and how many of them in this cohort: numbers for whoever reads the report."""
    return people().count(), people(cohort).count()


@on_duty("figures")
def newer(cohort, *, than):
    """How many sittings came after the figures were made."""
    return counted(cohort).filter(finished_at__gt=than).count()


@on_duty("figures")
def cohorts():
    return list(Respondent.objects.exclude(cohort="").order_by("cohort").values_list("cohort", flat=True).distinct())


def panel(cohort=""):
    """The whole table, or that of one cohort. An outcome nobody has answered yet is left out."""
    sittings = counted(cohort).select_related("follow_up__respondent", "follow_up__wave", "instrument")
    given = defaultdict(dict)
    for answer in Answer.objects.filter(response__in=sittings.values("pk"), kind=Answer.Kind.ANSWERED):
        given[answer.response_id][answer.item] = answer.value

    asked_with = {}
    latest = instruments.questions(instruments.newest())
    rows = []
    for sitting in sittings:
        asked = latest
        if sitting.instrument_id:
            asked = asked_with.setdefault(sitting.instrument_id, instruments.questions(sitting.instrument))
        for outcome, value in scored(given[sitting.pk], outcomes=asked.outcomes, scoring=asked.scoring).items():
            rows.append((sitting.follow_up.respondent.code, sitting.follow_up.wave.months, outcome, value))

    answered = {outcome for _, _, outcome, _ in rows}
    kinds = {it["code"]: it["kind"] for it in latest.outcomes if it["code"] in answered}
    rows = [row for row in rows if row[2] in kinds]  # an outcome that is no longer asked has no definition to show
    everybody = people(cohort).values_list("code", flat=True)
    return panel_of(rows, kinds=kinds, people=everybody, waves=[BASELINE, *follow_up(cohort)])


def follow_up(cohort=""):
    """By later wave: how many answered, of those who were due to be asked by now."""
    asked = FollowUp.objects.filter(respondent__in=people(cohort).values("pk"), status__in=ASKED)
    of, answered = defaultdict(int), defaultdict(int)
    done = counted(cohort).filter(answers__kind=Answer.Kind.ANSWERED).values_list("follow_up", flat=True)
    done = set(done)
    for pk, months in asked.exclude(wave__months=BASELINE).values_list("pk", "wave__months"):
        of[months] += 1
        answered[months] += pk in done
    return {wave: FollowUpShare(answered[wave], of[wave], 100 * answered[wave] / of[wave]) for wave in sorted(of)}


@on_duty("figures")
def flow(cohort=""):
    """By wave and status, how many: who answered, who was missed, who chose not to."""
    found = defaultdict(lambda: dict.fromkeys(Status, 0))
    rows = FollowUp.objects.filter(respondent__in=people(cohort).values("pk"))
    for months, status, count in rows.values_list("wave__months", "status").annotate(Count("pk")):
        found[months][Status(status)] = count
    return dict(sorted(found.items()))
