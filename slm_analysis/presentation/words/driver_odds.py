"""What to say where the mix of tickets is held fixed: odds of groups, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from slm_analysis.analyses.mix_readings import (
    AS_BEFORE,
    FIRST_SIGHT_ONLY,
    HIDDEN,
    SAME_TICKETS,
    TURNED,
)
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.words.driver_names import reason
from slm_analysis.questions.root_causes import RootCauses

MOST_ROWS = 8
MOST_WARNINGS = 3
MOST_TIMES, LEAST_TIMES = 100.0, 0.01
"""Odds beyond these are not told in numbers: so few cases lie on one side."""
READINGS = {
    FIRST_SIGHT_ONLY: N_(
        "{reason} stands out at first sight only: {first_sight} the odds of the others. With the "
        "same mix of tickets no clear difference is left: {odds} times."
    ),
    TURNED: N_(
        "{reason} stands out at first sight only: {first_sight} the odds of the others. With the "
        "same mix of tickets it does better than they: {odds} times."
    ),
    HIDDEN: N_(
        "{reason} does worse with the same mix of tickets: {odds} times the odds of the others, at "
        "first sight {first_sight}."
    ),
    SAME_TICKETS: N_(
        "{reason} stands out at first sight: {first_odds} times the odds of the others. {shared} "
        "of its {n} tickets also had {same}, which stands out as well; the two cannot be told "
        "apart."
    ),
}


def group_odds(result: RootCauses) -> pd.DataFrame:
    """Return the groups judged with their odds, findings first, then by excess.

    `driver`, `level`, `n`, `breaches`, `excess`, `finding`, and the columns of
    `BreachDrivers.adjusted`.
    """
    looks = [
        look.adjusted.merge(
            look.levels[["driver", "level", "n", "breaches", "excess", "finding"]],
            on=["driver", "level"],
        )
        for look in (result.drivers, result.within)
        if look is not None and len(look.adjusted)
    ]
    if not looks:
        return pd.DataFrame(columns=["driver", "level", "finding", "excess", "reading"])
    every = pd.concat(looks, ignore_index=True)
    return every.sort_values(["finding", "excess"], ascending=False, ignore_index=True)


def shown_odds(result: RootCauses) -> pd.DataFrame:
    """Return the groups of the figure: what the model can tell, at most eight."""
    every = group_odds(result)
    if every.empty:
        return every
    return every[every["modelled"].notna() & (every["excess"] > 0)].head(MOST_ROWS)


def stands_out(row: pd.Series) -> bool:
    """Whether a finding is clear with the mix held fixed, too."""
    return bool(row["finding"] and row["modelled_low"] > 1)


def times(ratio: float) -> str:
    """Return odds in multiples of the others': ``1.8 times``."""
    if pd.isna(ratio):
        return numbers.NO_VALUE
    if ratio < LEAST_TIMES:
        return _("next to none")
    return _("{ratio} times").format(ratio=number_of_times(ratio))


def number_of_times(ratio: float) -> str:
    """Return a ratio with the digits that keep it from 0 and from 1."""
    if not LEAST_TIMES <= ratio <= MOST_TIMES:
        text = _("over {most}") if ratio > 1 else _("under {least}")
        return text.format(most=f"{MOST_TIMES:.0f}", least=f"{LEAST_TIMES:g}")
    return numbers.score(ratio, numbers.digits_to_tell([ratio], [0.0, 1.0]))


def interval(row: pd.Series, name: str = "modelled") -> str:
    """Return ratio and interval: ``1.8 (1.2 to 2.7)``."""
    if pd.isna(row[f"{name}_low"]):
        return _("cannot be told")
    value, low, high = (number_of_times(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return numbers.with_interval(value, numbers.span(low, high))


def mix_warnings(result: RootCauses) -> Iterator[str]:
    """Yield a warning for each group that looks different with the mix held fixed (Simpson)."""
    every = group_odds(result)
    for __, row in every[every["reading"] != AS_BEFORE].head(MOST_WARNINGS).iterrows():
        yield _(READINGS[row["reading"]]).format(
            reason=reason(row["driver"], row["level"]),
            first_sight=times(row["odds_ratio"]),
            first_odds=interval(row, "odds_ratio"),
            odds=interval(row),
            shared=numbers.count(row["shared"]),
            n=numbers.count(row["n"]),
            same=reason(row["same_driver"], row["same_level"]),
        )


def caption(result: RootCauses, window: str, further: Sequence[str] = ()) -> Caption:
    """Return the words of the figure of odds; `further` is said beside it."""
    rows = shown_odds(result)
    every = group_odds(result)
    found = every[every["finding"].astype(bool)]
    if rows.empty:
        title = _("No group of tickets can be compared with the mix held fixed")
    elif found.empty:
        title = _("With the same mix of tickets no group stands out either")
    else:
        told = found.merge(result.findings[["driver", "level"]].head(1), on=["driver", "level"])
        first = (told if len(told) else found).iloc[0]
        text = (
            _("{reason} stands out with the same mix of tickets, too")
            if stands_out(first)
            else _("Whether {reason} stands out with the same mix of tickets cannot be told")
        )
        title = text.format(reason=reason(first["driver"], first["level"]))
    warnings = list(mix_warnings(result)) or [
        _("No group looks different once the mix is held fixed.")
    ]
    warnings += further
    return Caption(
        title=title,
        subtitle=_(
            "Odds of being late against all other tickets that are alike in everything else known "
            "at opening, {months}; the upright stroke is the first sight, without the mix"
        ).format(months=window),
        sentence="\n".join(warnings) if len(rows) else f"{title}.",
        how_to_read=_(
            "Each dot compares one group with all other tickets that are alike in everything else "
            "known at opening, by a logistic model; the line is its interval, made wide enough for "
            "all groups compared. A coloured diamond stands out by more than chance. Where dot and "
            "stroke lie far apart, what looks like the group is the mix of its tickets. Odds of 2 "
            "times mean about twice as often where lateness is rare."
        ),
    )
