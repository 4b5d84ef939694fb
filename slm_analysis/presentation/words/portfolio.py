"""What to say about all business units together."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.numbers import counted, in_words
from slm_analysis.presentation.views import Attention, Concern, Headline, Prose
from slm_analysis.presentation.words import service_levels as levels_words
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.questions.portfolio import Portfolio

DIRECTIONS = {"worse": "getting worse", "better": "getting better", "steady": "steady"}
TITLES = {
    "missed_worsening": "Missed its goal, and getting worse",
    "missed_steady": "Missed its goal; waiting will not help",
    "dissatisfied": "Users are less satisfied than agreed",
    "early_warning": "Early warning: no clear miss, but worse than before",
}
GO = {
    "missed_worsening": ("02_trends", "See the trend"),
    "missed_steady": ("03_root_causes", "See what goes with the breaches"),
    "dissatisfied": ("04_satisfaction", "See how satisfied users are"),
    "early_warning": ("02_trends", "See the trend"),
}
LEVELS = ("01_service_levels", "See the service levels")


def who(row: pd.Series) -> str:
    """Return the promise with its unit."""
    return f"{row['business_unit']}, {levels_words.promise(row)}"


def direction(result: Portfolio, level: pd.Series) -> str:
    """Return ``getting worse``, ``steady``, …, or nothing where no trend of it was read."""
    trends = result.trends
    if trends.empty:
        return ""
    same = trends[["business_unit", "service", "metric"]].eq(
        level[["business_unit", "service", "metric"]].astype(str)
    )
    own = trends[same.all(axis=1)]
    return DIRECTIONS.get(str(own["direction"].iloc[0]), "") if len(own) else ""


def headline(result: Portfolio) -> Headline:
    """Return the top of the index."""
    levels = result.levels
    month = numbers.period(result.period_start, result.period_end)
    if levels.empty:
        return Headline(
            title=f"There is nothing to report for {month}",
            lead="No report told of any promise.",
            what="No promise was judged.",
            sure="Nothing can be said.",
            next="Check that the reports of the units were made.",
        )
    missed, kept = (levels[levels["result"] == name] for name in ("missed", "met"))
    clear = missed[missed["clearly"]]
    return Headline(
        title=_title(result, len(missed) + len(kept), len(missed), clear, month),
        lead=_lead(missed, clear, kept),
        what=_what(levels, missed, kept),
        sure=_sure(result, missed, clear),
        next=_next(result),
    )


def _title(result: Portfolio, judged: int, missed: int, clear: pd.DataFrame, month: str) -> str:
    if not judged:
        return f"Too few cases to judge any promise in {month}"
    if judged == 1:
        verb = "kept" if not missed else "missed" if clear.empty else "clearly missed"
        return f"The one promise that could be judged was {verb} in {month}"
    if not missed:
        return f"All {in_words(judged)} promises that could be judged were kept in {month}"
    if clear.empty:
        were = "was" if missed == 1 else "were"
        number = in_words(missed).capitalize()
        return f"{number} of {in_words(judged)} promises {were} missed in {month}, none clearly"
    were = "was" if len(clear) == 1 else "were"
    title = (
        f"{in_words(len(clear)).capitalize()} of {in_words(judged)} promises {were} clearly missed "
        f"in {month}"
    )
    worse = sum(direction(result, row) == DIRECTIONS["worse"] for _, row in clear.iterrows())
    if worse:
        which = "it" if len(clear) == 1 else in_words(worse)
        title += f", and {which} {'is' if worse == 1 else 'are'} still getting worse"
    return title


def _lead(missed: pd.DataFrame, clear: pd.DataFrame, kept: pd.DataFrame) -> str:
    if len(clear):
        first = clear.sort_values("q", kind="stable").iloc[0]
        goal = levels_words.goal_in_full(first)
        return f"{who(first)}: {levels_words.compared(first, goal)}."
    if len(missed):
        return "What was missed may be chance: the months' figures are too few to tell."
    if kept.empty:
        return "There were no cases, or fewer than the agreements ask for."
    return "Nothing was missed."


def _what(levels: pd.DataFrame, missed: pd.DataFrame, kept: pd.DataFrame) -> str:
    undecided = len(levels) - len(missed) - len(kept)
    units = counted(levels["business_unit"].nunique(), "unit")
    text = f"{counted(len(levels), 'promise')} to {units}: {len(kept)} kept, {len(missed)} missed"
    return f"{text}, {undecided} open or with too few cases." if undecided else f"{text}."


def _sure(result: Portfolio, missed: pd.DataFrame, clear: pd.DataFrame) -> str:
    corrected = f"after correction for {counted(result.family_size, 'comparison')}"
    if missed.empty and not result.family_size:
        return "Without cases nothing can be said."
    if missed.empty:
        return f"Nothing was missed; single months of small units still say little ({corrected})."
    if clear.empty:
        return f"None of what was missed is clear {corrected}."
    if len(clear) == len(missed):
        return f"What was missed is clear {corrected}."
    stand = "stands" if len(clear) == 1 else "stand"
    text = f"{in_words(len(clear)).capitalize()} of the {in_words(len(missed))} missed {stand}"
    return f"{text} {corrected}; the rest may be chance."


def _next(result: Portfolio) -> str:
    if result.attention.empty:
        return "Nothing calls for action; single low months of small units are expected."
    first = result.attention.iloc[0]
    own = result.drivers
    if len(own):
        own = own[own["business_unit"] == first["business_unit"]]
    if len(own) and first["kind"].startswith("missed"):
        return f"Start with {_place(first)}: see what goes with its late tickets."
    return f"Start with {_place(first)}."


def _place(row: pd.Series) -> str:
    """Return the unit, and the service where it is about one."""
    return ", ".join(filter(None, (str(row["business_unit"]), str(row["service"]))))


def attention(result: Portfolio) -> Attention:
    """Return what needs attention first, with the reason and the report that says more."""
    folders = result.reports.drop_duplicates("business_unit").set_index("business_unit")["folder"]
    concerns = []
    for _, row in result.attention.iterrows():
        notebook, go = _report(result, row)
        concerns.append(
            Concern(
                who=_place(row),
                title=TITLES[row["kind"]],
                text=_reason(result, row),
                folder=str(folders.get(row["business_unit"], "")),
                notebook=notebook,
                go=go,
            )
        )
    said = "In order of evidence, not of raw rate."
    if not concerns:
        said = (
            "Nothing calls for attention: no promise was missed beyond chance, no trend is worse."
        )
    return Attention(concerns, [said])


def _report(result: Portfolio, row: pd.Series) -> tuple[str, str]:
    """Return the report that says more and what it shows; the service levels where it failed."""
    own = result.reports[result.reports["business_unit"] == row["business_unit"]]
    done = set(own.loc[own["status"] == "done", "notebook"])
    return next((go for go in (GO[row["kind"]], LEVELS) if go[0] in done), ("", ""))


def _reason(result: Portfolio, row: pd.Series) -> str:
    if pd.isna(row["level"]):
        return "Satisfaction is low or falling although the agreement is kept."
    level = result.levels.loc[[int(row["level"])]].iloc[0]
    compared = levels_words.compared(level, levels_words.goal(level))
    text = f"{levels_words.verdict(level)}: {compared}."
    heading = direction(result, level)
    return f"{text} {heading.capitalize()}." if heading else text


def say(result: Portfolio) -> Prose:
    """Return how the portfolio was made."""
    compared = counted(result.family_size, "promise was", "promises were")
    return Prose(
        [
            f"{compared} compared with {'its goal' if result.family_size == 1 else 'their goals'}; "
            "clearly means that the verdict stands after correction for all of them."
        ],
        caveats(result.notes),
    )
