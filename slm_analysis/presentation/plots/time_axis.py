"""Weeks and months along the lower edge of a figure: months as ticks, years below them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from slm_analysis.presentation.language import pgettext
from slm_analysis.presentation.numbers import brief_month
from slm_analysis.presentation.theme import FONT_SIZE, PALETTE

EPOCH = pd.Timestamp("1970-01-01")
STEPS = (1, 2, 3, 4, 6, 12)
"""Months between ticks."""
TICK_PIXELS = 72
YEAR_BELOW = 30
"""Pixels from the axis down to the middle of the year."""


def days(times: pd.Series) -> NDArray[np.float64]:
    """Return times as days, to be drawn on a plain scale; numbered periods stay as they are."""
    if pd.api.types.is_numeric_dtype(times):
        return times.to_numpy(dtype=float)
    local = times.dt.tz_localize(None)
    return ((local - EPOCH) / pd.Timedelta(days=1)).to_numpy(dtype=float)


def month_ticks(ax: Axes, first: float, last: float, pixels: float) -> None:
    """Mark the first of months between two days, as many as fit into so many pixels."""
    start, end = (EPOCH + pd.Timedelta(days=day) for day in (first, last))
    months = pd.period_range(start, end, freq="M").to_timestamp()
    months = months[months >= start]
    fitting = [s for s in STEPS if len(months) / s * TICK_PIXELS <= pixels]
    step = fitting[0] if fitting else STEPS[-1]
    # Counted from January, so that ticks stand at the same months every year.
    shown = months[(months.month - 1) % step == 0]
    ax.set_xticks(days(pd.Series(shown)), [brief_month(month) for month in shown])
    years = pd.Series(shown.year)
    for month in shown[years.ne(years.shift()).to_numpy()]:
        write_year(ax, (month - EPOCH).days, month.year)


def write_year(ax: Axes, day: float, year: int) -> None:
    """Write a year below the tick of a day."""
    ax.annotate(
        pgettext("below months", "{year}").format(year=year), (day, 0),
        xycoords=ax.get_xaxis_transform(), xytext=(0, -YEAR_BELOW),
        textcoords="offset points", ha="center", va="center", fontsize=FONT_SIZE,
        color=PALETTE["muted"], annotation_clip=False,
    )  # fmt: skip
