"""What to say about trends and forecasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.trend import CANNOT_TELL, FALLING, NO_CLEAR_TREND, RISING, Trend
from slm_analysis.analyses.trend_forecast import TOO_FEW_POINTS, USUAL_CASES
from slm_analysis.analyses.trend_line import MIN_POINTS
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import (
    MOST_DIGITS,
    NO_VALUE,
    capitalised,
    counted,
    date,
    digits_to_tell,
    in_words,
    listed,
    number,
    percent,
    plain_number,
    plain_percent,
    signed,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.result import Note, note

POINTS = 100.0
"""Shares are told in percent, their differences in points."""
WIDE_INTERVAL = 5.0
"""From so many points on an interval is told in whole percents."""
MORE_FIGURES = 1
"""Digits that tell a number without a unit, after the first."""
SURE, RARE = 0.99, 0.025
"""Chances over and under these are told in hundreds and fifties."""
TWENTIETH = 0.075
"""Up to here a chance is nearer to 1 in 20 than to 1 in 10."""
MOST_NAMED, MOST_TOLD = 3, 5
PERIODS = {"week": "week", "month": "month", None: "period"}
DIRECTIONS = {RISING: "rising", FALLING: "falling", NO_CLEAR_TREND: "no clear trend"}
BAD, GOOD, PLAIN, HIDDEN = "bad", "good", "plain", "hidden"
SAID_IN_SENTENCE = {"too_few_points", "no_variation"}
HOW_TO_READ = (
    "Dots are what was seen, the line what runs through them; a hollow dot takes no part. The dot "
    "at the end is the forecast with its {level} interval. Pale bars are the intervals of earlier "
    "forecasts, each made only from what came before it. The scale does not start at 0."
)
HOW_TO_READ_ROWS = (
    "The dot is what is to be expected of the {period}, the line its {level} interval, the upright "
    "stroke the goal; beside them stands the chance of missing it. A diamond lies beyond the goal "
    "with its whole interval, a coloured one on the wrong side. The scale does not start at 0."
)


@dataclass(frozen=True, eq=False)
class Heading:
    """One series of a trend, in words.

    Attributes
    ----------
    name : str
        Empty where there is one series only.
    row : Series
        Its summary and forecast.
    points, backtest, shifts : DataFrame
        Its rows of the trend's frames.
    scale, better : str
    freq : str or None
    level, interval_level : float
    """

    name: str
    row: pd.Series
    points: pd.DataFrame
    backtest: pd.DataFrame
    shifts: pd.DataFrame
    scale: str
    better: str
    freq: str | None
    level: float

    @property
    def period(self) -> str:
        """What one point is."""
        return PERIODS[self.freq]

    @property
    def rate(self) -> bool:
        """Whether its values are shares."""
        return self.scale == "rate"

    @property
    def known(self) -> bool:
        """Whether there is a line and a forecast."""
        return bool(self.row["verdict"] != CANNOT_TELL)

    @property
    def mark(self) -> str:
        """``bad`` or ``good`` if the whole interval lies beyond the goal; ``plain``, ``hidden``."""
        row = self.row
        if not self.known:
            return HIDDEN
        below, above = row["high"] < row["target"], row["low"] > row["target"]
        bad, good = (below, above) if self.better == "high" else (above, below)
        return BAD if bad else GOOD if good else PLAIN

    def when(self, time: object) -> str:
        """Return which period: ``November 2026``, ``the week of 2 November 2026``."""
        if not isinstance(time, pd.Timestamp):
            return f"{self.period} {time:g}"
        return f"{time:%B %Y}" if self.freq == "month" else f"the week of {date(time)}"

    def since(self, time: object) -> str:
        """Return from when on: ``June 2026``, ``1 June 2026``."""
        if not isinstance(time, pd.Timestamp) or self.freq == "month":
            return self.when(time)
        return date(time)

    def tick(self, value: float) -> str:
        """Return a number on the scale, or a goal."""
        return plain_percent(value) if self.rate else plain_number(value)

    def figures(self, *values: float) -> list[str]:
        """Return values with as many digits as it takes to stay on their side of the goal."""
        goal = self.row["target"]
        if not self.rate:
            digits = digits_to_tell(values, [] if pd.isna(goal) else [goal], _digits(values))
            return [number(value, digits) for value in values]
        low, high = min(values), max(values)
        least = 0 if POINTS * (high - low) >= WIDE_INTERVAL else 1
        bounds = [0.0, POINTS, *([] if pd.isna(goal) else [POINTS * goal])]
        digits = digits_to_tell([POINTS * value for value in values], bounds, least)
        return [percent(value, digits) for value in values]


def _digits(values: Sequence[float]) -> int:
    size = max(abs(value) for value in values)
    return int(np.clip(MORE_FIGURES - np.floor(np.log10(size)), 0, MOST_DIGITS)) if size else 0


def headings(result: Trend) -> list[Heading]:
    """Return the series, the likeliest to miss its goal first."""
    keys = [*result.summary.columns[: result.summary.columns.get_loc("verdict")]]
    rows = result.by_series().sort_values("chance_missed", ascending=False, kind="stable")
    own = {name: _split(getattr(result, name), keys) for name in ("points", "backtest", "shifts")}
    return [
        Heading(
            name=", ".join(map(str, row[keys])),
            row=row,
            **{
                name: frames.get(tuple(row[keys]), getattr(result, name).iloc[:0])
                for name, frames in own.items()
            },
            scale=result.scale,
            better=result.better,
            freq=result.freq,
            level=result.level,
        )
        for _, row in rows.iterrows()
    ]


def _split(frame: pd.DataFrame, keys: list[str]) -> dict[tuple[object, ...], pd.DataFrame]:
    return dict(tuple(frame.groupby(keys, dropna=False, observed=True))) if keys else {(): frame}


# --- One series -------------------------------------------------------------------------------


def chance(share: float) -> str:
    """Return a chance in round counts: ``about 9 chances in 10``."""
    if share > SURE:
        return "more than 99 chances in 100"
    if share < 1 - SURE:
        return "less than 1 chance in 100"
    small = min(share, 1 - share)
    of = 50 if small < RARE else 20 if small <= TWENTIETH else 10
    several = max(1, round(of * share)) if of == 10 else 1 if share < 1 / 2 else of - 1  # noqa: PLR2004
    return f"about {several} chance{'' if several == 1 else 's'} in {of}"


def chance_to_miss(heading: Heading) -> str:
    """Return the chance of missing the goal in few words: ``about 9 in 10 to miss``."""
    share = chance(heading.row["chance_missed"]).replace("chances ", "").replace("chance ", "")
    return f"{share.replace('more than', 'over').replace('less than', 'under')} to miss"


def trend_brief(heading: Heading) -> str:
    """Return where a series is heading in few words: ``falling by 0.4 points a month``."""
    row = heading.row
    if not heading.known:
        few = row["reason"] == TOO_FEW_POINTS
        return f"too few {heading.period}s" if few else "no variation"
    if row["verdict"] != NO_CLEAR_TREND:
        return f"{DIRECTIONS[row['verdict']]} by {_slope(heading)[0]}"
    if len(heading.shifts):
        size, _, since = _shift(heading, heading.shifts.iloc[-1])
        return f"{size} since {since}"
    return DIRECTIONS[NO_CLEAR_TREND]


def slope(heading: Heading) -> str:
    """Return the slope with its interval, signed: ``−0.4 (−0.6 to −0.2)``."""
    return _signed(heading, "slope") if heading.known else NO_VALUE


def over_a_year(heading: Heading) -> str:
    """Return the change over a year at the pace of the slope."""
    return _signed(heading, "year") if heading.known and heading.freq else NO_VALUE


def _signed(heading: Heading, name: str) -> str:
    values = [heading.row[f"{name}{end}"] for end in ("", "_low", "_high")]
    scaled, digits = _told(heading, values)
    middle, low, high = (signed(value, digits) for value in scaled)
    return f"{middle} ({low} to {high})"


def _told(heading: Heading, values: Sequence[float]) -> tuple[list[float], int]:
    """Return differences as they are told, and digits that keep their sides of 0."""
    scaled = [POINTS * value if heading.rate else value for value in values]
    return scaled, digits_to_tell(scaled, [0.0], 1 if heading.rate else _digits(scaled))


def _slope(heading: Heading) -> tuple[str, str]:
    """Return a clear slope and its interval, without signs."""
    scaled, digits = _told(heading, [heading.row[f"slope{end}"] for end in ("", "_low", "_high")])
    size, *ends = (abs(value) for value in scaled)
    near, far = (number(end, digits) for end in sorted(ends))
    return f"{number(size, digits)}{_unit(heading)} a {heading.period}", f"{near} to {far}"


def _unit(heading: Heading) -> str:
    return " points" if heading.rate else ""


def _shift(heading: Heading, shift: pd.Series) -> tuple[str, str, str]:
    """Return size and interval of a change of level, and since when: ``5.6 points lower``."""
    way = 1 if shift["size"] > 0 else -1
    scaled, digits = _told(heading, [way * shift[name] for name in ("size", "low", "high")])
    size, *ends = scaled
    low, high = (number(end, digits) for end in sorted(ends))
    text = f"{number(size, digits)}{_unit(heading)} {'higher' if way > 0 else 'lower'}"
    return text, f"{low} to {high}", heading.since(shift["time"])


def direction(heading: Heading) -> str:
    """Return where a series is heading, with interval and changes of level."""
    row = heading.row
    if row["reason"] == TOO_FEW_POINTS:
        had = counted(int(row["n_points"]), f"complete {heading.period}")
        return f"cannot tell yet from {had}; at least {MIN_POINTS} are needed"
    if not heading.known:
        return f"cannot tell; where {heading.period}s do not vary, there is nothing to judge by"
    if row["verdict"] == NO_CLEAR_TREND:
        scaled, digits = _told(heading, [row["slope_low"], row["slope_high"]])
        low, high = (signed(value, digits) for value in scaled)
        moving = f"no clear trend ({low} to {high}{_unit(heading)} a {heading.period})"
    else:
        size, interval = _slope(heading)
        moving = f"{DIRECTIONS[row['verdict']]} by {size} ({interval})"
    if heading.shifts.empty:
        return moving
    shifts = [_shift(heading, shift) for _, shift in heading.shifts.iterrows()]
    levels = listed([f"{size} since {since} ({interval})" for size, interval, since in shifts])
    return f"{levels}; beside that {moving}"


def forecast(heading: Heading) -> str:
    """Return what to expect: ``88% (82 to 93%)``."""
    if not heading.known:
        return NO_VALUE
    middle, low, high = heading.figures(*(heading.row[n] for n in ("expected", "low", "high")))
    return f"{middle} ({low.removesuffix('%')} to {high})"


def record(heading: Heading) -> str:
    """Return how such forecasts fared."""
    tried, held = int(heading.row["backtested"]), int(heading.row["held"])
    if not tried:
        return "No such forecast could be tried on the past yet."
    if tried == 1:
        return f"The one such forecast tried on the past {'held' if held else 'missed'} the truth."
    number_held = held or in_words(held)
    return f"Of the last {tried} such forecasts, {number_held} contained the truth."


def sentence(heading: Heading) -> str:
    """Return direction, forecast, chance and record of a series."""
    text = f"{heading.name}: {direction(heading)}." if heading.name else ""
    text = text or f"{capitalised(direction(heading))}."
    if not heading.known:
        return text
    when = capitalised(heading.when(heading.row["time"]))
    expected = f"{when} is expected at {forecast(heading)}"
    missed, goal = heading.row["chance_missed"], heading.row["target"]
    if not pd.isna(missed):
        expected += f"; {chance(missed)} that it misses {heading.tick(goal)}"
    return f"{text} {expected}. {record(heading)}"


# --- A result ---------------------------------------------------------------------------------


def told(every: Sequence[Heading]) -> list[str]:
    """Return the sentences of the first series, and how many more there are."""
    sentences = [sentence(heading) for heading in every[:MOST_TOLD]]
    left = len(every) - MOST_TOLD
    return [*sentences, f"The table has {in_words(left)} more."] if left > 0 else sentences


def say(result: Trend) -> Prose:
    """Return direction, forecast and record of each series, then the caveats."""
    every = headings(result)
    return Prose(told(every), trend_caveats(result, every))


def caption(result: Trend) -> Caption:
    """Return the words of the figure of one or several series."""
    every, prose = headings(result), say(result)
    first = every[0]
    when = first.when(first.row["time"])
    several = len(every) > 1
    used = counted(int(sum(one.row["n_points"] for one in every)), first.period)
    what = "What is to be expected" if several else f"Each {first.period}, and what is expected"
    return Caption(
        title=_title(every) if several else capitalised(trend_brief(first)),
        subtitle=f"{what} of {when}, with {confidence(result.level)} interval. {used} used",
        sentence=" ".join(prose.sentences),
        caveats=prose.caveats,
        how_to_read=how_to_read(first, several=several),
    )


def how_to_read(heading: Heading, *, several: bool) -> str:
    """Return how to read the figure."""
    text = HOW_TO_READ_ROWS if several else HOW_TO_READ
    return text.format(period=heading.period, level=confidence(heading.level))


def _title(every: Sequence[Heading]) -> str:
    """Return which series have a trend."""
    parts = []
    for verdict in (FALLING, RISING):
        names = [one.name for one in every if one.row["verdict"] == verdict]
        if names:
            verb = "is" if len(names) == 1 else "are"
            parts.append(f"{listed(names, MOST_NAMED)} {verb} {DIRECTIONS[verdict]}")
    return ", ".join(parts) or "No series has a clear trend"


def trend_caveats(result: Trend, every: Sequence[Heading]) -> list[str]:
    """Return the caveats about these series."""
    return caveats(_notes(result, every))


def _notes(result: Trend, every: Sequence[Heading]) -> Iterator[Note]:
    period = every[0].period
    known = [heading for heading in every if heading.known]
    if known:
        yield note("trend_goes_on")
        if result.scale == "rate":
            yield note("trend_cases_assumed", period=period, number=USUAL_CASES)
    for given in result.notes:
        if given.code in SAID_IN_SENTENCE:
            continue
        names = [", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
                 for key in given.values["series"]]  # type: ignore[attr-defined]  # fmt: skip
        where = f" ({listed(names, MOST_NAMED)})" if names and len(names) < len(every) else ""
        yield note(f"trend_{given.code}", period=period, where=where)
    if len(known) > 1:
        yield note("trend_family", number=in_words(len(known)),
                   level=confidence(result.interval_level))  # fmt: skip
