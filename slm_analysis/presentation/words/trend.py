"""What to say about trends and forecasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from slm_analysis.analyses.trend import FALLING, NO_CLEAR_TREND, RISING, Trend
from slm_analysis.analyses.trend_forecast import TOO_FEW_POINTS, USUAL_CASES
from slm_analysis.analyses.trend_line import MIN_POINTS
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, joined, ngettext
from slm_analysis.presentation.numbers import (
    NO_VALUE,
    capitalised,
    count,
    digits_to_tell,
    enumerated,
    in_phrases,
    in_words,
    listed,
    number,
    signed,
    span,
    with_interval,
)
from slm_analysis.presentation.periods import all_periods, one_period, so_many_periods
from slm_analysis.presentation.trend_series import POINTS, Heading, enough_digits, headings
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.presentation.words.chart_series import too_few
from slm_analysis.presentation.words.control_charts import among
from slm_analysis.result import Note, note

SURE, RARE = 0.99, 0.025
"""Chances over and under these are told in hundreds and fifties."""
TWENTIETH = 0.075
"""Up to here a chance is nearer to 1 in 20 than to 1 in 10."""
MOST_NAMED, MOST_TOLD = 3, 5
NO_TREND = N_("no clear trend")
BY_POINTS = {
    RISING: N_("rising by {size} points a {period}"),
    FALLING: N_("falling by {size} points a {period}"),
}
BY = {RISING: N_("rising by {size} a {period}"), FALLING: N_("falling by {size} a {period}")}
SAID_IN_SENTENCE = {"too_few_points", "no_variation"}
HOW_TO_READ = N_(
    "Dots are what was seen, the line what runs through them; a hollow dot takes no part. The dot "
    "at the end is the forecast with its {level} interval. Pale bars are the intervals of earlier "
    "forecasts, each made only from what came before it. The scale does not start at 0."
)
HOW_TO_READ_ROWS = N_(
    "The dot is what is to be expected of the {period}, the line its {level} interval, the upright "
    "stroke the goal; beside them stands the chance of missing it. A diamond lies beyond the goal "
    "with its whole interval, a coloured one on the wrong side. The scale does not start at 0."
)


# --- One series -------------------------------------------------------------------------------


def chance(share: float) -> str:
    """Return a chance in round counts: ``about 9 chances in 10``."""
    if share > SURE:
        return _("more than 99 chances in 100")
    if share < 1 - SURE:
        return _("less than 1 chance in 100")
    several, of = _round_count(share)
    form = ngettext("about {n} chance in {of}", "about {n} chances in {of}", several)
    return form.format(n=several, of=of)


def chance_to_miss(heading: Heading) -> str:
    """Return the chance of missing the goal in few words: ``about 9 in 10 to miss``."""
    share = heading.row["chance_missed"]
    if share > SURE:
        return _("over 99 in 100 to miss")
    if share < 1 - SURE:
        return _("under 1 in 100 to miss")
    several, of = _round_count(share)
    return _("about {n} in {of} to miss").format(n=several, of=of)


def _round_count(share: float) -> tuple[int, int]:
    """Return how many in 10, 20 or 50 a chance is."""
    small = min(share, 1 - share)
    of = 50 if small < RARE else 20 if small <= TWENTIETH else 10
    return max(1, round(of * share)) if of == 10 else 1 if share < 1 / 2 else of - 1, of  # noqa: PLR2004


def trend_brief(heading: Heading) -> str:
    """Return where a series is heading in few words: ``falling by 0.4 points a month``."""
    row = heading.row
    if not heading.known:
        few = row["reason"] == TOO_FEW_POINTS
        return too_few(heading.periods) if few else _("no variation")
    if row["verdict"] != NO_CLEAR_TREND:
        return _slope(heading)[0]
    if len(heading.shifts):
        return _shift(heading, heading.shifts.iloc[-1])[0]
    return _(NO_TREND)


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
    return with_interval(middle, span(low, high))


def _told(heading: Heading, values: Sequence[float]) -> tuple[list[float], int]:
    """Return differences as they are told, and digits that keep their sides of 0."""
    scaled = [POINTS * value if heading.rate else value for value in values]
    return scaled, digits_to_tell(scaled, [0.0], 1 if heading.rate else enough_digits(scaled))


def _slope(heading: Heading) -> tuple[str, str]:
    """Return a clear slope in words, and its interval: ``falling by 0.4 points a month``."""
    scaled, digits = _told(heading, [heading.row[f"slope{end}"] for end in ("", "_low", "_high")])
    size, *ends = (abs(value) for value in scaled)
    form = (BY_POINTS if heading.rate else BY)[heading.row["verdict"]]
    slope = _(form).format(size=number(size, digits), period=heading.period)
    return slope, span(*(number(end, digits) for end in sorted(ends)))


def _shift(heading: Heading, shift: pd.Series) -> tuple[str, str]:
    """Return a change of level in words, and its interval: ``5.6 points lower since June 2026``."""
    up = shift["size"] > 0
    way = 1 if up else -1
    scaled, digits = _told(heading, [way * shift[name] for name in ("size", "low", "high")])
    size, *ends = scaled
    if heading.rate:
        higher, lower = (
            _("{size} points higher since {date}"),
            _("{size} points lower since {date}"),
        )
    else:
        higher, lower = _("{size} higher since {date}"), _("{size} lower since {date}")
    level = (higher if up else lower).format(
        size=number(size, digits), date=heading.since(shift["time"])
    )
    return level, span(*(number(end, digits) for end in sorted(ends)))


def direction(heading: Heading) -> str:
    """Return where a series is heading, with interval and changes of level."""
    row = heading.row
    if row["reason"] == TOO_FEW_POINTS:
        had = int(row["n_points"])
        form = ngettext(
            "cannot tell yet from {n} complete {period}; at least {least} are needed",
            "cannot tell yet from {n} complete {periods}; at least {least} are needed",
            had,
        )
        return form.format(
            n=count(had), period=heading.period, periods=heading.periods, least=MIN_POINTS
        )
    if not heading.known:
        return _("cannot tell; where {periods} do not vary, there is nothing to judge by").format(
            periods=heading.periods
        )
    moving = _no_trend(heading)
    if row["verdict"] != NO_CLEAR_TREND:
        moving = with_interval(*_slope(heading))
    if heading.shifts.empty:
        return moving
    levels = [with_interval(*_shift(heading, shift)) for __, shift in heading.shifts.iterrows()]
    return _("{levels}; beside that {trend}").format(levels=listed(levels), trend=moving)


def _no_trend(heading: Heading) -> str:
    scaled, digits = _told(heading, [heading.row["slope_low"], heading.row["slope_high"]])
    if heading.rate:
        form = _("no clear trend ({interval} points a {period})")
    else:
        form = _("no clear trend ({interval} a {period})")
    interval = span(*(signed(value, digits) for value in scaled))
    return form.format(interval=interval, period=heading.period)


def forecast(heading: Heading) -> str:
    """Return what to expect: ``88% (82 to 93%)``."""
    return with_interval(*expected(heading)) if heading.known else NO_VALUE


def expected(heading: Heading) -> tuple[str, str]:
    """Return what to expect, and its interval: ``88%``, ``82 to 93%``."""
    middle, low, high = heading.figures(*(heading.row[n] for n in ("expected", "low", "high")))
    return middle, span(low, high)


def record(heading: Heading) -> str:
    """Return how such forecasts fared."""
    tried, held = int(heading.row["backtested"]), int(heading.row["held"])
    if not tried:
        return _("No such forecast could be tried on the past yet.")
    if tried == 1 and held:
        return _("The one such forecast tried on the past held the truth.")
    if tried == 1:
        return _("The one such forecast tried on the past missed the truth.")
    return _("Of the last {tried} such forecasts, {held} contained the truth.").format(
        tried=tried, held=held or in_words(held)
    )


def sentence(heading: Heading) -> str:
    """Return direction, forecast, chance and record of a series."""
    heads = direction(heading)
    if heading.name:
        told_of = _("{name}: {direction}.").format(name=heading.name, direction=heads)
    else:
        told_of = _("{direction}.").format(direction=capitalised(heads))
    return joined([told_of, _expected(heading), record(heading)]) if heading.known else told_of


def _expected(heading: Heading) -> str:
    missed = heading.row["chance_missed"]
    figures = {
        "when": capitalised(heading.when(heading.row["time"])),
        "forecast": forecast(heading),
    }
    if pd.isna(missed):
        return _("{when} is expected at {forecast}.").format(**figures)
    return _("{when} is expected at {forecast}; {chance} that it misses {goal}.").format(
        **figures, chance=chance(missed), goal=heading.tick(heading.row["target"])
    )


# --- A result ---------------------------------------------------------------------------------


def told(every: Sequence[Heading]) -> list[str]:
    """Return the sentences of the first series, and how many more there are."""
    sentences = [sentence(heading) for heading in every[:MOST_TOLD]]
    left = len(every) - MOST_TOLD
    if left > 0:
        sentences.append(_("The table has {number} more.").format(number=in_words(left)))
    return sentences


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
    if several:
        subtitle = _("What is to be expected of {when}, with {level} interval. {used} used")
    else:
        subtitle = _(
            "Each {period}, and what is expected of {when}, with {level} interval. {used} used"
        )
    used = so_many_periods(int(sum(one.row["n_points"] for one in every)), first.freq)
    return Caption(
        title=_title(every) if several else capitalised(trend_brief(first)),
        subtitle=subtitle.format(
            period=first.period, when=when, level=confidence(result.level), used=used
        ),
        sentence=joined(prose.sentences),
        caveats=prose.caveats,
        how_to_read=how_to_read(first, several=several),
    )


def how_to_read(heading: Heading, *, several: bool) -> str:
    """Return how to read the figure."""
    text = HOW_TO_READ_ROWS if several else HOW_TO_READ
    return _(text).format(period=heading.period, level=confidence(heading.level))


def _title(every: Sequence[Heading]) -> str:
    """Return which series have a trend."""
    falling = [one.name for one in every if one.row["verdict"] == FALLING]
    rising = [one.name for one in every if one.row["verdict"] == RISING]
    parts = []
    if falling:
        form = ngettext("{names} is falling", "{names} are falling", len(falling))
        parts.append(form.format(names=listed(falling, MOST_NAMED)))
    if rising:
        form = ngettext("{names} is rising", "{names} are rising", len(rising))
        parts.append(form.format(names=listed(rising, MOST_NAMED)))
    return in_phrases(parts) or _("No series has a clear trend")


def trend_caveats(result: Trend, every: Sequence[Heading]) -> list[str]:
    """Return the caveats about these series."""
    return caveats(_notes(result, every))


def _notes(result: Trend, every: Sequence[Heading]) -> Iterator[Note]:
    freq = every[0].freq
    called = {"period": one_period(freq), "periods": all_periods(freq)}
    known = [heading for heading in every if heading.known]
    if known:
        yield note("trend_goes_on")
        if result.scale == "rate":
            usual = so_many_periods(USUAL_CASES, freq)
            yield note("trend_cases_assumed", period=one_period(freq), number=usual)
    for given in result.notes:
        if given.code in SAID_IN_SENTENCE:
            continue
        keys: Iterable[object] = given.values["series"]  # type: ignore[assignment]
        names = [enumerated(map(str, key)) if isinstance(key, tuple) else str(key) for key in keys]
        where = among(names) if names and len(names) < len(every) else ""
        yield note(f"trend_{given.code}", **called, where=where)
    if len(known) > 1:
        yield note("trend_family", number=in_words(len(known)),
                   level=confidence(result.interval_level))  # fmt: skip
