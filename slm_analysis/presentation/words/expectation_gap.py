"""What to say about what users of a unit expect, against those of comparable units."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from slm_analysis.analyses.expectations import FEW_PEOPLE
from slm_analysis.analyses.score_by_time import ScoreByTime
from slm_analysis.analyses.score_verdicts import CANNOT_TELL, HIGHER, LOWER, NOT_COMPARED, SAME
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _, ngettext
from slm_analysis.presentation.numbers import digits_to_tell, listed, plain_hours
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.presentation.words.score_gaps import gap
from slm_analysis.questions.expectation_gap import ExpectationGap

MOST_TOLD = 3
LEAST_BANDS = 2
"""Scores of fewer bands of time say nothing about time."""


def with_verdict(result: ExpectationGap, *verdicts: str) -> pd.DataFrame:
    """Return the services with such a verdict."""
    return result.gaps[result.gaps["verdict"].isin(verdicts)]


def _named(gaps: pd.DataFrame) -> str:
    return listed([str(name) for name in gaps["service"]], MOST_TOLD)


def answer(result: ExpectationGap) -> str:
    """Return whether users score otherwise at the same time to resolve, in one line."""
    lower, higher = with_verdict(result, LOWER), with_verdict(result, HIGHER)
    if len(lower) and len(higher):
        return _(
            "At the same time to resolve, users rate {lower} lower than elsewhere, {higher} higher"
        ).format(lower=_named(lower), higher=_named(higher))
    if len(lower):
        return _("At the same time to resolve, users rate {services} lower than elsewhere").format(
            services=_named(lower)
        )
    if len(higher):
        return _("At the same time to resolve, users rate {services} higher than elsewhere").format(
            services=_named(higher)
        )
    if with_verdict(result, SAME, CANNOT_TELL).empty:
        return _("Too few answers to compare with other units")
    if with_verdict(result, CANNOT_TELL).empty:
        return _("Users here expect no more than elsewhere, as far as it matters")
    return _("Whether users here expect more than elsewhere cannot be told")


def units(row: pd.Series) -> str:
    """Return ``4 comparable units``."""
    n = int(row["units"])
    return ngettext("{n} comparable unit", "{n} comparable units", n).format(n=n)


def sentences(result: ExpectationGap) -> list[str]:
    """Return each gap with its interval, then what was found without one."""
    found = with_verdict(result, LOWER, HIGHER)
    return [_told(row, result) for _at, row in found.iterrows()] + _without(result)


def _told(row: pd.Series, result: ExpectationGap) -> str:
    return _(
        "{service}: at the same time to resolve users score {gap} than those of {units} ({level} "
        "interval)."
    ).format(
        service=row["service"],
        gap=gap(row, result.min_effect),
        units=units(row),
        level=confidence(result.interval_level),
    )


def _without(result: ExpectationGap) -> list[str]:
    """Return what is said of services without a gap."""
    same, unsure = with_verdict(result, SAME), with_verdict(result, CANNOT_TELL)
    told = []
    if len(same):
        told.append(
            _("{services}: a gap, if any, is smaller than {least:g} points.").format(
                services=_named(same), least=result.min_effect
            )
        )
    if len(unsure):
        told.append(
            _("{services}: cannot be told; the interval holds no gap and one that matters.").format(
                services=_named(unsure)
            )
        )
    if not told and len(with_verdict(result, NOT_COMPARED)) == len(result.gaps):
        told.append(
            _(
                "Ten people of this unit and of three others must have answered about tickets that "
                "took as long."
            )
        )
    return told


def in_short(result: ExpectationGap) -> list[str]:
    """Return the surest gap and what it asks for; the figure shows the others."""
    found = with_verdict(result, LOWER, HIGHER)
    if found.empty:
        return _without(result)
    surest = (found["difference"] / (found["high"] - found["low"])).abs().to_numpy().argmax()
    told = [_told(found.iloc[int(surest)], result)]
    if (found["verdict"] == LOWER).any():
        told.append(_("A target that suits the others may not suit them."))
    return told


def caveats(result: ExpectationGap) -> list[str]:
    """Return what a gap need not mean."""
    if with_verdict(result, NOT_COMPARED).shape == result.gaps.shape:
        return []
    return [
        _(
            "A gap can come from what users expect, from who answers, or from what is not on "
            "record; it is taken to be the same at all times."
        )
    ]


def say(result: ExpectationGap) -> Prose:
    """Return the gaps, then up to which time users give the goal."""
    limits = [
        _("{sentence}.").format(sentence=limit(service, found, of_scale(result)))
        for service, found in result.by_time.items()
        if found.within or found.beyond
    ]
    return Prose([*sentences(result), *limits], caveats(result))


def of_scale(result: ExpectationGap) -> str:
    """Return the end of the scale: ``5``."""
    return f"{result.scale[1]:g}"


def verdict(row: pd.Series) -> str:
    """Return the verdict on a service in words."""
    return {
        LOWER: _("Lower than elsewhere"),
        HIGHER: _("Higher than elsewhere"),
        SAME: _("No gap that matters"),
        CANNOT_TELL: _("Cannot tell"),
        NOT_COMPARED: _("Not compared"),
    }[row["verdict"]]


def reason(row: pd.Series) -> str:
    """Return why a service is not compared."""
    if row["reason"] == FEW_PEOPLE:
        return _("too few people answered here")
    return _("too few comparable units")


def counts(row: pd.Series) -> str:
    """Return ``302 answers, 4 comparable units``."""
    return _("{answers:,} answers; {units}").format(answers=int(row["answers"]), units=units(row))


def plain_gap(row: pd.Series) -> str:
    """Return the difference without regard to time and mix: ``−0.2``."""
    return numbers.signed(row["plain_difference"])


def caption(result: ExpectationGap) -> Caption:
    """Return the words of the figure of gaps."""
    return Caption(
        title=answer(result),
        subtitle=_(
            "Mean rating at the same time to resolve and mix of tickets, less that of comparable "
            "units; {level} interval, {when}"
        ).format(level=confidence(result.interval_level), when=window(result))
        if result.family
        else "",
        sentence="\n".join(in_short(result)),
        caveats=caveats(result),
        how_to_read=_(
            "Each mark is the difference to the mean of comparable units, tickets that took as "
            "long and are of the same priority, type and channel being compared; the line is its "
            "interval, made wide enough for all units and services looked at. ▼ lower and ▲ higher "
            "by more than chance. A hollow circle cannot be told."
        ),
    )


def window(result: ExpectationGap) -> str:
    """Return the months of the answers."""
    if pd.isna(result.window_start):
        return numbers.months(result.period_start, result.period_end)
    return numbers.months(result.window_start, result.window_end)


# --- Scores by time to resolve -------------------------------------------------------------------


def told_by_time(result: ExpectationGap) -> str:
    """Return the service whose scores by time tell most; empty where none does."""
    services = [
        str(service)
        for service in result.gaps["service"]
        if service in result.by_time and len(result.by_time[service].table) >= LEAST_BANDS
    ]
    limits = [s for s in services if result.by_time[s].within or result.by_time[s].beyond]
    return next(iter(limits or services), "")


def limit(service: str, found: ScoreByTime, most: str) -> str:
    """Return up to which time users give the goal, in one line."""
    within, beyond = found.within, found.beyond
    if np.isnan(found.goal):
        text = _("{service}: no goal is agreed to see the scores against")
    elif within and within.hours == found.table["until_hours"].max():
        text = _(
            "{service}: users give {goal} of {most} or more, and no time shows beyond which they "
            "give less"
        )
    elif within and beyond and within.hours == beyond.hours:
        text = _("{service}: users give {goal} of {most} or more up to {kept}, and less beyond")
    elif within and beyond:
        text = _(
            "{service}: users give {goal} of {most} or more up to {kept}, and less beyond {missed}"
        )
    elif within:
        text = _(
            "{service}: users give {goal} of {most} or more up to {kept}; beyond, it cannot be told"
        )
    elif beyond and not beyond.hours:
        text = _("{service}: users give less than {goal} of {most}, all times together")
    elif beyond:
        text = _(
            "{service}: users give less than {goal} of {most} on average beyond {missed}; before, "
            "it cannot be told"
        )
    else:
        text = _("{service}: up to which time users give {goal} of {most} cannot be told")
    return text.format(
        service=service,
        goal=f"{found.goal:g}",
        most=most,
        kept=plain_hours(within.hours) if within else "",
        missed=plain_hours(beyond.hours) if beyond else "",
    )


def limits(found: ScoreByTime) -> Iterator[str]:
    """Yield the mean scores on either side of the limits, with their intervals."""
    for side, text in (
        (found.within, _("Up to {hours}: {score} on average ({low} to {high}).")),
        (found.beyond, _("Beyond {hours}: {score} on average ({low} to {high}).")),
    ):
        if side:
            digits = digits_to_tell([side.low, side.high], [found.goal])
            score, low, high = (numbers.score(v, digits) for v in (side.score, side.low, side.high))
            yield text.format(hours=plain_hours(side.hours), score=score, low=low, high=high)


def band(row: pd.Series) -> str:
    """Return ``2 to 4 h``, ``up to 2 h``, ``over 640 h``."""
    if row["from_hours"] == 0:
        return _("up to {end}").format(end=plain_hours(row["until_hours"]))
    if np.isinf(row["until_hours"]):
        return _("over {start}").format(start=plain_hours(row["from_hours"]))
    return _("{start} to {end}").format(
        start=numbers.plain_number(row["from_hours"]), end=plain_hours(row["until_hours"])
    )


def rating(row: pd.Series) -> str:
    """Return ``4.3 (4.1 to 4.5)``."""
    value, low, high = (numbers.score(row[name]) for name in ("score", "low", "high"))
    return _("{size} ({low} to {high})").format(size=value, low=low, high=high)


def band_counts(row: pd.Series) -> str:
    """Return ``98 answers; elsewhere 4.3``."""
    n = int(row["answers"])
    answers = ngettext("{n:,} answer", "{n:,} answers", n).format(n=n)
    if pd.isna(row["others"]):
        return answers
    return _("{answers}; elsewhere {score}").format(
        answers=answers, score=numbers.score(row["others"])
    )


def by_time_caption(result: ExpectationGap, service: str, axis_start: str) -> Caption:
    """Return the words of the figure of scores by time."""
    found = result.by_time[service]
    cut = _("; axis starts at {start}").format(start=axis_start) if axis_start else ""
    title = limit(service, found, of_scale(result))
    return Caption(
        title=title,
        subtitle=_(
            "Mean rating by business hours to resolve, 95% interval; upright strokes: comparable "
            "units in such times; {when}{cut}"
        ).format(when=window(result), cut=cut),
        sentence="\n".join(_by_time_sentences(result, service)),
        caveats=[_("Scores are means: some users give less at any time.")],
        how_to_read=_(
            "Each dot is the mean rating of tickets that took so long, the line its 95% interval, "
            "the dashed line the goal. A coloured diamond lies below the goal by more than chance. "
            "Up to which time the goal is kept rests on all tickets up to there, with intervals "
            "that hold for all times together."
        ),
    )


def no_times_caption(result: ExpectationGap) -> Caption:
    """Return the words where there are no scores by time."""
    return Caption(
        title=_("Too few answers to tell scores by time to resolve"),
        subtitle=_("Mean rating by business hours to resolve; {when}").format(when=window(result)),
        sentence=_("Too few people answered, or nothing tells how long their tickets took."),
    )


def _by_time_sentences(result: ExpectationGap, service: str) -> Iterator[str]:
    """Yield the figures behind the limits, then the other services that have any."""
    yield from limits(result.by_time[service])
    others = {name: found for name, found in result.by_time.items() if name != service}
    known = [name for name, found in others.items() if found.within or found.beyond]
    for name in known[:MOST_TOLD]:
        yield _("{sentence}.").format(sentence=limit(name, others[name], of_scale(result)))
    unsure = [
        name
        for name, found in others.items()
        if name not in known and not np.isnan(found.goal) and len(found.table)
    ]
    if unsure:
        yield _("Cannot be told: {services}.").format(services=listed(unsure, MOST_TOLD))
