"""What to say about the effect of one change on one series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from slm_analysis.analyses.change_checks import CAUTION, MIN_POINTS
from slm_analysis.analyses.change_effect import (
    BETTER,
    CANNOT_TELL,
    NO_MEANINGFUL_CHANGE,
    WORSE,
    ChangeEffect,
)
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import ngettext
from slm_analysis.presentation.numbers import (
    NO_VALUE,
    counted,
    date,
    digits_to_tell,
    hours,
    percent,
    plain_hours,
    plain_number,
    plain_percent,
    score,
    signed,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.result import Note, note

VERDICTS = {
    BETTER: "Better",
    WORSE: "Worse",
    NO_MEANINGFUL_CHANGE: "No meaningful change",
    CANNOT_TELL: "Cannot tell yet",
}
NEVER = "Cannot tell"
"""Where no further period will count."""
PERIODS = {"week": ("week", "weeks"), "month": ("month", "months"), None: ("period", "periods")}
SAID_IN_VERDICT = {"too_few_points", "no_variation"}
SAID_OF_CHECK = {
    "placebo_date", "autocorrelation", "pre_trend", "drift", "placebo_units", "mix", "response",
    "ordered",
}  # fmt: skip


def two_digits(value: float) -> str:
    """Return a value of a series that has no unit."""
    return score(value, 2)


@dataclass(frozen=True)
class Wording:
    """How one measure and its effects are told.

    Attributes
    ----------
    name : str
    unit, units : str
        Of an effect; singular and plural.
    more, less : str
        An effect upwards and downwards, with a place for its size.
    gain, loss : str
        A change for the better and for the worse.
    digits : int
        Fewest digits of an effect.
    scale : float
        Effects are told as this many times their value.
    short : str
        The unit behind an effect where room is short.
    interval_unit : str
        Stands behind an interval that has no words of its own.
    gap : str
        Why a period can have no figure.
    figure, tick : callable
        Write a value of the series, and a number on its scale.
    """

    name: str
    unit: str
    units: str
    more: str
    less: str
    gain: str = "a gain"
    loss: str = "a loss"
    digits: int = 1
    scale: float = 1.0
    short: str = ""
    interval_unit: str = ""
    gap: str = "nothing to count"
    figure: Callable[[float], str] = two_digits
    tick: Callable[[float], str] = plain_number


class Estimated(Protocol):
    """An effect with its interval, and the smallest that matters."""

    @property
    def estimate(self) -> float | None:
        """The effect; missing where it could not be told."""

    @property
    def low(self) -> float | None:
        """Lower end of its interval."""

    @property
    def high(self) -> float | None:
        """Upper end of its interval."""

    @property
    def min_effect(self) -> float | None:
        """The smallest effect that matters."""


HOW_TO_READ_SERIES = (
    "Dots are what was seen, the thin line what was expected before the change. From then on, the "
    "dashed line is what would have been expected without it, with its interval. A hollow dot is "
    "left out: a period not complete, or one in which the change still took hold. The effect has "
    "a scale of its own; shaded is too small to matter. Hollow dots below it are the effects that "
    "comparable units show on the same date, at which nothing was changed there."
)
POINTS = 100.0
MEASURES: Mapping[str, Wording] = {
    "resolution_time": Wording(
        "share in time", "point", "points", "{} points more on time", "{} points fewer on time",
        scale=POINTS, short=" points", gap="no tickets", figure=percent, tick=plain_percent,
    ),
    "resolution_hours": Wording(
        "time to resolve", "business hour", "business hours", "{} business hours more to resolve",
        "{} business hours less to resolve", short=" h", interval_unit=" business hours",
        gap="no tickets", figure=hours, tick=plain_hours,
    ),
    "satisfaction": Wording(
        "satisfaction", "point of score", "points of score", "mean score {} higher",
        "mean score {} lower", digits=2, gap="too few answers, counted with earlier ones",
    ),
}  # fmt: skip
SCALES: Mapping[str, Wording] = {
    "rate": Wording(
        "share", "point", "points", "{} points more", "{} points less", scale=POINTS,
        short=" points", figure=percent, tick=plain_percent,
    ),
    "mean": Wording("mean", "", "", "{} more", "{} less", digits=2),
    "number": Wording("value", "", "", "{} more", "{} less", digits=2),
}  # fmt: skip


def wording_of(effect: ChangeEffect) -> Wording:
    """Return how an effect is told that no measure names: as its kind of figure."""
    return SCALES[effect.scale]


def periods(effect: ChangeEffect, number: int) -> str:
    """Return ``34 weeks``."""
    return counted(number, *PERIODS[effect.freq])


def is_final(effect: ChangeEffect) -> bool:
    """Return whether too few periods lie before the change, which no waiting mends."""
    return effect.n_before < MIN_POINTS


def verdict(effect: ChangeEffect, *, final: bool) -> str:
    """Return the verdict in words; `final` where no further period will count."""
    return NEVER if final and effect.verdict == CANNOT_TELL else VERDICTS[effect.verdict]


def shown(effect: Estimated, wording: Wording) -> tuple[list[float], int]:
    """Return estimate, low and high as they are told, and the digits that keep the verdict."""
    given = (effect.estimate, effect.low, effect.high)
    values = [wording.scale * value for value in given if value is not None]
    matters = [] if effect.min_effect is None else [wording.scale * effect.min_effect]
    for_sign = digits_to_tell(values, [0.0], wording.digits)
    return values, digits_to_tell(values[1:], [*matters, *(-m for m in matters)], for_sign)


def size(effect: Estimated, wording: Wording) -> str:
    """Return the estimate with its sign and unit: ``+3.8 points``."""
    values, digits = shown(effect, wording)
    return f"{signed(values[0], digits)}{wording.short}" if values else NO_VALUE


def interval(effect: Estimated, wording: Wording) -> str:
    """Return the interval with signs: ``−0.6 to +0.8``."""
    values, digits = shown(effect, wording)
    return " to ".join(signed(end, digits) for end in values[1:]) or NO_VALUE


def detectable(effect: ChangeEffect, wording: Wording) -> str:
    """Return the smallest effect that four of five such series show: ``3.7 points``."""
    if effect.smallest_detectable is None:
        return NO_VALUE
    return f"{wording.scale * effect.smallest_detectable:.{wording.digits}f}{wording.short}"


def brief(effect: ChangeEffect, wording: Wording) -> str:
    """Return the effect with its interval, or what there was to judge it by."""
    if effect.reason == "no_variation":
        return "no variation"
    if effect.estimate is None:
        return f"{periods(effect, effect.n_before)} before, {effect.n_after} after"
    return f"{size(effect, wording)} ({interval(effect, wording)})"


def smallest(min_effect: float, wording: Wording) -> str:
    """Return the smallest effect that matters: ``1 point``."""
    number = round(wording.scale * min_effect, 6)
    return f"{number:g} {wording.unit if number == 1 else wording.units}".rstrip()


def on_its_scale(effect: ChangeEffect) -> pd.DataFrame:
    """Return the series with what was expected, a share never beyond 0 and 1."""
    lines = ["expected", "expected_low", "expected_high"]
    ends = (0.0, 1.0) if effect.scale == "rate" else (None, None)
    return effect.table.assign(**{name: effect.table[name].clip(*ends) for name in lines})


def verdict_sentence(effect: ChangeEffect, wording: Wording, *, final: bool) -> str:
    """Return verdict, number and interval as one sentence."""
    return f"{verdict(effect, final=final)}: {_finding(effect, wording, final)}"


def _finding(effect: ChangeEffect, wording: Wording, final: bool) -> str:
    if effect.estimate is None:
        return _why_none(effect, final)
    if effect.verdict in {BETTER, WORSE}:
        (estimate, *ends), digits = shown(effect, wording)
        words = wording.more if estimate > 0 else wording.less
        near, far = sorted(abs(end) for end in ends)
        return (
            f"{words.format(f'{abs(estimate):.{digits}f}')} than expected without the change "
            f"({near:.{digits}f} to {far:.{digits}f})."
        )
    if effect.verdict == NO_MEANINGFUL_CHANGE and effect.min_effect is not None:
        return (
            f"{interval(effect, wording)}{wording.interval_unit} lies within "
            f"±{smallest(effect.min_effect, wording)}, the smallest that matters."
        )
    return (
        f"the interval ({interval(effect, wording)}{wording.interval_unit}) holds "
        f"{_holds(effect, wording)}."
    )


def _why_none(effect: ChangeEffect, final: bool) -> str:
    if effect.reason == "no_variation":
        return f"every {PERIODS[effect.freq][0]} shows the same figure, so chance cannot be judged."
    if effect.n_before < MIN_POINTS:
        where = f"{periods(effect, effect.n_before)} with a figure before the change"
    else:
        where = f"{periods(effect, effect.n_after)} with a figure since the change"
        where += ", before the next one" if final else ""
    return f"{where}; at least {MIN_POINTS} are needed."


def _holds(effect: ChangeEffect, wording: Wording) -> str:
    """Return what an interval that settles nothing holds: ``both a loss and a gain …``."""
    if effect.min_effect is None or effect.low is None or effect.high is None:
        return f"both {wording.loss} and {wording.gain}"
    up, down = effect.high >= effect.min_effect, effect.low <= -effect.min_effect
    gain, loss = (up, down) if effect.better == "high" else (down, up)
    if gain and loss:
        return f"both {wording.loss} and {wording.gain} that would matter"
    return f"both no change and {wording.gain if gain else wording.loss} that would matter"


def units_without(number: int) -> str:
    """Return what the dots below an effect are: ``4 unchanged units``."""
    return ngettext("{n} unchanged unit", "{n} unchanged units", number).format(n=number)


def confidence(level: float) -> str:
    """Return ``95%``, ``98.3%``."""
    return plain_percent(round(level, 3))


def say(effect: ChangeEffect) -> Prose:
    """Return the verdict on one change in one series, with its caveats."""
    wording = wording_of(effect)
    return Prose(
        [verdict_sentence(effect, wording, final=is_final(effect))],
        caveats(effect_notes(effect, wording)),
    )


def caption(effect: ChangeEffect) -> Caption:
    """Return the words of the figure of one change in one series."""
    prose = say(effect)
    return Caption(
        title=f"{verdict(effect, final=is_final(effect))}: {brief(effect, wording_of(effect))}",
        subtitle=f"What happened per {PERIODS[effect.freq][0]}, and what would have been expected "
        f"without the change, with {confidence(effect.level)} interval",
        sentence=" ".join(prose.sentences),
        caveats=prose.caveats,
        how_to_read=HOW_TO_READ_SERIES,
    )


def effect_notes(effect: ChangeEffect, wording: Wording) -> list[Note]:
    """Return what must be said beside an effect, with the values that its sentences need."""
    one, many = PERIODS[effect.freq]
    common = {"period": one, "periods": many, "Periods": many.capitalize(), "gap": wording.gap}
    notes = [
        note(f"change_{given.code}", **common, **_readable(given, one, many))
        for given in effect.notes
        if given.code not in SAID_IN_VERDICT
    ]
    cautions = effect.checks[effect.checks["state"] == CAUTION]
    notes += [
        note(f"change_{check}", **common, **_of_units(effect, value))
        for check, value in zip(cautions["check"], cautions["value"], strict=True)
        if check in SAID_OF_CHECK
    ]
    if effect.smallest_detectable is None:
        return notes
    if effect.verdict == CANNOT_TELL:
        number = f"{wording.scale * effect.smallest_detectable:.{wording.digits}f}"
        notes.append(note("change_power", **common, size=f"{number} {wording.units}".rstrip()))
    if effect.comparison == "own_series":
        line = "one straight line" if effect.trend else "one level"
        season = " and a yearly season" if effect.season else ""
        notes.append(note("change_assumption", **common, line=f"{line}{season}"))
    return notes


def _of_units(effect: ChangeEffect, rank: float) -> dict[str, object]:
    """Return how many comparable units rank as high as the changed one, and how many there are."""
    if not effect.controls or pd.isna(rank):
        return {}
    return {"few": int(rank) - 1, "of": len(effect.controls)}


def _readable(given: Note, one: str, many: str) -> dict[str, object]:
    """Return the values of a note as readers see them."""
    values = dict(given.values)
    if "start" in values:
        values["start"] = date(pd.Timestamp(str(values["start"])))
    if "implemented_at" in values:
        day = date(pd.Timestamp(str(values["implemented_at"])))
        values["change"] = f"{values['description']} ({day})"
    if "n" in values:
        values["counted"] = counted(int(str(values["n"])), one, many)
    return values
