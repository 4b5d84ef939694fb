"""What to say about what the users of all units expect, side by side."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.score_verdicts import HIGHER, LOWER
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _, ngettext
from slm_analysis.presentation.numbers import listed
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.questions.portfolio import Portfolio

MOST_NAMED = 3


def found(result: Portfolio) -> pd.DataFrame:
    """Return the gaps by more than chance, the surest first."""
    gaps = result.expectations
    if gaps.empty:
        return gaps
    gaps = gaps[gaps["verdict"].isin([LOWER, HIGHER])]
    return gaps.assign(low=gaps["low"].astype(float)).sort_values("q", kind="stable")


def units(gaps: pd.DataFrame, verdict: str) -> str:
    """Return the units with such a gap, those with the surest first."""
    names = gaps.loc[gaps["verdict"] == verdict, "business_unit"]
    return listed([str(name) for name in dict.fromkeys(names)], MOST_NAMED)


def title(result: Portfolio) -> str:
    """Return whose users expect other things, in one line."""
    if result.expectations.empty:
        return _("Too few answers to compare what units expect")
    gaps = found(result)
    lower, higher = units(gaps, LOWER), units(gaps, HIGHER)
    if lower and higher:
        text = _("At the same time to resolve, users of {lower} score lower, of {higher} higher")
    elif lower:
        text = _("At the same time to resolve, users of {lower} score lower than the others")
    elif higher:
        text = _("At the same time to resolve, users of {higher} score higher than the others")
    else:
        text = _("No unit's users are found to expect more than the others")
    return text.format(lower=lower, higher=higher)


def caption(result: Portfolio) -> Caption:
    """Return the words of the figure."""
    gaps = result.expectations
    if gaps.empty:
        return Caption(
            title=title(result),
            subtitle="",
            sentence=_(
                "Four units need ten people each who answered about a service, and about tickets "
                "that took as long."
            ),
        )
    rest = len(gaps) - len(found(result))
    said = ngettext(
        "{n} other pair of unit and service: no gap, or none that can be told.",
        "{n} other pairs of unit and service: no gap, or none that can be told.",
        rest,
    ).format(n=rest)
    if len(found(result)):
        said = _("Before agreeing on one target, ask these users what they need. {rest}").format(
            rest=said if rest else ""
        )
    return Caption(
        title=title(result),
        subtitle=_(
            "Mean rating at the same time to resolve and mix of tickets, less that of the other "
            "units; {level} interval, twelve months"
        ).format(level=confidence(float(gaps["interval_level"].iloc[0]))),
        sentence=said.strip(),
        caveats=[
            _(
                "A gap can come from what users expect, from who answers, or from what is not on "
                "record."
            )
        ],
        how_to_read=_(
            "Each mark is the difference to the mean of the other units, tickets that took as long "
            "being compared; the line is its interval, made wide enough for all units and services "
            "looked at."
        ),
    )
