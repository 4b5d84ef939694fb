"""The base of every answer about one unit and period, and what the portfolio reads of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from slm_analysis.result import Result


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer(Result):
    """The answer to one question about one unit.

    Attributes
    ----------
    business_unit : str
    period_start, period_end : Timestamp
        First and last local day of the reported period.
    """

    business_unit: str
    period_start: pd.Timestamp
    period_end: pd.Timestamp

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the frames that the portfolio and the index read, by section."""
        raise NotImplementedError


def key_figures_of(answer: Answer, *further: Answer) -> dict[str, object]:
    """Return the key figures of answers about one unit and period, as JSON holds them.

    Missing values are null, times ISO text.
    """
    return {
        "business_unit": answer.business_unit,
        "period_start": f"{answer.period_start:%Y-%m-%d}",
        "period_end": f"{answer.period_end:%Y-%m-%d}",
    } | {
        section: json.loads(frame.to_json(orient="records", date_format="iso", double_precision=15))
        for own in (answer, *further)
        for section, frame in own.sections().items()
    }
