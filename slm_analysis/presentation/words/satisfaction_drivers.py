"""What to say about what goes with satisfaction."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, joined
from slm_analysis.presentation.numbers import capitalised, counted, digits_to_tell, listed, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.driver_names import driver, level_name
from slm_analysis.questions.satisfaction_drivers import (
    HANDED_OVER,
    LATE,
    MIN_RESPONDENTS,
    PAUSED,
    REOPENED,
    TIME,
    SatisfactionDrivers,
)
from slm_analysis.result import note

NAMES = {
    LATE: N_("late tickets"),
    TIME: N_("time to resolve"),
    REOPENED: N_("reopened tickets"),
    HANDED_OVER: N_("tickets handed over"),
    PAUSED: N_("tickets that waited on the requester"),
}
LOWER, HIGHER, DIFFERS, NO_FINDING = "lower", "higher", "differs", ""
VERDICTS = {
    LOWER: N_("Lower"),
    HIGHER: N_("Higher"),
    DIFFERS: N_("Differs"),
    NO_FINDING: N_("Not more than chance"),
}
NOTHING = N_("Nothing on record goes with the scores by more than chance")
MOST_TOLD = 3


def name(column: str) -> str:
    """Return a driver in words."""
    return _(NAMES[column]) if column in NAMES else driver(column)


def clearest(result: SatisfactionDrivers, column: str) -> pd.Series | None:
    """Return the level of a driver that differs most surely, None where none does for itself."""
    assert result.drivers is not None  # noqa: S101  else there are no levels
    levels = result.drivers.levels
    own = levels[(levels["driver"] == column) & ((levels["low"] > 0) | (levels["high"] < 0))]
    if own.empty:
        return None
    sureness = (own["difference"] / (own["high"] - own["low"])).abs()
    return own.iloc[int(sureness.argmax())]


def points(level: pd.Series) -> str:
    """Return ``0.7 points lower (0.3 to 1.0)``."""
    text = (
        _("{size} points higher ({low} to {high})")
        if level["difference"] > 0
        else _("{size} points lower ({low} to {high})")
    )
    return text.format(**_sizes(level))


def _sizes(level: pd.Series) -> dict[str, str]:
    ends = sorted(abs(level[end]) for end in ("low", "high"))
    digits = digits_to_tell(ends, [0.0])
    sizes = {"size": abs(level["difference"]), "low": ends[0], "high": ends[1]}
    return {name: numbers.score(size, digits) for name, size in sizes.items()}


def compared(level: pd.Series | None) -> str:
    """Return which level is compared with which, empty where the driver says it."""
    if level is None or level["driver"] in NAMES:
        return ""
    return _("{level} against {other}").format(
        level=level_name(level["level"]), other=level_name(level["against"])
    )


def odds(level: pd.Series | None) -> str:
    """Return the odds of a higher score: ``0.25 (0.13 to 0.50)``."""
    if level is None or pd.isna(level["odds_ratio"]):
        return numbers.NO_VALUE
    ends = [float(level[end]) for end in ("odds_ratio", "odds_low", "odds_high")]
    digits = digits_to_tell(ends, [0.0, 1.0], 2)
    value, low, high = (numbers.score(v, digits) for v in ends)
    return numbers.with_interval(value, numbers.span(low, high))


def share(row: pd.Series) -> str:
    """Return the share of the differences between scores: ``2.6% (1.3 to 4.7%)``."""
    return numbers.with_interval(
        percent(row["share"]), numbers.span(percent(row["low"]), percent(row["high"]))
    )


def verdict(result: SatisfactionDrivers, row: pd.Series) -> str:
    """Return what scores a driver goes with: `LOWER`, `HIGHER`, `DIFFERS` or `NO_FINDING`."""
    if not row["finding"]:
        return NO_FINDING
    level = clearest(result, row["driver"])
    if level is None or row["driver"] not in NAMES:
        return DIFFERS
    return HIGHER if level["difference"] > 0 else LOWER


def findings(result: SatisfactionDrivers) -> pd.DataFrame:
    """Return the drivers found, by share."""
    if result.drivers is None:
        return pd.DataFrame()
    shares = result.drivers.shares
    return shares[shares["finding"].astype(bool)]


def answer(result: SatisfactionDrivers) -> str:
    """Return what goes with the scores, in one line."""
    if result.drivers is None:
        if result.respondents < MIN_RESPONDENTS:
            return _("Too few people answered to tell what goes with the scores")
        return _("The answers do not differ enough to tell what goes with the scores")
    found = findings(result)
    if found.empty:
        return _(NOTHING)
    names = listed([_title_name(result, row) for _at, row in found.iterrows()], MOST_TOLD)
    one = len(found) == 1 and found["driver"].iloc[0] not in {LATE, REOPENED, HANDED_OVER, PAUSED}
    if all(verdict(result, row) == LOWER for _at, row in found.iterrows()):
        text = _("{names} goes with lower scores") if one else _("{names} go with lower scores")
    else:
        text = _("{names} goes with the scores") if one else _("{names} go with the scores")
    return text.format(names=capitalised(names))


def _title_name(result: SatisfactionDrivers, row: pd.Series) -> str:
    level = clearest(result, row["driver"])
    if row["driver"] == TIME and level is not None and level["difference"] < 0:
        return _("a longer time to resolve")
    return name(row["driver"])


def told(result: SatisfactionDrivers, row: pd.Series) -> str:
    """Return a finding: how much lower or higher, and its share of the differences."""
    assert result.drivers is not None  # noqa: S101  else there are no findings
    level = clearest(result, row["driver"])
    part = _("{share} of the differences between scores go with it").format(share=share(row))
    if level is None:
        return _("The scores differ by {driver}; {part}.").format(
            driver=name(row["driver"]), part=part
        )
    far = _far(level, result.drivers.interval_level)
    if row["driver"] == TIME:
        return _("Each doubling of the time to resolve goes with a score {far}; {part}.").format(
            far=far, part=part
        )
    said = (
        _("{driver} are scored {far} than others; {part}.").format(
            driver=capitalised(name(row["driver"])), far=far, part=part
        )
        if row["driver"] in NAMES
        else _("By {driver}, {level} is scored {far} than {other}; {part}.").format(
            driver=name(row["driver"]),
            level=level_name(level["level"]),
            other=level_name(level["against"]),
            far=far,
            part=part,
        )
    )
    unsure = level["odds_low"] < 1 < level["odds_high"]
    beside = _("Read as ordered answers and not as points, that is not sure.") if unsure else ""
    return joined([said, beside])


def _far(level: pd.Series, interval_level: float) -> str:
    """Return ``0.7 points lower (0.3 to 1.0; 99% interval)``."""
    text = (
        _("{size} points higher ({low} to {high}; {sure} interval)")
        if level["difference"] > 0
        else _("{size} points lower ({low} to {high}; {sure} interval)")
    )
    return text.format(**_sizes(level), sure=percent(interval_level, 0))


def say(result: SatisfactionDrivers) -> Prose:
    """Return what goes with the scores, all else alike, then what that leaves open."""
    return Prose(list(_sentences(result)), _caveats(result))


def _sentences(result: SatisfactionDrivers) -> Iterator[str]:
    if result.drivers is None:
        yield _("{answer}: {people} gave {answers}.").format(
            answer=answer(result), people=_people(result), answers=_answers(result)
        )
        return
    found = findings(result)
    if found.empty:
        yield _("{text}.").format(text=_(NOTHING))
    for _at, row in found[:MOST_TOLD].iterrows():
        yield told(result, row)
    if len(found) > 1:
        first = found[found["rank"] == 1]
        yield (
            _("Most goes with {driver}.").format(driver=name(first["driver"].iloc[0]))
            if len(first)
            else _("Which of them matters most cannot be told.")
        )
    yield _(
        "Of all differences between scores {share} go with what is on record of the tickets; the "
        "rest goes with nothing on record."
    ).format(share=percent(result.drivers.r2))


def _people(result: SatisfactionDrivers) -> str:
    return counted(result.respondents, "{n} person", "{n} people")


def _answers(result: SatisfactionDrivers) -> str:
    return counted(result.answers, "{n} answer", "{n} answers")


def _caveats(result: SatisfactionDrivers) -> list[str]:
    said = []
    if len(findings(result)):
        said.append(
            _(
                "Things that say nearly the same, such as lateness and time, share what neither "
                "shows alone."
            )
        )
    notes = [
        note(n.code, **{**n.values, "drivers": listed([name(d) for d in n.values["drivers"]])})  # type: ignore[attr-defined]
        if "drivers" in n.values
        else n
        for n in result.notes
    ]
    return [*said, *caveats(notes)]


def window(result: SatisfactionDrivers) -> str:
    """Return the months of the answers."""
    return numbers.months(result.window_start, result.window_end)


def caption(result: SatisfactionDrivers) -> Caption:
    """Return the words of the figure of shares."""
    return Caption(
        title=answer(result),
        subtitle=_(
            "Share of the differences between scores that goes with each, 95% interval, {when}; "
            "{answers} of {people}"
        ).format(when=window(result), answers=_answers(result), people=_people(result)),
        sentence=joined(_sentences(result)),
        caveats=_caveats(result),
        how_to_read=_(
            "Each dot is the part of all differences between scores that goes with one thing, "
            "averaged over all orders in which they can be looked at; the upright stroke is what "
            "chance alone would give. A diamond goes with the scores by more than chance with all "
            "else alike, coloured where it goes with lower ones. A share is never below zero, so "
            "an interval clear of zero is no finding by itself."
        ),
    )
