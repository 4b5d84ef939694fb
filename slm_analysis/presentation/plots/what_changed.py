"""The figure of what changed: steps from the share in time of one period to that of the next."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.attainment_change import AttainmentChange
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import _
from slm_analysis.presentation.plots.waterfall import Step, draw_waterfall
from slm_analysis.presentation.tables import what_changed as tables
from slm_analysis.presentation.words import what_changed as words
from slm_analysis.questions.what_changed import WhatChanged

MOST_STEPS = 7
"""Groups shown one by one; the others are one step."""


def plot(result: WhatChanged) -> Chart:
    """Return the steps from the earlier share to the later one, the mix last."""
    caption, parts = words.caption(result), result.parts
    if parts is None:
        return Chart(caption)
    before, after = words.periods(result)
    draw = draw_waterfall(
        (before, words.level(parts.before, parts.n_before)),
        _steps(result, parts),
        (after, words.level(parts.after, parts.n_after)),
        words.tick,
        _("Points of the share in time"),
    )
    return Chart(caption, draw, tables.table(result))


def _steps(result: WhatChanged, parts: AttainmentChange) -> list[Step]:
    groups = parts.groups
    order = groups.assign(size=groups["performance"].abs()).sort_values(
        ["clear", "size"], ascending=False
    )
    most = MOST_STEPS if len(order) > MOST_STEPS + 1 else len(order)
    shown = order[:most].sort_values("performance")
    steps = [_step(result, row) for __, row in shown.iterrows()]
    others = order["performance"].iloc[most:]
    if len(others):
        steps.append(_plain(_("{n} others").format(n=len(others)), others.sum()))
    return [*steps, _plain(_("Mix of tickets"), parts.mix)]


def _step(result: WhatChanged, row: pd.Series) -> Step:
    change = numbers.points(row["performance"])
    return Step(
        label=words.name(result, row),
        size=words.WHOLE * row["performance"],
        words=_("{points}: {rates}").format(points=change, rates=words.rates(row)),
        mark=("better" if row["performance"] > 0 else "worse") if row["clear"] else "plain",
    )


def _plain(label: str, part: float) -> Step:
    return Step(label, words.WHOLE * part, numbers.points(part))
