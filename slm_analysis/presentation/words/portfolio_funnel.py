"""What to say about which shortfalls are more than chance."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _, joined, ngettext
from slm_analysis.presentation.numbers import (
    capitalised,
    count,
    in_words,
    listed,
    period,
    plain_percent,
)
from slm_analysis.presentation.words import portfolio as words
from slm_analysis.presentation.words import service_levels as levels_words
from slm_analysis.questions.portfolio import Portfolio, Q, kept_shares

MOST_NAMED = 3
MOST_GOALS = 2
"""Goals with a panel of their own."""


def judged(result: Portfolio) -> pd.DataFrame:
    """Return the promises about shares that could be compared with their goals."""
    found = kept_shares(result)
    return found[found["p"].notna()]


def short(promises: pd.DataFrame) -> pd.DataFrame:
    """Return those that fall short by more than chance explains, the surest first."""
    found = promises[promises["clearly"].astype(bool) & promises["result"].eq("missed")]
    return found.sort_values("p", kind="stable")


def goals(promises: pd.DataFrame) -> list[float]:
    """Return the goals that are drawn: those with shortfalls first, then the most usual."""
    number = promises["goal_share"].round(6).value_counts()
    fallen = short(promises)["goal_share"].round(6).value_counts()
    ranked = sorted(number.index, key=lambda goal: (-fallen.get(goal, 0), -number[goal], goal))
    return [float(goal) for goal in ranked[:MOST_GOALS]]


def goal_label(goal: float) -> str:
    """Return the name of a panel."""
    return _("Goal {goal}").format(goal=plain_percent(goal))


def shade_label(number: int) -> str:
    """Return how many promises a panel shows, and what its shade is."""
    text = ngettext(
        "{n} promise; shaded: what chance explains",
        "{n} promises; shaded: what chance explains",
        number,
    )
    return text.format(n=count(number))


def axis_label() -> str:
    """Return what the scale along the lower edge counts."""
    return _("independent cases (log scale)")


def caption(result: Portfolio) -> Caption:
    """Return the words of the figure."""
    promises = judged(result)
    if promises.empty:
        nothing = _("No promise about a share of cases could be compared with its goal")
        return Caption(nothing, "", _("{answer}.").format(answer=nothing))
    fallen, shown = short(promises), goals(promises)
    when = period(result.period_start, result.period_end)
    subtitle = _(
        "Each dot is one promise to one unit in {when}: share kept against how many cases it "
        "rests on"
    )
    return Caption(
        title=_title(len(fallen)),
        subtitle=subtitle.format(when=when),
        sentence=_sentence(fallen),
        caveats=_caveats(result, promises, shown),
        how_to_read=_(
            "The fewer cases, the wider the shade: a share of few cases swings widely by chance. "
            "A dot within the shade is no news. A coloured diamond lies below it: so few in time "
            "are more than chance explains."
        ),
    )


def _title(fallen: int) -> str:
    if not fallen:
        return _("No shortfall is more than chance explains")
    text = ngettext(
        "{Some} promise lies below what chance explains",
        "{Some} promises lie below what chance explains",
        fallen,
    )
    return text.format(Some=capitalised(in_words(fallen)))


def _sentence(fallen: pd.DataFrame) -> str:
    few = _("A unit with few cases swings widely by chance alone.")
    if fallen.empty:
        nothing = _("No promise falls short of its goal by more than that.")
        return joined([few, nothing])
    names = [words.who(row) for _at, row in fallen.iterrows()]
    first = fallen.iloc[0]
    if len(fallen) == 1:
        figures = words.figures(first, levels_words.goal(first))
        said = _("Only {who} falls short by more than that: {figures}.")
        return joined([few, said.format(who=names[0], figures=figures)])
    return joined(
        [few, _("Short by more than that: {names}.").format(names=listed(names, MOST_NAMED))]
    )


def _caveats(result: Portfolio, promises: pd.DataFrame, shown: list[float]) -> list[str]:
    corrected = ngettext(
        "Corrected for {n} comparison.", "Corrected for {n} comparisons.", result.family_size
    )
    outside = _(
        "Were every promise just at its goal, some dot would lie outside the shade in at most one "
        "month of {months}."
    )
    notes = [
        joined(
            [
                corrected.format(n=count(result.family_size)),
                outside.format(months=round(1 / Q)),
            ]
        )
    ]
    counted, cases = promises["counted"].sum(), promises["cases"].sum()
    if round(cases) < counted:
        notes.append(
            _(
                "Cases of one day often go together and tell less than as many single ones: "
                "{counted} cases count as {cases} independent ones."
            ).format(counted=count(counted), cases=count(cases))
        )
    others = int((~promises["goal_share"].round(6).isin(shown)).sum())
    if others:
        text = ngettext(
            "{n} promise with another goal is not drawn; it is in the table above.",
            "{n} promises with other goals are not drawn; they are in the table above.",
            others,
        )
        notes.append(text.format(n=count(others)))
    return notes
