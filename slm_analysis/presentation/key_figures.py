"""What the portfolio and the index read of each report, as records."""

from __future__ import annotations

import json
from functools import singledispatch

import pandas as pd

from slm_analysis.presentation.views import KeyFigures
from slm_analysis.questions.service_levels import ServiceLevels
from slm_analysis.result import Result


@singledispatch
def key_figures(result: Result) -> KeyFigures:
    """Return the records that the portfolio and the index read of a report.

    Emits one output under a MIME type of its own, so that the index cannot differ from the page.
    """
    raise TypeError(f"There are no key figures of {type(result).__name__}.")


@key_figures.register
def _(result: ServiceLevels) -> KeyFigures:
    return KeyFigures({"service_levels": records(result.levels)} | _of(result))


def _of(result: ServiceLevels) -> dict[str, object]:
    return {
        "business_unit": result.business_unit,
        "period_start": f"{result.period_start:%Y-%m-%d}",
        "period_end": f"{result.period_end:%Y-%m-%d}",
    }


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return rows as JSON holds them: missing values as null, times as ISO text."""
    return list(json.loads(frame.to_json(orient="records", date_format="iso", double_precision=15)))
