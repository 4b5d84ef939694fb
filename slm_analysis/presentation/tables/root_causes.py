"""What goes with late tickets, as tables."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import root_causes as words
from slm_analysis.presentation.words.driver_names import driver
from slm_analysis.presentation.words.excess import excess, late_of, tickets
from slm_analysis.questions.root_causes import RootCauses

COLUMNS = (
    Column("Group"),
    Column("Of the tickets of", minor=True),
    Column("Known", minor=True),
    Column("Late", numeric=True),
    Column("Share, 95% interval", numeric=True, minor=True),
    Column("Likely share", numeric=True, minor=True),
    Column("Expected", numeric=True),
    Column("More than expected", numeric=True),
)
BAR_COLUMNS = (
    Column("Group"),
    Column("Late", numeric=True),
    Column("Expected", numeric=True),
    Column("Running share", numeric=True),
)
EVERY_SERVICE = "all services"


def table(result: RootCauses) -> Table:
    """Return every group that was judged, findings first, then by excess."""
    looks = ((result.drivers, EVERY_SERVICE), (result.within, result.service))
    tables = [
        look.levels[look.levels["judged"]].assign(of=of) for look, of in looks if look is not None
    ]
    empty = pd.DataFrame(columns=["finding", "excess"])
    levels = pd.concat(tables or [empty], ignore_index=True)
    levels = levels.sort_values(["finding", "excess"], ascending=False, ignore_index=True)
    rows = [
        [
            words.found(level),
            str(level["of"]),
            words.KNOWN[words.is_cause(level)],
            late_of(level),
            words.rate(level),
            numbers.percent(level["shrunken"]),
            tickets(level["expected"]),
            excess(level),
        ]
        for _, level in levels.iterrows()
    ]
    caption = f"Every group compared, tickets counted in {words.window(result)}"
    return Table(caption, COLUMNS, rows, accented=_rows(levels["finding"]), folded=True)


def pareto_table(result: RootCauses) -> Table:
    """Return the numbers behind the figure."""
    rows = [
        [
            words.bar_label(bar, result.pareto_driver),
            late_of(bar),
            tickets(bar["expected"]),
            numbers.percent(bar["running_share"], 0),
        ]
        for _, bar in result.pareto.iterrows()
    ]
    caption = f"By {driver(result.pareto_driver)}, {words.window(result)}"
    return Table(caption, BAR_COLUMNS, rows, accented=_rows(result.pareto["finding"]))


def _rows(flags: pd.Series) -> list[int]:
    return [i for i, flag in enumerate(flags) if flag]
