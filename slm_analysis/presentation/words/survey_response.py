"""What to say about who answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.level_comparison import MIN_CASES
from slm_analysis.intervals import MIN_DAYS
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, ngettext
from slm_analysis.presentation.numbers import digits_to_tell, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.questions.survey_response import IN_TIME, LATE, SurveyResponse

STATES = {IN_TIME: N_("In time"), LATE: N_("Late")}


@dataclass(frozen=True)
class Step:
    """One step from a ticket to an answer: how many are left of a state's tickets."""

    label: str
    tickets: int
    of: int
    lost: str = ""
    """Whom this step leaves out, and why."""


def shown(result: SurveyResponse) -> Iterable[tuple[str, str, str, str]]:
    """Yield state, tickets, answered and ``29.8% (27.9 to 31.7%)``."""
    for _at, row in result.rates.iterrows():
        low, high = (percent(row[end])[:-1] for end in ("low", "high"))
        share = _("{rate} ({low} to {high}%)").format(rate=percent(row["rate"]), low=low, high=high)
        tickets, answered = numbers.count(row["tickets"]), numbers.count(row["answered"])
        yield _(STATES[str(row["state"])]), tickets, answered, share


def funnel(result: SurveyResponse) -> Iterator[tuple[str, list[Step]]]:
    """Yield each state with its steps; a step at which nothing is lost anywhere is left out."""
    for _at, row in result.funnel.iterrows():
        of = int(row["open"] + row["resolved"])
        steps = []
        if result.funnel["open"].any():
            steps.append(Step(_("All"), of, of))
        steps.append(Step(_("Resolved"), int(row["resolved"]), of, _still_open(int(row["open"]))))
        if len(result.unasked):
            lost = _not_asked(result, int(row["unasked"]))
            steps.append(Step(_("Could be asked"), int(row["could_be_asked"]), of, lost))
        steps.append(Step(_("Answered"), int(row["answered"]), of))
        yield _(STATES[str(row["state"])]), steps


def _still_open(tickets: int) -> str:
    if not tickets:
        return ""
    return ngettext("{n:,} still open", "{n:,} still open", tickets).format(n=tickets)


def _not_asked(result: SurveyResponse, tickets: int) -> str:
    if not tickets:
        return ""
    return _("{n:,} with status {statuses}").format(n=tickets, statuses=_statuses(result))


def _statuses(result: SurveyResponse) -> str:
    return numbers.listed([str(status) for status in result.unasked["status"]])


def left_of(step: Step) -> str:
    """Return ``225 (28.7%)``."""
    share = step.tickets / step.of if step.of else float("nan")
    return _("{n:,} ({share})").format(n=step.tickets, share=percent(share))


def left_and_lost(step: Step) -> str:
    """Return ``366 (46.7%); 417 still open``."""
    return (
        _("{left}; {lost}").format(left=left_of(step), lost=step.lost)
        if step.lost
        else left_of(step)
    )


def say(result: SurveyResponse) -> Prose:
    """Return whether late tickets are answered about as often, with counts and intervals."""
    return Prose(sentences(result), caveats(result))


def sentences(result: SurveyResponse) -> list[str]:
    """Return the verdict, then what it rests on."""
    if result.rates.empty:
        return [
            _(
                "Which resolved tickets were answered about, and which of them were late, is not "
                "on record."
            )
        ]
    counts = "; ".join(
        _("{state} {answered} of {tickets}, {share}").format(
            state=state.lower(), answered=answered, tickets=tickets, share=share
        )
        for state, tickets, answered, share in shown(result)
    )
    told = _("Answered, of those resolved: {counts}.").format(counts=counts)
    return [answer(result), told, *_who_could_not(result)]


def _in_short(result: SurveyResponse) -> list[str]:
    """Return what the bars do not say: the verdict, and who could not answer."""
    if result.rates.empty:
        return sentences(result)
    return [answer(result), *_who_could_not(result)]


def _who_could_not(result: SurveyResponse) -> Iterator[str]:
    """Yield who could not answer: open tickets, and statuses that nobody answered."""
    still_open = int(result.funnel["open"].sum())
    if still_open:
        yield ngettext(
            "Nobody could be asked about {n:,} late ticket still open.",
            "Nobody could be asked about {n:,} late tickets still open.",
            still_open,
        ).format(n=still_open)
    if len(result.unasked):
        tickets, resolved = result.unasked["tickets"].sum(), result.rates["tickets"].sum()
        yield _(
            "No ticket with status {statuses} has an answer ({n:,} of {resolved:,} resolved): "
            "these could not be rated, or nobody asked."
        ).format(statuses=_statuses(result), n=tickets, resolved=resolved)


def caveats(result: SurveyResponse) -> list[str]:
    """Return what counts as asked."""
    return [] if result.rates.empty else [_("Every ticket resolved counts as asked.")]


def answer(result: SurveyResponse) -> str:
    """Return the verdict with the difference and its interval."""
    if pd.isna(result.difference_low):
        return _(
            "Late tickets or those in time are too few to compare ({cases} of either, opened on "
            "{days} days, are needed)."
        ).format(cases=MIN_CASES, days=MIN_DAYS)
    ends = [100 * result.difference_low, 100 * result.difference_high]
    digits = digits_to_tell(ends, [0.0])
    low, high = (numbers.signed(end, digits) for end in ends)
    size = numbers.signed(100 * result.difference, digits)
    side = _side(result)
    if side < 0:
        text = _(
            "Late tickets are answered less often than the others: {size} points ({low} to "
            "{high}). The scores tell too little of them."
        )
    elif side > 0:
        text = _(
            "Late tickets are answered more often than the others: {size} points ({low} to "
            "{high}). The scores tell too much of them."
        )
    else:
        text = _(
            "No difference that chance could not make between late tickets and others: {size} "
            "points ({low} to {high})."
        )
    return text.format(size=size, low=low, high=high)


def _side(result: SurveyResponse) -> int:
    """Return -1 where late tickets are surely answered less often, 1 where more often, else 0."""
    return int(result.difference_low > 0) - int(result.difference_high < 0)


def title(result: SurveyResponse) -> str:
    """Return in one line whether the scores speak for all."""
    if result.rates.empty:
        return _("Who was asked is not on record")
    if pd.isna(result.difference_low):
        return _("Too few late tickets to tell whether they are answered as often")
    return {
        -1: _("Late tickets are answered less often: the scores tell too little of them"),
        0: _("No difference in who answers, late or in time, beyond chance"),
        1: _("Late tickets are answered more often: the scores tell too much of them"),
    }[_side(result)]


def caption(result: SurveyResponse) -> Caption:
    """Return the words of the funnel."""
    when = numbers.months(result.window_start, result.window_end)
    return Caption(
        title=title(result),
        subtitle=_(
            "Tickets left at each step, as a share of all late ones and of all in time; resolved "
            "{when}"
        ).format(when=when),
        sentence="\n".join(_in_short(result)),
        caveats=caveats(result),
        how_to_read=_(
            "Each bar is what is left of the tickets of one kind. Compare the last two steps: how "
            "many answered of those who could."
        ),
    )
