"""Who answers: whom nobody could ask, and are late tickets answered about as often as others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slm_analysis.analyses.level_comparison import compared_with_rest, difference_interval
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError
from slm_analysis.intervals import LEVEL
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.survey_requests import unasked_statuses

MONTHS = 12
"""A month has too few late tickets to compare."""
TARGET = "resolution_time"
IN_TIME, LATE = "in_time", "late"
STATES = pd.Index([IN_TIME, LATE])
RATE = ["state", "tickets", "answered", "rate", "low", "high"]
FUNNEL = ["state", "open", "resolved", "unasked", "could_be_asked", "answered"]


@dataclass(frozen=True, eq=False, kw_only=True)
class SurveyResponse(Answer):
    """How often late tickets are answered about, against those in time.

    Attributes
    ----------
    window_start, window_end : Timestamp
        First and last local day on which the tickets were resolved.
    rates : DataFrame
        `state` (`in_time`, `late`), `tickets` resolved, `answered`, `rate`, `low`, `high` (95 %,
        tickets opened on one day going together). Without rows where answers name no tickets, or
        none was judged.
    funnel : DataFrame
        One row per state: `open` (late and still open at the end: nobody could be asked),
        `resolved`, `unasked` (of these in a status that nobody answered, by more than chance),
        `could_be_asked`, `answered`. Without rows as `rates`.
    unasked : DataFrame
        `status` and `tickets` that nobody answered.
    difference, difference_low, difference_high : float
        Rate of late tickets less that of those in time; limits are missing where either kind has
        under thirty tickets or ten days.
    """

    window_start: pd.Timestamp
    window_end: pd.Timestamp
    rates: pd.DataFrame = field(repr=False)
    funnel: pd.DataFrame = field(repr=False)
    unasked: pd.DataFrame = field(repr=False)
    difference: float
    difference_low: float
    difference_high: float

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the rates."""
        return {"response": self.rates}


def survey_response(unit: Unit, months: int = MONTHS) -> SurveyResponse:
    """Answer whether those whose ticket was late answer as often as the others.

    Parameters
    ----------
    unit : Unit
    months : int
        How many months of resolved tickets to look at, the reported period included.

    Returns
    -------
    SurveyResponse

    Raises
    ------
    InputError
        For a number of months under 1.

    Notes
    -----
    Of the tickets resolved with a promise for their resolution that was kept or not; each counts
    as asked. Intervals as in `breach_drivers`: Wilson, and for the difference Newcombe's.
    """
    if months < 1:
        raise InputError(f"months is {months}; give the number of months to look at, at least 1.")
    end = unit.period_end + pd.Timedelta(days=1)
    start = min(unit.period_start, end - pd.DateOffset(months=months))
    judged = unit.judged(TARGET)
    tickets = judged[unit.local_day(judged, "resolved").between(start, unit.period_end)]
    rates, difference, low, high = pd.DataFrame(columns=RATE), np.nan, np.nan, np.nan
    funnel, unasked = pd.DataFrame(columns=FUNNEL), pd.DataFrame(columns=["status", "tickets"])
    if len(tickets) and unit.surveys["ticket_id"].notna().any():
        answered = tickets["ticket_id"].isin(unit.surveys["ticket_id"]).to_numpy()
        unasked = unasked_statuses(tickets["status"], pd.Series(answered, tickets.index))
        funnel = _funnel(tickets.assign(answered=answered), _still_open(unit, judged), unasked)
        present, code = np.unique(tickets["breached"].to_numpy(int), return_inverse=True)
        day = pd.factorize(tickets["opened_on"])[0]
        levels = compared_with_rest({TARGET: (code, STATES[present])}, answered, day)
        lows, highs = difference_interval(levels, LEVEL)
        rates = levels.rename(
            columns={
                "level": "state", "n": "tickets", "breaches": "answered", "rate_low": "low",
                "rate_high": "high",
            }
        )[RATE]  # fmt: skip
        difference, low, high = levels["difference"].iloc[-1], lows[-1], highs[-1]
    return SurveyResponse(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        window_start=start,
        window_end=unit.period_end,
        rates=rates,
        funnel=funnel,
        unasked=unasked,
        difference=float(difference),
        difference_low=float(low),
        difference_high=float(high),
    )


def _still_open(unit: Unit, judged: pd.DataFrame) -> int:
    """Return how many tickets were late and open at the end of the period."""
    resolved = unit.local_day(judged, "resolved") <= unit.period_end
    due = judged["counted_on"] <= unit.period_end
    return int((judged["breached"] & due & ~resolved).sum())


def _funnel(tickets: pd.DataFrame, still_open: int, unasked: pd.DataFrame) -> pd.DataFrame:
    """Return how many tickets of each state are left at each step from resolved to answered."""
    state = tickets["breached"].map({False: IN_TIME, True: LATE})
    silent = tickets["status"].isin(unasked["status"])
    counts = pd.DataFrame(
        {"resolved": True, "unasked": silent, "answered": tickets["answered"]}, tickets.index
    )
    table = counts.groupby(state).sum().reindex(STATES, fill_value=0).astype(int)
    table = table.assign(
        open=[0, still_open], could_be_asked=table["resolved"] - table["unasked"]
    ).rename_axis("state").reset_index()  # fmt: skip
    return table.loc[table[["open", "resolved"]].sum(axis=1) > 0, FUNNEL]
