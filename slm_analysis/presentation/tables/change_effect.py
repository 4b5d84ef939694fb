"""The effect of one change on one series as a table."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.change_effect import WORSE, ChangeEffect
from slm_analysis.analyses.change_effects import ChangeEffects
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import NO_VALUE, count, date, number, signed, span
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words.change_effect import VERDICTS, confidence
from slm_analysis.presentation.words.effect_measures import of_scale

MANY_DIGITS = 3
PARTS = {
    "mean_effect": N_("mean since the change"),
    "step": N_("in the first period"),
    "slope": N_("more with each period"),
    "end_effect": N_("in the last period"),
    "odds_ratio": N_("times the odds"),
    "rate_ratio": N_("times the rate"),
    "slope_ratio": N_("times as much with each period"),
}
RATIOS = {"odds_ratio", "rate_ratio", "slope_ratio"}
RATIO_DIGITS = 3


def table(effect: ChangeEffect) -> Table:
    """Return one row per part of the effect."""
    wording = of_scale(effect.scale)
    digits = wording.digits + 1
    rows = []
    for part in effect.parts.itertuples():
        ratio = part.part in RATIOS
        estimate, low, high = (
            number(float(str(value)), RATIO_DIGITS)
            if ratio
            else signed(wording.scale * float(str(value)), digits)
            for value in (part.estimate, part.low, part.high)
        )
        periods = [count(effect.n_before), count(effect.n_after)]
        rows.append([_(PARTS[str(part.part)]), estimate, span(low, high), *periods])
    columns = (Column(_("Part")), *_figures())
    caption = (
        _("Effect of the change, {level} interval, {units}")
        if wording.units
        else _("Effect of the change, {level} interval")
    )
    told = caption.format(level=confidence(effect.level), units=wording.units)
    return Table(told, columns, rows)


def _figures() -> tuple[Column, ...]:
    return (
        Column(_("Effect"), numeric=True),
        Column(_("Interval"), numeric=True),
        Column(_("Before"), numeric=True, minor=True),
        Column(_("After"), numeric=True, minor=True),
    )


def table_of_many(result: ChangeEffects) -> Table:
    """Return one row per change of a family."""
    rows = []
    for row in result.table.to_dict("records"):
        known = not pd.isna(row["estimate"])
        figures = [signed(float(row[name]), MANY_DIGITS) for name in ("estimate", "low", "high")]
        on = date(row["on"]) if isinstance(row["on"], pd.Timestamp) else f"{row['on']}"
        rows.append(
            [
                NO_VALUE if row["unit"] is None else str(row["unit"]),
                on,
                _(VERDICTS[row["verdict"]]),
                figures[0] if known else NO_VALUE,
                span(*figures[1:]) if known else NO_VALUE,
                count(row["n_before"]),
                count(row["n_after"]),
            ]
        )
    worse = [at for at, verdict in enumerate(result.table["verdict"]) if verdict == WORSE]
    columns = (
        Column(_("Unit")),
        Column(_("From"), minor=True),
        Column(_("Verdict")),
        *_figures(),
    )
    caption = _("{n} changes, {level} intervals").format(
        n=len(rows), level=confidence(result.level)
    )
    return Table(caption, columns, rows, accented=worse)
