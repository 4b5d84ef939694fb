"""The units that a changed one is compared with: not changed themselves, and steady."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_summary import STEADY
from slm_analysis.analyses.control_charts import control_chart
from slm_analysis.dataset.comparison import anonymous
from slm_analysis.dataset.unit import Unit

OWN = ""
"""Names the unit's own series among the others."""


def other_units(unit: Unit, metric: str, freq: str, cases: str) -> pd.DataFrame:
    """Return a measure of all other units by service, its column of cases named as asked for."""
    every = unit.comparison
    others = every[
        every["metric"].eq(metric)
        & every["freq"].eq(freq)
        & every["unit"].ne(anonymous(unit.business_unit))
    ]
    return others.rename(columns={"n": cases})


def beside_comparable(window: pd.DataFrame, others: pd.DataFrame, freq: str) -> pd.DataFrame:
    """Return the unit's periods, and the same of the units that it can be compared with.

    A unit whose own chart stands on a signal has moved for a reason of its own; what it did says
    nothing about what the changed unit would have done.

    Parameters
    ----------
    window : DataFrame
        Of the unit: `time` and the columns of the measure.
    others : DataFrame
        As `other_units`, of one service.
    freq : str

    Returns
    -------
    DataFrame
        The columns of `window` and `unit`, empty for its own rows.
    """
    last = window["time"].max()
    unchanged = others[~(others["changed_on"] <= last) & others["time"].isin(window["time"])]
    steady = unchanged[unchanged["unit"].isin(_steady(unchanged, freq))].assign(complete=True)
    own = window.assign(unit=OWN)
    return pd.concat([own, steady[own.columns.intersection(steady.columns)]], ignore_index=True)


def _steady(others: pd.DataFrame, freq: str) -> pd.Series:
    """Return the units whose chart has no signal that stands at its end."""
    if others.empty:
        return others["unit"]
    n = "n" if "n" in others else None
    chart = control_chart(others, value="value", n=n, time="time", by="unit", freq=freq)
    return chart.summary.loc[chart.summary["direction"] == STEADY, "unit"]
