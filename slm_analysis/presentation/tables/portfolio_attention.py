"""What needs attention first, each with its interval and its latest periods drawn beside."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.glyphs import Scale, interval_bar, sparkline
from slm_analysis.presentation.numbers import plain_number, plain_percent
from slm_analysis.presentation.tables.portfolio_scales import of_level, of_scores, of_shares
from slm_analysis.presentation.views import Attention, Concern, Glyph, Label
from slm_analysis.presentation.words import portfolio as portfolio_words
from slm_analysis.presentation.words import portfolio_attention as attention_words
from slm_analysis.presentation.words import portfolio_matrix as words
from slm_analysis.questions.portfolio import SCORE, Portfolio, unhappy_users

MOST = 5
"""More is no list of what comes first."""
WIDTH, HEIGHT, BAR_ONLY = 500, 148, 34
EDGE, TOP, BOTTOM = 10, 50, 112
"""Ends of the scales, in the drawing."""
ABOVE, BELOW, LIFT, ROOM = 30, 24, 8, 64
"""Room above and below for labels; how far one stands above, and half of its width."""
PROMISED = ("value", "low", "high", "goal_value")
FOUND = ("level", "level_low", "level_high", "goal")
"""Columns of a mean score and its goal, of a promise and of a finding."""


def attention(result: Portfolio) -> Attention:
    """Return what needs attention first, with the reason and the report that says more."""
    reports = result.reports
    folders = reports.drop_duplicates("business_unit").set_index("business_unit")["folder"]
    done = reports[reports["status"] == "done"].groupby("business_unit")["notebook"].agg(set)
    concerns = []
    for _, row in result.attention.head(MOST).iterrows():
        unit = row["business_unit"]
        known = not pd.isna(row["level"])
        level = result.levels.loc[[int(row["level"])]].iloc[0] if known else None
        unhappy = _found(result, row) if level is None else None
        notebook, go = attention_words.go(row, done.get(unit, set()))
        concerns.append(
            Concern(
                who=portfolio_words.place(row),
                title=attention_words.title(row, level),
                text=attention_words.text(level, unhappy),
                folder=str(folders.get(unit, "")),
                notebook=notebook,
                go=go,
                drawing=_drawn(result, level, unhappy),
            )
        )
    return Attention(concerns, attention_words.notes(result, concerns))


def _found(result: Portfolio, row: pd.Series) -> pd.Series | None:
    """Return what was found of users where no promise says it."""
    told = unhappy_users(result.watermelon)
    if told.empty:
        return None
    of = told["service"].astype("object").fillna("")
    own = told[told["business_unit"].eq(row["business_unit"]) & of.eq(row["service"])]
    return own.iloc[0] if len(own) else None


def _drawn(result: Portfolio, level: pd.Series | None, unhappy: pd.Series | None) -> Glyph | None:
    if level is not None and level["metric"] != SCORE:
        return _share(result, level)
    told, (*ends, goal) = (unhappy, FOUND) if level is None else (level, PROMISED)
    if told is None:
        return None
    return _score(result, *(float(told[end]) for end in ends), goal=float(told[goal]))


def _score(
    result: Portfolio, value: float, low: float, high: float, *, goal: float
) -> Glyph | None:
    """Return a mean score with its interval and its goal."""
    if not low < high:
        return None
    across = Scale(*of_scores(result, low, high, goal), EDGE, WIDTH - EDGE)
    ends = [
        Label(plain_number(across.low), EDGE, BAR_ONLY + BELOW, "start"),
        Label(plain_number(across.high), WIDTH - EDGE, BAR_ONLY + BELOW, "end"),
    ]
    return Glyph(
        interval_bar(value, low, high, goal, across, bad=True),
        WIDTH,
        BAR_ONLY + BELOW,
        words.score_drawing(low, high, goal),
        above=ABOVE,
        labels=[_goal(plain_number(goal), across.at(goal)), *ends],
    )


def _goal(text: str, x: int) -> Label:
    """Return the label above the stroke of a goal, within the drawing."""
    label = words.goal_label(text)
    if x > WIDTH - ROOM:
        return Label(label, WIDTH, -LIFT, "end")
    return Label(label, max(x, ROOM), -LIFT, "middle")


def _share(result: Portfolio, level: pd.Series) -> Glyph | None:
    """Return a share with its interval and its goal, above the latest periods."""
    ends = of_shares(result)
    across, down = Scale(*ends, EDGE, WIDTH - EDGE), Scale(*ends, BOTTOM, TOP)
    value, low, high, goal = of_level(level)
    if not low < high:
        return None
    bad = level["result"] == "missed" and bool(level["clearly"])
    shapes = interval_bar(value, low, high, goal, across, bad=bad)
    recent = level["recent"]
    drawn = isinstance(recent, list)
    if drawn:
        shapes += sparkline(recent, goal, level["signals"] or (), WIDTH, down)
    labels = [_goal(plain_percent(goal), across.at(goal))]
    if drawn:
        labels.append(Label(words.span(level), EDGE, HEIGHT, "start"))
    return Glyph(
        shapes,
        WIDTH,
        HEIGHT if drawn else BAR_ONLY,
        words.share_drawing(level),
        above=ABOVE,
        labels=labels,
    )
