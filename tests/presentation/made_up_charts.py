"""Units and charts made up for tests of what is said and drawn of them."""

import dataclasses

import numpy as np
import pandas as pd

from slm_analysis.analyses.control_charts import ControlChart, control_chart
from slm_analysis.dataset.data_quality import DataQuality
from slm_analysis.dataset.unit import Unit
from slm_analysis.questions.stability import Stability, stability

START, WEEKS = pd.Timestamp("2025-07-07"), 69
"""The last week begins on 26 October 2026."""
NO_OUTAGES = pd.DataFrame({"service": [], "started_at": []}).astype(
    {"service": "str", "started_at": "datetime64[us, UTC]"}
)
QUIET = [0.95, 0.97, 0.96, 0.98, 0.94, 0.97]


def shares(*changes: tuple[int, float], weeks: int = WEEKS) -> np.ndarray:
    """Return quiet weekly shares; from each given week on (from the end: -10) another level."""
    values = np.resize(QUIET, weeks)
    for since, level in changes:
        values[since:] = level + np.resize([-0.01, 0.01, 0.0], len(values[since:]))
    return values


def once(week: int, share: float, usual: np.ndarray | None = None) -> np.ndarray:
    """Return quiet or usual shares with one week of its own."""
    values = shares() if usual is None else usual.copy()
    values[week] = share
    return values


def made_up_unit(
    services: dict[str, np.ndarray],
    n: int = 100,
    goal: float = 0.95,
    changes: pd.DataFrame | None = None,
    outages: pd.DataFrame | None = None,
) -> Unit:
    """Return a unit whose services meet their target in so many of n tickets a week."""
    targets = [
        pd.DataFrame(
            {
                "service": service,
                "target": "resolution_time",
                "metric": "resolution_time",
                "counted_on": START + pd.Timedelta(weeks=week),
                "opened_on": START + pd.Timedelta(weeks=week),
                "state": ["met"] * round(n * share) + ["breached_closed"] * (n - round(n * share)),
                "goal_priority": "default",
                "goal_share": goal,
            }
        )
        for service, values in services.items()
        for week, share in enumerate(values)
        if not np.isnan(share)
    ]
    none = pd.DataFrame(
        {
            "service": pd.Series(dtype="str"),
            "implemented_at": pd.Series(dtype="datetime64[us, UTC]"),
            "description": pd.Series(dtype="str"),
        }
    )
    given = {
        "business_unit": "华东销售部",
        "as_of": pd.Timestamp("2026-11-02 08:00", tz="UTC"),
        "timezone": "UTC",
        "period_start": pd.Timestamp("2026-10-01"),
        "period_end": pd.Timestamp("2026-10-31"),
        "data_from": START,
        "targets": pd.concat(targets).astype({"counted_on": "datetime64[us]"}),
        "process_changes": none if changes is None else changes,
        "outages": NO_OUTAGES if outages is None else outages,
        "data_quality": DataQuality(
            tables=pd.DataFrame({"table": ["tickets", "process_changes", "outages"]}),
            rejections=pd.DataFrame(),
            notes=(),
        ),
    }
    rest = {field.name: None for field in dataclasses.fields(Unit)}
    return Unit(**(rest | given))


def made_up_stability(
    services: dict[str, np.ndarray], freq: str = "week", **how: object
) -> Stability:
    return stability(made_up_unit(services, **how), freq=freq)


def nothing_promised() -> Stability:
    unit = made_up_unit({"A": shares()})
    return stability(dataclasses.replace(unit, targets=unit.targets.iloc[:0]))


def chart(values: list[float] | np.ndarray, **options: object) -> ControlChart:
    """Return the chart of weekly numbers."""
    time = pd.date_range(START, periods=len(values), freq="7D")
    df = pd.DataFrame({"time": time, "value": values})
    return control_chart(df, **{"value": "value", "time": "time", "kind": "i"} | options)
