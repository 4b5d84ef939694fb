"""Does each thing once, so that a kernel forked afterwards has nothing left to import."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd

import slm_analysis
from slm_analysis.analyses.change_effect import change_effect
from slm_analysis.analyses.control_charts import control_chart
from slm_analysis.presentation import plot, say, table

MODULES = (
    "holidays",
    "pyarrow.parquet",
    "seaborn",
    "slm_analysis.presentation.about",
    "slm_analysis.presentation.key_figures",
    "statsmodels.api",
)
"""What notebooks import and the work below does not."""
WEEKS = 30


def warm_up() -> None:
    """Import every public name, judge a made-up series, fit a model and draw both.

    No file of data is read: reading Parquet would start threads, and a process that has them
    cannot be forked.
    """
    for name in MODULES:
        import_module(name)
    for name in slm_analysis.__all__:
        getattr(slm_analysis, name)
    time = pd.date_range("2026-01-05", periods=WEEKS, freq="7D")
    wave = np.sin(np.arange(WEEKS))
    df = pd.DataFrame({"time": time, "value": (50 + 5 * wave).round(), "n": 60, "mean": wave})
    chart = control_chart(df, value="value", n="n", time="time", target=0.8)
    effect = change_effect(df, value="mean", time="time", on=time[WEEKS // 2], freq="week")
    for result in (chart, effect):
        for verb in (say, plot, table):
            verb(result)._repr_mimebundle_()
