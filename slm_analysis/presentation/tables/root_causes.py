"""What goes with late tickets, as tables."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import cause_findings as finding_words
from slm_analysis.presentation.words import root_causes as words
from slm_analysis.presentation.words.driver_names import driver
from slm_analysis.presentation.words.excess import excess, late_of, tickets
from slm_analysis.questions.root_causes import RootCauses


def table(result: RootCauses) -> Table:
    """Return every group that was judged, findings first, then by excess."""
    columns = (
        Column(_("Group")),
        Column(_("Of the tickets of"), minor=True),
        Column(_("Known"), minor=True),
        Column(_("Late"), numeric=True),
        Column(_("Share, 95% interval"), numeric=True, minor=True),
        Column(_("Likely share"), numeric=True, minor=True),
        Column(_("Expected"), numeric=True),
        Column(_("More than expected"), numeric=True),
    )
    looks = ((result.drivers, _("all services")), (result.within, result.service))
    tables = [
        look.levels[look.levels["judged"]].assign(of=of) for look, of in looks if look is not None
    ]
    empty = pd.DataFrame(columns=["finding", "excess"])
    levels = pd.concat(tables or [empty], ignore_index=True)
    levels = levels.sort_values(["finding", "excess"], ascending=False, ignore_index=True)
    rows = [
        [
            finding_words.found(level),
            str(level["of"]),
            _(finding_words.KNOWN[finding_words.is_cause(level)]),
            late_of(level),
            finding_words.rate(level),
            numbers.percent(level["shrunken"]),
            tickets(level["expected"]),
            excess(level),
        ]
        for __, level in levels.iterrows()
    ]
    caption = _("Every group compared, tickets counted in {months}").format(
        months=finding_words.window(result)
    )
    return Table(caption, columns, rows, accented=_rows(levels["finding"]), folded=True)


def pareto_table(result: RootCauses) -> Table:
    """Return the numbers behind the figure."""
    rows = [
        [
            words.bar_label(bar, result.pareto_driver),
            late_of(bar),
            tickets(bar["expected"]),
            numbers.percent(bar["running_share"], 0),
        ]
        for __, bar in result.pareto.iterrows()
    ]
    columns = (
        Column(_("Group")),
        Column(_("Late"), numeric=True),
        Column(_("Expected"), numeric=True),
        Column(_("Running share"), numeric=True),
    )
    caption = _("By {driver}, {months}").format(
        driver=driver(result.pareto_driver), months=finding_words.window(result)
    )
    return Table(caption, columns, rows, accented=_rows(result.pareto["finding"]))


def _rows(flags: pd.Series) -> list[int]:
    return [i for i, flag in enumerate(flags) if flag]
