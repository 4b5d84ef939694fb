"""What goes with satisfaction in a unit's answers: lateness, time, hand-offs, channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.key_drivers import KeyDrivers, key_drivers
from slm_analysis.analyses.suppression import MIN_GROUP, respondents_of
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError
from slm_analysis.questions.answer import Answer

MONTHS = 12
"""A month has too few answers to tell what goes with them."""
MIN_RESPONDENTS = 30
"""With fewer no share is told: it would say more of these people than of the service."""
TARGET = "resolution_time"
LATE, TIME, REOPENED, HANDED_OVER, PAUSED = "late", "time", "reopened", "handed_over", "paused"
RECORDED = ("service", "channel", "priority", "ticket_type")
KNOWN_OF_MOST = 0.9
"""Time to resolve enters where it is known of this part of the answers."""
HOUR = 3600
SHORTEST = 0.1
"""Hours: a shorter time to resolve counts as this, for it is compared by doublings."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SatisfactionDrivers(Answer):
    """What goes with satisfaction.

    Attributes
    ----------
    window_start, window_end : Timestamp
        First and last local day of the answers.
    drivers : KeyDrivers or None
        None where too few people answered, the answers name no tickets, or all scores are alike.
    answers, respondents : int
        In the window, of tickets on record.
    late : int
        Of these answers, those about a ticket that was late.
    scale : tuple of float
        Lowest and highest possible score; missing without answers.
    """

    window_start: pd.Timestamp
    window_end: pd.Timestamp
    drivers: KeyDrivers | None
    answers: int
    respondents: int
    late: int
    scale: tuple[float, float]

    def sections(self) -> dict[str, pd.DataFrame]:
        """Return the findings."""
        if self.drivers is None:
            return {"satisfaction_drivers": pd.DataFrame(columns=["driver", "share"])}
        shares = self.drivers.shares
        return {"satisfaction_drivers": shares[shares["finding"].astype(bool)]}


def satisfaction_drivers(
    unit: Unit, months: int = MONTHS, q: float = 0.05, min_group: int = MIN_GROUP
) -> SatisfactionDrivers:
    """Answer what goes with the scores that users give, all else held fixed.

    Parameters
    ----------
    unit : Unit
    months : int
        How many months of answers to look at, the reported period included.
    q : float
        Accepted share of false ones among the findings.
    min_group : int
        With fewer respondents, and in any case fewer than thirty, nothing is shown.

    Returns
    -------
    SatisfactionDrivers

    Raises
    ------
    InputError
        For months, q or a number of respondents that make no sense, or answers on several scales.

    Notes
    -----
    Of the ticket that an answer is about: `late` (resolution promise breached), `time` (doublings
    of the business time to resolve), `reopened`, `handed_over`, `paused` (waited on the requester),
    and what the export says of service, channel, priority and type. See `key_drivers`.
    """
    if months < 1:
        raise InputError(f"months is {months}; give the number of months to look at, at least 1.")
    end = unit.period_end + pd.Timedelta(days=1)
    start = min(unit.period_start, end - pd.DateOffset(months=months))
    answers = _answers(unit, start)
    respondents = int(respondents_of(answers).nunique())
    found = None
    names = _varied(answers)
    if respondents >= max(MIN_RESPONDENTS, min_group) and names:
        found = key_drivers(answers, drivers=names, q=q, min_group=min_group)
    return SatisfactionDrivers(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        window_start=start,
        window_end=unit.period_end,
        drivers=found if found is not None and len(found.shares) else None,
        answers=len(answers),
        respondents=respondents,
        late=int(answers[LATE].sum()),
        scale=_scale(answers),
        notes=found.notes if found is not None else (),
    )


def _answers(unit: Unit, start: pd.Timestamp) -> pd.DataFrame:
    """Return the answers of the window with what is on record of their tickets."""
    recent = unit.survey_days.between(start, unit.period_end)
    answers = unit.surveys.loc[
        recent, ["ticket_id", "respondent_id", "score", "scale_min", "scale_max"]
    ]
    tickets = unit.tickets.assign(
        **{
            REOPENED: unit.tickets["reopen_count"] > 0,
            HANDED_OVER: unit.tickets["reassignment_count"] > 0,
        }
    )
    known = tickets[["ticket_id", *RECORDED, REOPENED, HANDED_OVER]]
    own = answers.merge(known, on="ticket_id").merge(_judged(unit), on="ticket_id", how="left")
    return own.assign(**{LATE: own[LATE].eq(True), PAUSED: own[PAUSED].eq(True)})


def _judged(unit: Unit) -> pd.DataFrame:
    """Return lateness, time and waiting of each ticket with a promise for its resolution."""
    judged = unit.judged(TARGET)
    hours = (judged["elapsed_seconds"] / HOUR).clip(lower=SHORTEST)
    return pd.DataFrame(
        {
            "ticket_id": judged["ticket_id"],
            LATE: judged["breached"],
            TIME: np.log2(hours),
            PAUSED: judged["paused_seconds"] > 0,
        }
    )


def _varied(answers: pd.DataFrame) -> list[str]:
    """Return what differs from answer to answer and is on record."""
    names = [LATE, TIME, REOPENED, HANDED_OVER, PAUSED, *RECORDED]
    if answers[TIME].notna().mean() < KNOWN_OF_MOST:
        names.remove(TIME)
    return [name for name in names if len(answers[name].unique()) > 1]


def _scale(answers: pd.DataFrame) -> tuple[float, float]:
    scales = answers[["scale_min", "scale_max"]].drop_duplicates()
    if len(scales) > 1:
        raise InputError("The answers are on several scales; they cannot be taken together.")
    return (np.nan, np.nan) if scales.empty else tuple(scales.to_numpy(float)[0])
