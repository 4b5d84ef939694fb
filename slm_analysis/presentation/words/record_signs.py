"""What to say about signs in the records: observations, and what else they may come from."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.target_signs import (
    BULK,
    PAUSE,
    PILE_UP,
    REOPENED,
    UNANSWERED,
    TargetSigns,
)
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _, ngettext
from slm_analysis.presentation.numbers import percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.excess import tickets
from slm_analysis.questions.record_signs import RecordSigns


def signs_of(result: RecordSigns | TargetSigns) -> TargetSigns:
    """Return the signs behind an answer."""
    return result.found if isinstance(result, RecordSigns) else result


def share(row: pd.Series) -> str:
    """Return a share with its interval: ``12.0% (8.4 to 16.9%)``."""
    interval = numbers.span(percent(row["share_low"]), percent(row["share_high"]))
    return numbers.with_interval(percent(row["share"]), interval)


def name(sign: str) -> str:
    """Return a sign as it heads a row."""
    return {
        PILE_UP: _("Done in the last tenth before the target"),
        PAUSE: _("Clock stopped in the last tenth before the target"),
        REOPENED: _("Done in the last tenth, then reopened"),
        BULK: _("Ended in a batch, five or more of a team within a minute"),
        UNANSWERED: _("Finished without a first response on record"),
    }[sign]


def sentence(row: pd.Series) -> str:
    """Return count, denominator, share with interval and what was expected, of one sign."""
    text = {
        PILE_UP: _("{group}: of {n} tickets not done when the last tenth of their time began, "
                   "{count} were done in it, {share}; about {expected} would follow from the times "
                   "around it."),
        PAUSE: _("{group}: of {n} tickets not done when the last tenth of their time began, the "
                 "clock of {count} was stopped in it, {share}; about {expected} would follow from "
                 "the times around it."),
        REOPENED: _("{group}: of {n} tickets first done in the last tenth of their time, {count} "
                    "were reopened, {share}; about {expected} at the rate of those done before."),
        BULK: _("{group}: of {n} tickets, {count} ended within a minute of four others or more of "
                "the same team, {share}; about {expected} by chance."),
        UNANSWERED: _("{group}: of {n} finished tickets, {count} have no first response on record, "
                      "{share}; they are not judged."),
    }[row["sign"]]  # fmt: skip
    return text.format(
        group=row["group"],
        n=numbers.count(row["n"]),
        count=numbers.count(row["count"]),
        share=share(row),
        expected=tickets(row["expected"]),
    )


def say(result: RecordSigns | TargetSigns) -> Prose:
    """Return the signs found, or that none was, and how many were looked for."""
    signs = signs_of(result)
    looked = ngettext(
        "One comparison was made.", "{n} comparisons made and corrected for.", signs.family
    ).format(n=numbers.count(signs.family))
    found = signs.signs[signs.signs["found"]]
    if len(found):
        told = [sentence(row) for __, row in found.iterrows()]
        return Prose(told, [*caveats(result.notes), looked])
    if not signs.family:
        return Prose([_("There are too few tickets to look for signs in the records.")])
    return Prose([_("The records show no sign of it.")], [looked])
