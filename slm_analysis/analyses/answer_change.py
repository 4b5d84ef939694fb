"""Did scores change with a change, or only who answers: before and after, mix held fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.ordinal_regression import ordinal_regression
from slm_analysis.analyses.suppression import MIN_GROUP, require_columns
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Note, Result, note

MIXED_UP = 0.05
"""p under which the mix of answers counts as changed."""
COLUMNS = ["figure", "estimate", "low", "high", "p"]
CRUDE, REWEIGHTED, ODDS = "mean_difference", "reweighted_difference", "odds_ratio"
RESPONSE = "response_rate_difference"


@dataclass(frozen=True, eq=False, kw_only=True)
class AnswerChange(Result):
    """Scores after a date against those before it.

    Attributes
    ----------
    table : DataFrame
        `figure`, `estimate`, `low`, `high`, `p`: `mean_difference` (after less before),
        `reweighted_difference` (the same with the answers of after weighted to the mix of
        before), `odds_ratio` (of a higher score after, proportional odds; 1 is no difference) and
        `response_rate_difference`. Figures are missing where there are none.
    mix : DataFrame
        One row per cell: the by-columns, `n_before`, `n_after`, `share_before`, `share_after`,
        `mean_before`, `mean_after` (missing under five answers). Without rows if none are given.
    mix_p : float
        That so different a mix comes by chance; missing without cells.
    compared_share : float
        Share of the answers before whose cell has answers on both sides.
    n_before, n_after : int
        Answers.
    level : float
    notes : tuple of Note
        `mix_changed` (p), `cells_not_compared` (share), `not_converged` (n),
        `response_rate_unknown`.
    """

    table: pd.DataFrame
    mix: pd.DataFrame
    mix_p: float
    compared_share: float
    n_before: int
    n_after: int
    level: float


def answer_change(
    answers: pd.DataFrame,
    *,
    score: str,
    time: str,
    on: object,
    by: Sequence[str] = (),
    answered: str | None = None,
    level: float = LEVEL,
) -> AnswerChange:
    """Answer whether people score otherwise since a date, or only others answer.

    Parameters
    ----------
    answers : DataFrame
        One row per answer; with `answered` one per request.
    score, time : str
        The score, and when it was given (or asked for).
    on : date
        From when on answers count as after.
    by : sequence of str
        What splits the answers into cells: group, channel, service …
    answered : str, optional
        Whether a request was answered. Without it all rows are answers, and the rate is unknown.
    level : float

    Returns
    -------
    AnswerChange

    Raises
    ------
    InputError
        Unknown columns, a date that cannot be read, or under five answers on a side.

    Notes
    -----
    Answers of one week count as going together (sandwich over weeks). Reweighting is direct
    standardisation to the cells of before (Fleiss, Levin and Paik, Statistical Methods for Rates
    and Proportions, 3rd ed., ch. 19); cells with answers on one side only cannot enter. This
    compares two times without trend or season: beside `change_effect`, not instead.
    """
    columns = [by] if isinstance(by, str) else list(by)
    require_columns(answers, [score, time, *columns, *([answered] if answered else [])])
    after = _is_after(answers[time], on)
    week = pd.to_datetime(answers[time], utc=True).dt.tz_localize(None).dt.to_period("W-SUN")
    given = answers[score].notna()
    if answered is not None:
        given &= answers[answered].fillna(value=False).astype(bool)
    asked = pd.DataFrame(
        {"after": after, "given": given.to_numpy(), "week": week.astype("str").to_numpy()}
    )
    own = asked[asked["given"]].assign(score=answers[score][given].to_numpy(dtype=float))
    sides = own.groupby("after").size().reindex([False, True], fill_value=0)
    if (sides < MIN_GROUP).any():
        raise InputError(
            f"There are {sides[False]} answers before and {sides[True]} after; at least "
            f"{MIN_GROUP} are needed on each side."
        )
    cells = answers.loc[given, columns].astype("str").fillna("").agg(" · ".join, axis=1)
    own["cell"] = cells.to_numpy() if columns else ""
    table = [
        _difference(CRUDE, own, np.ones(len(own)), level),
        _difference(REWEIGHTED, own, _weights(own), level) if columns else {"figure": REWEIGHTED},
        _odds(own, level),
        _response(asked, level) if answered else {"figure": RESPONSE},
    ]
    mix, p, share = _mix(own, answers.loc[given, columns])
    converged = pd.notna(table[2].get("estimate"))
    notes = _notes(p, share, converged=converged, n=len(own), asked=answered is not None)
    return AnswerChange(
        table=pd.DataFrame(table, columns=COLUMNS),
        mix=mix,
        mix_p=p,
        compared_share=share,
        n_before=int(sides[False]),
        n_after=int(sides[True]),
        level=level,
        notes=notes,
    )


def _is_after(times: pd.Series, on: object) -> np.ndarray:
    try:
        moment = pd.Timestamp(str(on))
        zone = getattr(times.dt, "tz", None)
        if zone is not None and moment.tzinfo is None:
            moment = moment.tz_localize(zone)
        return (times >= moment).to_numpy(dtype=bool)
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            Fault("on or the times cannot be read.", "Give dates as YYYY-MM-DD.", value=on)
        ) from error


def _weights(own: pd.DataFrame) -> np.ndarray:
    """Return weights that give after the mix of before; 0 where a cell is on one side only."""
    count = own.groupby(["cell", "after"]).size().unstack(fill_value=0)
    before, after = (count.get(side, pd.Series(0, count.index)) for side in (False, True))
    both = (before > 0) & (after > 0)
    scaled = (before / after.where(after > 0)).where(both, 0.0)
    weight = own["cell"].map(scaled).where(own["after"], own["cell"].map(both * 1.0))
    return weight.to_numpy(dtype=float)


def _difference(name: str, own: pd.DataFrame, weight: np.ndarray, level: float) -> dict:
    """Return after less before as weighted means, weeks going together."""
    side = own["after"].to_numpy()
    score = own["score"].to_numpy()
    if not (weight[side].sum() and weight[~side].sum()):
        return {"figure": name}
    mean = np.where(
        side,
        np.average(score[side], weights=weight[side]),
        np.average(score[~side], weights=weight[~side]),
    )
    total = np.where(side, weight[side].sum(), weight[~side].sum())
    part = weight / total * (score - mean)
    sums = pd.Series(part).groupby([own["week"].to_numpy(), side]).sum()
    weeks = len(sums)
    df = weeks - 2
    if df < 1:
        return {"figure": name}
    se = float(np.sqrt(weeks / df * (sums**2).sum()))
    estimate = float(mean[side][0] - mean[~side][0])
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    p = float(2 * stats.t.sf(abs(estimate) / se, df)) if se else np.nan
    return {
        "figure": name,
        "estimate": estimate,
        "low": estimate - half,
        "high": estimate + half,
        "p": p,
    }


def _odds(own: pd.DataFrame, level: float) -> dict:
    if own["score"].nunique() < 2:  # noqa: PLR2004
        return {"figure": ODDS}
    shift = pd.DataFrame({"after": own["after"].astype(float)})
    found = ordinal_regression(own["score"], shift, clusters=own["week"], level=level).table
    if found.empty:
        return {"figure": ODDS}
    row = found.iloc[0]
    ends = {name: float(np.exp(row[name])) for name in ("estimate", "low", "high")}
    return {"figure": ODDS, **ends, "p": row["p"]}


def _response(asked: pd.DataFrame, level: float) -> dict:
    """Return the difference of response rates, requests of a week going together."""
    answered = asked.assign(score=asked["given"] * 1.0)
    return _difference(RESPONSE, answered, np.ones(len(asked)), level)


def _mix(own: pd.DataFrame, by: pd.DataFrame) -> tuple[pd.DataFrame, float, float]:
    if by.shape[1] == 0:
        return pd.DataFrame(), np.nan, 1.0
    keyed = pd.concat([own, by.astype("str").set_axis(own.index)], axis=1)
    grouped = keyed.groupby([*by.columns, "after"])["score"].agg(["size", "mean"])
    table = grouped.unstack("after")
    figures = {}
    for side, name in ((False, "before"), (True, "after")):
        n = table["size"].get(side, pd.Series(np.nan, table.index)).fillna(0).astype(int)
        figures[f"n_{name}"] = n
        figures[f"share_{name}"] = n / max(n.sum(), 1)
        mean = table["mean"].get(side, pd.Series(np.nan, table.index))
        figures[f"mean_{name}"] = mean.where(n >= MIN_GROUP)
    mix = pd.DataFrame(figures).reset_index()
    counts = mix[["n_before", "n_after"]].to_numpy()
    p = float(stats.chi2_contingency(counts).pvalue) if len(mix) > 1 else 1.0
    both = (counts > 0).all(axis=1)
    share = float(counts[both, 0].sum() / counts[:, 0].sum())
    return mix, p, share


def _notes(p: float, share: float, *, converged: bool, n: int, asked: bool) -> tuple[Note, ...]:
    notes = []
    if p < MIXED_UP:
        notes.append(note("mix_changed", p=p))
    if share < 1:
        notes.append(note("cells_not_compared", share=1 - share))
    if not converged:
        notes.append(note("not_converged", n=n))
    if not asked:
        notes.append(note("response_rate_unknown"))
    return tuple(notes)
