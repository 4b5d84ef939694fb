"""What to say about what changed since the period before."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.attainment_change import AttainmentChange
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import MINUS, counted, listed, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.driver_names import driver, level_name
from slm_analysis.questions.what_changed import WhatChanged

IN_TIME = {"resolution_time": "in time", "response_time": "answered in time"}
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
    return f"groups by {driver(result.by)}" if result.by != "service" else "services"


def name(result: WhatChanged, row: pd.Series) -> str:
    """Return the name of a group as in the data."""
    return level_name(str(row[result.by]))


def points(row: pd.Series, part: str = "performance") -> str:
    """Return points with their interval: ``−3.0 (−5.1 to −1.2)``."""
    return " ".join(filter(None, _points(row, part)))


def points_in_words(row: pd.Series, part: str = "performance") -> str:
    """Return points with their interval: ``−3.0 points (−5.1 to −1.2)``."""
    value, interval = _points(row, part)
    return f"{value} points {interval}".rstrip()


def _points(row: pd.Series, part: str) -> tuple[str, str]:
    low, high = row[f"{part}_low"], row[f"{part}_high"]
    if pd.isna(low):
        return numbers.points(row[part]), ""
    digits = numbers.digits_to_tell([WHOLE * low, WHOLE * high], [0.0])
    value, low, high = (numbers.points(number, digits) for number in (row[part], low, high))
    return value, f"({low} to {high})"


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
        return f"{after} cannot be compared with {before}"
    of = IN_TIME[result.metric]
    named = [name(result, row) for _, row in clear_groups(parts).iterrows()]
    if is_clear(parts):
        moved = "rose" if parts.change > 0 else "fell"
        much = numbers.points(abs(parts.change)).lstrip("+")
        text = f"The share {of} {moved} {much} points from {before} to {after}"
        return f"{text}, mostly {named[0]}" if _mostly(parts) else text
    text = f"The share {of} changed by no more than chance since {before}"
    if named:
        return f"{text}, but that of {listed(named, MOST_NAMED)} did"
    return text


def _mostly(parts: AttainmentChange) -> bool:
    """Whether the first of the clear groups makes most of the change."""
    found = clear_groups(parts)
    return len(found) > 0 and found["performance"].iloc[0] / parts.change > 1 / 2


def say(result: WhatChanged) -> Prose:
    """Return the change, its two parts, and the groups that changed by more than chance."""
    parts = result.parts
    if parts is None:
        before, after = periods(result)
        return Prose([f"{before} or {after} has no ticket that counts."])
    return Prose([_change(result, parts), _split(result, parts), *_own(result, parts)],
                 _caveats(result, parts))  # fmt: skip


def _change(result: WhatChanged, parts: AttainmentChange) -> str:
    before, after = periods(result)
    chance = "" if is_clear(parts) else ", no more than chance alone can make"
    return (
        f"{percent(parts.after)} of {counted(parts.n_after, 'ticket')} were "
        f"{IN_TIME[result.metric]} in {after}, {percent(parts.before)} of {parts.n_before:,} in "
        f"{before}: {points_in_words(whole(parts), 'change')}{chance}."
    )


def _split(result: WhatChanged, parts: AttainmentChange) -> str:
    digits = _digits_that_add(parts)
    return (
        f"How well the {groups(result)} did makes {numbers.points(parts.performance, digits)} "
        f"points of it, the mix of tickets {numbers.points(parts.mix, digits)}."
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
            return ["No group has enough tickets in both periods to be compared with itself."]
        return [f"None of the {groups(result)} changed by more than chance."]
    return [
        f"{name(result, row)} did {'better' if row['performance'] > 0 else 'worse'} "
        f"by more than chance: {percent(row['rate_after'])} of {row['n_after']:,} after "
        f"{percent(row['rate_before'])} of {row['n_before']:,}, which makes {points_in_words(row)}."
        for _, row in found.head(MOST_NAMED).iterrows()
    ]


def _caveats(result: WhatChanged, parts: AttainmentChange) -> list[str]:
    return [
        f"{counted(parts.family, 'comparison')} of {groups(result)} with themselves, corrected for "
        "(Benjamini-Hochberg).",
        "A part says where the change lies, not why.",
        *caveats(parts.notes),
    ]


def caption(result: WhatChanged) -> Caption:
    """Return the words of the figure."""
    before, after = periods(result)
    words = say(result)
    return Caption(
        title=answer(result),
        subtitle=f"Points of the share {IN_TIME[result.metric]}, {before} to {after}, by "
        f"{driver(result.by)}",
        sentence=" ".join(words.sentences),
        caveats=words.caveats,
        how_to_read="From the earlier share at the top, each step adds or takes what one group's "
        "own share of tickets in time makes, at the mean of its two shares of all tickets; the "
        "last step is the mix: groups that do better or worse than most became more or fewer. "
        "Coloured is what got worse by more than chance, outlined in ink what got better.",
    )


def level(share: float, n: int) -> str:
    """Return a share of tickets in time: ``95.3% of 410``."""
    return f"{percent(share)} of {n:,}"


def rates(row: pd.Series) -> str:
    """Return the two shares of a group: ``96.0% → 91.0%``."""
    return f"{percent(row['rate_before'])} → {percent(row['rate_after'])}"


def tick(value: float) -> str:
    """Return a number of points on a scale."""
    text = f"{value:+g}" if value else "0"
    return text.replace("-", MINUS)
