"""What to say where the mix of tickets is held fixed: odds of groups, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _
from slm_analysis.presentation.words.driver_names import reason
from slm_analysis.questions.root_causes import RootCauses

MOST_ROWS = 8
MOST_WARNINGS = 3
MOST_TIMES, LEAST_TIMES = 100.0, 0.01
"""Odds beyond these are not told in numbers: so few cases lie on one side."""


def group_odds(result: RootCauses) -> pd.DataFrame:
    """Return the groups judged with their odds, findings first, then by excess.

    `service`, `driver`, `level`, `known`, `n`, `breaches`, `excess`, `finding`, and the columns of
    `BreachDrivers.adjusted`.
    """
    looks = [
        look.adjusted.merge(
            look.levels[["driver", "level", "known", "n", "breaches", "excess", "excess_low", "q",
                         "finding"]],
            on=["driver", "level"],
        ).assign(service=service, q_of_look=look.q)
        for look, service in ((result.drivers, ""), (result.within, result.service))
        if look is not None and len(look.adjusted)
    ]  # fmt: skip
    if not looks:
        return pd.DataFrame(columns=["finding", "excess", "agrees", "q"])
    every = pd.concat(looks, ignore_index=True)
    return every.sort_values(["finding", "excess"], ascending=False, ignore_index=True)


def shown_odds(result: RootCauses) -> pd.DataFrame:
    """Return the groups of the figure: what the model can tell, at most eight."""
    every = group_odds(result)
    if every.empty:
        return every
    told = np.isfinite(every["modelled_high"]) & (every["modelled_low"] > 0)
    return every[told & (every["excess"] > 0)].head(MOST_ROWS)


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
    value, low, high = (number_of_times(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return numbers.with_interval(value, numbers.span(low, high))


def mix_warnings(result: RootCauses) -> Iterator[str]:
    """Yield a warning for each group that looks different with the mix held fixed (Simpson)."""
    every = group_odds(result)
    differs = every[~every["agrees"].astype(bool)]
    told = 0
    for __, row in differs.iterrows():
        name = reason(row["driver"], row["level"])
        first_sight = times(row["odds_ratio"])
        if told == MOST_WARNINGS:
            break
        if row["q"] <= row["q_of_look"] and row["excess_low"] > 0 and not row["finding"]:
            told += 1
            yield _first_sight_only(row).format(
                reason=name, first_sight=first_sight, odds=interval(row)
            )
        elif row["modelled_low"] > 1 and not row["finding"]:
            told += 1
            yield _(
                "{reason} does worse with the same mix of tickets: {odds} times the odds of the "
                "others, at first sight {first_sight}."
            ).format(reason=name, first_sight=first_sight, odds=interval(row))


def _first_sight_only(row: pd.Series) -> str:
    """Return what is left of a group with the mix held fixed: nothing clear, or the reverse."""
    if row["modelled_high"] < 1:
        return _(
            "{reason} stands out at first sight only: {first_sight} the odds of the others. With "
            "the same mix of tickets it does better than they: {odds} times."
        )
    return _(
        "{reason} stands out at first sight only: {first_sight} the odds of the others. With the "
        "same mix of tickets no clear difference is left: {odds} times."
    )


def caption(result: RootCauses, window: str) -> Caption:
    """Return the words of the figure of odds."""
    rows = shown_odds(result)
    found = rows[rows["finding"].astype(bool)] if len(rows) else rows
    if rows.empty:
        title = _("No group of tickets can be compared with the mix held fixed")
    elif found.empty:
        title = _("With the same mix of tickets no group stands out either")
    else:
        told = found.merge(result.findings[["driver", "level"]].head(1), on=["driver", "level"])
        first = (told if len(told) else found).iloc[0]
        text = (
            _("{reason} stands out with the same mix of tickets, too")
            if first["modelled_low"] > 1
            else _("Whether {reason} stands out with the same mix of tickets cannot be told")
        )
        title = text.format(reason=reason(first["driver"], first["level"]))
    warnings = list(mix_warnings(result)) or [
        _("No group looks different once the mix is held fixed.")
    ]
    return Caption(
        title=title,
        subtitle=_(
            "Odds of being late against all other tickets that are alike in everything else known "
            "at opening, {months}; the upright stroke is the first sight, without the mix"
        ).format(months=window),
        sentence="\n".join(warnings) if len(rows) else f"{title}.",
        how_to_read=_(
            "Each dot compares one group with all other tickets that are alike in everything else "
            "known at opening, by a logistic model; the line is its interval. Where dot and stroke "
            "lie far apart, what looks like the group is the mix of its tickets. Odds of 2 times "
            "mean about twice as often where lateness is rare."
        ),
    )
