"""What users give by how long it took, and up to which time they give the goal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.expectations import band_ends, time_band
from slm_analysis.analyses.jackknife import mean_and_shifts, variance
from slm_analysis.analyses.satisfaction import satisfaction
from slm_analysis.analyses.suppression import (
    MIN_GROUP,
    merged_periods,
    require_columns,
    respondents_of,
)
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Result

MIN_BAND = 15
"""A band of fewer people is merged with the next: its mean would say little."""


@dataclass(frozen=True)
class Limit:
    """A time in hours, and the mean score of all tickets on one side of it with its interval."""

    hours: float
    score: float
    low: float
    high: float


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoreByTime(Result):
    """Scores by time to resolve.

    Attributes
    ----------
    table : DataFrame
        One row per band of time: `from_hours` (above), `until_hours`, `answers`, `respondents`,
        `score` (mean) with `low`, `high` (95 %), and `others`: the mean of the column of that
        name, where it is known of most answers. Without rows where too few people answered.
    goal : float
        Missing where none is given.
    within : Limit or None
        The longest time within which tickets are scored at the goal or higher on average, by more
        than chance: the end of a band, of the last one where that is so of all tickets.
    beyond : Limit or None
        The shortest time beyond which they are scored lower than the goal on average, by more than
        chance; 0 where that is so of all tickets.
    """

    table: pd.DataFrame
    goal: float
    within: Limit | None
    beyond: Limit | None


def score_by_time(
    answers: pd.DataFrame, *, goal: float = np.nan, min_group: int = MIN_GROUP
) -> ScoreByTime:
    """Answer how scores go with the time to resolve, and up to which time they keep a goal.

    Parameters
    ----------
    answers : DataFrame
        One row per answer of one scale: `score`, `scale_min`, `scale_max`, `hours`, where known
        `respondent_id`, and if wanted `others`, a score to see the answer against.
    goal : float, optional
        The mean score that was agreed.
    min_group : int
        A band has so many respondents, and at least fifteen; under `min_group` in all there is
        nothing to show.

    Returns
    -------
    ScoreByTime

    Raises
    ------
    InputError
        Unknown column, scores that are not numbers, several scales.

    Notes
    -----
    Bands are those of `expectations`, from the shortest on merged until they have enough people.
    The limits compare the mean of all answers up to, and beyond, the ends of bands with the goal;
    their intervals hold for all bands together (Bonferroni).
    """
    require_columns(answers, ["score", "scale_min", "scale_max", "hours"])
    rows = answers[answers["score"].notna() & answers["hours"].notna()].reset_index(drop=True)
    who = respondents_of(rows)
    least = max(min_group, min(MIN_BAND, who.nunique()))
    others = rows.get("others", np.nan)
    rows = rows.assign(band=time_band(rows["hours"]), who=who, others=others)
    block = merged_periods(rows["band"], who, min_group=least)
    table = _table(rows.assign(block=block)[block.notna()], min_group)
    within, beyond = _limits(rows, table, goal)
    return ScoreByTime(table=table, goal=goal, within=within, beyond=beyond)


def _table(rows: pd.DataFrame, min_group: int) -> pd.DataFrame:
    """Return one row per block of bands."""
    scores = satisfaction(rows, by="block", min_group=min_group).scores
    scores = scores[~scores["total"]].set_index("block")
    blocks = rows.groupby("block")
    others = blocks["others"]
    return pd.DataFrame(
        {
            "from_hours": np.array([band_ends(first)[0] for first in blocks["band"].min()], float),
            "until_hours": np.array([band_ends(last)[1] for last in blocks["band"].max()], float),
            "answers": scores["answers"].to_numpy(),
            "respondents": scores["respondents"].to_numpy(),
            "score": scores["mean"].to_numpy(),
            "low": scores["mean_low"].to_numpy(),
            "high": scores["mean_high"].to_numpy(),
            "others": others.mean().where(others.count() > blocks.size() / 2).to_numpy(),
        }
    )


def _limits(
    rows: pd.DataFrame, table: pd.DataFrame, goal: float
) -> tuple[Limit | None, Limit | None]:
    """Return within which edge the mean surely keeps the goal, and beyond which it misses it.

    The band next to the edge must lie on the same side: many slow tickets alone would else pull the
    mean of all beyond an early edge below the goal.
    """
    level = 1 - (1 - LEVEL) / max(len(table), 1)
    within, beyond = None, None
    for start in table.loc[table["score"] < goal, "from_hours"]:
        # The first band begins with the quickest tickets: nothing is left out before it.
        tail = rows if start == table["from_hours"].iloc[0] else rows[rows["hours"] > start]
        limit = _limit(tail, 0.0 if tail is rows else start, level)
        if limit.high < goal:
            beyond = limit
            break
    for end in table.loc[table["score"] >= goal, "until_hours"][::-1]:
        limit = _limit(rows[rows["hours"] <= end], end, level)
        if limit.low >= goal and not (beyond and end > beyond.hours):
            within = limit
            break
    return within, beyond


def _limit(rows: pd.DataFrame, hours: float, level: float) -> Limit:
    """Return the mean with its limits, answers of a person going together (jackknife)."""
    person, people = pd.factorize(rows["who"])
    mean, shifts = mean_and_shifts(rows["score"].to_numpy(float), person, len(people))
    half = stats.t.ppf((1 + level) / 2, len(people) - 1) * np.sqrt(variance(shifts))
    return Limit(hours, mean, mean - half, mean + half)
