"""The service levels as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import service_levels as words
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.questions.service_levels import ServiceLevels


def table(result: ServiceLevels) -> Table:
    """Return one row per promise, the missed ones first."""
    levels = words.in_order(result)
    rows = [
        [
            words.promise(level),
            goal_in_words(str(level["goal"])),
            words.verdict(level),
            words.figure(level),
            words.interval(level),
            numbers.count(level["undecided"]),
            numbers.count(level[["no_target", "missing_data", "excluded"]].sum()),
        ]
        for __, level in levels.iterrows()
    ]
    bad = (levels["result"] == "missed") & (levels["evidence"] == "clear")
    when = numbers.period(result.period_start, result.period_end)
    columns = (
        Column(_("Promise")),
        Column(_("Goal")),
        Column(_("Result")),
        Column(_("Actual"), numeric=True),
        Column(_("95% interval"), numeric=True),
        Column(_("Running"), numeric=True, minor=True),
        Column(_("Not counted"), numeric=True, minor=True),
    )
    return Table(
        _("Every promise in {when}").format(when=when),
        columns,
        rows,
        accented=[int(i) for i in bad.to_numpy().nonzero()[0]],
    )
