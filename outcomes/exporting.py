"""The figures as a file: what the page shows, hidden where the page hides it."""

from django.utils import timezone

from mlmc.core.exporting.kinds import Kind, Refused
from mlmc.core.models import Role
from outcomes.export import shown
from outcomes.shown import report_of


def rows(what, *, by, at):
    context = report_of(what["cohort"])
    if "charts" not in context:
        raise Refused("There are no figures of this group to take.")
    return shown(context["charts"], context["flow"])


FIGURES = Kind(
    name="figures",
    label="Figures",
    may=(Role.EVALUATION,),
    rows=rows,
    # Which day and nothing else: a cohort's own words could name somebody.
    called=lambda what, *, at: f"figures-{timezone.localdate(at).isoformat()}",
    forms=("csv", "xlsx"),
)
KINDS = [FIGURES]
