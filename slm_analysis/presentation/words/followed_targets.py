"""What to say about the service levels that satisfaction goes with."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from slm_analysis.analyses.rate_following import STEP
from slm_analysis.analyses.score_contrasts import MIN_SIDE
from slm_analysis.analyses.score_verdicts import CANNOT_TELL, HIGHER, LOWER, NOT_COMPARED, SAME
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, ngettext
from slm_analysis.presentation.numbers import capitalised, digits_to_tell, in_words, listed
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.presentation.words.score_gaps import gap
from slm_analysis.questions.followed_targets import FollowedTargets

TARGETS = {
    "resolution_time": N_("time to resolve"),
    "response_time": N_("first response"),
    "error_rate": N_("errors"),
    "availability": N_("availability"),
    "recovery_time": N_("recovery"),
}
MOST_TOLD = 3


def target(row: pd.Series) -> str:
    """Return which promise about a service a row is about: ``time to resolve``."""
    return _(TARGETS[row["metric"]]) if row["metric"] in TARGETS else str(row["target"])


def promise(row: pd.Series) -> str:
    """Return ``Invoice posting (time to resolve)``."""
    return _("{service} ({target})").format(service=row["service"], target=target(row))


def with_verdict(result: FollowedTargets, *verdicts: str) -> pd.DataFrame:
    """Return the rows with such a verdict."""
    return result.table[result.table["verdict"].isin(verdicts)]


def moving(result: FollowedTargets) -> pd.DataFrame:
    """Return the rows whose monthly score moves with the share of promises kept."""
    return result.table[result.table["moves"].astype(bool)]


def _named(rows: pd.DataFrame) -> str:
    return listed([promise(row) for _at, row in rows.iterrows()], MOST_TOLD)


def answer(result: FollowedTargets) -> str:
    """Return which service levels satisfaction goes with, in one line."""
    lower, higher = with_verdict(result, LOWER), with_verdict(result, HIGHER)
    if len(lower):
        return _("Scores are lower where a promise was broken: {promises}").format(
            promises=_named(lower)
        )
    if len(higher):
        return _("Scores are higher where a promise was broken: {promises}").format(
            promises=_named(higher)
        )
    if with_verdict(result, SAME, CANNOT_TELL).empty:
        return _("Too few broken promises to tell which satisfaction goes with")
    if with_verdict(result, CANNOT_TELL).empty:
        return _("Satisfaction does not go with the promises that could be compared")
    return _("Whether satisfaction goes with the promises cannot be told")


def say(result: FollowedTargets) -> Prose:
    """Return which promises scores go with and which not, then what that leaves open."""
    return Prose(sentences(result), caveats(result))


def sentences(result: FollowedTargets) -> list[str]:
    """Return a sentence for each finding, then what scores do not follow."""
    told = [*_contrasts(result), *_months(result), *_unsure(result)]
    return told or [_("No promise to this unit is kept or broken by single tickets.")]


def _contrasts(result: FollowedTargets) -> Iterator[str]:
    level = confidence(result.interval_level)
    for _at, row in with_verdict(result, LOWER, HIGHER)[:MOST_TOLD].iterrows():
        yield _(
            "{promise}: {gap} in {broken:,} answers about broken promises ({level} interval)."
        ).format(
            promise=promise(row), broken=row["broken"], gap=gap(row, result.min_effect), level=level
        )
    same = with_verdict(result, SAME)
    if len(same):
        yield _(
            "Not with {promises}: whether it was kept or broken, scores differ by less than "
            "{least:g}."
        ).format(promises=_named(same), least=result.min_effect)


def _unsure(result: FollowedTargets) -> Iterator[str]:
    """Yield what could not be told, where that is all there is to say."""
    unsure = with_verdict(result, CANNOT_TELL)
    if len(with_verdict(result, LOWER, HIGHER, SAME)) or len(moving(result)):
        return
    if len(unsure):
        yield _("{promises}: the interval holds no difference and one that matters.").format(
            promises=_named(unsure)
        )
    elif len(result.table):
        yield not_compared()


def not_compared() -> str:
    """Return why nothing is compared."""
    return _("Each promise has answers of fewer than {least} people on one side.").format(
        least=MIN_SIDE
    )


def _months(result: FollowedTargets) -> Iterator[str]:
    for _at, row in moving(result)[:MOST_TOLD].iterrows():
        digits = digits_to_tell([row["slope_low"], row["slope_high"]], [0.0])
        slope, low, high = (
            numbers.signed(row[name], digits) for name in ("slope", "slope_low", "slope_high")
        )
        yield _(
            "{promise}: in months with {points:.0f} points more kept the score was {slope} points "
            "({low} to {high}; {level} interval)."
        ).format(
            promise=promise(row), points=100 * STEP, slope=slope, low=low, high=high,
            level=confidence(result.slope_level),
        )  # fmt: skip


def caveats(result: FollowedTargets) -> list[str]:
    """Return what such a difference need not mean, and what could not be looked at."""
    said = []
    if len(with_verdict(result, LOWER, HIGHER)) or len(moving(result)):
        said.append(_("Hard tickets are late and please less: lateness alone need not do it."))
    apart = [_(TARGETS.get(metric, metric)) for note in result.notes
             for metric in note.values["metrics"]]  # type: ignore[attr-defined]  # fmt: skip
    if apart:
        said.append(
            _("Left out, as it belongs to no single ticket: {targets}.").format(
                targets=listed(apart)
            )
        )
    return said


def verdict(row: pd.Series) -> str:
    """Return the verdict on a promise in words."""
    return {
        LOWER: _("Goes with lower scores"),
        HIGHER: _("Goes with higher scores"),
        SAME: _("No difference that matters"),
        CANNOT_TELL: _("Cannot tell"),
        NOT_COMPARED: _("Too few to compare"),
    }[row["verdict"]]


def counts(row: pd.Series) -> str:
    """Return ``116 broken, 2,457 kept``."""
    return _("{broken:,} broken, {kept:,} kept").format(broken=row["broken"], kept=row["kept"])


def others(result: FollowedTargets) -> str:
    """Return ``Five other promises``."""
    rest = len(with_verdict(result, NOT_COMPARED))
    number = capitalised(in_words(rest))
    if rest == len(result.table):
        return ngettext("{number} promise", "{number} promises", rest).format(number=number)
    return ngettext("{number} other promise", "{number} other promises", rest).format(number=number)


def too_few() -> str:
    """Return why promises are not compared."""
    return _("fewer than {least} people on one side").format(least=MIN_SIDE)


def caption(result: FollowedTargets) -> Caption:
    """Return the words of the figure."""
    when = numbers.months(result.window_start, result.window_end)
    return Caption(
        title=answer(result),
        subtitle=_(
            "Mean rating where the promise was broken, less where it was kept; {level} interval, "
            "{when}"
        ).format(level=confidence(result.interval_level), when=when),
        sentence="\n".join(sentences(result)),
        caveats=caveats(result),
        how_to_read=_(
            "Each mark is the difference between answers about tickets that broke a promise and "
            "those that kept it, the line its interval, made wide enough for all promises looked "
            "at. ▼ broken promises go with lower scores, by more than chance. A square lies within "
            "the shaded stretch with its whole interval: no difference that matters. A hollow "
            "circle cannot be told."
        ),
    )
