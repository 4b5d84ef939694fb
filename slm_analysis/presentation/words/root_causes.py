"""What to say about what goes with late tickets."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, joined, ngettext
from slm_analysis.presentation.numbers import listed
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words.breach_pairs import (
    found_pairs,
    pair_name,
    pair_sentence,
    tells_of,
)
from slm_analysis.presentation.words.cause_findings import (
    SIGN,
    Lateness,
    also_had,
    found,
    in_numbers,
    is_cause,
    lateness,
    rate,
    sentence,
    window,
    with_excess,
)
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.driver_names import driver, label, reason
from slm_analysis.presentation.words.driver_odds import mix_warnings
from slm_analysis.presentation.words.excess import digits, excess, late_of, tickets
from slm_analysis.questions.cause_findings import MOST_FINDINGS
from slm_analysis.questions.root_causes import ENOUGH_BREACHES, RootCauses

MOST_FURTHER = 3
"""Groups named that stand out beside the findings."""
NO_PROOF = N_("A reason that goes with lateness does not prove that it causes it.")
BESIDE = ("comparisons",)
"""Notes that stand beside the figure; the others are folded with how it is read."""


def headline(result: RootCauses) -> Headline:
    """Return the top of the page on root causes: at most three things that stand out, or none."""
    if result.findings.empty:
        return _without_finding(result)
    first = in_numbers(result.findings.iloc[0], lateness(result))
    return Headline(
        title=answer(result),
        lead=joined([*first, *_standing_out_as_well(result)]),
        what=_what(result),
        sure=_sure(result),
        next=_next(result),
    )


def _standing_out_as_well(result: RootCauses) -> list[str]:
    """Return the second and third of the things named, each with its excess."""
    named = [with_excess(row) for __, row in result.findings[1:].iterrows()]
    named += [
        _("{reason}, {excess}").format(reason=pair_name(pair), excess=excess(pair))
        for pair in _other_pairs(result)
    ]
    if not named:
        return []
    return [_("More than expected as well: {reasons}.").format(reasons=listed(named))]


def not_named(result: RootCauses) -> list[str]:
    """Return what is said of groups that stand out by more than chance beside the findings."""
    same = result.further["same_breaches"].astype(bool)
    told = (
        (result.further[same],
         _("More than expected by more than chance as well, most of it in the same tickets: "
           "{reasons}.")),
        (result.further[~same],
         _("More than expected by more than chance as well: {reasons}.")),
    )  # fmt: skip
    return [
        text.format(reasons=listed([with_excess(row) for __, row in rows.iterrows()], MOST_FURTHER))
        for rows, text in told
        if len(rows)
    ]


def nearly(result: RootCauses) -> list[str]:
    """Return why the group nearest to being a finding is none."""
    return [
        _("{reason} has more {late} than expected: {part}, {excess} more. Among {n} comparisons, "
          "that may be chance.").format(
            reason=found(row),
            late=lateness(result).many,
            part=late_of(row),
            excess=excess(row),
            n=numbers.count(result.family),
        )
        for __, row in result.nearly.iterrows()
    ]  # fmt: skip


def _together(result: RootCauses, finding: pd.Series) -> list[str]:
    """Return what is said of a pair that a finding is part of."""
    pairs = [pair for pair in found_pairs(result) if tells_of(pair, finding)][:1]
    return [pair_sentence(pair, lateness(result).were) for pair in pairs]


def _other_pairs(result: RootCauses) -> list[pd.Series]:
    """Return the pairs that no finding is part of, as many as there is room for."""
    findings = [finding for __, finding in result.findings.iterrows()]
    others = [p for p in found_pairs(result) if not any(tells_of(p, f) for f in findings)]
    return others[: MOST_FINDINGS - len(findings)]


def answer(result: RootCauses) -> str:
    """Return what goes with late tickets, in one line."""
    late = lateness(result)
    if len(result.findings):
        first = result.findings.iloc[0]
        text = (
            _("{reason} goes with {excess} more {late} than expected")
            if is_cause(first)
            else _("Only a sign stands out: {reason} goes with {excess} more {late} than expected")
        )
        return text.format(reason=found(first), excess=digits(first, "excess"), late=late.many)
    if pairs := _other_pairs(result):
        return _("{reason} goes with {excess} more {late} than both bring alone").format(
            reason=pair_name(pairs[0]), excess=digits(pairs[0], "excess"), late=late.many
        )
    return _no_answer(result, late)


def _no_answer(result: RootCauses, late: Lateness) -> str:
    """Return why nothing is named, in one line."""
    if not result.cases:
        text = _("There are no tickets to look at in {months}")
    elif not result.breaches:
        text = _("There was no {late_one} in {months}")
    elif not result.family:
        text = _("Too few {late} in {months} to look for reasons")
    else:
        text = _("Nothing stands out among the {late} of {months}")
    return text.format(months=window(result), late=late.many, late_one=late.one)


def _without_finding(result: RootCauses) -> Headline:
    if pairs := _other_pairs(result):
        late = lateness(result)
        return Headline(
            title=answer(result),
            lead=joined(pair_sentence(pair, late.were) for pair in pairs),
            what=_what(result),
            sure=joined([*_corrected(result), _(NO_PROOF)]),
            next=_("Read some {late} of {reason}.").format(
                late=late.many, reason=pair_name(pairs[0])
            ),
        )
    return Headline(
        title=answer(result),
        lead=_nothing(result),
        what=_what(result),
        sure=_sure_of_nothing(result),
        next=_("No reason was found to start with. See whether the trends give an early warning."),
        link="02_trends",
    )


def _nothing(result: RootCauses) -> str:
    """Return why there is no finding."""
    late = lateness(result)
    if not result.cases:
        text = _("No agreement judges this unit's tickets in these months, or there were none.")
    elif not result.breaches:
        text = ngettext(
            "The one ticket was not {were}.", "Of {n} tickets none was {were}.", result.cases
        )
    elif not result.family:
        text = _("No group of tickets is large enough to be compared with the others.")
    elif result.service:
        text = _("No service, and nothing on record of the tickets of {service}, goes with more "
                 "{late} than chance allows.")  # fmt: skip
    else:
        text = _("No service goes with more {late} than chance allows.")
    nothing = text.format(
        n=numbers.count(result.cases), were=late.were, late=late.many, service=result.service
    )
    return joined([nothing, *nearly(result)])


def _sure_of_nothing(result: RootCauses) -> str:
    if not result.family:
        return _("Nothing can be said about reasons.")
    hidden = _("A reason that matters little, or is not on record, can stay hidden.")
    return joined([*_corrected(result), hidden])


def _what(result: RootCauses) -> str:
    late, parts = lateness(result), []
    if result.cases:
        parts.append(
            _("{late} of {n} tickets were {were} in {months}.").format(
                late=numbers.count(result.breaches),
                n=numbers.count(result.cases),
                were=late.were,
                months=window(result),
            )
        )
    parts += [_combined(result, row) for __, row in result.findings[:1].iterrows()]
    if result.service:
        parts.append(_("Looked into: {service}.").format(service=result.service))
    elif result.breaches:
        parts.append(
            _("No service had {n} {late} to be looked into.").format(
                n=ENOUGH_BREACHES, late=late.many
            )
        )
    return joined(parts) or _("No ticket was counted.")


def _combined(result: RootCauses, finding: pd.Series) -> str:
    """Return what most of the late tickets of a finding also had, and whether both do more."""
    if pd.isna(finding["with_breaches"]):
        return joined(_together(result, finding))
    told = also_had(finding, lateness(result))
    beside = (finding["with_driver"], finding["with_level"])
    for pair in found_pairs(result):
        if tells_of(pair, finding) and beside in {
            (pair["driver"], pair["level"]),
            (pair["with_driver"], pair["with_level"]),
        }:
            more = _(
                "Both together go with more than each alone, as tickets set aside for the test "
                "show: with both {late} were late, {excess} more than expected."
            )
            return joined([told, more.format(late=late_of(pair), excess=excess(pair))])
    return told


def _corrected(result: RootCauses) -> list[str]:
    if not result.family:
        return []
    text = ngettext(
        "One comparison was made.", "{n} comparisons made and corrected for.", result.family
    )
    return [text.format(n=numbers.count(result.family))]


def _sure(result: RootCauses) -> str:
    first = result.findings.iloc[0]
    likely = _("The number over those expected is likely between {low} and {high}.").format(
        low=digits(first, "excess_low"), high=digits(first, "excess_high")
    )
    return joined([likely, *_corrected(result), _(NO_PROOF)])


def _next(result: RootCauses) -> str:
    first, late = result.findings.iloc[0], lateness(result)
    if not is_cause(first):
        return _(
            "Read some of the {n} {late} with {reason}: it shows where to look, not why."
        ).format(n=numbers.count(first["breaches"]), late=late.many, reason=found(first))
    if pd.isna(first["with_breaches"]):
        read = _("Check {reason}: read some of its {late}.")
        return joined([read.format(reason=found(first), late=late.many), _worth(result)])
    read = _("Check {reason}: read some of its {late}, first those of {beside}.").format(
        reason=found(first),
        late=late.many,
        beside=reason(first["with_driver"], first["with_level"]),
    )
    return joined([read, _worth(result)])


def _worth(result: RootCauses) -> str:
    """Return what mending the first finding can bring a month."""
    first, late = result.findings.iloc[0], lateness(result)
    a_month, low, high = (
        tickets(first[name] / _months(result)) for name in ("excess", "excess_low", "excess_high")
    )
    return _(
        "If it is the cause, mending it saves about {n} {late} a month ({low} to {high})."
    ).format(n=a_month, late=late.many, low=low, high=high)


def say(result: RootCauses) -> Prose:
    """Return a sentence for each finding, then the caveats."""
    late = lateness(result)
    sentences = [
        text
        for __, finding in result.findings.iterrows()
        for text in (sentence(finding, late), *_together(result, finding))
    ]
    sentences += [pair_sentence(pair, late.were) for pair in _other_pairs(result)]
    if sentences:
        return Prose([*sentences, _(NO_PROOF)], [*_caveats(result), *nearly(result)])
    return Prose([_nothing(result), _what(result)], _caveats(result))


def _caveats(result: RootCauses) -> list[str]:
    return [_window(result), *not_named(result), *mix_warnings(result), *caveats(result.notes)]


def _window(result: RootCauses) -> str:
    """Return which months were counted, and why so many."""
    text = (
        _("Tickets counted in {months}: one month only, in which a few {late} decide.")
        if _months(result) == 1
        else _("Tickets counted in {months}: so many months that one month's few {late} do not "
               "decide.")
    )  # fmt: skip
    return text.format(months=window(result), late=lateness(result).many)


def _months(result: RootCauses) -> int:
    return len(pd.period_range(result.window_start, result.window_end, freq="M"))


def bar_label(bar: pd.Series, name: str) -> str:
    """Return the level of a driver, or how many are taken together."""
    if bar["levels"] == 1:
        return label(name, bar["level"])
    return _("{n} others").format(n=numbers.count(bar["levels"]))


def pareto_answer(result: RootCauses) -> str:
    """Return what the figure shows, in one line."""
    if len(result.findings) or not result.family:
        return answer(result)
    return _("No {driver} stands out").format(driver=driver(result.pareto_driver))


def _in_figure(result: RootCauses) -> str:
    """Return what to read beside the figure."""
    if result.findings.empty:
        return _nothing(result)
    first, late = result.findings.iloc[0], lateness(result)
    share = _("{rate} of these tickets were {were}.").format(rate=rate(first), were=late.were)
    return "\n".join([share, joined([_worth(result), _(NO_PROOF)]) if is_cause(first) else _(SIGN)])


def caption(result: RootCauses) -> Caption:
    """Return the words of the figure."""
    late = lateness(result)
    breaches, n = result.pareto[["breaches", "n"]].sum()
    subtitle = (
        _("{Late} of {service} in {months} by {driver}: {breaches} of {n} tickets. The tick shows "
          "how many there would be if it made no difference")
        if result.pareto_service
        else _("{Late} in {months} by {driver}: {breaches} of {n} tickets. The tick shows how many "
               "there would be if it made no difference")
    )  # fmt: skip
    how_to_read = _(
        "Each bar counts the {late} of one group, most first; the share at the right adds them up "
        "from the top. The tick is the number expected at the rate of all other groups. Coloured "
        "is what lies above it, where that is more than chance after correction."
    ).format(late=late.many)
    beside = [note for note in result.notes if note.code in BESIDE]
    folded = caveats(note for note in result.notes if note.code not in BESIDE)
    return Caption(
        title=pareto_answer(result),
        subtitle=subtitle.format(
            Late=numbers.capitalised(late.many),
            service=result.pareto_service,
            months=window(result),
            driver=driver(result.pareto_driver),
            breaches=numbers.count(breaches),
            n=numbers.count(n),
        ),
        sentence=_in_figure(result),
        caveats=[_window(result), *caveats(beside)],
        how_to_read=joined([how_to_read, *folded]),
    )
