"""The effect of one change on one series as a table."""

from __future__ import annotations

from slm_analysis.analyses.change_effect import ChangeEffect
from slm_analysis.presentation.numbers import count, signed
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words.change_effect import confidence, wording_of

COLUMNS = (
    Column("Part"),
    Column("Effect", numeric=True),
    Column("Interval", numeric=True),
    Column("Before", numeric=True, minor=True),
    Column("After", numeric=True, minor=True),
)
PARTS = {
    "mean_effect": "mean since the change",
    "step": "in the first period",
    "slope": "more with each period",
    "end_effect": "in the last period",
}


def table(effect: ChangeEffect) -> Table:
    """Return one row per part of the effect."""
    wording = wording_of(effect)
    digits = wording.digits + 1
    rows = []
    for part in effect.parts.itertuples():
        estimate, low, high = (
            signed(wording.scale * float(str(value)), digits)
            for value in (part.estimate, part.low, part.high)
        )
        periods = [count(effect.n_before), count(effect.n_after)]
        rows.append([PARTS[str(part.part)], estimate, f"{low} to {high}", *periods])
    unit = f", {wording.units}" if wording.units else ""
    return Table(f"Effect of the change, {confidence(effect.level)} interval{unit}", COLUMNS, rows)
