"""What the small drawings of the portfolio show, on scales that they all share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.questions.portfolio import Portfolio, agreed_scores, kept_shares

STEP, HIGHEST, LOWEST = 0.05, 0.9, 0.5
"""A scale of shares begins at a multiple of 5 %, between 50 and 90 %."""
MOST_OFF = 0.05
"""Part of the shares that may lie below the scale, unless they are clearly short."""
SCORE_STEP = 0.5
EDGE = 1e-9


def of_shares(result: Portfolio) -> tuple[float, float]:
    """Return the ends of the scale of shares."""
    shares = kept_shares(result)
    if shares.empty:
        return HIGHEST, 1.0
    usual = float(shares["share"].quantile(MOST_OFF, interpolation="lower")) - STEP
    clear = shares[shares["clearly"] & shares["result"].eq("missed")]
    lowest = min([usual, *(of_level(row)[1] for _at, row in clear.iterrows())])
    return float(np.clip(np.floor(lowest / STEP + EDGE) * STEP, LOWEST, HIGHEST)), 1.0


def of_scores(result: Portfolio, *more: float) -> tuple[float, float]:
    """Return the ends of the scale of mean ratings, in halves; it holds the goals, and `more`."""
    scores = result.satisfaction
    ratings = [*scores["low"], *scores["high"]] if len(scores) else []
    known = np.array([*ratings, *agreed_scores(result).values(), *more], dtype=float)
    known = known[np.isfinite(known)]
    if not len(known):
        return 0.0, 1.0
    low, high = np.floor(known.min() / SCORE_STEP), np.ceil(known.max() / SCORE_STEP)
    return float(low * SCORE_STEP), float(max(high, low + 1) * SCORE_STEP)


def of_level(level: pd.Series) -> tuple[float, float, float, float]:
    """Return share, low, high and goal of a promise; a rate of errors as the share without."""
    figures = [float(level[name]) for name in ("value", "low", "high", "goal_value")]
    if not level["at_most"]:
        value, low, high, goal = figures
        return value, low, high, goal
    value, high, low, goal = (1 - figure for figure in figures)
    return value, low, high, goal
