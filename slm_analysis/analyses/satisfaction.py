"""How satisfied people are: means, top boxes and NPS with intervals, small groups hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.suppression import (
    FEW,
    MIN_GROUP,
    SHOWN,
    hidden_beside,
    hidden_reasons,
    require_columns,
    require_min_group,
    respondents_of,
)
from slm_analysis.analyses.survey_scale import one_scale, require_numbers
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.intervals import LEVEL, wilson
from slm_analysis.result import Note, Result, note

MEASURES = {"csat": ("mean", "top_box"), "ces": ("mean", "top_box"), "nps": ("nps",)}
"""What is measured for each kind of survey."""

TOP_BOX_SHARE = 0.4
"""The upper part of the scale that counts as satisfied: 4 and 5 of 1 to 5."""

PROMOTER_FROM = 9
DETRACTOR_TO = 6

NPS_ADDED = 3 / 4
"""Promoters and detractors added by the adjusted Wald interval, each."""
NPS_ADDED_ANSWERS = 3

MIN_RESPONDENTS = 10
"""Under so many who answered repeatedly their likeness cannot be estimated: each counts once."""

TINY = 1e-9
"""Part of the scale below which a difference is rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Satisfaction(Result):
    """How satisfied each group is.

    Attributes
    ----------
    scores : DataFrame
        One row per group and, last, the total (`total` is true, by-columns missing). Columns:
        the by-columns, `total`, `respondents` (distinct), `answers`, `sent` (invitations; missing
        where the surveys hold answered ones only), per measure its value, `<measure>_low` and
        `<measure>_high` (missing where hidden), `hidden`, `reason` (`few_respondents`,
        `complement`, empty). `mean` is on the scale of the scores, `top_box` a share, `nps` runs
        from -100 to 100.
    by : tuple of str
        The by-columns.
    kind : str
        `csat`, `ces` or `nps`.
    measures : tuple of str
        The measures of this kind.
    scale : tuple of float
        Lowest and highest possible score; missing without answers.
    min_group : int
        Groups of fewer respondents are hidden.
    """

    scores: pd.DataFrame
    by: tuple[str, ...]
    kind: str
    measures: tuple[str, ...]
    scale: tuple[float, float]
    min_group: int


@dataclass(frozen=True)
class _Moments:
    """Mean of a value per group, and its variance with and without repeated respondents."""

    mean: np.ndarray
    answers: np.ndarray
    respondents: np.ndarray
    clustered: np.ndarray
    independent: np.ndarray


def satisfaction(
    surveys: pd.DataFrame,
    kind: str = "csat",
    by: str | Sequence[str] | None = None,
    min_group: int = MIN_GROUP,
    top_box_share: float = TOP_BOX_SHARE,
    beside: Satisfaction | None = None,
) -> Satisfaction:
    """Answer how satisfied people are, in all and by group.

    Parameters
    ----------
    surveys : DataFrame
        Table `surveys` of the data contract: `score`, `scale_min`, `scale_max`, the by-columns,
        and where known `respondent_id` and `sent_at`. A row without a score is an invitation
        that was not answered.
    kind : {"csat", "ces", "nps"}
        CSAT and CES give mean and top box, NPS promoters minus detractors.
    by : str or list of str, optional
        Columns that name the group; a missing value is a group of its own.
    min_group : int
        Groups of fewer distinct respondents are hidden, and one more where subtraction from the
        total would reveal them.
    top_box_share : float
        The upper part of the scale that counts as satisfied: 0.4 are 4 and 5 of 1 to 5, and 0.2
        only the 5.
    beside : Satisfaction, optional
        The same answers by other columns, published too: groups are also hidden where a hidden one
        could be worked out from both tables together.

    Returns
    -------
    Satisfaction

    Raises
    ------
    InputError
        Unknown kind or column, scores that are not numbers or lie off their scale, several scales
        in one call, NPS on another scale than 0 to 10, a top box that is no part of the scale, a
        table beside that is about other answers.

    Notes
    -----
    Means: t interval over respondents; several answers of a person are one cluster (Cochran,
    Sampling Techniques, 3rd ed., 9.2 and 6.3). Where every score is the same it has no width; then
    the exact upper limit of the share that would answer otherwise (Hanley and Lippman-Hand, JAMA
    1983;249:1743-1745) is taken to lie at the end of the scale. Top box: Wilson. NPS: adjusted
    Wald (Rocks, American Statistician 2016;70:365-372), clipped to -100 and 100. Both on the
    effective number of answers where people answered repeatedly.
    """
    if kind not in MEASURES:
        raise InputError(
            Fault(f"There is no kind of survey {kind!r}.", nearest(str(kind), MEASURES))
        )
    require_min_group(min_group)
    if not 0 <= top_box_share < 1:
        raise InputError(
            Fault(
                "top_box_share is no part of the scale.",
                "Give a share of at least 0 and under 1; 0.4 is usual.",
                value=top_box_share,
            )
        )
    keys = [by] if isinstance(by, str) else list(by or ())
    require_columns(surveys, ["score", "scale_min", "scale_max", *keys])
    require_numbers(surveys, ["score", "scale_min", "scale_max"])

    answered = surveys["score"].notna()
    answers = surveys[answered]
    scale = one_scale(answers, nps=kind == "nps")
    everyone = np.zeros(len(surveys), dtype=int)
    total = _scores(surveys, answered, everyone, 1, kind, scale, top_box_share)
    tables = [total.assign(total=True)]
    if keys:
        grouped = surveys.groupby(keys, dropna=False, observed=True)
        names = surveys[keys].assign(group=grouped.ngroup()).drop_duplicates("group")
        names = names.sort_values("group").drop(columns="group").reset_index(drop=True)
        group = grouped.ngroup().to_numpy()
        groups = _scores(surveys, answered, group, len(names), kind, scale, top_box_share)
        tables.insert(0, pd.concat([names, groups.assign(total=False)], axis=1))
    scores = pd.concat(tables, ignore_index=True)
    reasons = _reasons(scores, min_group)
    if beside is not None and keys:
        of_groups, who = reasons[~scores["total"]], respondents_of(answers)
        numbers = pd.Series(group[answered.to_numpy()], answers.index)
        published = _published(answers, beside)
        reasons.update(hidden_beside(numbers, of_groups, *published, who, min_group=min_group))
    scores = _suppressed(scores, reasons, kind)
    estimates = [f"{m}{part}" for m in MEASURES[kind] for part in ("", "_low", "_high")]
    counts = ["total", "respondents", "answers", "sent"]
    return Satisfaction(
        scores=scores[[*keys, *counts, *estimates, "hidden", "reason"]],
        by=tuple(keys),
        kind=kind,
        measures=MEASURES[kind],
        scale=scale,
        min_group=min_group,
        notes=_notes(surveys, scores, min_group),
    )


def _scores(
    surveys: pd.DataFrame,
    answered: pd.Series,
    group: np.ndarray,
    n_groups: int,
    kind: str,
    scale: tuple[float, float],
    top_box_share: float,
) -> pd.DataFrame:
    """Return counts and measures, one row per group number."""
    answers = surveys[answered]
    score, who = answers["score"].to_numpy(float), respondents_of(answers).to_numpy()

    def moments(value: np.ndarray) -> _Moments:
        return _moments(value, group[answered], who, n_groups)

    if kind == "nps":
        promoter, detractor = score >= PROMOTER_FROM, score <= DETRACTOR_TO
        both = moments(promoter.astype(float) - detractor)
        promoters, counted = moments(promoter.astype(float)).mean, both
        measures = {"nps": (100 * both.mean, *_nps_interval(promoters, both))}
    else:
        low, high = scale
        cut = high - top_box_share * (high - low) - TINY * (high - low)
        counted, top = moments(score), moments((score >= cut).astype(float))
        measures = {
            "mean": (counted.mean, *_mean_interval(counted, scale)),
            "top_box": (top.mean, *wilson(top.mean, *_effective(top))),
        }
    estimates = {
        f"{measure}{part}": values
        for measure, triple in measures.items()
        for part, values in zip(("", "_low", "_high"), triple, strict=True)
    }
    return pd.DataFrame(
        {
            "respondents": counted.respondents,
            "answers": counted.answers,
            "sent": _sent(surveys, answered, group, n_groups),
            **estimates,
        }
    )


def _sent(
    surveys: pd.DataFrame, answered: pd.Series, group: np.ndarray, n_groups: int
) -> np.ndarray:
    """Return invitations per group, missing where only answered ones are known."""
    if answered.all() or "sent_at" not in surveys.columns:
        return np.full(n_groups, np.nan)
    return np.bincount(group[surveys["sent_at"].notna()], minlength=n_groups).astype(float)


def _moments(value: np.ndarray, group: np.ndarray, who: np.ndarray, n_groups: int) -> _Moments:
    answers = np.bincount(group, minlength=n_groups)
    own = who - who.min(initial=0)
    width = own.max(initial=0) + 1
    person, people = pd.factorize(group * width + own)
    of_group = people // width
    respondents = np.bincount(of_group, minlength=n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(group, value, minlength=n_groups) / answers
        residual = value - mean[group]
        squares = np.bincount(group, residual**2, minlength=n_groups)
        sums = np.bincount(person, residual, minlength=len(people))
        between = np.bincount(of_group, sums**2, minlength=n_groups)
        return _Moments(
            mean=mean,
            answers=answers,
            respondents=respondents,
            clustered=between / answers**2,  # Cochran, Sampling Techniques, 3rd ed., 6.3
            independent=squares / answers**2,
        )


def _mean_interval(moments: _Moments, scale: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    low, high = scale
    m = moments.respondents
    tail = (1 - LEVEL) / 2
    spread = moments.clustered > (TINY * (high - low)) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        # Cochran, Sampling Techniques, 3rd ed., 2.7: t interval, respondents - 1.
        error = np.sqrt(moments.clustered * m / (m - 1))
        half = stats.t.ppf(1 - tail, np.maximum(m - 1, 1)) * error
        # Hanley and Lippman-Hand 1983: 0 of m differ, so at most this share does.
        others = 1 - tail ** (1 / m)
    lower = np.where(spread, moments.mean - half, moments.mean - others * (moments.mean - low))
    upper = np.where(spread, moments.mean + half, moments.mean + others * (high - moments.mean))
    return np.maximum(lower, low), np.minimum(upper, high)


def _effective(moments: _Moments) -> tuple[np.ndarray, np.ndarray]:
    """Return the effective number of answers and the quantile to use with it."""
    varies = moments.independent > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        # Kish, Survey Sampling, 1965, 8.2: n over the design effect, the latter at least 1.
        design_effect = np.where(varies, moments.clustered / moments.independent, 1.0)
        n = moments.answers / np.maximum(design_effect, 1.0)
    unsure = ~varies | (moments.respondents < MIN_RESPONDENTS)
    n = np.where(unsure, np.minimum(n, moments.respondents), n)
    tail = 1 - (1 - LEVEL) / 2
    repeated = moments.respondents < moments.answers
    t = stats.t.ppf(tail, np.maximum(moments.respondents - 1, 1))
    return n, np.where(repeated, t, stats.norm.ppf(tail))


def _nps_interval(promoters: np.ndarray, both: _Moments) -> tuple[np.ndarray, np.ndarray]:
    n, quantile = _effective(both)
    n = np.where(n > 0, n, np.nan)
    adjusted_n = n + NPS_ADDED_ANSWERS
    # Rocks 2016: 3/4 promoters, 3/4 detractors and 3 answers more.
    up = (promoters * n + NPS_ADDED) / adjusted_n
    down = ((promoters - both.mean) * n + NPS_ADDED) / adjusted_n
    half = quantile * np.sqrt((up + down - (up - down) ** 2) / adjusted_n)
    return (
        np.maximum(100 * (up - down - half), -100),
        np.minimum(100 * (up - down + half), 100),
    )


def _reasons(scores: pd.DataFrame, min_group: int) -> pd.Series:
    """Return why each row is hidden; empty where it is shown."""
    total = scores["total"]
    respondents = scores["respondents"]
    of_total = int(respondents[total].iloc[0])
    reason = pd.Series(SHOWN, index=scores.index, dtype="str")
    reason[~total] = hidden_reasons(
        respondents[~total],
        min_group=min_group,
        overlapping=respondents[~total].sum() > of_total,
    )
    reason[total] = FEW if 0 < of_total < min_group else SHOWN
    return reason


def _published(answers: pd.DataFrame, beside: Satisfaction) -> tuple[pd.Series, pd.Series]:
    """Return the number of each answer's row in another table, and why its rows are hidden."""
    rows = beside.scores[~beside.scores["total"]]
    names = rows[[*beside.by]].assign(row=rows.index)
    found = answers[[*beside.by]].merge(names, on=[*beside.by], how="left")["row"]
    if found.isna().any():
        raise InputError(
            Fault("beside has no row for some answers.", "Give a result from the same answers.")
        )
    return found.set_axis(answers.index).astype(int), rows["reason"]


def _suppressed(scores: pd.DataFrame, reason: pd.Series, kind: str) -> pd.DataFrame:
    """Return the scores with their reasons; what is hidden is missing, not only flagged."""
    hidden = reason != SHOWN
    estimates = [f"{m}{part}" for m in MEASURES[kind] for part in ("", "_low", "_high")]
    return scores.assign(
        hidden=hidden,
        reason=reason,
        **{column: scores[column].mask(hidden) for column in estimates},
    )


def _notes(surveys: pd.DataFrame, scores: pd.DataFrame, min_group: int) -> tuple[Note, ...]:
    total = scores[scores["total"]].iloc[0]
    answers, respondents = int(total["answers"]), int(total["respondents"])
    notes = []
    if not answers:
        notes.append(note("no_answers"))
    if scores["hidden"].any():
        notes.append(note("hidden_groups", groups=int(scores["hidden"].sum()), min_group=min_group))
    answered = surveys[surveys["score"].notna()]
    known = int(answered["respondent_id"].notna().sum()) if "respondent_id" in answered else 0
    if known < answers:
        notes.append(note("answers_as_respondents", answers=answers - known))
    if respondents < answers:
        notes.append(note("repeated_respondents", respondents=respondents, answers=answers))
    if np.isnan(total["sent"]):
        notes.append(note("response_rate_unknown"))
    return tuple(notes)
