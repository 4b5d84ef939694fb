"""Green outside, red inside: the agreement is kept and people are unhappy, or the reverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import AR1Fit, fit_ar1, fits_exactly
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.periods import FULL_YEAR, period_axis
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Note, Result, note

RESULTS = ("met", "missed", "open", "too_few", "no_cases")

GREEN = "green"
RED = "red"
UNDECIDED = "undecided"

WATERMELON = "watermelon"
REVERSE = "reverse"

NO_SATISFACTION = "no_satisfaction"
TOO_FEW_PERIODS = "too_few_periods"
NO_VARIATION = "no_variation"

MIN_PERIODS = 8
"""With fewer periods in the last year neither level nor slope is judged."""

MIN_EARLIER = 4
"""With so many periods before the last year these get a slope of their own."""

NUMBERED_YEAR = 12
"""Numbered periods are taken for months."""

MOST_FALSE = 0.5
"""From here on a one-sided bound has no two-sided interval."""

ESTIMATES = ("level", "slope")
"""The first coefficients of every line, in this order."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Watermelon(Result):
    """Where service levels and satisfaction tell different stories.

    Attributes
    ----------
    groups : DataFrame
        One row per group, findings first. The by-columns; `sla` (`green`: every decided service
        level met; `red`: one missed; `undecided`), `met`, `missed` (how many), `sla_evidence`
        (`clear` if all decided ones are, else `uncertain`); `periods`, `answers` behind the
        satisfaction; `goal`, `goal_agreed` (else the middle of the scale); `level` of satisfaction
        at the last period and `slope` per period in the last year, each with `_low` and `_high`
        (at `interval_level`), `_p` (one-sided) and `_q` (adjusted over the family; both missing
        where no finding could come of it); `poor`, `content` (level surely under or over the
        goal), `falling`; `reason` why satisfaction is not judged (`no_satisfaction`,
        `too_few_periods`, `no_variation`, empty); `finding` (`watermelon`: green, and poor or
        falling; `reverse`: red, content and not falling; empty).
    family : int
        Number of tests that the correction covers: level and slope of green groups, level of red
        ones.
    q : float
        Share of false ones among the findings that is accepted.
    interval_level : float
        Level of the two-sided intervals; either limit is the one-sided bound behind a finding.
    """

    groups: pd.DataFrame
    family: int
    q: float
    interval_level: float


def watermelon(
    service_levels: pd.DataFrame,
    satisfaction: pd.DataFrame,
    *,
    by: str | Sequence[str],
    scale: tuple[float, float] | None = None,
    q: float = 0.05,
) -> Watermelon:
    """Answer where the agreement is kept while people are unhappy, and where the reverse holds.

    Parameters
    ----------
    service_levels : DataFrame
        One or more rows per group (targets, periods): the by-columns, `result` (`met`, `missed`,
        `open`, `too_few`, `no_cases`), `evidence` (`clear`, `uncertain`).
    satisfaction : DataFrame
        One row per group and period: the by-columns, `time` (months, weeks or whole numbers),
        `value`, `n` (answers), where agreed `goal` on the scale of the values, and `complete`
        where some periods are not. Periods without a value are gaps.
    by : str or list of str
        Columns that name the group in both frames.
    scale : (low, high), optional
        Ends of the scale; its middle stands in where no goal is agreed.
    q : float
        Accepted share of false ones among the findings (Benjamini-Hochberg over one call).

    Returns
    -------
    Watermelon

    Raises
    ------
    InputError
        Unknown column, unknown result, a group without goal while no scale is given, a goal off
        the scale, two rows of one group and period, q outside 0 to 0.5.

    Notes
    -----
    Satisfaction is a line over the periods with AR(1) errors (see `ar1_regression`), periods of
    few answers weighing less; where history allows it bends once, a year before the end, so that
    an old rise or fall is not taken for a present one. Its level at the last period is compared
    with the goal, its slope over the last year with 0. Tests are one-sided, towards the finding. Of
    simulated series of 24 months with 40 answers each, 3 in 100 without a change were called a
    finding, and 100 in 100 whose mean fell from 4.4 to 3.7 in the last 10 months.
    """
    keys = [by] if isinstance(by, str) else list(by)
    _check(service_levels, satisfaction, keys, scale, q)
    groups = (
        _sla(service_levels, keys)
        .merge(_judged(satisfaction, keys, scale), on=keys, how="outer")
        .fillna({"sla": UNDECIDED, "sla_evidence": "uncertain", "reason": NO_SATISFACTION})
    )
    counts = ["met", "missed", "periods", "answers"]
    groups[counts] = groups[counts].fillna(0).astype(int)
    groups["goal"] = groups["goal"].astype(float)
    lines = groups.pop("line")
    p = _tests(groups, lines)
    adjusted, one_sided_level = false_discovery(p.ravel(), q)
    interval_level = 2 * one_sided_level - 1
    groups = groups.join(_estimates(lines, groups["goal"], interval_level))
    groups["level_p"], groups["slope_p"] = p.T
    groups["level_q"], groups["slope_q"] = adjusted.reshape(-1, 2).T
    groups["poor"] = groups["level_high"] < groups["goal"]
    groups["content"] = groups["level_low"] > groups["goal"]
    groups["falling"] = groups["slope_high"] < 0
    findings = {
        WATERMELON: (groups["sla"] == GREEN) & (groups["poor"] | groups["falling"]),
        REVERSE: (groups["sla"] == RED) & groups["content"] & ~groups["falling"],
    }
    groups["finding"] = np.select(list(findings.values()), list(findings), "")
    order = np.lexsort([groups["finding"] != WATERMELON, groups["finding"] == ""])
    groups = groups.iloc[order].reset_index(drop=True)
    family = int((~np.isnan(p)).sum())
    return Watermelon(
        groups=groups,
        family=family,
        q=q,
        interval_level=interval_level,
        notes=_notes(groups, family),
    )


def _check(
    service_levels: pd.DataFrame,
    satisfaction: pd.DataFrame,
    keys: list[str],
    scale: tuple[float, float] | None,
    q: float,
) -> None:
    require_columns(service_levels, [*keys, "result", "evidence"])
    require_columns(satisfaction, [*keys, "time", "value", "n"])
    faults = []
    if not 0 < q < MOST_FALSE:
        faults.append(Fault("q must lie between 0 and 0.5.", "0.05 is usual.", value=q))
    faults += [
        Fault(f"There is no result {result!r}.", nearest(str(result), RESULTS), column="result")
        for result in service_levels["result"].unique()
        if result not in RESULTS
    ]
    faults += [
        Fault("Not a number.", "Convert the column.", column=column)
        for column in ("value", "n", "goal")
        if column in satisfaction.columns and not _numeric(satisfaction[column])
    ]
    twice = satisfaction.duplicated([*keys, "time"])
    if twice.any():
        faults.append(
            Fault(
                "A group has two rows for one period.",
                "Give one row per group and period.",
                column="time",
                value=satisfaction.loc[twice, "time"].iloc[0],
            )
        )
    if scale is not None and not scale[0] < scale[1]:
        faults.append(Fault("The scale has no width.", "Give (lowest, highest).", value=scale))
    if faults:
        raise InputError(faults)


def _numeric(values: pd.Series) -> bool:
    return bool(values.isna().all()) or pd.api.types.is_numeric_dtype(values)


def _sla(service_levels: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the colour that each group's service levels show."""
    decided = service_levels["result"].isin(["met", "missed"])
    rows = service_levels[keys].assign(
        met=service_levels["result"] == "met",
        missed=service_levels["result"] == "missed",
        doubtful=decided & (service_levels["evidence"] != "clear"),
    )
    groups = rows.groupby(keys, dropna=False, observed=True).sum().reset_index()
    any_decided = groups["met"] + groups["missed"] > 0
    return groups.drop(columns="doubtful").assign(
        sla=np.select([groups["missed"] > 0, any_decided], [RED, GREEN], UNDECIDED),
        sla_evidence=np.where(any_decided & (groups["doubtful"] == 0), "clear", "uncertain"),
    )


def _judged(
    satisfaction: pd.DataFrame, keys: list[str], scale: tuple[float, float] | None
) -> pd.DataFrame:
    """Return each group's satisfaction in short, with its `line` where it can be judged."""
    usable = satisfaction["value"].notna() & (satisfaction["n"] > 0)
    if "complete" in satisfaction.columns:
        usable &= satisfaction["complete"].astype(bool)
    position, year = _positions(satisfaction["time"], usable)
    rows = satisfaction[[*keys, "value", "n"]].assign(
        position=position, goal=satisfaction.get("goal", np.nan), usable=usable
    )
    records = []
    for key, series in rows.sort_values("position").groupby(keys, dropna=False, observed=True):
        group = dict(zip(keys, key, strict=True))
        agreed = series["goal"].dropna()
        goal = _goal(agreed, scale, group)
        periods = series[series["usable"]]
        line, reason = _line(periods, goal, year)
        records.append(
            {
                **group,
                "periods": len(periods),
                "answers": periods["n"].sum(),
                "goal": goal,
                "goal_agreed": len(agreed) > 0,
                "reason": reason,
                "line": line,
            }
        )
    columns = [*keys, "periods", "answers", "goal", "goal_agreed", "reason", "line"]
    return pd.DataFrame(records, columns=columns)


def _positions(time: pd.Series, usable: pd.Series) -> tuple[np.ndarray, int]:
    """Return periods counted back from the last usable one of all groups, and those of a year."""
    if not usable.any():
        return np.zeros(len(time), dtype=int), NUMBERED_YEAR
    axis = period_axis(time)
    position = axis.positions(time)
    return position - position[usable].max(), FULL_YEAR.get(str(axis.freq), NUMBERED_YEAR)


def _goal(
    agreed: pd.Series, scale: tuple[float, float] | None, group: Mapping[str, object]
) -> float:
    """Return the last agreed goal, else the middle of the scale."""
    name = ", ".join(str(part) for part in group.values())
    if scale is None and agreed.empty:
        raise InputError(
            Fault(
                f"No goal is agreed for {name}.",
                "State scale=(lowest, highest), so that its middle can stand in.",
                column="goal",
            )
        )
    if scale is None:
        return float(agreed.iloc[-1])
    low, high = scale
    goal = (low + high) / 2 if agreed.empty else float(agreed.iloc[-1])
    if not low <= goal <= high:
        raise InputError(
            Fault(
                f"The goal lies off the scale of {low:g} to {high:g} for {name}.",
                "State goal and values on one scale.",
                column="goal",
                value=goal,
            )
        )
    return goal


def _line(periods: pd.DataFrame, goal: float, year: int) -> tuple[AR1Fit | None, str]:
    """Return the line through value - goal, 0 at the last period, or why there is none."""
    position = periods["position"].to_numpy(int)
    earlier = position <= -year
    if (~earlier).sum() < MIN_PERIODS:
        return None, TOO_FEW_PERIODS
    columns = [np.ones(len(position)), position]
    if earlier.sum() >= MIN_EARLIER:
        columns = [
            np.ones(len(position)),
            np.maximum(position, -year),
            np.minimum(position + year, 0),
        ]
    design = np.column_stack(columns)
    over = periods["value"].to_numpy(float) - goal
    if fits_exactly(over, design):
        return None, NO_VARIATION
    return fit_ar1(over, design, position, periods["n"].to_numpy(float)), ""


def _estimates(lines: pd.Series, goal: pd.Series, level: float) -> pd.DataFrame:
    """Return level now and slope over the last year, missing without a line."""
    fits = lines.dropna()
    parts = pd.DataFrame(index=fits.index)
    for i, name in enumerate(ESTIMATES):
        estimates = [fit.estimate(_unit(fit, i), level) for fit in fits]
        shift = goal[fits.index].to_numpy() if name == "level" else 0.0
        for part, value in (("", "estimate"), ("_low", "low"), ("_high", "high")):
            parts[f"{name}{part}"] = np.array([getattr(e, value) for e in estimates]) + shift
    return parts.astype(float).reindex(lines.index)


def _tests(groups: pd.DataFrame, lines: pd.Series) -> np.ndarray:
    """Return one-sided p-values (groups, 2) of level and slope, missing where not tested.

    Only what could make a finding is tested: under the goal and falling where the agreement is
    kept, over the goal where it is not. A kept agreement with content people is no discovery, and
    must not lower the bar for the others.
    """
    p = np.full((len(groups), len(ESTIMATES)), np.nan)
    for row in np.flatnonzero(lines.notna()):
        if groups["sla"].iloc[row] == GREEN:
            p[row] = [_tail(lines.iloc[row], i, below=True) for i in range(len(ESTIMATES))]
        elif groups["sla"].iloc[row] == RED:
            p[row, 0] = _tail(lines.iloc[row], 0, below=False)
    return p


def _tail(line: AR1Fit, i: int, *, below: bool) -> float:
    """Return the one-sided p-value for coefficient i lying below (or above) 0."""
    estimate = line.estimate(_unit(line, i), LEVEL)
    return estimate.p / 2 if (estimate.estimate < 0) == below else 1 - estimate.p / 2


def _unit(line: AR1Fit, i: int) -> np.ndarray:
    return np.eye(line.coefficients.shape[1])[i]


def _notes(groups: pd.DataFrame, family: int) -> tuple[Note, ...]:
    """Return how many tests were made, and which groups could not be judged on what."""
    notes = [note("family", tests=family)]
    for reason in (NO_SATISFACTION, TOO_FEW_PERIODS, NO_VARIATION):
        count = int((groups["reason"] == reason).sum())
        if count:
            notes.append(note(reason, groups=count, min_periods=MIN_PERIODS))
    undecided = int((groups["sla"] == UNDECIDED).sum())
    if undecided:
        notes.append(note("sla_undecided", groups=undecided))
    assumed = groups["goal"].notna() & ~groups["goal_agreed"].eq(True)
    if assumed.any():
        notes.append(
            note(
                "goal_assumed", groups=int(assumed.sum()), goal=groups.loc[assumed, "goal"].iloc[0]
            )
        )
    return tuple(notes)
