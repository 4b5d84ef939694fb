"""What to say about the effect of one change on one series."""

from __future__ import annotations

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
from slm_analysis.presentation.language import N_, _, joined, ngettext
from slm_analysis.presentation.numbers import (
    NO_VALUE,
    capitalised,
    date,
    plain_percent,
    span,
    with_interval,
)
from slm_analysis.presentation.periods import all_periods, one_period, so_many_periods
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.effect_measures import (
    Wording,
    interval,
    of_scale,
    shown,
    size,
    smallest,
)
from slm_analysis.result import Note, note

VERDICTS = {
    BETTER: N_("Better"),
    WORSE: N_("Worse"),
    NO_MEANINGFUL_CHANGE: N_("No meaningful change"),
    CANNOT_TELL: N_("Cannot tell yet"),
}
NEVER = N_("Cannot tell")
"""Where no further period will count."""
SAID_IN_VERDICT = {"too_few_points", "no_variation"}
SAID_OF_CHECK = {
    "placebo_date", "autocorrelation", "pre_trend", "drift", "placebo_units", "mix", "response",
    "ordered",
}  # fmt: skip


HOW_TO_READ_SERIES = N_(
    "Dots are what was seen, the thin line what was expected before the change. From then on, the "
    "dashed line is what would have been expected without it, with its interval. A hollow dot is "
    "left out: a period not complete, or one in which the change still took hold. The effect has "
    "a scale of its own; shaded is too small to matter. Hollow dots below it are the effects that "
    "comparable units show on the same date, at which nothing was changed there."
)


def periods(effect: ChangeEffect, number: int) -> str:
    """Return ``34 weeks``."""
    return so_many_periods(number, effect.freq)


def is_final(effect: ChangeEffect) -> bool:
    """Return whether too few periods lie before the change, which no waiting mends."""
    return effect.n_before < MIN_POINTS


def verdict(effect: ChangeEffect, *, final: bool) -> str:
    """Return the verdict in words; `final` where no further period will count."""
    return _(NEVER if final and effect.verdict == CANNOT_TELL else VERDICTS[effect.verdict])


def detectable(effect: ChangeEffect, wording: Wording) -> str:
    """Return the smallest effect that four of five such series show: ``3.7 points``."""
    if effect.smallest_detectable is None:
        return NO_VALUE
    return wording.short.format(size=_detectable(effect, wording))


def _detectable(effect: ChangeEffect, wording: Wording) -> str:
    return f"{wording.scale * (effect.smallest_detectable or 0.0):.{wording.digits}f}"


def brief(effect: ChangeEffect, wording: Wording) -> str:
    """Return the effect with its interval, or what there was to judge it by."""
    if effect.reason == "no_variation":
        return _("no variation")
    if effect.estimate is None:
        return _("{before} before, {after} after").format(
            before=periods(effect, effect.n_before), after=effect.n_after
        )
    return with_interval(size(effect, wording), interval(effect, wording))


def on_its_scale(effect: ChangeEffect, ends: tuple[float, float]) -> pd.DataFrame:
    """Return the series with what was expected, never beyond the ends of what can be."""
    lines = ["expected", "expected_low", "expected_high"]
    return effect.table.assign(**{name: effect.table[name].clip(*ends) for name in lines})


def verdict_sentence(effect: ChangeEffect, wording: Wording, *, final: bool) -> str:
    """Return verdict, number and interval as one sentence."""
    return _("{verdict}: {finding}").format(
        verdict=verdict(effect, final=final), finding=_finding(effect, wording, final)
    )


def _finding(effect: ChangeEffect, wording: Wording, final: bool) -> str:
    if effect.estimate is None:
        return _why_none(effect, final)
    if effect.verdict in {BETTER, WORSE}:
        (estimate, *ends), digits = shown(effect, wording)
        words = wording.more if estimate > 0 else wording.less
        near, far = sorted(abs(end) for end in ends)
        return _("{more} than expected without the change ({interval}).").format(
            more=words.format(size=f"{abs(estimate):.{digits}f}"),
            interval=span(f"{near:.{digits}f}", f"{far:.{digits}f}"),
        )
    between = wording.between.format(interval=interval(effect, wording))
    if effect.verdict == NO_MEANINGFUL_CHANGE and effect.min_effect is not None:
        return _("{interval} lies within ±{smallest}, the smallest that matters.").format(
            interval=between, smallest=smallest(effect.min_effect, wording)
        )
    return _holds(effect).format(interval=between, loss=wording.loss, gain=wording.gain)


def _why_none(effect: ChangeEffect, final: bool) -> str:
    if effect.reason == "no_variation":
        return _("every {period} shows the same figure, so chance cannot be judged.").format(
            period=one_period(effect.freq)
        )
    if effect.n_before < MIN_POINTS:
        said = _("{count} with a figure before the change; at least {needed} are needed.")
        return said.format(count=periods(effect, effect.n_before), needed=MIN_POINTS)
    said = (
        _("{count} with a figure since the change, before the next one; at least {needed} are "
          "needed.")
        if final
        else _("{count} with a figure since the change; at least {needed} are needed.")
    )  # fmt: skip
    return said.format(count=periods(effect, effect.n_after), needed=MIN_POINTS)


def _holds(effect: ChangeEffect) -> str:
    """Return what an interval that settles nothing holds: ``both a loss and a gain …``."""
    if effect.min_effect is None or effect.low is None or effect.high is None:
        return _("the interval ({interval}) holds both {loss} and {gain}.")
    up, down = effect.high >= effect.min_effect, effect.low <= -effect.min_effect
    gain, loss = (up, down) if effect.better == "high" else (down, up)
    if gain and loss:
        return _("the interval ({interval}) holds both {loss} and {gain} that would matter.")
    if gain:
        return _("the interval ({interval}) holds both no change and {gain} that would matter.")
    return _("the interval ({interval}) holds both no change and {loss} that would matter.")


def units_without(number: int) -> str:
    """Return what the dots below an effect are: ``4 unchanged units``."""
    return ngettext("{n} unchanged unit", "{n} unchanged units", number).format(n=number)


def confidence(level: float) -> str:
    """Return ``95%``, ``98.3%``."""
    return plain_percent(round(level, 3))


def say(effect: ChangeEffect) -> Prose:
    """Return the verdict on one change in one series, with its caveats."""
    wording = of_scale(effect.scale)
    return Prose(
        [verdict_sentence(effect, wording, final=is_final(effect))],
        caveats(effect_notes(effect, wording)),
    )


def caption(effect: ChangeEffect) -> Caption:
    """Return the words of the figure of one change in one series."""
    prose, wording = say(effect), of_scale(effect.scale)
    return Caption(
        title=_("{name}: {text}").format(
            name=verdict(effect, final=is_final(effect)), text=brief(effect, wording)
        ),
        subtitle=_(
            "What happened per {period}, and what would have been expected without the change, "
            "with {level} interval"
        ).format(period=one_period(effect.freq), level=confidence(effect.level)),
        sentence=joined(prose.sentences),
        caveats=prose.caveats,
        how_to_read=_(HOW_TO_READ_SERIES),
    )


def effect_notes(effect: ChangeEffect, wording: Wording) -> list[Note]:
    """Return what must be said beside an effect, with the values that its sentences need."""
    many = all_periods(effect.freq)
    common = {
        "period": one_period(effect.freq),
        "periods": many,
        "Periods": capitalised(many),
        "gap": wording.gap,
    }
    notes = [
        note(f"change_{given.code}", **common, **_readable(given, effect))
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
        size = wording.amount(_detectable(effect, wording))
        notes.append(note("change_power", **common, size=size))
    if effect.comparison == "own_series":
        notes.append(note("change_assumption", **common, line=_line(effect)))
    return notes


def _line(effect: ChangeEffect) -> str:
    """Return what a series is expected to follow."""
    if effect.season:
        return (
            _("one straight line and a yearly season")
            if effect.trend
            else _("one level and a yearly season")
        )
    return _("one straight line") if effect.trend else _("one level")


def _of_units(effect: ChangeEffect, rank: float) -> dict[str, object]:
    """Return how many comparable units rank as high as the changed one, and how many there are."""
    if not effect.controls or pd.isna(rank):
        return {}
    return {"few": int(rank) - 1, "of": len(effect.controls)}


def _readable(given: Note, effect: ChangeEffect) -> dict[str, object]:
    """Return the values of a note as readers see them."""
    values = dict(given.values)
    if "start" in values:
        values["start"] = date(pd.Timestamp(str(values["start"])))
    if "implemented_at" in values:
        day = date(pd.Timestamp(str(values["implemented_at"])))
        values["change"] = with_interval(str(values["description"]), day)
    if "n" in values:
        values["counted"] = periods(effect, int(str(values["n"])))
    return values
