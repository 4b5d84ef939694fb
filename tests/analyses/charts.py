"""What the tests of control charts share."""

import numpy as np
import pandas as pd
from hypothesis import settings

from slm_analysis.analyses.control_charts import ControlChart, control_chart

quick = settings(max_examples=50, deadline=None)


def frame(data: dict) -> pd.DataFrame:
    """Return a case's data with its 0-based index as time."""
    columns = {"y": data.get("y", data.get("count"))} | ({"n": data["n"]} if "n" in data else {})
    return pd.DataFrame(columns, dtype=float).rename_axis("t").reset_index()


def chart(data: pd.DataFrame | dict, **options) -> ControlChart:
    df = frame(data) if isinstance(data, dict) else data
    n = "n" if "n" in df else None
    return control_chart(df, **{"value": "y", "time": "t", "n": n, **options})


def with_dates(df: pd.DataFrame, freq: str = "MS", tz: str | None = None) -> pd.DataFrame:
    return df.assign(t=pd.date_range("2025-01-01", periods=len(df), freq=freq, tz=tz))


def two_units() -> pd.DataFrame:
    rng = np.random.default_rng(10)
    times = pd.date_range("2024-01-01", periods=36, freq="MS", tz="Asia/Shanghai")
    return pd.concat([
        pd.DataFrame({"business_unit": unit, "service": service, "t": times,
                      "y": rng.normal(10, 1, 36)})
        for unit in ("Vertrieb", "财务部") for service in ("Reise", "Rechnung")
    ], ignore_index=True)  # fmt: skip


def beyond(result: ControlChart) -> list[int]:
    """Return the points that are members of a rule of one point beyond the limits."""
    first = {"beyond_limits", "nelson_1", "western_electric_1", "mdc_beyond_limits"}
    return [i for i, codes in enumerate(result.points["rules"]) if first & set(codes)]


def codes(result: ControlChart) -> set[str]:
    return {said.code for said in result.notes}
