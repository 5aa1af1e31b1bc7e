"""The page of the report: the figures of the paper, small groups hidden, nothing computed in the web process."""

import re
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from mlmc.core.context import Actor, acting_as
from mlmc.launcher.checkout import ROOT
from outcomes import tasks
from outcomes.models import FollowUp, ReportSnapshot, Respondent, Status
from tests import cluster
from tests.factories.outcomes import AnswerFactory, FollowUpFactory, RespondentFactory, ResponseFactory, WaveFactory
from tests.outcomes_pages import PANEL, REPORT, person
from tests.pages import text

pytestmark = pytest.mark.django_db


def test_the_report_shows_the_reference_figures(client, figures):
    client.force_login(person("director"))

    page = text(client.get(REPORT))

    for words in (
        "28 of 39",
        "7 of 29",
        "4 of 28",
        "72%",
        "24%",
        "14%",
        "Decreased by 80 % (relative)",
        "0.336",
        "0.345",
    ):
        assert words in page
    assert "Up 11 points" in page and "29 <span" in page


def test_the_report_says_what_changed_and_never_why(client, figures):
    client.force_login(person("evaluation"))
    page = re.sub(r"<[^>]+>", " ", text(client.get(REPORT))).lower()

    causal = (
        r"\b(effects?|effective|impact|caused?|causes|because|thanks to|due to|led to|leads to|improve\w*|works)\b"
    )
    assert re.findall(causal, page) == []
    assert "change over time" in page and "relative" in page


def test_small_cells_are_hidden_on_the_page(client):
    for number in range(12):
        respondent = RespondentFactory()
        for months in (0, 6):
            if months and number > 3:
                continue
            follow_up = FollowUpFactory(respondent=respondent, wave=WaveFactory(months=months), complete=True)
            AnswerFactory(response=ResponseFactory(follow_up=follow_up), value="yes")
    tasks.make_figures()
    client.force_login(person("evaluation"))

    page = text(client.get(REPORT))

    assert "12 of 12" in page and "4 of 4" not in page
    assert "Hidden: fewer than 10 answered" in page and "Too few answers yet" in page


def test_a_cohort_too_small_is_refused_and_so_is_one_that_leaves_few_beside_it(client, figures):
    Respondent.objects.filter(code__in=[f"S0{n}" for n in range(1, 10)]).update(cohort="few")
    Respondent.objects.exclude(cohort="few").update(cohort="most")
    client.force_login(person("evaluation"))

    for cohort in ("few", "most", "nobody"):
        page = text(client.get(REPORT, {"cohort": cohort}))
        assert "This group is not shown" in page and "of 39" not in page


def test_a_cohort_large_enough_has_figures_of_its_own(client):
    call_command("import_answers", str(PANEL), stdout=StringIO())
    half = Respondent.objects.order_by("code")[:20].values("pk")
    Respondent.objects.filter(pk__in=list(half.values_list("pk", flat=True))).update(cohort="first half")
    tasks.make_figures()
    client.force_login(person("evaluation"))

    page = text(client.get(REPORT, {"cohort": "first half"}))

    assert "Cohort first half" in page and "20 youth" in page


def test_with_few_people_the_report_waits(client):
    AnswerFactory()
    tasks.make_figures()
    client.force_login(person("evaluation"))

    assert "Not enough answers yet" in text(client.get(REPORT))


def test_new_answers_are_announced_and_then_counted(client, figures):
    client.force_login(person("evaluation"))
    AnswerFactory(response__follow_up__wave__months=0, item="cse", value="yes")

    before = text(client.get(REPORT))
    tasks.make_figures()
    after = text(client.get(REPORT))

    assert "1 new survey since is being counted" in before and "28 of 39" in before
    assert "being counted" not in after and "29 of 40" in after


def test_figures_are_made_once_for_the_same_answers(figures):
    for _ in range(3):
        tasks.make_figures()

    assert ReportSnapshot.objects.count() == 1


def test_an_answer_not_yet_finished_is_not_counted():
    AnswerFactory(response__finished_at=None)

    tasks.make_figures()

    assert ReportSnapshot.objects.count() == 0


def test_the_web_process_never_loads_the_statistics_package():
    code = (
        "import sys; from mlmc import wsgi; from django.urls import get_resolver; get_resolver().url_patterns;"
        "print([name for name in ('numpy', 'scipy', 'pandas', 'statsmodels') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=cluster.program(cluster.DATABASE), cwd=ROOT, capture_output=True, text=True
    )

    assert (done.stdout.strip(), done.returncode) == ("[]", 0)


def test_the_tick_runs_under_its_own_duty():
    FollowUpFactory(scheduled=True, opens_on=timezone.localdate())

    with acting_as(Actor.system("follow_ups")):
        tasks.open_and_remind()

    assert FollowUp.objects.get().status == Status.OPEN
