"""How each measure and its effects are told: names, units, digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from slm_analysis.presentation.language import N_, _, ngettext
from slm_analysis.presentation.numbers import (
    NO_VALUE,
    digits_to_tell,
    hours,
    percent,
    plain_hours,
    plain_number,
    plain_percent,
    score,
    signed,
    span,
)


def two_digits(value: float) -> str:
    """Return a value of a series that has no unit."""
    return score(value, 2)


@dataclass(frozen=True)
class Wording:
    """How one measure and its effects are told.

    Attributes
    ----------
    name : str
    units : str
        Of an effect, at an axis.
    axis : str
        What the scale counts, where its numbers do not carry a unit.
    one, many : str
        An amount with its unit, singular and plural.
    more, less : str
        An effect upwards and downwards.
    gain, loss : str
        A change for the better and for the worse.
    short : str
        An amount with its unit where room is short.
    between : str
        An interval that has no words of its own.
    gap : str
        Why a period can have no figure.
    digits : int
        Fewest digits of an effect.
    scale : float
        Effects are told as this many times their value.
    figure, tick : callable
        Write a value of the series, and a number on its scale.
    """

    name: str
    units: str = ""
    axis: str = ""
    one: str = "{size}"
    many: str = "{size}"
    more: str = N_("{size} more")
    less: str = N_("{size} less")
    gain: str = N_("a gain")
    loss: str = N_("a loss")
    short: str = "{size}"
    between: str = "{interval}"
    gap: str = N_("nothing to count")
    digits: int = 1
    scale: float = 1.0
    figure: Callable[[float], str] = two_digits
    tick: Callable[[float], str] = plain_number

    def amount(self, number: str, *, single: bool = False) -> str:
        """Return a number with its unit: ``1 point``, ``2.8 points``."""
        return ngettext(self.one, self.many, 1 if single else 2).format(size=number)


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


POINTS = 100.0
SHARE = Wording(
    N_("share"),
    units=N_("points"),
    one=N_("{size} point"),
    many=N_("{size} points"),
    more=N_("{size} points more"),
    less=N_("{size} points less"),
    short=N_("{size} points"),
    scale=POINTS,
    figure=percent,
    tick=plain_percent,
)
MEASURES: Mapping[str, Wording] = {
    "resolution_time": replace(
        SHARE,
        name=N_("share in time"),
        more=N_("{size} points more on time"),
        less=N_("{size} points fewer on time"),
        gap=N_("no tickets"),
    ),
    "resolution_hours": Wording(
        N_("time to resolve"),
        units=N_("business hours"),
        one=N_("{size} business hour"),
        many=N_("{size} business hours"),
        more=N_("{size} business hours more to resolve"),
        less=N_("{size} business hours less to resolve"),
        short=N_("{size} h"),
        between=N_("{interval} business hours"),
        gap=N_("no tickets"),
        figure=hours,
        tick=plain_hours,
    ),
    "satisfaction": Wording(
        N_("satisfaction"),
        units=N_("points of score"),
        axis=N_("score"),
        one=N_("{size} point of score"),
        many=N_("{size} points of score"),
        more=N_("mean score {size} higher"),
        less=N_("mean score {size} lower"),
        gap=N_("too few answers, counted with others or left out"),
        digits=2,
    ),
}
SCALES: Mapping[str, Wording] = {
    "rate": SHARE,
    "mean": Wording(N_("mean"), digits=2),
    "number": Wording(N_("value"), digits=2),
}


def of_measure(metric: str) -> Wording:
    """Return how a measure and its effects are told, in the language in use."""
    return _translated(MEASURES[metric])


def of_scale(scale: str) -> Wording:
    """Return how an effect is told that no measure names: as its kind of figure."""
    return _translated(SCALES[scale])


def _translated(wording: Wording) -> Wording:
    told: dict[str, Any] = {
        name: _(text) for name, text in vars(wording).items() if isinstance(text, str) and text
    }
    # Both forms of an amount are put into the language together, by the number.
    return replace(wording, **told | {"one": wording.one, "many": wording.many})


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
    return wording.short.format(size=signed(values[0], digits)) if values else NO_VALUE


def interval(effect: Estimated, wording: Wording) -> str:
    """Return the interval with signs: ``−0.6 to +0.8``."""
    values, digits = shown(effect, wording)
    return span(*(signed(end, digits) for end in values[1:])) if values else NO_VALUE


def smallest(min_effect: float, wording: Wording) -> str:
    """Return the smallest effect that matters: ``1 point``."""
    number = round(wording.scale * min_effect, 6)
    return wording.amount(f"{number:g}", single=number == 1)
