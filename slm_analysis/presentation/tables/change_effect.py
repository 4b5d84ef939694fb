"""The effect of one change on one series as a table."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.change_effect import WORSE, ChangeEffect
from slm_analysis.analyses.change_effects import ChangeEffects
from slm_analysis.presentation.numbers import NO_VALUE, count, date, number, signed
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words.change_effect import VERDICTS, confidence, wording_of

COLUMNS = (
    Column("Part"),
    Column("Effect", numeric=True),
    Column("Interval", numeric=True),
    Column("Before", numeric=True, minor=True),
    Column("After", numeric=True, minor=True),
)
OF_MANY = (
    Column("Unit"),
    Column("From", minor=True),
    Column("Verdict"),
    Column("Effect", numeric=True),
    Column("Interval", numeric=True),
    Column("Before", numeric=True, minor=True),
    Column("After", numeric=True, minor=True),
)
MANY_DIGITS = 3
PARTS = {
    "mean_effect": "mean since the change",
    "step": "in the first period",
    "slope": "more with each period",
    "end_effect": "in the last period",
    "odds_ratio": "times the odds",
    "rate_ratio": "times the rate",
    "slope_ratio": "times as much with each period",
}
RATIOS = {"odds_ratio", "rate_ratio", "slope_ratio"}
RATIO_DIGITS = 3


def table(effect: ChangeEffect) -> Table:
    """Return one row per part of the effect."""
    wording = wording_of(effect)
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
        rows.append([PARTS[str(part.part)], estimate, f"{low} to {high}", *periods])
    unit = f", {wording.units}" if wording.units else ""
    return Table(f"Effect of the change, {confidence(effect.level)} interval{unit}", COLUMNS, rows)


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
                VERDICTS[row["verdict"]],
                figures[0] if known else NO_VALUE,
                f"{figures[1]} to {figures[2]}" if known else NO_VALUE,
                count(row["n_before"]),
                count(row["n_after"]),
            ]
        )
    worse = [at for at, verdict in enumerate(result.table["verdict"]) if verdict == WORSE]
    caption = f"{len(rows)} changes, {confidence(result.level)} intervals"
    return Table(caption, OF_MANY, rows, accented=worse)
