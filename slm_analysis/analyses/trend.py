"""Where is it heading, and what is to be expected next: a line, a forecast, and its record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import require_share
from slm_analysis.analyses.change_panel import Panel, read_panel
from slm_analysis.analyses.chart_signals import FAVOURABLE, NEUTRAL, UNFAVOURABLE
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.periods import YEARS_FOR_SEASON
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.analyses.trend_forecast import (
    NO_VARIATION,
    TOO_FEW_POINTS,
    Asked,
    Heading,
    heading,
)
from slm_analysis.analyses.trend_frames import COLUMNS, Frames
from slm_analysis.analyses.trend_line import MIN_POINTS, Points
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Note, Result, note

RISING, FALLING = "rising", "falling"
NO_CLEAR_TREND, CANNOT_TELL = "no_clear_trend", "cannot_tell"

SERIES = "number of the series"
"""Column that stands for the by-columns where the periods are read."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Trend(Result):
    """Where series are heading and what is to be expected of their next period.

    Every frame begins with the by-columns; values of rates are shares of 1.

    Attributes
    ----------
    summary : DataFrame
        One row per series: `verdict` (`rising`, `falling`, `no_clear_trend`, `cannot_tell`),
        `reason` (of the last: `too_few_points`, `no_variation`), `meaning` (`favourable`,
        `unfavourable`, `neutral`), `n_points`, `first`, `last` (periods used), `last_value`,
        `last_n`; `slope`, `slope_low`, `slope_high` per period and `year`, `year_low`,
        `year_high` over a year at that pace (missing for numbered periods), at `interval_level`;
        `p`, `q` (adjusted over all series); `rho`, `season` (harmonic pairs taken out), `shifts`
        (changes of level allowed for).
    forecasts : DataFrame
        One row per series: `time` (the period forecast), `ahead` (periods after the last used),
        `n` (cases it is taken to have: the median of the last 12), `expected`, `low`, `high` (of
        the single period, at `level`), `target`, `chance_missed`; `backtested` (how many such
        forecasts could be made again) and `held` (intervals of these that held the truth).
    backtest : DataFrame
        One row per forecast made again, each only from data before it: `made_after` (last period
        used), `time`, `expected`, `low`, `high`, `value`, `held`.
    shifts : DataFrame
        One row per change of level: `time` (first period of the new one), `size`, `low`, `high`
        (at `level`).
    points : DataFrame
        One row per period: `time`, `value`, `n`, `used`, `line` (missing without a fit).
    level : float
        Coverage of forecasts.
    interval_level : float
        Coverage of slopes: `level`, or more where several series are judged together.
    freq : str or None
        `week`, `month`.
    scale : str
        `rate`, `mean` or `number`.
    better : str
        `high` or `low`.
    notes : tuple of Note
        `too_few_points` (needed), `no_variation`, `level_shift`, `season_not_separable`,
        `incomplete_periods` (points), `missing_periods` (points); `series` names those concerned.
    """

    summary: pd.DataFrame
    forecasts: pd.DataFrame
    backtest: pd.DataFrame
    shifts: pd.DataFrame
    points: pd.DataFrame
    level: float
    interval_level: float
    freq: str | None
    scale: str
    better: str

    def by_series(self) -> pd.DataFrame:
        """Return summary and forecasts side by side, one row per series."""
        new = self.forecasts.columns.difference(self.summary.columns, sort=False)
        return self.summary.join(self.forecasts[new])


def trend(
    df: pd.DataFrame,
    *,
    value: str,
    time: str,
    n: str | None = None,
    by: str | Sequence[str] | None = None,
    freq: str | None = None,
    target: float | str | None = None,
    better: str = "high",
    season: int | str | None = "auto",
    weights: str | None = None,
    ahead: int = 1,
    level: float = LEVEL,
) -> Trend:
    """Answer where series are heading and what is to be expected of their next period.

    Parameters
    ----------
    df : DataFrame
        One row per series and period, as `series` gives it. Where there is a column `complete`,
        rows in which it is false take no part.
    value : str
        What is measured; with `n` the count of favourable cases.
    time : str
        Start of each period: dates, ISO text or whole numbers. Absent periods stay gaps.
    n : str, optional
        Denominator: value / n is a rate. Periods with 0 are gaps.
    by : str or sequence of str, optional
        Columns that tell the series apart.
    freq : {"week", "month"}, optional
        Read off the dates where it is not stated.
    target : float or str, optional
        The goal in units of the value (a rate: 0.95), or its column, of which the last counts.
    better : {"high", "low"}
    season : "auto", None or int
        Harmonic pairs of the year; `auto`: one, from two full years on.
    weights : str, optional
        Responses behind each period's mean.
    ahead : int
        The period forecast, counted from the last complete one of all series.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Trend

    Raises
    ------
    InputError
        Unknown columns or keyword values; columns that are not numbers; several rows for a
        period; times that are neither weeks, months nor whole numbers; shares beyond 0 and 1.

    Notes
    -----
    A straight line with AR(1) errors, the autocorrelation integrated out (`ar1_regression`), as
    in `change_effect`; periods of few cases weigh less as far as the data bear it. Shares are never
    taken to vary less than binomial sampling makes them (`sampling_noise`). A change of
    level is not a trend: where a step fits better than a slope it stands beside the line (see
    `trend_line.find_shifts`). A trend is called where the slope's interval excludes 0, at the
    level that Benjamini and Hochberg ask for of all series together. A forecast holds the noise
    of one further period with its number of cases; a share misses its target if it falls short
    by half a case or more. Of such forecasts 92 to 98 % hold the truth in simulated series
    (`benchmarks/forecast_coverage.py`).
    """
    _check(better, ahead, level)
    keys = [by] if isinstance(by, str) else list(by or ())
    require_columns(df, [*keys, *([target] if isinstance(target, str) else [])])
    number, names = _numbered(df, keys)
    rows = df.assign(**{SERIES: number})
    panel = read_panel(rows, value=value, time=time, n=n, weights=weights, unit=SERIES, freq=freq)
    _require_shares(panel, value)
    complete = np.isfinite(panel.valued())
    last = panel.start + int(np.flatnonzero(complete.any(axis=1)).max(initial=0))
    every = [
        heading(
            _points(panel, complete, series),
            Asked(
                position=last + ahead,
                season=season,
                target=goal,
                better=better,
                level=level,
                rate=panel.scale == "rate",
            ),
        )
        for series, goal in enumerate(_goals(rows, target, time, names, panel))
    ]
    judged, interval_level = _judged(every, level, better)
    frames = Frames(every=every, names=names, axis=panel.axis)
    return Trend(
        summary=frames.summary(judged, interval_level),
        forecasts=frames.forecasts(),
        backtest=frames.backtest(),
        shifts=frames.shifts(level),
        points=frames.points(panel),
        level=level,
        interval_level=interval_level,
        freq=panel.axis.freq,
        scale=panel.scale,
        better=better,
        notes=tuple(_notes(every, names, panel)),
    )


def _judged(every: Sequence[Heading], level: float, better: str) -> tuple[pd.DataFrame, float]:
    """Return verdict, reason, meaning and q of each series, and the level of the slopes."""
    slopes = [None if one.line is None else one.line.slope(level) for one in every]
    p = np.array([np.nan if slope is None else slope.p for slope in slopes])
    estimate = np.array([np.nan if slope is None else slope.estimate for slope in slopes])
    q, interval_level = false_discovery(p, 1 - level)
    clear = q <= 1 - level
    verdict = np.select(
        [np.isnan(p), clear & (estimate > 0), clear], [CANNOT_TELL, RISING, FALLING], NO_CLEAR_TREND
    )
    good, bad = (RISING, FALLING) if better == "high" else (FALLING, RISING)
    meaning = np.select([verdict == good, verdict == bad], [FAVOURABLE, UNFAVOURABLE], NEUTRAL)
    reasons = [one.reason for one in every]
    judged = {"verdict": verdict, "reason": reasons, "meaning": meaning, "p": p, "q": q}
    return pd.DataFrame(judged), interval_level


def _notes(every: Sequence[Heading], names: pd.DataFrame, panel: Panel) -> Iterator[Note]:
    """Yield what must be said beside the trends; `series` names those concerned."""
    axis, missing = panel.axis, panel.present & np.isnan(panel.value) & ~panel.incomplete
    lines = [one.line for one in every]
    short = [axis.full_years(one.points.span) < YEARS_FOR_SEASON for one in every]
    unseasoned = [axis.freq is not None and line is not None and not line.pairs for line in lines]
    for code, flags, values in (
        (TOO_FEW_POINTS, [one.reason == TOO_FEW_POINTS for one in every], {"needed": MIN_POINTS}),
        (NO_VARIATION, [one.reason == NO_VARIATION for one in every], {}),
        ("level_shift", [line is not None and len(line.shifts) > 0 for line in lines], {}),
        ("season_not_separable", np.logical_and(short, unseasoned), {}),
        ("incomplete_periods", panel.incomplete.any(axis=0), {"points": panel.incomplete.sum()}),
        ("missing_periods", missing.any(axis=0), {"points": missing.sum()}),
    ):
        concerned = names[np.asarray(flags, dtype=bool)]
        if len(concerned):
            yield note(code, series=_keys(concerned), **{k: int(v) for k, v in values.items()})


def _keys(names: pd.DataFrame) -> tuple[object, ...]:
    """Return the names of series; of several by-columns a tuple for each, without any none."""
    if len(names.columns) == 1:
        return tuple(names.iloc[:, 0])
    return tuple(names.itertuples(index=False, name=None)) if len(names.columns) else ()


def _check(better: str, ahead: object, level: float) -> None:
    require_share("level", level, LEVEL)
    if better not in ("high", "low"):
        raise InputError(f"better is {better!r}. Give 'high' or 'low'.")
    if isinstance(ahead, bool) or not isinstance(ahead, int | np.integer) or ahead < 1:
        raise InputError(f"ahead is a number of periods from 1 on, not {ahead!r}.")


def _numbered(df: pd.DataFrame, keys: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the number of each row's series, in order of appearance, and the series' names."""
    clash = [key for key in keys if key in COLUMNS]
    if clash:
        problem = "A by-column has the name of a column of the result."
        raise InputError([Fault(problem, "Rename it.", column=key) for key in clash])
    if not keys:
        return np.zeros(len(df), dtype=int), pd.DataFrame(index=range(1))
    number = df.groupby(keys, sort=False, dropna=False, observed=True).ngroup().to_numpy()
    return number, df[keys].drop_duplicates().reset_index(drop=True)


def _require_shares(panel: Panel, value: str) -> None:
    if panel.scale == "rate" and ((panel.value < 0) | (panel.value > 1)).any():
        raise InputError(
            Fault("Some counts are below 0 or above n.", "Give cases out of n.", column=value)
        )


def _goals(
    rows: pd.DataFrame, target: float | str | None, time: str, names: pd.DataFrame, panel: Panel
) -> np.ndarray:
    """Return the target of each series; of a column the last one given."""
    if isinstance(target, str):
        if not pd.api.types.is_numeric_dtype(rows[target]):
            raise InputError(
                Fault("These are not numbers.", "Turn them into numbers.", column=target)
            )
        ordered = rows.sort_values(time, kind="stable").dropna(subset=target)
        given = ordered.groupby(SERIES)[target].last().reindex(names.index).to_numpy(dtype=float)
    elif target is None or (isinstance(target, Real) and not isinstance(target, bool)):
        given = np.full(len(names), np.nan if target is None else float(target))
    else:
        raise InputError(f"target is {target!r}. Give a number or the name of a column.")
    if panel.scale == "rate" and ((given < 0) | (given > 1)).any():
        raise InputError("The target of a rate lies between 0 and 1. Write 0.95 for 95 %.")
    return given


def _points(panel: Panel, complete: np.ndarray, series: int) -> Points:
    known = complete[:, series]
    cases = panel.n[known, series]
    return Points(
        axis=panel.axis,
        position=panel.start + np.flatnonzero(known),
        value=panel.value[known, series],
        cases=None if np.isnan(panel.n).all() else cases,
        shares=panel.scale == "rate",
    )
