"""What changed since the period before, as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import what_changed as words
from slm_analysis.questions.what_changed import WhatChanged


def table(result: WhatChanged) -> Table:
    """Return the parts of each group, and their sums."""
    columns = (
        Column(_("Group")),
        Column(_("Before"), numeric=True, minor=True),
        Column(_("After"), numeric=True, minor=True),
        Column(_("Performance, points"), numeric=True),
        Column(_("Mix, points"), numeric=True),
        Column(_("Both"), numeric=True),
    )
    before, after = words.periods(result)
    caption = _("Parts of the change from {before} to {after}").format(before=before, after=after)
    parts = result.parts
    if parts is None:
        return Table(caption, columns, [])
    rows = [
        [
            words.name(result, row),
            words.level(row["rate_before"], row["n_before"]),
            words.level(row["rate_after"], row["n_after"]),
            words.points(row),
            numbers.points(row["mix"]),
            numbers.points(row["total"]),
        ]
        for __, row in parts.groups.iterrows()
    ]
    sums = [
        _("All"),
        words.level(parts.before, parts.n_before),
        words.level(parts.after, parts.n_after),
        numbers.points(parts.performance),
        numbers.points(parts.mix),
        words.points(words.whole(parts), "change"),
    ]
    worse = parts.groups["clear"] & (parts.groups["performance"] < 0)
    return Table(
        caption, columns, [*rows, sums], [i for i, flag in enumerate(worse) if flag], folded=True
    )
