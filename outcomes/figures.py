"""All figures of a table of answers. For workers and commands: it brings the statistics package with it."""

from outcomes.analysis import Figures, ScaleFigures, YesNoFigures, follow_up, paired, share, spread
from outcomes.estimates import change, ratios
from outcomes.panel import BASELINE, SCALE, YES_NO, Panel


def make_figures(panel: Panel) -> Figures:
    outcomes = {
        name: (_scale if outcome.kind == SCALE else _yes_no)(outcome, panel)
        for name, outcome in panel.outcomes.items()
    }
    return Figures(outcomes, follow_up(panel))


def _yes_no(outcome, panel):
    baseline = outcome.at(BASELINE)
    return YesNoFigures(
        kind=YES_NO,
        waves={wave: share(outcome.at(wave).values()) for wave in panel.waves},
        ratio=ratios(outcome.values, panel.waves),
        pairs={wave: paired(baseline, outcome.at(wave)) for wave in panel.later_waves},
    )


def _scale(outcome, panel):
    baseline = outcome.at(BASELINE)
    return ScaleFigures(
        kind=SCALE,
        waves={wave: spread(outcome.at(wave).values()) for wave in panel.waves},
        change={wave: change(baseline, outcome.at(wave)) for wave in panel.later_waves},
    )
