"""Units by services at a glance: figure, interval, latest periods and verdict in each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.glyphs import Scale, interval_bar, sparkline
from slm_analysis.presentation.tables.portfolio_scales import of_level, of_scores, of_shares
from slm_analysis.presentation.views import Cell, Glyph, Matrix, UnitRow
from slm_analysis.presentation.words import portfolio as portfolio_words
from slm_analysis.presentation.words import portfolio_matrix as words
from slm_analysis.presentation.words import portfolio_satisfaction as satisfaction_words
from slm_analysis.presentation.words import service_levels as levels_words
from slm_analysis.questions.portfolio import SCORE, Portfolio, agreed_scores

PRIMARY = ["resolution_time", "response_time", "availability", "error_rate", "recovery_time"]
"""Which promise stands for a service: the first that there is."""
MOST_DRAWN, MOST_CELLS = 600, 4_000
"""Cells with a drawing, and cells at all: so that the page of 500 units is no burden to open."""
WIDTH, HEIGHT, BAR_ONLY = 240, 78, 34
TOP, BOTTOM = 42, 72
"""Ends of the lines' scale, in the drawing."""
EDGE = 8
DISSATISFIED = "dissatisfied"


@dataclass(frozen=True)
class _Sheet:
    """What all cells share.

    Attributes
    ----------
    across, down, scores : Scale
        Of intervals, of lines, of ratings.
    goals : mapping
        Unit to the goal that its ratings are seen against.
    hot : set of (unit, service)
        What calls for attention; without a service, the ratings of the unit do.
    """

    across: Scale
    down: Scale
    scores: Scale
    goals: Mapping[str, float]
    hot: set[tuple[str, str]]


def matrix(result: Portfolio) -> Matrix:
    """Return units by services, the most pressing unit first, and its users' rating at the end.

    A cell shows the service's main promise and its verdict.
    """
    when = numbers.period(result.period_start, result.period_end)
    caption = words.caption(when, of_shares(result))
    levels = result.levels
    if levels.empty:
        return Matrix(caption, [], [_row_of_nothing(result, unit) for unit in result.units])
    services = _services(levels)
    ratings = _ratings(result)
    sheet = _sheet(result)
    common = [*set(sheet.goals.values())]
    columns = [*services, words.satisfaction_column(common[0] if len(common) == 1 else np.nan)]
    most = max(MOST_CELLS // len(columns), 1)
    drawn = max(MOST_DRAWN // len(columns), 1)
    told = _main_promises(levels)
    known = {unit for unit, _service in told}
    folders = result.reports.drop_duplicates("business_unit").set_index("business_unit")["folder"]
    rows = []
    for at, unit in enumerate(result.units[:most]):
        if unit not in known:
            rows.append(_row_of_nothing(result, unit))
            continue
        cells = [_cell(told.get((unit, s)), sheet, drawn=at < drawn) for s in services]
        cells.append(_rating(ratings.get(unit), unit, sheet, drawn=at < drawn))
        rows.append(UnitRow(unit, f"{folders[unit]}/{portfolio_words.LEVELS}.html", cells))
    return Matrix(caption, columns, rows, _notes(result, drawn, most))


def _services(levels: pd.DataFrame) -> list[str]:
    """Return the services, those with most cases first."""
    main = levels[levels["metric"].isin(PRIMARY)]
    cases = main.groupby("service")["counted"].sum()
    return [str(name) for name in cases.sort_values(ascending=False, kind="stable").index]


def _main_promises(levels: pd.DataFrame) -> dict[tuple[str, str], list[pd.Series]]:
    """Return by unit and service the promise that stands for it, and one other that was missed."""
    ranked = levels[levels["metric"].isin(PRIMARY)]
    ranked = ranked.assign(
        order=ranked["metric"].map(PRIMARY.index), own=ranked["priority"] != "default"
    ).sort_values(["order", "own"], kind="stable")
    keys = ["business_unit", "service"]
    main = ranked.drop_duplicates(keys)
    others = ranked.drop(index=main.index)
    missed = others[others["result"] == "missed"].drop_duplicates(keys)
    told: dict[tuple[str, str], list[pd.Series]] = {}
    for rows in (main, missed):
        for _, row in rows.iterrows():
            told.setdefault((row["business_unit"], row["service"]), []).append(row)
    return told


def _sheet(result: Portfolio) -> _Sheet:
    ends, scores = of_shares(result), of_scores(result)
    attention = result.attention
    services = attention["service"].mask(attention["kind"] == DISSATISFIED, "")
    return _Sheet(
        across=Scale(*ends, EDGE, WIDTH - EDGE),
        down=Scale(*ends, BOTTOM, TOP),
        scores=Scale(*scores, EDGE, WIDTH - EDGE),
        goals=agreed_scores(result),
        hot=set(zip(attention["business_unit"], services, strict=True)),
    )


def _ratings(result: Portfolio) -> dict[str, pd.Series]:
    """Return the rating of each unit over all its services."""
    of_units = satisfaction_words.of_units(result)
    return {str(row["business_unit"]): row for _, row in of_units.iterrows()}


def _cell(promises: Sequence[pd.Series] | None, sheet: _Sheet, *, drawn: bool) -> Cell:
    if promises is None:
        return Cell(numbers.NO_VALUE)
    level, *others = promises
    drawing = _drawing(level, sheet) if drawn else None
    return Cell(
        value=words.percent_of(level),
        of=words.of(level, with_interval=drawing is None),
        verdict=levels_words.verdict(level),
        mark=_mark(level),
        direction=words.direction(level),
        heading=_heading(level),
        under=words.also_missed(others[0]) if others else "",
        hot=(level["business_unit"], level["service"]) in sheet.hot,
        accent=level["result"] == "missed" and bool(level["clearly"]),
        drawing=drawing,
    )


def _mark(level: pd.Series) -> str:
    if level["result"] not in {"met", "missed"}:
        return ""
    return f"{level['result']}{'_unsure' if level['evidence'] == 'uncertain' else ''}"


def _heading(level: pd.Series) -> str:
    if level["steadily_missed"]:
        return "low"
    return level["direction"] if level["direction"] in {"worse", "better"} else ""


def _drawing(level: pd.Series, sheet: _Sheet) -> Glyph | None:
    value, low, high, goal = of_level(level)
    if not low < high:
        return None
    bad = level["result"] == "missed" and bool(level["clearly"])
    shapes = interval_bar(value, low, high, goal, sheet.across, bad=bad)
    recent = level["recent"]
    line = isinstance(recent, list)
    if line:
        shapes += sparkline(recent, goal, level["signals"] or (), WIDTH, sheet.down)
    return Glyph(shapes, WIDTH, HEIGHT if line else BAR_ONLY, words.share_drawing(level))


def _rating(row: pd.Series | None, unit: str, sheet: _Sheet, *, drawn: bool) -> Cell:
    if row is None:
        return Cell(numbers.NO_VALUE)
    if row["hidden"]:
        return Cell(numbers.NO_VALUE, verdict=words.hidden())
    if pd.isna(row["value"]) or pd.isna(row["low"]):
        return Cell(words.rating(row))
    goal, hot = sheet.goals.get(unit, np.nan), (unit, "") in sheet.hot
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    mark = ""
    if not np.isnan(goal):
        unsure = "_unsure" if low < goal <= high else ""
        mark = f"{'met' if value >= goal else 'missed'}{unsure}"
    shapes = interval_bar(value, low, high, goal, sheet.scores, bad=hot)
    return Cell(
        value=words.rating(row),
        of=words.rating_of(row),
        verdict=words.rating_verdict(row, goal),
        mark=mark,
        under=satisfaction_words.answered(row),
        hot=hot,
        accent=hot,
        drawing=Glyph(shapes, WIDTH, BAR_ONLY, words.score_drawing(low, high, goal))
        if drawn
        else None,
    )


def _row_of_nothing(result: Portfolio, unit: str) -> UnitRow:
    """Return the row of a unit whose report of service levels failed."""
    own = result.reports[result.reports["business_unit"] == unit]
    status = own.loc[own["notebook"] == portfolio_words.LEVELS, "status"]
    return UnitRow(unit, "", [], words.failed(str(status.iloc[0]) if len(status) else ""))


def _notes(result: Portfolio, drawn: int, most: int) -> list[str]:
    promised = result.levels[result.levels["metric"] == SCORE]
    services = sorted(promised["service"].unique())
    notes = [words.agreed_for([str(name) for name in services])] if services else []
    if drawn < len(result.units):
        notes.append(words.not_drawn(drawn))
    if most < len(result.units):
        notes.append(words.left_out(len(result.units) - most))
    return notes
