"""What each unit gives at the same time to resolve, worked out over all units for each month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from pandas.api.types import union_categoricals

from slm_analysis.analyses.expectations import expectations
from slm_analysis.dataset.comparison import ABOUT, by_zone, survey_days
from slm_analysis.dataset.stored import CURVES, GAPS
from slm_analysis.sla.metrics import HOUR, resolution_times
from slm_analysis.sla.reporting_periods import period_range

WINDOW_MONTHS = 12
"""A month has too few answers to compare units by time."""
MONTHS_BACK = 12
"""For so many reported months back from the export gaps are worked out."""
COMPARABLE = ["service", "scale_min", "scale_max"]
"""Answers are compared within one service and one scale."""
MIX = ["priority", "ticket_type", "channel"]
"""What is known at opening and held fixed beside the time."""
LABELS = ["business_unit", "service", "respondent_id", *MIX]
WINDOW = ["window_start", "window_end"]
GAP_COLUMNS = [
    "business_unit", *COMPARABLE, *WINDOW, "units", "answers", "respondents", "left_out", "score",
    "plain_difference", "difference", "low", "high", "p", "q", "reason", "family", "interval_level",
]  # fmt: skip
CURVE_COLUMNS = ["business_unit", *COMPARABLE, *WINDOW, "band", "others"]


def expectation_gaps(answers: pd.DataFrame, local_as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return how each unit scores at the same time to resolve, and what it is compared with.

    Of other units a unit's rows tell how many there are, the difference to the mean of at least
    three of them, and their mean score in bands of time in which each that counts has five people.

    Parameters
    ----------
    answers : DataFrame
        Of all units (see `pooled`).
    local_as_of : Timestamp
        Local time of the export.

    Returns
    -------
    dict of DataFrame
        `expectation_gaps`: one row per unit, service, scale and month: `window_start`,
        `window_end` (the twelve months up to it), and the columns of `Expectations.gaps`, with
        `family` and `interval_level`. `expectation_curves`: one row per band of time, with the
        columns of `Expectations.curve`.
    """
    gaps, curves = [], []
    for window in _windows(local_as_of):
        own = answers[answers["day"].between(window["window_start"], window["window_end"])]
        found = expectations(own, by=COMPARABLE, mix=MIX)
        level = {"family": found.family, "interval_level": found.interval_level}
        gaps.append(found.gaps.assign(**window, **level))
        curves.append(found.curve.assign(**window))
    return {
        GAPS: pd.concat(gaps, ignore_index=True)[GAP_COLUMNS].astype({"business_unit": "str"}),
        CURVES: pd.concat(curves, ignore_index=True)[CURVE_COLUMNS].astype(
            {"business_unit": "str"}
        ),
    }


def _windows(local_as_of: pd.Timestamp) -> list[dict[str, pd.Timestamp]]:
    """Return the first and last day of each window, oldest first."""
    last = local_as_of.to_period("M").start_time - pd.Timedelta(days=1)
    first = last - pd.DateOffset(months=MONTHS_BACK - 1)
    return [
        {
            "window_start": month - pd.DateOffset(months=WINDOW_MONTHS - 1),
            "window_end": month + pd.offsets.MonthEnd(0),
        }
        for month in period_range(first, last, "month")
    ]


def timed_answers(
    targets: pd.DataFrame,
    surveys: pd.DataFrame,
    tickets: pd.DataFrame,
    timezone: str | Mapping[str, str],
    local_as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Return the answers that are compared: about resolved tickets, with the time these took.

    Parameters
    ----------
    targets : DataFrame
        Scored tickets of whole units.
    surveys, tickets : DataFrame
        Contract tables of these units, `surveys` on its row numbers.
    timezone : str or mapping
        In which answers are dated; where units differ, the zone of each.
    local_as_of : Timestamp
        Local time of the export.

    Returns
    -------
    DataFrame
        One row per answer of the months that are looked at: `at` (its row), `day`, `hours`, what
        it says, and what is held fixed. Texts are categories, for the answers of all units are
        held at once.
    """
    day = by_zone(surveys, timezone, lambda own, zone: survey_days(own, tickets, zone))
    windows = _windows(local_as_of)
    recent = day.between(windows[0]["window_start"], windows[-1]["window_end"])
    solved = resolution_times(targets[targets["stopped_at"].notna()])
    columns = ["ticket_id", "business_unit", "score", "scale_min", "scale_max", "respondent_id"]
    return (
        surveys[columns]
        .assign(day=day, at=surveys.index)[recent]
        .merge(solved[[*ABOUT, "service", "elapsed_seconds"]], on=ABOUT)
        .merge(tickets[["ticket_id", *MIX]], on="ticket_id")
        .drop(columns="ticket_id")
        .assign(hours=lambda rows: rows.pop("elapsed_seconds") / HOUR)
        .astype(dict.fromkeys(LABELS, "category"))
    )


def pooled(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the answers of parts of the units as if they had been made at once.

    Parameters
    ----------
    parts : sequence of DataFrame
        As `timed_answers` returns them, in any order.
    """
    labels = {
        name: union_categoricals([part[name] for part in parts], sort_categories=True)
        for name in LABELS
    }
    rest = pd.concat([part.drop(columns=LABELS) for part in parts], ignore_index=True)
    return rest.assign(**labels).sort_values("at", kind="stable", ignore_index=True)
