"""What to say about what changed since the period before."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.attainment_change import AttainmentChange
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _, joined, ngettext
from slm_analysis.presentation.numbers import MINUS, listed, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.driver_names import driver, label
from slm_analysis.questions.what_changed import WhatChanged

MOST_NAMED = 3
WHOLE = 100
"""Points of a share of 1."""


def periods(result: WhatChanged) -> tuple[str, str]:
    """Return both periods in words, the earlier first."""
    return (
        numbers.period(result.before_start, result.before_end),
        numbers.period(result.period_start, result.period_end),
    )


def groups(result: WhatChanged) -> str:
    """Return what the groups are, in the plural: ``services``."""
    if result.by == "service":
        return _("services")
    return _("groups by {driver}").format(driver=driver(result.by))


def name(result: WhatChanged, row: pd.Series) -> str:
    """Return the name of a group as in the data."""
    return label(result.by, str(row[result.by]))


def points(row: pd.Series, part: str = "performance") -> str:
    """Return points with their interval: ``−3.0 (−5.1 to −1.2)``."""
    return " ".join(filter(None, _points(row, part)))


def points_in_words(row: pd.Series, part: str = "performance") -> str:
    """Return points with their interval: ``−3.0 points (−5.1 to −1.2)``."""
    value, interval = _points(row, part)
    text = _("{value} points {interval}") if interval else _("{value} points")
    return text.format(value=value, interval=interval)


def _points(row: pd.Series, part: str) -> tuple[str, str]:
    low, high = row[f"{part}_low"], row[f"{part}_high"]
    if pd.isna(low):
        return numbers.points(row[part]), ""
    digits = numbers.digits_to_tell([WHOLE * low, WHOLE * high], [0.0])
    value, low, high = (numbers.points(number, digits) for number in (row[part], low, high))
    return value, _("({interval})").format(interval=numbers.span(low, high))


def whole(parts: AttainmentChange) -> pd.Series:
    """Return the change of all tickets with its interval."""
    return pd.Series(
        {"change": parts.change, "change_low": parts.change_low, "change_high": parts.change_high}
    )


def is_clear(parts: AttainmentChange) -> bool:
    """Whether the share in time changed by more than chance alone can."""
    return parts.change_low > 0 or parts.change_high < 0


def clear_groups(parts: AttainmentChange) -> pd.DataFrame:
    """Return the groups whose own share changed by more than chance, the greatest part first."""
    found = parts.groups[parts.groups["clear"]]
    return found.reindex(found["performance"].abs().sort_values(ascending=False).index)


def answer(result: WhatChanged) -> str:
    """Return what changed, in one line."""
    before, after = periods(result)
    parts = result.parts
    if parts is None:
        return _("{after} cannot be compared with {before}").format(after=after, before=before)
    named = [name(result, row) for __, row in clear_groups(parts).iterrows()]
    if is_clear(parts):
        text = {
            (True, True): _("The share {in_time} rose {points} points from {before} to {after}, "
                            "mostly {group}"),
            (True, False): _("The share {in_time} rose {points} points from {before} to {after}"),
            (False, True): _("The share {in_time} fell {points} points from {before} to {after}, "
                             "mostly {group}"),
            (False, False): _("The share {in_time} fell {points} points from {before} to {after}"),
        }[parts.change > 0, _mostly(parts)]  # fmt: skip
    elif named:
        text = _("The share {in_time} changed by no more than chance since {before}, but that of "
                 "{groups} did")  # fmt: skip
    else:
        text = _("The share {in_time} changed by no more than chance since {before}")
    return text.format(
        in_time=in_time(result),
        points=numbers.points(abs(parts.change)).lstrip("+"),
        before=before,
        after=after,
        group=next(iter(named), ""),
        groups=listed(named, MOST_NAMED),
    )


def in_time(result: WhatChanged) -> str:
    """Return how tickets that met the target are told."""
    return {"resolution_time": _("in time"), "response_time": _("answered in time")}[result.metric]


def _mostly(parts: AttainmentChange) -> bool:
    """Whether the first of the clear groups makes most of the change."""
    found = clear_groups(parts)
    return len(found) > 0 and found["performance"].iloc[0] / parts.change > 1 / 2


def say(result: WhatChanged) -> Prose:
    """Return the change, its two parts, and the groups that changed by more than chance."""
    parts = result.parts
    if parts is None:
        before, after = periods(result)
        nothing = _("{before} or {after} has no ticket that counts.")
        return Prose([nothing.format(before=before, after=after)])
    told = [_change(result, parts), _split(result, parts), *_own(result, parts)]
    return Prose(told, [*_beside(result, parts), *caveats(parts.notes)])


def _change(result: WhatChanged, parts: AttainmentChange) -> str:
    before, after = periods(result)
    text = (
        _("{share} of {n} tickets were {in_time} in {after}, {share_before} of {n_before} in "
          "{before}: {points}.")
        if is_clear(parts)
        else _("{share} of {n} tickets were {in_time} in {after}, {share_before} of {n_before} in "
               "{before}: {points}, no more than chance alone can make.")
    )  # fmt: skip
    return text.format(
        share=percent(parts.after),
        n=numbers.count(parts.n_after),
        in_time=in_time(result),
        after=after,
        share_before=percent(parts.before),
        n_before=numbers.count(parts.n_before),
        before=before,
        points=points_in_words(whole(parts), "change"),
    )


def _split(result: WhatChanged, parts: AttainmentChange) -> str:
    digits = _digits_that_add(parts)
    return _(
        "How well the {groups} did makes {performance} points of it, the mix of tickets {mix}."
    ).format(
        groups=groups(result),
        performance=numbers.points(parts.performance, digits),
        mix=numbers.points(parts.mix, digits),
    )


def _digits_that_add(parts: AttainmentChange) -> int:
    """Return how many digits both parts need to add up to the change as it is shown."""
    shown = round(WHOLE * parts.change, 1)
    for digits in (1, 2, 3):
        together = sum(round(WHOLE * part, digits) for part in (parts.performance, parts.mix))
        if round(together, 1) == shown:
            return digits
    return numbers.MOST_DIGITS


def _own(result: WhatChanged, parts: AttainmentChange) -> list[str]:
    found = clear_groups(parts)
    if found.empty:
        if not parts.family:
            return [_("No group has enough tickets in both periods to be compared with itself.")]
        none = _("None of the {groups} changed by more than chance.")
        return [none.format(groups=groups(result))]
    return [_group(result, row) for __, row in found.head(MOST_NAMED).iterrows()]


def _group(result: WhatChanged, row: pd.Series) -> str:
    text = (
        _("{group} did better by more than chance: {share} of {n} after {share_before} of "
          "{n_before}, which makes {points}.")
        if row["performance"] > 0
        else _("{group} did worse by more than chance: {share} of {n} after {share_before} of "
               "{n_before}, which makes {points}.")
    )  # fmt: skip
    return text.format(
        group=name(result, row),
        share=percent(row["rate_after"]),
        n=numbers.count(row["n_after"]),
        share_before=percent(row["rate_before"]),
        n_before=numbers.count(row["n_before"]),
        points=points_in_words(row),
    )


def _beside(result: WhatChanged, parts: AttainmentChange) -> list[str]:
    why = _("A part says where the change lies, not why.")
    if not parts.family:
        return [why]
    text = ngettext(
        "One comparison of {groups} with themselves.",
        "{n} comparisons of {groups} with themselves, corrected for (Benjamini-Hochberg).",
        parts.family,
    )
    return [text.format(n=numbers.count(parts.family), groups=groups(result)), why]


def caption(result: WhatChanged) -> Caption:
    """Return the words of the figure: what it does not show itself, the rest folded."""
    before, after = periods(result)
    parts = result.parts
    how_to_read = _(
        "From the earlier share at the top, each step adds or takes what one group's own share of "
        "tickets in time makes, at the mean of its two shares of all tickets; the last step is the "
        "mix: groups that do better or worse than most became more or fewer. Coloured is what got "
        "worse by more than chance, outlined in ink what got better."
    )
    told, beside, folded = [*say(result).sentences], [], [how_to_read]
    if parts is not None:
        told = [_change(result, parts), *_own(result, parts)]
        beside = _beside(result, parts)
        folded += caveats(parts.notes)
    return Caption(
        title=answer(result),
        subtitle=_("Points of the share {in_time}, {before} to {after}, by {driver}").format(
            in_time=in_time(result), before=before, after=after, driver=driver(result.by)
        ),
        sentence="\n".join(told),
        caveats=beside,
        how_to_read=joined(folded),
    )


def level(share: float, n: int) -> str:
    """Return a share of tickets in time: ``95.3% of 410``."""
    return _("{share} of {n}").format(share=percent(share), n=numbers.count(n))


def rates(row: pd.Series) -> str:
    """Return the two shares of a group: ``96.0% → 91.0%``."""
    return f"{percent(row['rate_before'])} → {percent(row['rate_after'])}"


def tick(value: float) -> str:
    """Return a number of points on a scale."""
    text = f"{value:+g}" if value else "0"
    return text.replace("-", MINUS)
