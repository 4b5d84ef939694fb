"""What to say about the process changes of all units together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_effect import BETTER, CANNOT_TELL, WORSE
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _, joined, ngettext
from slm_analysis.presentation.numbers import (
    capitalised,
    continued,
    count,
    counted,
    in_words,
    listed,
    with_interval,
)
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.presentation.words import effect_measures as measures
from slm_analysis.questions.portfolio import Portfolio

MOST_NAMED = 3


@dataclass(frozen=True)
class Told:
    """One effect as the report of its unit told it."""

    estimate: float | None
    low: float | None
    high: float | None
    min_effect: float | None


def told(row: pd.Series) -> Told:
    """Return the effect of one record."""

    def known(name: str) -> float | None:
        return None if pd.isna(row[name]) else float(row[name])

    return Told(known("estimate"), known("low"), known("high"), known("min_effect"))


def verdict(row: pd.Series) -> str:
    """Return the verdict that stands in the portfolio."""
    if not row["stands"]:
        # It stands in its own unit's report, but not once all changes of all units count.
        alone = _(effect_words.VERDICTS[row["verdict"]])
        return _("{Better} only taken alone").format(Better=alone)
    if row["final"] and row["verdict"] == CANNOT_TELL:
        return _(effect_words.NEVER)
    return _(effect_words.VERDICTS[row["verdict"]])


def figures(row: pd.Series) -> str:
    """Return the effect with its interval: ``+2.1 points (+0.2 to +4.1)``."""
    effect, wording = told(row), measures.of_measure(row["measure"])
    if effect.estimate is None:
        return _("too few periods")
    interval = measures.interval(effect, wording)
    return with_interval(measures.size(effect, wording), interval)


def subject(row: pd.Series) -> str:
    """Return ``Manufacturing, time to resolve``."""
    return _("{unit}, {measure}").format(
        unit=row["business_unit"], measure=measures.of_measure(row["measure"]).name
    )


def followed(result: Portfolio) -> str:
    """Return how many changes were followed by better or worse results; empty where none was."""
    found = _followed(result)
    if not any(found.values()):
        return ""
    return _("Over all units: {answer}.").format(answer=continued(_title(result)))


def _followed(result: Portfolio) -> dict[str, list[str]]:
    """Return the changes after which something was better or worse, with their units."""
    changes = result.changes
    if changes.empty:
        return {BETTER: [], WORSE: []}
    return {
        name: list(
            dict.fromkeys(
                _("{change} ({unit})").format(change=row["description"], unit=row["business_unit"])
                for _at, row in changes[changes["verdict"].eq(name) & changes["stands"]].iterrows()
            )
        )
        for name in (BETTER, WORSE)
    }


def _title(result: Portfolio) -> str:
    number = int(result.changes.groupby(["business_unit", "change_id"]).ngroups)
    better, worse = (len(names) for names in _followed(result).values())
    if not better and not worse:
        text = ngettext(
            "The one change was not followed by clearly better or worse results",
            "None of {all} changes was followed by clearly better or worse results",
            number,
        )
    elif number == 1:
        text = _("The one change was followed by better results")
        if worse:
            text = _("The one change was followed by worse results")
        if better and worse:
            text = _("The one change was followed by results both better and worse")
    elif better and worse:
        text = ngettext(
            "{Better} of {all} changes was followed by better results, {worse} by worse",
            "{Better} of {all} changes were followed by better results, {worse} by worse",
            better,
        )
    elif better:
        text = ngettext(
            "{Better} of {all} changes was followed by better results",
            "{Better} of {all} changes were followed by better results",
            better,
        )
    else:
        text = ngettext(
            "{Worse} of {all} changes was followed by worse results",
            "{Worse} of {all} changes were followed by worse results",
            worse,
        )
    return text.format(
        all=in_words(number),
        worse=in_words(worse),
        Better=capitalised(in_words(better)),
        Worse=capitalised(in_words(worse)),
    )


def caption(result: Portfolio) -> Caption:
    """Return the words of the figure."""
    changes = result.changes
    if changes.empty:
        return Caption(
            title=_("No process change has been recorded"),
            subtitle=_("Process changes of all units"),
            sentence=_("No unit has recorded a process change that could be judged."),
        )
    found = _followed(result)
    said = [
        text.format(names=listed(names, MOST_NAMED))
        for text, names in (
            (_("Followed by better results: {names}."), found[BETTER]),
            (_("Followed by worse results: {names}."), found[WORSE]),
        )
        if names
    ] or [_("No effect of a change can be told so far.")]
    tests = int(np.isfinite(changes["p"].astype(float)).sum())
    compared = ngettext(
        "{n} comparison over all units was made. What followed a change need not come from it.",
        "{n} comparisons over all units were corrected for. What followed a change need not come "
        "from it.",
        tests,
    )
    effects = counted(len(changes), "{n} effect", "{n} effects")
    return Caption(
        title=_title(result),
        subtitle=_(
            "Each effect against the smallest that matters, with its interval; {effects}"
        ).format(effects=effects),
        sentence=joined(said),
        caveats=[compared.format(n=count(tests))],
        how_to_read=_(
            "Each mark is one effect, the line its interval. Within the shaded stretch an effect "
            "is too small to matter; to the right is better. What is better or worse only taken "
            "alone stands in its own report, but not with certainty among all these comparisons."
        ),
    )
