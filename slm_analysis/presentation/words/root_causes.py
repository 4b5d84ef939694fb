"""What to say about what goes with late tickets."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.breach_drivers import AT_OPENING
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import counted, listed, percent
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words.breach_pairs import (
    found_pairs,
    pair_name,
    pair_sentence,
    tells_of,
)
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.driver_names import driver, label, reason
from slm_analysis.presentation.words.driver_odds import mix_warnings
from slm_analysis.presentation.words.excess import digits, excess, late_of, tickets
from slm_analysis.questions.root_causes import ENOUGH_BREACHES, MOST_FINDINGS, RootCauses

KNOWN = {True: "known at opening", False: "sign: arises on the way"}
NO_PROOF = "A reason that goes with lateness does not prove that it causes it."
SIGN = "It is a sign and not a cause: a ticket gathers it the longer it takes."


@dataclass(frozen=True)
class Lateness:
    """How breaches of one metric are told."""

    one: str
    """A breached ticket."""
    were: str
    """What breached tickets were."""

    @property
    def many(self) -> str:
        """Breached tickets."""
        return f"{self.one}s"


LATENESS = {
    "resolution_time": Lateness("late ticket", "late"),
    "response_time": Lateness("late first response", "answered late"),
}


def lateness(result: RootCauses) -> Lateness:
    """Return how the breaches of a result are told."""
    return LATENESS[result.metric]


def found(finding: pd.Series) -> str:
    """Return the level and driver of a finding."""
    return reason(finding["driver"], finding["level"])


def is_cause(finding: pd.Series) -> bool:
    """Whether a finding was known at opening, and so may be a cause."""
    return bool(finding["known"] == AT_OPENING)


def window(result: RootCauses) -> str:
    """Return the months looked at: ``May to October 2026``."""
    return numbers.months(result.window_start, result.window_end)


def rate(row: pd.Series) -> str:
    """Return the share that was late with its interval: ``30.4% (26.2 to 35.0%)``."""
    return (
        f"{percent(row['rate'])} ({percent(row['rate_low'])[:-1]} to {percent(row['rate_high'])})"
    )


def sentence(finding: pd.Series, late: Lateness) -> str:
    """Return number, expectation, excess with interval, and since when."""
    parts = [_numbers(finding, late)]
    if not is_cause(finding):
        parts.append(SIGN)
    if not pd.isna(finding["since"]):
        parts.append(f"Its rate has been above the others' since {finding['since']:%B %Y}.")
    if not pd.isna(finding["with_breaches"]):
        beside = reason(finding["with_driver"], finding["with_level"])
        parts.append(
            f"Of the {finding['breaches']:,.0f} {late.were}, {finding['with_breaches']:,.0f} also "
            f"had {beside}."
        )
    return " ".join(parts)


def _numbers(finding: pd.Series, late: Lateness) -> str:
    where = f"{finding['service']}, " if finding["service"] else ""
    expected = tickets(finding["expected"])
    return (
        f"{where}{found(finding)}: {late_of(finding)} tickets were {late.were}, {rate(finding)}. "
        f"That is {excess(finding)} more than the {expected} expected if it made no difference."
    )


def headline(result: RootCauses) -> Headline:
    """Return the top of the page on root causes."""
    if result.findings.empty:
        return _without_finding(result)
    first, late = result.findings.iloc[0], lateness(result)
    return Headline(
        title=answer(result),
        lead=" ".join([sentence(first, late), *_together(result, first)]),
        what=_what(result),
        sure=_sure(result),
        next=_next(result),
    )


def _together(result: RootCauses, finding: pd.Series) -> list[str]:
    """Return what is said of a pair that a finding is part of."""
    pairs = [pair for pair in found_pairs(result) if tells_of(pair, finding)][:1]
    return [pair_sentence(pair, lateness(result).were) for pair in pairs]


def _other_pairs(result: RootCauses) -> list[pd.Series]:
    """Return the pairs that no finding is part of, as many as there is room for."""
    findings = [finding for _, finding in result.findings.iterrows()]
    others = [p for p in found_pairs(result) if not any(tells_of(p, f) for f in findings)]
    return others[: MOST_FINDINGS - len(findings)]


def answer(result: RootCauses) -> str:
    """Return what goes with late tickets, in one line."""
    late = lateness(result)
    if len(result.findings):
        first = result.findings.iloc[0]
        more = f"{digits(first, 'excess')} more {late.many} than expected"
        if is_cause(first):
            return f"{found(first)} goes with {more}"
        return f"Only a sign stands out: {found(first)} goes with {more}"
    if pairs := _other_pairs(result):
        more = f"{digits(pairs[0], 'excess')} more {late.many} than both bring alone"
        return f"{pair_name(pairs[0])} goes with {more}"
    return _no_answer(result, late)


def _no_answer(result: RootCauses, late: Lateness) -> str:
    """Return why nothing is named, in one line."""
    if not result.cases:
        return f"There are no tickets to look at in {window(result)}"
    if not result.breaches:
        return f"There was no {late.one} in {window(result)}"
    if not result.family:
        return f"Too few {late.many} in {window(result)} to look for reasons"
    return f"Nothing stands out among the {late.many} of {window(result)}"


def _without_finding(result: RootCauses) -> Headline:
    pairs = _other_pairs(result)
    if pairs:
        return Headline(
            title=answer(result),
            lead=pair_sentence(pairs[0], lateness(result).were),
            what=_what(result),
            sure=" ".join([*_corrected(result), NO_PROOF]),
            next=f"Read some {lateness(result).many} of {pair_name(pairs[0])}.",
        )
    return Headline(
        title=answer(result),
        lead=_nothing(result),
        what=_what(result),
        sure=_sure_of_nothing(result),
        next="There is no reason to mend first. See whether the trends give an early warning.",
        link="02_trends",
    )


def _nothing(result: RootCauses) -> str:
    """Return why there is no finding."""
    late = lateness(result)
    if not result.cases:
        return "No agreement judges this unit's tickets in these months, or there were none."
    if not result.breaches:
        return f"Of {counted(result.cases, 'ticket')} none was {late.were}."
    if not result.family:
        return "No group of tickets is large enough to be compared with the others."
    inside = (
        f", and nothing on record of the tickets of {result.service}," if result.service else ""
    )
    return f"No service{inside} goes with more {late.many} than chance allows."


def _sure_of_nothing(result: RootCauses) -> str:
    if not result.family:
        return "Nothing can be said about reasons."
    hidden = "A reason that matters little, or is not on record, can stay hidden."
    return " ".join([*_corrected(result), hidden])


def _overall(result: RootCauses) -> str:
    return f"{result.breaches:,} of {result.cases:,} tickets were {lateness(result).were}"


def _what(result: RootCauses) -> str:
    parts = []
    if result.cases:
        parts.append(f"{_overall(result)} in {window(result)}.")
    others = [
        f"{found(finding)}{'' if is_cause(finding) else ' (a sign)'}"
        for _, finding in result.findings[1:].iterrows()
    ]
    pairs = [pair_name(pair) for pair in _other_pairs(result)]
    others += pairs if len(result.findings) else pairs[1:]
    if others:
        parts.append(f"Standing out as well: {listed(others)}.")
    if result.service:
        parts.append(f"Looked into: {result.service}.")
    elif result.breaches:
        parts.append(f"No service had {ENOUGH_BREACHES} {lateness(result).many} to be looked into.")
    return " ".join(parts) or "No ticket was counted."


def _corrected(result: RootCauses) -> list[str]:
    if not result.family:
        return []
    return [f"{counted(result.family, 'comparison')} made and corrected for."]


def _sure(result: RootCauses) -> str:
    first = result.findings.iloc[0]
    low, high = digits(first, "excess_low"), digits(first, "excess_high")
    likely = f"The number over those expected is likely between {low} and {high}."
    return " ".join([likely, *_corrected(result), NO_PROOF])


def _next(result: RootCauses) -> str:
    first, late = result.findings.iloc[0], lateness(result)
    if not is_cause(first):
        return (
            f"Read some of the {first['breaches']:,.0f} {late.many} with {found(first)}: it shows "
            "where to look, not why."
        )
    read = f"Check {found(first)}: read some of its {late.many}"
    if not pd.isna(first["with_breaches"]):
        read += f", first those of {reason(first['with_driver'], first['with_level'])}"
    return f"{read}. {_worth(result)}"


def _worth(result: RootCauses) -> str:
    """Return what mending the first finding can bring a month."""
    first, late = result.findings.iloc[0], lateness(result)
    a_month, low, high = (
        tickets(first[name] / _months(result)) for name in ("excess", "excess_low", "excess_high")
    )
    return f"Mending it is worth at most about {a_month} {late.many} a month ({low} to {high})."


def say(result: RootCauses) -> Prose:
    """Return a sentence for each finding, then the caveats."""
    late = lateness(result)
    sentences = [
        text
        for _, finding in result.findings.iterrows()
        for text in (sentence(finding, late), *_together(result, finding))
    ]
    sentences += [pair_sentence(pair, late.were) for pair in _other_pairs(result)]
    if sentences:
        return Prose([*sentences, NO_PROOF], _caveats(result))
    return Prose([_nothing(result), _what(result)], _caveats(result))


def _caveats(result: RootCauses) -> list[str]:
    late = lateness(result).many
    why = f"so many months that one month's few {late} do not decide"
    if _months(result) == 1:
        why = f"one month only, in which a few {late} decide"
    return [
        f"Tickets counted in {window(result)}: {why}.",
        *mix_warnings(result),
        *caveats(result.notes),
    ]


def _months(result: RootCauses) -> int:
    return len(pd.period_range(result.window_start, result.window_end, freq="M"))


def bar_label(bar: pd.Series, name: str) -> str:
    """Return the level of a driver, or how many are taken together."""
    return label(name, bar["level"]) if bar["levels"] == 1 else f"{bar['levels']:,.0f} others"


def pareto_answer(result: RootCauses) -> str:
    """Return what the figure shows, in one line."""
    if len(result.findings) or not result.family:
        return answer(result)
    return f"No {driver(result.pareto_driver)} stands out"


def _in_figure(result: RootCauses) -> str:
    """Return what the figure says: its first finding in numbers."""
    if result.findings.empty:
        return " ".join(say(result).sentences)
    first = result.findings.iloc[0]
    then = f"{_worth(result)} {NO_PROOF}" if is_cause(first) else SIGN
    return f"{_numbers(first, lateness(result))} {then}"


def caption(result: RootCauses) -> Caption:
    """Return the words of the figure."""
    late, by = lateness(result), driver(result.pareto_driver)
    of = f" of {result.pareto_service}" if result.pareto_service else ""
    breaches, n = result.pareto[["breaches", "n"]].sum()
    return Caption(
        title=pareto_answer(result),
        subtitle=f"{late.many.capitalize()}{of} in {window(result)} by {by}: {breaches:,.0f} of "
        f"{n:,.0f} tickets. The tick shows how many there would be if it made no difference",
        sentence=_in_figure(result),
        caveats=_caveats(result),
        how_to_read=f"Each bar counts the {late.many} of one group, most first; the share at the "
        "right adds them up from the top. The tick is the number expected at the rate of all other "
        "groups. Coloured is what lies above it, where that is more than chance after correction.",
    )
