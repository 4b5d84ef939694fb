"""Which service levels satisfaction goes with: scores where a promise was broken and where kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slm_analysis.analyses.rate_following import rate_following
from slm_analysis.analyses.score_contrasts import score_contrasts
from slm_analysis.analyses.score_verdicts import (
    CANNOT_TELL,
    HIGHER,
    LOWER,
    MIN_EFFECT,
    NOT_COMPARED,
    SAME,
    score_verdicts,
)
from slm_analysis.analyses.suppression import MIN_GROUP
from slm_analysis.dataset.series import HISTORY_MONTHS, series
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError
from slm_analysis.questions.answer import Answer
from slm_analysis.result import Note, note
from slm_analysis.sla.agreements import ALL, TICKET_METRICS
from slm_analysis.sla.reporting_periods import period_start
from slm_analysis.sla.scoring import COUNTED

MONTHS = HISTORY_MONTHS
"""A month, and mostly a year, has too few broken promises to compare."""
FAMILIES = 2
"""Contrasts of tickets, and months; each has an equal part of the accepted false findings."""
ERRORS = "error_rate"
KEYS = ["service", "target", "metric"]
ORDER = (LOWER, HIGHER, SAME, CANNOT_TELL, NOT_COMPARED)
MONTHLY = {"periods": "months", "slope": "slope", "low": "slope_low", "high": "slope_high"}
TABLE = [
    *KEYS, "broken", "broken_people", "kept", "kept_people", "difference", "low", "high", "p", "q",
    "verdict", *MONTHLY.values(), "moves",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class FollowedTargets(Answer):
    """How scores go with each promise that a ticket keeps or breaks.

    Attributes
    ----------
    window_start, window_end : Timestamp
        First and last local day of the answers.
    table : DataFrame
        One row per service and target: `metric`; answers to tickets that broke the promise and
        that kept it (`broken`, `kept`) and their people; `difference` (mean score where broken
        less that where kept), `low`, `high` (at `interval_level`), `p`, `q`, `verdict` (`lower`,
        `higher`, `same`: too small to matter, `cannot_tell`, `not_compared`: too few people);
        `months` that have both figures, `slope` of the monthly score for ten points more kept,
        `slope_low`, `slope_high` (at `slope_level`), and `moves`: whether that differs from 0.
    min_effect : float
        Points of the score that matter.
    families : tuple of int
        Tests of tickets, and of months.
    q : float
        Accepted share of false ones among all findings, an equal part in each family.
    interval_level, slope_level : float
    """

    window_start: pd.Timestamp
    window_end: pd.Timestamp
    table: pd.DataFrame = field(repr=False)
    min_effect: float
    families: tuple[int, int]
    q: float
    interval_level: float
    slope_level: float

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the targets that scores go with."""
        table = self.table
        return {"followed": table[table["verdict"].isin([LOWER, HIGHER]) | table["moves"]]}


def followed_targets(
    unit: Unit,
    months: int = MONTHS,
    min_effect: float = MIN_EFFECT,
    q: float = 0.05,
    min_group: int = MIN_GROUP,
) -> FollowedTargets:
    """Answer which service levels satisfaction seems to follow.

    Parameters
    ----------
    unit : Unit
    months : int
        How many months of answers to look at, the reported period included.
    min_effect : float
        The smallest difference of scores that matters, in points.
    q : float
        Accepted share of false ones among the findings.
    min_group : int
        A side of fewer respondents, and in any case of fewer than ten, is not compared.

    Returns
    -------
    FollowedTargets

    Raises
    ------
    InputError
        For months or a smallest difference that make no sense.

    Notes
    -----
    A ticket's answer counts as after a broken promise if the ticket broke it, errors found being
    broken promises of the error rate. Of months see `rate_following`.
    """
    if months < 1:
        raise InputError(f"months is {months}; give the number of months to look at, at least 1.")
    if not min_effect > 0:
        raise InputError(f"min_effect is {min_effect}; give the points that matter, such as 0.1.")
    end = unit.period_end + pd.Timedelta(days=1)
    start = min(unit.period_start, end - pd.DateOffset(months=months))
    judged = _judged(unit)
    contrasts = score_contrasts(
        _answers(unit, judged, start), by=KEYS, side="broken", q=q / FAMILIES, min_group=min_group
    )
    movements = rate_following(_months(unit, judged), by=KEYS, q=q / FAMILIES)
    return FollowedTargets(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        window_start=start,
        window_end=unit.period_end,
        table=_table(contrasts.table, movements.table, min_effect),
        min_effect=min_effect,
        families=(contrasts.family, movements.family),
        q=q,
        interval_level=contrasts.interval_level,
        slope_level=movements.interval_level,
        notes=tuple(_notes(unit)),
    )


def _judged(unit: Unit) -> pd.DataFrame:
    """Return one row per ticket and promise that it kept or broke: `broken`."""
    scored = unit.targets[unit.targets["state"].isin(COUNTED)]
    targets = scored[["ticket_id", *KEYS]].assign(broken=scored["state"] != "met")
    agreed = {
        (service, target.metric)
        for agreement in unit.agreement.versions
        for service, terms in agreement.services.items()
        for target in terms.targets
    }
    tickets = unit.tickets[unit.tickets["error_found"].notna()]
    promised = [
        (service, ERRORS) in agreed or (ALL, ERRORS) in agreed for service in tickets["service"]
    ]
    errors = tickets[np.array(promised, dtype=bool)]
    errors = errors[["ticket_id", "service"]].assign(
        target=ERRORS, metric=ERRORS, broken=errors["error_found"].astype(bool)
    )
    return pd.concat([targets, errors], ignore_index=True).astype({"broken": bool})


def _answers(unit: Unit, judged: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    recent = unit.survey_days.between(start, unit.period_end)
    answers = unit.surveys.loc[recent, ["ticket_id", "respondent_id", "score"]]
    return answers.merge(judged, on="ticket_id")


def _months(unit: Unit, judged: pd.DataFrame) -> pd.DataFrame:
    """Return the monthly score of each service beside the share of promises kept in the month."""
    empty = pd.DataFrame(columns=[*KEYS, "time", "score", "answers", "kept", "counted"])
    if unit.surveys.empty or judged.empty:
        return empty
    scores = series(unit, "satisfaction", "month", by="service", months=HISTORY_MONTHS)
    if scores.empty:
        return empty
    scores = scores[scores["complete"]].rename(columns={"value": "score", "weights": "answers"})
    day = unit.local_day(unit.tickets, "resolved")
    resolved = pd.Series(period_start(day, "month").to_numpy(), unit.tickets["ticket_id"])
    kept = judged.assign(time=judged["ticket_id"].map(resolved), kept=~judged["broken"])
    grouped = kept.groupby([*KEYS, "time"], observed=True)["kept"]
    rates = grouped.agg(kept="sum", counted="size").reset_index()
    return rates.merge(scores[["service", "time", "score", "answers"]], on=["service", "time"])


def _table(contrasts: pd.DataFrame, movements: pd.DataFrame, min_effect: float) -> pd.DataFrame:
    names = {
        "answers": "broken",
        "respondents": "broken_people",
        "rest_answers": "kept",
        "rest_respondents": "kept_people",
    }
    months = movements[[*KEYS, *MONTHLY]].rename(columns=MONTHLY)
    table = contrasts.rename(columns=names).merge(months, on=KEYS, how="left")
    table = table.assign(
        verdict=score_verdicts(table["low"], table["high"], min_effect),
        months=table["months"].fillna(0).astype(int),
        moves=(table["slope_low"] > 0) | (table["slope_high"] < 0),
    )
    order = table["verdict"].map({verdict: at for at, verdict in enumerate(ORDER)})
    table = table.assign(order=order).sort_values(["order", *KEYS], kind="stable")
    return table.reset_index(drop=True)[TABLE]


def _notes(unit: Unit) -> Iterator[Note]:
    apart = sorted(
        {
            target.metric
            for agreement in unit.agreement.versions
            for terms in agreement.services.values()
            for target in terms.targets
            if target.metric not in {*TICKET_METRICS, ERRORS, "satisfaction"}
        }
    )
    if apart:
        yield note("not_of_a_ticket", metrics=tuple(apart))
