"""How long tickets take: open ones counted as open, withdrawn ones as never to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

from slm_analysis.analyses.ar1_regression import require_share
from slm_analysis.analyses.cox_regression import (
    BRESLOW,
    EFRON,
    KAPLAN_MEIER,
    RANK,
    CoxFit,
    cox_regression,
)
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.analyses.time_percentiles import first_time
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Note, Result, note

OPEN, DONE, WITHDRAWN = 0, 1, 2
SHARES = (0.25, 0.5, 0.75, 0.9, 0.95)
SURE = 0.05
"""Accepted share of false ones among the ratios said to change with time."""
CURVE = [
    "time", "at_risk", "done", "withdrawn", "share_done", "error", "low", "high",
    "share_withdrawn", "share_open",
]  # fmt: skip
GROUP = ["tickets", "done", "withdrawn", "still_open", "mean_open", "mean_error"]
PERCENTILE = ["share", "time", "low", "high"]
TEST = ["chi_square", "df", "p"]
EFFECT = ["column", "level", "reference", "log_ratio", "error", "z", "p", "ratio", "low", "high"]
CHECK = ["column", "chi_square", "df", "p"]
OWN = {*CURVE, *GROUP, *PERCENTILE, "state"}
"""Names that columns of groups and of the regression cannot have."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TimeToResolve(Result):
    """How long tickets take.

    Attributes
    ----------
    groups : DataFrame
        One row per group: the by-columns, `tickets`, `done`, `withdrawn`, `still_open`,
        `mean_open` (mean time open within the first `horizon`) and its standard error
        `mean_error`.
    percentiles : DataFrame
        Group and `share` (a quarter, half, three quarters, 90 %, 95 %): the by-columns, `share`,
        `time` by which that share of all tickets is done, with `low`, `high`; missing where it is
        not reached.
    curves : DataFrame
        One row per group and time at which one of its tickets ended: the by-columns, `time`,
        `at_risk`, `done`, `withdrawn` (tickets), `share_done` with standard error `error` and
        `low`, `high`, `share_withdrawn`, `share_open`.
    log_rank : DataFrame
        Whether the groups differ: `chi_square`, `df`, `p`; no row where not asked.
    effects : DataFrame
        Cox regression, one row per coefficient: `column`, `level` and `reference` (empty for a
        number: the ratio is per unit of it), `log_ratio`, `error`, `z`, `p`, `ratio` (of the rates
        at which tickets still open are done; over 1 is sooner) with `low`, `high`, `correlation`
        (of the scaled Schoenfeld residuals with time); no row where not asked.
    constancy : DataFrame
        Whether the ratios are the same at all times: `column` (empty for all together),
        `chi_square`, `df`, `p`.
    horizon, level : float
    notes : tuple of Note
        `resolve_open`, `resolve_withdrawn` (tickets), `resolve_unknown` (tickets left out of the
        regression for want of a value), `resolve_ratio_changes` (columns).
    """

    groups: pd.DataFrame
    percentiles: pd.DataFrame = field(repr=False)
    curves: pd.DataFrame = field(repr=False)
    log_rank: pd.DataFrame = field(repr=False)
    effects: pd.DataFrame = field(repr=False)
    constancy: pd.DataFrame = field(repr=False)
    by: tuple[str, ...]
    horizon: float
    level: float


def time_to_resolve(
    tickets: pd.DataFrame,
    *,
    time: str,
    ended: str,
    by: str | Sequence[str] | None = None,
    competing: str | None = None,
    compare: bool = False,
    adjust: Sequence[str] = (),
    ties: str = EFRON,
    scale: str = RANK,
    horizon: float | None = None,
    level: float = LEVEL,
) -> TimeToResolve:
    """Answer how long tickets take, open tickets counted as open.

    Parameters
    ----------
    tickets : DataFrame
        One row per ticket.
    time : str
        How long it took, or has taken so far: in business hours, say.
    ended : str
        Boolean column: the ticket is done; without it and not withdrawn it is still open.
    by : str or sequence of str, optional
        Columns that name the group.
    competing : str, optional
        Boolean column: the ticket was withdrawn and will never be done.
    compare : bool
        Compare the groups: log-rank test and Cox regression, each against the largest.
    adjust : sequence of str
        Columns that the regression holds fixed; numbers enter as they are, all else by level.
    ties : str
        How the regression takes tickets done at the same time: ``efron`` or ``breslow``.
    scale : str
        Time in the check that ratios are the same at all times: ``rank`` or ``km``.
    horizon : float, optional
        Until when the mean time open counts; by default as far as all groups are followed.
    level : float
        Coverage of the intervals.

    Returns
    -------
    TimeToResolve

    Raises
    ------
    InputError
        Unknown or unreadable columns, times below 0 or missing, a ticket both done and withdrawn,
        options that are none, or columns of the regression that cannot be told apart.

    Notes
    -----
    Kaplan and Meier, JASA 1958;53:457-481; with withdrawn tickets Aalen and Johansen, Scand J
    Statist 1978;5:141-150, so that shares are of all tickets. Intervals of shares: log(-log)
    (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed., 1.4.1); of
    percentiles: the times at which those hold the share (Brookmeyer and Crowley, Biometrics
    1982;38:29-41). In log-rank test and regression a withdrawn ticket counts as open until then:
    they compare how soon tickets are done while they are wanted. Tickets count as independent.
    """
    require_share("level", level, LEVEL)
    _require("ties", ties, (EFRON, BRESLOW))
    _require("scale", scale, (RANK, KAPLAN_MEIER))
    if horizon is not None and not horizon > 0:
        raise InputError(f"horizon is {horizon!r}. Give a time over 0.")
    keys = [by] if isinstance(by, str) else list(by or ())
    known = _tickets(tickets, keys, time, ended, competing, adjust)
    followed = known.groupby(keys, observed=True, dropna=False)["time"].max() if keys else None
    until = known["time"].max() if followed is None else followed.min()
    until = float(until if horizon is None else horizon)
    parts = known.groupby(keys, observed=True, dropna=False) if keys else [((), known)]
    curves, percentiles, groups = [], [], []
    for names, own in parts:
        group: dict[str, Any] = dict(zip(keys, names, strict=True))
        curve = _curve(own, level)
        curves.append(curve.assign(**group))
        percentiles.append(_percentiles(curve).assign(**group))
        groups.append(group | _counts(own) | _mean_open(curve, until))
    wanted = compare and len(groups) > 1
    log_rank = _log_rank(known, keys) if wanted else pd.DataFrame(columns=TEST)
    terms = [*(keys if wanted else ()), *adjust]
    complete = known.dropna(subset=terms)
    effects, constancy = _cox(complete, terms, set(keys), ties, scale, level)
    return TimeToResolve(
        groups=pd.DataFrame(groups, columns=[*keys, *GROUP]),
        percentiles=pd.concat(percentiles, ignore_index=True)[[*keys, *PERCENTILE]],
        curves=pd.concat(curves, ignore_index=True)[[*keys, *CURVE]],
        log_rank=log_rank,
        effects=effects,
        constancy=constancy,
        by=tuple(keys),
        horizon=until,
        level=level,
        notes=tuple(_notes(known, len(known) - len(complete), constancy)),
    )


def _require(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise InputError(f"{name} is {value!r}. {nearest(str(value), known)}")


def _tickets(
    tickets: pd.DataFrame,
    keys: list[str],
    time: str,
    ended: str,
    competing: str | None,
    adjust: Sequence[str],
) -> pd.DataFrame:
    """Return keys and adjusting columns, `time`, and `state` of each ticket, checked."""
    if tickets.empty:
        raise InputError("There are no tickets. Give one row per ticket.")
    flags = [name for name in (ended, competing) if name]
    require_columns(tickets, [*keys, *adjust, time, *flags])
    faults = [
        Fault("A column has the name of one of the result.", "Rename it.", column=name)
        for name in dict.fromkeys([*keys, *adjust])
        if name in OWN
    ]
    if not pd.api.types.is_numeric_dtype(tickets[time]):
        faults.append(Fault("These are not numbers.", "Give hours.", column=time))
    elif not np.isfinite(tickets[time].astype(float)).all() or (tickets[time] < 0).any():
        faults.append(Fault("Some times are missing or below 0.", "Leave them out.", column=time))
    faults += [
        Fault("This is neither true nor false.", "Fill in or leave out.", column=name)
        for name in flags
        if not tickets[name].isin([True, False]).all()
    ]
    if faults:
        raise InputError(faults)
    done = tickets[ended].astype(bool)
    withdrawn = tickets[competing].astype(bool) if competing else done & False
    if (done & withdrawn).any():
        raise InputError(
            Fault("A ticket is both done and withdrawn.", "Keep one.", column=competing)
        )
    return tickets[list(dict.fromkeys([*keys, *adjust]))].assign(
        time=tickets[time].astype(float),
        state=np.select([done, withdrawn], [DONE, WITHDRAWN], OPEN),
    )


def _curve(own: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the shares done, withdrawn and open at each time at which a ticket ended."""
    time, state = own["time"].to_numpy(), own["state"].to_numpy()
    if (state == OPEN).all():
        return pd.DataFrame(columns=CURVE, dtype=float)
    # Once nobody is at risk the variance has no number.
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = SurvfuncRight(time, (state != OPEN).astype(int))
        times, still = survival.surv_times, survival.surv_prob
        if (state == WITHDRAWN).any():
            incidence = CumIncidenceRight(time, state)
            at = np.searchsorted(incidence.times, times)
            done, error = incidence.cinc[0][at], incidence.cinc_se[0][at]
        else:
            done, error = 1 - still, survival.surv_prob_se
        low, high = _limits(done, error, level)
    ended = [
        np.bincount(np.searchsorted(times, time[state == kind]), minlength=len(times))
        for kind in (DONE, WITHDRAWN)
    ]
    return pd.DataFrame(
        {
            "time": times,
            "at_risk": survival.n_risk.astype(int),
            "done": ended[0],
            "withdrawn": ended[1],
            "share_done": done,
            "error": error,
            "low": low,
            "high": high,
            "share_withdrawn": 1 - still - done,
            "share_open": still,
        }
    )


def _limits(done: np.ndarray, error: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the log(-log) interval of a share."""
    rest = 1 - done
    half = stats.norm.ppf(1 - (1 - level) / 2) * error / (rest * np.abs(np.log(rest)))
    return 1 - rest ** np.exp(-half), 1 - rest ** np.exp(half)


def _percentiles(curve: pd.DataFrame) -> pd.DataFrame:
    """Return by when the shares of `SHARES` are done, and the times that hold them."""
    times = curve["time"].to_numpy(float)
    ends = {"time": "share_done", "low": "high", "high": "low"}
    return pd.DataFrame(
        [
            {"share": share}
            | {
                name: first_time(times, curve[column].to_numpy(float), share)
                for name, column in ends.items()
            }
            for share in SHARES
        ]
    )


def _counts(own: pd.DataFrame) -> dict[str, object]:
    states = own["state"]
    return {
        "tickets": len(own),
        "done": int((states == DONE).sum()),
        "withdrawn": int((states == WITHDRAWN).sum()),
        "still_open": int((states == OPEN).sum()),
    }


def _mean_open(curve: pd.DataFrame, horizon: float) -> dict[str, float]:
    """Return the mean time open within the horizon: the area below the curve.

    Klein and Moeschberger, Survival Analysis, 2nd ed., 4.5.
    """
    seen = curve[curve["time"] < horizon]
    widths = np.diff(np.concatenate([[0.0], seen["time"], [horizon]]))
    areas = widths * np.append(1.0, seen["share_open"])
    beyond = areas[::-1].cumsum()[::-1][1:]
    ended = (seen["done"] + seen["withdrawn"]).to_numpy(float)
    at_risk = seen["at_risk"].to_numpy(float)
    left = at_risk > ended
    variance = (beyond**2 * ended)[left] / (at_risk * (at_risk - ended))[left]
    return {"mean_open": float(areas.sum()), "mean_error": float(np.sqrt(variance.sum()))}


def _log_rank(known: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the test of all groups being done equally soon.

    Mantel, Cancer Chemotherapy Reports 1966;50:163-170.
    """
    done = known["state"] == DONE
    # Tickets gone before the first is done tell nothing, and groups of no others have no test.
    telling = known[known["time"] >= known.loc[done, "time"].min()]
    group = telling.groupby(keys, observed=True, dropna=False).ngroup().to_numpy()
    try:
        chi_square, p = survdiff(
            telling["time"].to_numpy(), (telling["state"] == DONE).to_numpy().astype(int), group
        )
    except (np.linalg.LinAlgError, ValueError):
        # Nothing was done while tickets of several groups were there to be compared.
        return pd.DataFrame(columns=TEST)
    return pd.DataFrame([(chi_square, group.max(), p)], columns=TEST)


def _cox(
    known: pd.DataFrame, columns: list[str], groups: set[str], ties: str, scale: str, level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the coefficients, and whether they are the same at all times."""
    done = (known["state"] == DONE).to_numpy()
    terms = [(name, *_term(known[name], name in groups)) for name in dict.fromkeys(columns)]
    terms = [term for term in terms if term[1].shape[1]]
    if not terms or not done.any():
        return pd.DataFrame(columns=[*EFFECT, "correlation"]), pd.DataFrame(columns=CHECK)
    x = np.hstack([values for _, values, _ in terms])
    sizes = [values.shape[1] for _, values, _ in terms]
    if np.linalg.matrix_rank(x - x.mean(axis=0)) < x.shape[1]:
        names = ", ".join(name for name, _, _ in terms)
        raise InputError(f"Of the columns {names} some say the same. Leave one out.")
    time = known["time"].to_numpy()
    term = np.repeat(np.arange(len(terms)), sizes)
    fit = cox_regression(time, done, x, term, ties, scale)
    labels = [(name, *label) for name, _, own in terms for label in own]
    effects = _effects(pd.DataFrame(labels, columns=["column", "level", "reference"]), fit, level)
    chi_square = [*fit.chi_square, fit.chi_square_all]
    constancy = pd.DataFrame(
        {
            "column": [*(name for name, _, _ in terms), ""],
            "chi_square": chi_square,
            "df": [*sizes, sum(sizes)],
        }
    )
    return effects, constancy.assign(p=stats.chi2.sf(constancy["chi_square"], constancy["df"]))


def _term(values: pd.Series, group: bool) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """Return a column's part of the design: itself, or its levels against the largest."""
    number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if number and not group:
        x = values.to_numpy(float)[:, None]
        return (x, [("", "")]) if np.ptp(x) else (x[:, :0], [])
    counts = values.value_counts().sort_index(kind="stable")
    reference = counts.idxmax()
    levels = [level for level in counts.index[counts > 0] if level != reference]
    dummies = [(values == level).to_numpy(float) for level in levels]
    return (
        np.column_stack(dummies) if dummies else np.empty((len(values), 0)),
        [(str(level), str(reference)) for level in levels],
    )


def _effects(labels: pd.DataFrame, fit: CoxFit, level: float) -> pd.DataFrame:
    """Return coefficients with what follows from them."""
    z = fit.log_ratio / fit.error
    half = stats.norm.ppf(1 - (1 - level) / 2) * fit.error
    # Of a group in which nothing was done the ratio has no upper end.
    with np.errstate(over="ignore"):
        return labels.assign(
            log_ratio=fit.log_ratio,
            error=fit.error,
            z=z,
            p=2 * stats.norm.sf(np.abs(z)),
            ratio=np.exp(fit.log_ratio),
            low=np.exp(fit.log_ratio - half),
            high=np.exp(fit.log_ratio + half),
            correlation=fit.correlation,
        )


def _notes(known: pd.DataFrame, unknown: int, constancy: pd.DataFrame) -> Iterator[Note]:
    for code, number in (
        ("resolve_open", (known["state"] == OPEN).sum()),
        ("resolve_withdrawn", (known["state"] == WITHDRAWN).sum()),
        ("resolve_unknown", unknown),
    ):
        if number:
            yield note(code, n=int(number))
    terms = constancy[constancy["column"].ne("")]
    changing = terms[false_discovery(terms["p"].to_numpy(float), SURE)[0] < SURE]
    if len(changing):
        yield note("resolve_ratio_changes", columns=", ".join(changing["column"]))
