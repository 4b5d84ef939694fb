"""Is the process stable, did something change: control charts of one series or hundreds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from slm_analysis.analyses.chart_cells import Options
from slm_analysis.analyses.chart_choice import choose_kinds
from slm_analysis.analyses.chart_diagnostics import (
    autocorrelation,
    false_signal_chance,
    suggested_changes,
    without_season,
    yearly_season,
)
from slm_analysis.analyses.chart_estimates import MDC_LIMIT_RANGES
from slm_analysis.analyses.chart_kinds import AUTO, KINDS
from slm_analysis.analyses.chart_layout import Layout, arrange
from slm_analysis.analyses.chart_limits import Limits, limits_of_kinds
from slm_analysis.analyses.chart_notes import chart_notes
from slm_analysis.analyses.chart_points import Request, Times
from slm_analysis.analyses.chart_signals import Signals, find_signals
from slm_analysis.analyses.chart_summary import last_stretches, phase_columns, summary_columns
from slm_analysis.analyses.chart_target import Columns
from slm_analysis.analyses.run_patterns import ABOVE, BELOW, Whole
from slm_analysis.analyses.run_rules import resolve_rules
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.result import Result, note

TEXTS = frozenset(
    ("label", "limits_kind", "rule", "side", "meaning", "kind", "direction", "assurance")
)
"""Columns of codes and names."""
TEXT = pd.StringDtype(na_value=np.nan)


@dataclass(frozen=True, eq=False, kw_only=True)
class ControlChart(Result):
    """Whether processes are stable, and what changed.

    Every frame begins with the by-columns.

    Attributes
    ----------
    points : DataFrame
        One row per period, gaps included: `time`, `value` (what is charted), `n`, `phase`,
        `center`, `sigma` and `z` (on the scale on which the kind judges), `lcl`, `ucl` (as drawn;
        NaN in a gap), `rules` (tuple of the codes that the point is a member of), `side` (`above`,
        `below`, empty on the line), `target`, `excluded`, `complete`; for cusum `high` and `low`;
        with `season` the value as `observed`.
    phases : DataFrame
        One row per series and phase: `phase`, `label`, `start`, `end`, `n_points` (useful ones),
        `n_estimating` (those that the limits rest on), `center`, `sigma`, `lcl`, `ucl` (at the
        last period of median n), `sigma_z` (as measured), `sigma_z_used` (after the floor),
        `limits_kind` (`three_sigma`, `laney`, `laney_and_exact`, `known_sigma`,
        `decision_interval`, `none`; without limits that could judge `no_variation`,
        `too_few_points`, `no_data`), `frozen` (by a baseline), `n_useful` (points off the centre
        line), `longest_run` (in points of even chances), `longest_run_max`, `crossings`,
        `crossings_min`.
    signals : DataFrame
        One row per unbroken pattern: `phase`, `rule`, `start` (first member), `completed` (first
        point that completes it), `end` (last one), `n_members`, `side` (`above`, `below`,
        `rising`, `falling`, `both`), `meaning` (`favourable`, `unfavourable`, `neutral`),
        `standing` (still holds at the last useful point).
    summary : DataFrame
        One row per series: `kind`, `n_points`; of the last phase `phase`, `phase_points`,
        `center`, `sigma`, `lcl`, `ucl`, `sigma_z`, `n`, `limits_kind`; `target`; `direction`
        (`better`, `worse`, `mixed`, `steady`, `not_judged`: the meaning of the signals that
        stand at the end; `mixed` where they disagree or have none, as few crossings), `side` and
        `since` of these, `n_signals`; `assurance` (`will_meet`,
        `will_miss`, `hit_and_miss`, `not_judged`), `chance_meets_target` (of a further period),
        `share_missed`, `share_missed_low`, `share_missed_high` (periods of the last phase that
        missed the target, 95 % interval), `target_kept` (kept in 95 % of periods; measures
        only); `false_signal_chance` (that a stable series shows any signal), `autocorrelation`,
        `autocorrelated`, `season_amplitude` (in sigma), `seasonal`, `change_suggested` (most
        likely begin of the present level, where a run still stands; never applied).
    """

    points: pd.DataFrame
    phases: pd.DataFrame
    signals: pd.DataFrame
    summary: pd.DataFrame


def control_chart(
    df: pd.DataFrame,
    *,
    value: str,
    time: str,
    n: str | None = None,
    by: str | Sequence[str] | None = None,
    kind: str = AUTO,
    phases: Times = None,
    baseline: tuple[Any, Any] | None = None,
    exclude: Times = None,
    target: float | str | None = None,
    better: str = "high",
    rules: str | Mapping[str, int | None] = "core",
    freq: str | None = None,
    sigma: float | None = None,
    bridge: bool = False,
    season: int | None = None,
    screen_mr: bool = False,
    sigma_z_floor: float = 1.0,
    ewma_lambda: float = 0.2,
    cusum_k: float = 0.5,
    cusum_h: float = 5.0,
) -> ControlChart:
    """Answer whether a process is stable and when it changed, for one series or hundreds.

    Parameters
    ----------
    df : DataFrame
        One row per series and period. A boolean column `complete`, if there is one, marks
        periods that are not over or not yet known: drawn, taking no part.
    value : str
        Column of the measure; with `n` a count out of n, or of events per n units of exposure.
    time : str
        Column of the periods, dates or numbers.
    n : str, optional
        Column of denominators or exposures; a period with 0 is a gap.
    by : str or sequence of str, optional
        Columns that tell the series apart.
    kind : str
        `run i mr xbar r s p np c u p' u' g t ewma cusum`, `i_log` (I on the log scale), or `auto`:
        `p'` for counts out of n, `u'` for counts with exposure, `i_log` for positive skewed
        numbers, else `i`; under `auto` a point with few cases expected is beyond the limits
        only if it is beyond the exact binomial ones too, and weighs in runs by the chance of
        its side. For xbar, r, s the rows that share a time are a subgroup.
    phases : iterable of times, str or DataFrame, optional
        Starts of new phases; or a column whose changes of value start one; or process changes
        (`implemented_at`, counted from the start of that day, with `description`; columns that
        are also in `by` restrict them). Limits and rules begin anew in each.
    baseline : (from, to), optional
        Times, both included, whose points alone fix the limits of the phases that hold any.
    exclude : iterable of times or str, optional
        Periods, or a boolean column, that take no part in limits and runs; they are drawn and
        compared with the limits, and never among the signals.
    target : float or str, optional
        The goal in the units of `points.value`, or its column. For ewma and cusum the centre.
    better : str
        `high` or `low`: which side of the centre line is favourable.
    rules : str or mapping
        As in `signals`. With `mdc` the limits of I charts lie at 2.66 mean moving ranges, as NHS
        Making Data Count has them.
    freq : str, optional
        `day`, `week`, `month` or `quarter`: missing periods become gaps.
    sigma : float, optional
        Known standard deviation of a value, replacing the estimate.
    bridge : bool
        Whether the neighbours of an excluded point share a moving range.
    season : int, optional
        Chart what is left after taking out so many yearly harmonic pairs.
    screen_mr : bool
        Whether moving ranges over 3.267 times their mean are dropped once.
    sigma_z_floor : float
        Least sigma_z of Laney charts; 0 lets limits be narrower than the binomial ones.
    ewma_lambda, cusum_k, cusum_h : float
        Weight of the newest value; slack and decision interval in sigma.

    Returns
    -------
    ControlChart

    Raises
    ------
    InputError
        A column is missing or of the wrong type, an option unknown or impossible, a time
        repeated, a count larger than its n.

    Notes
    -----
    Notes of the result (`series` names those concerned): `charts_read`, `only_limits_judged`,
    `gaps`, `incomplete_periods`, `excluded_points`, `no_data`, `no_variation`, `too_few_points`,
    `few_points`, `limits_frozen`, `log_scale`, `sigma_z`, `sigma_z_floored`, `exact_limits`,
    `autocorrelation`, `yearly_season`, `season_removed`.

    Formulas follow Montgomery, Introduction to Statistical Quality Control, 6th ed.; others are
    cited where they stand.
    """
    _check_options(
        kind=kind,
        n=n,
        better=better,
        target=target,
        sigma=sigma,
        season=season,
        sigma_z_floor=sigma_z_floor,
        ewma_lambda=ewma_lambda,
        cusum_k=cusum_k,
        cusum_h=cusum_h,
    )
    chosen = resolve_rules(rules)
    request = Request(
        value=value,
        time=time,
        n=n,
        by=[by] if isinstance(by, str) else list(by or ()),
        kind=kind,
        phases=phases,
        baseline=baseline,
        exclude=exclude,
        target=target,
        freq=freq,
    )
    options = Options(
        sigma=sigma,
        target=None if target is None or isinstance(target, str) else float(target),
        screen_mr=screen_mr,
        sigma_z_floor=sigma_z_floor,
        ewma_lambda=ewma_lambda,
        cusum_k=cusum_k,
        cusum_h=cusum_h,
        exact=kind == AUTO,
        **({"limit_ranges": MDC_LIMIT_RANGES} if rules == "mdc" else {}),
    )
    layout = arrange(df, request)
    kinds = choose_kinds(layout, request)
    charted = layout if season is None else without_season(layout, kinds, season)
    cells = charted.cells(bridge=bridge)
    limits = limits_of_kinds(cells, kinds[layout.series], options)
    found = find_signals(charted, limits, chosen, better)
    by_phase = phase_columns(charted, limits, cells)
    by_series = summary_columns(charted, limits, by_phase, found, kinds, better)
    by_series |= _diagnostics(charted, limits, by_phase, found, rules)
    points = _points(charted, limits, found)
    notes = chart_notes(charted, by_phase, by_series, rules, baseline)
    if season is not None:
        points["observed"] = layout.points.observed
        notes += (note("season_removed", pairs=season),)
    return ControlChart(
        points=_frame(layout, layout.points.series, points),
        phases=_frame(layout, layout.series, by_phase),
        signals=_frame(layout, layout.series[found.stretch], _signals(layout, found)),
        summary=_frame(layout, np.arange(len(layout.keys)), by_series),
        notes=notes,
    )


def _check_options(
    *,
    kind: str,
    n: str | None,
    better: str,
    target: float | str | None,
    sigma: float | None,
    season: int | None,
    sigma_z_floor: float,
    ewma_lambda: float,
    cusum_k: float,
    cusum_h: float,
) -> None:
    """Raise InputError for options that are unknown, impossible or do not go together."""
    if kind not in (AUTO, *KINDS):
        raise InputError(f"Unknown kind {kind!r}. {nearest(str(kind), (AUTO, *KINDS))}")
    faults = []
    if better not in ("high", "low"):
        faults.append(Fault(f"`better` is {better!r}.", "Give 'high' or 'low'."))
    size = KINDS[kind].size if kind != AUTO else "optional"
    if size == "required" and n is None:
        faults.append(Fault(f"Kind {kind!r} needs `n`.", "Name the column of denominators."))
    if size in ("none", "subgroup") and n is not None:
        faults.append(Fault(f"Kind {kind!r} takes no `n`.", "Leave `n` out."))
    if sigma is not None and (kind == AUTO or not KINDS[kind].takes_sigma):
        able = ", ".join(name for name in KINDS if KINDS[name].takes_sigma)
        faults.append(Fault(f"Kind {kind!r} takes no `sigma`.", f"Kinds that do: {able}."))
    if season is not None and size in ("none", "subgroup"):
        faults.append(Fault(f"Kind {kind!r} takes no `season`.", "Use 'i', \"p'\" or \"u'\"."))
    if not isinstance(target, Real | str | None):
        faults.append(Fault(f"`target` is {target!r}.", "Give a number or the name of a column."))
    if kind in ("ewma", "cusum") and isinstance(target, str):
        faults.append(Fault(f"`target` of {kind!r} is its centre.", "Give one number."))
    if season is not None and (
        isinstance(season, bool) or not isinstance(season, int) or season < 1
    ):
        faults.append(
            Fault(f"`season` is {season!r}.", "Give a number of harmonic pairs, or None.")
        )
    faults += [
        Fault(f"`{name}` is {number!r}.", remedy)
        for name, number, possible, remedy in (
            ("sigma", sigma, sigma is None or sigma > 0, "Give a number over 0."),
            ("sigma_z_floor", sigma_z_floor, sigma_z_floor >= 0, "Give 1, or 0 for no floor."),
            ("ewma_lambda", ewma_lambda, 0 < ewma_lambda <= 1, "Give a number over 0, up to 1."),
            ("cusum_k", cusum_k, cusum_k >= 0, "Give a number from 0 on."),
            ("cusum_h", cusum_h, cusum_h > 0, "Give a number over 0."),
        )
        if not possible
    ]
    if faults:
        raise InputError(faults)


def _points(layout: Layout, limits: Limits, found: Signals) -> Columns:
    points, value = layout.points, layout.flat(limits.value)
    side = np.where(np.isnan(value), 0, layout.flat(limits.side))
    columns = {
        "time": points.time,
        "value": value,
        "n": points.n,
        "phase": layout.phase[layout.row],
        **{
            name: layout.flat(getattr(limits, name))
            for name in ("center", "sigma", "lcl", "ucl", "z")
        },
        "rules": found.codes,
        "side": _SIDES.take(side + 1),
        **{name: getattr(points, name) for name in ("target", "excluded", "complete")},
    }
    if limits.high is not None and limits.low is not None:
        columns |= {"high": layout.flat(limits.high), "low": layout.flat(limits.low)}
    return columns


_SIDES = pd.array([BELOW, "", ABOVE], dtype=TEXT)


def _signals(layout: Layout, found: Signals) -> Columns:
    moments = ("start", "completed", "end")
    return {
        "phase": layout.phase[found.stretch],
        "rule": found.rule,
        **{name: layout.times(getattr(found, name)) for name in moments},
        **{name: getattr(found, name) for name in ("n_members", "side", "meaning", "standing")},
    }


def _diagnostics(
    layout: Layout,
    limits: Limits,
    by_phase: Columns,
    found: Signals,
    rules: str | Mapping[str, int | None],
) -> Columns:
    """Return the summary's columns about false alarms and what may have changed when."""
    n_points = by_phase["n_points"]
    rho, autocorrelated = autocorrelation(layout, limits)
    amplitude, seasonal = yearly_season(layout, limits)
    shifted = np.zeros(len(layout.keys), dtype=bool)
    shifted[layout.series[found.stretch[found.standing & (found.n_members > 1)]]] = True
    change = suggested_changes(layout, limits, last_stretches(layout, n_points))
    return {
        "false_signal_chance": false_signal_chance(layout, n_points, rules),
        "autocorrelation": rho,
        "autocorrelated": autocorrelated,
        "season_amplitude": amplitude,
        "seasonal": seasonal,
        "change_suggested": layout.times(np.where(shifted, change, -1)),
    }


def _frame(layout: Layout, series: Whole, columns: Columns) -> pd.DataFrame:
    """Return a frame that begins with the by-columns of its rows' series."""
    clash = [name for name in layout.keys if name in columns]
    if clash:
        problem = "A by-column has the name of a column of the result."
        raise InputError([Fault(problem, "Rename it.", column=str(name)) for name in clash])
    keys = {name: layout.keys[name].array.take(series) for name in layout.keys}
    texts = {
        name: pd.array(column, dtype=TEXT) for name, column in columns.items() if name in TEXTS
    }
    return pd.DataFrame(keys | columns | texts)
