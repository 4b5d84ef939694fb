"""What to say about where the time of tickets goes."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.bottlenecks import HANDOFF, LOOP, STATUS, TEAM, Bottlenecks
from slm_analysis.analyses.status_steps import DONE, PAUSED, WAITING
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, joined
from slm_analysis.presentation.numbers import percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.questions.process_flow import ProcessFlow

NOTHING = N_("No ticket with a status history was counted")
APART = {
    WAITING: N_("in {share} of all business time nobody had begun to work"),
    PAUSED: N_("{share} was paused, waiting on the customer"),
    DONE: N_("{share} lay between a resolution and a reopening"),
}
ALIKE = N_("Late tickets spend their time where those in time do")
SIGN = N_("It shows where late tickets are slow, not why.")
BESIDE = ("too_few_to_compare", "outcomes_unknown", "taken_as_waiting", "waiting_not_told")
"""Notes that stand beside the map; the others are folded with how it is read."""


def nothing() -> str:
    """Return what is said where nothing was followed."""
    return _sentence_of(_(NOTHING))


def where(finding: pd.Series) -> str:
    """Return where the time went: ``in “Approval”``, ``with Team 2``."""
    text = {
        STATUS: _("in “{name}”"),
        TEAM: _("with {name}"),
        LOOP: _("on the way from “{name}” back to “{other}”, and there once more"),
        HANDOFF: _("with {other} after {name} handed them on"),
    }[finding["what"]]
    return text.format(name=finding["name"], other=finding["other"])


def elsewhere() -> str:
    """Return what stands above the boxes below the map."""
    return _("Late tickets spend more of their time here, too:")


def is_compared(flow: Bottlenecks) -> bool:
    """Whether enough tickets were late and in time to set one against the other."""
    return bool(flow.statuses["difference_low"].notna().any())


def box(row: pd.Series) -> str:
    """Return the shares of a box in words; nothing where no time counts."""
    if pd.isna(row["filled"]):
        return _("no time counted")
    if pd.isna(row["ticked"]):
        return _("{share} of the time").format(share=interval(row))
    late, kept = shares(row)
    return _("late tickets {late}, in time {kept}").format(late=late, kept=kept)


def shares(row: pd.Series) -> tuple[str, str]:
    """Return the share of late tickets' time and that of tickets in time, with digits to tell."""
    digits = numbers.digits_to_tell([100 * row["late_share"]], [100 * row["kept_share"]])
    return percent(row["late_share"], digits), percent(row["kept_share"], digits)


def interval(row: pd.Series, name: str = "share") -> str:
    """Return a share with its interval: ``86.3% (85.3 to 87.2%)``; alone where there is none."""
    share, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if pd.isna(low):
        return percent(share)
    interval = numbers.span(percent(low), percent(high))
    return numbers.with_interval(percent(share), interval)


def answer(flow: Bottlenecks | None) -> str:
    """Return the answer in one line."""
    if flow is None or flow.statuses.empty:
        return _(NOTHING)
    if len(flow.findings):
        first = flow.findings.iloc[0]
        late, kept = shares(first)
        return _("Late tickets spend {late} of their time {where}, those in time {kept}").format(
            late=late, where=where(first), kept=kept
        )
    if is_compared(flow):
        return _(ALIKE)
    most = flow.statuses.nlargest(1, "share").iloc[0]
    return _("Most time is spent in “{status}”: {share}").format(
        status=most["status"], share=interval(most)
    )


def sentences(flow: Bottlenecks | None) -> list[str]:
    """Return a sentence per finding, then the time that stands apart."""
    told = [_sentence_of(answer(flow))]
    if flow is None or flow.statuses.empty:
        return told
    if len(flow.findings):
        told = [_sentence(row) for __, row in flow.findings.iterrows()]
        told.append(_(SIGN))
    return [*told, *_apart(flow)]


def _apart(flow: Bottlenecks) -> list[str]:
    """Return the time in which nobody works."""
    kinds = flow.kinds.set_index("kind")["share"]
    apart = [
        _(text).format(share=percent(kinds[kind]))
        for kind, text in APART.items()
        if kinds.get(kind, 0) > 0
    ]
    return [_sentence_of(numbers.capitalised(numbers.listed(apart)))] if apart else []


def _sentence_of(text: str) -> str:
    return _("{text}.").format(text=text)


def _sentence(row: pd.Series) -> str:
    _late, kept = shares(row)
    return _("Late tickets spent {late} of their time {where}; those in time {kept}.").format(
        late=interval(row, "late_share"), where=where(row), kept=kept
    )


def _in_figure(flow: Bottlenecks | None) -> str:
    """Return what to read beside the map: how sure its answer is, and the time apart."""
    if flow is None or flow.statuses.empty or flow.findings.empty:
        return "\n".join(sentences(flow))
    first = flow.findings.iloc[0]
    interval = numbers.span(percent(first["late_share_low"]), percent(first["late_share_high"]))
    likely = _("Of late tickets' time it is likely {interval}.").format(interval=interval)
    return "\n".join([joined([likely, _(SIGN)]), *_apart(flow)])


def say(result: ProcessFlow | Bottlenecks) -> Prose:
    """Return where the time goes, with the caveats."""
    flow = result.flow if isinstance(result, ProcessFlow) else result
    return Prose(sentences(flow), caveats(result.notes))


def caption(result: ProcessFlow | Bottlenecks) -> Caption:
    """Return the words of the process map."""
    flow = result.flow if isinstance(result, ProcessFlow) else result
    counts = {
        "tickets": numbers.count(flow.tickets if flow else 0),
        "late": numbers.count(flow.late if flow else 0),
    }
    if isinstance(result, ProcessFlow):
        subtitle = _("Share of business time on the clock by status, {service}, {months}: "
                     "{tickets} tickets, {late} of them late").format(
            service=result.service,
            months=numbers.months(result.window_start, result.window_end),
            **counts,
        )  # fmt: skip
    else:
        subtitle = _("Share of business time on the clock by status: {tickets} tickets, {late} of "
                     "them late").format(**counts)  # fmt: skip
    how_to_read = _(
        "Boxes are statuses, in the order in which tickets usually come to them. The bar is the "
        "share of late tickets' time on the clock, coloured where it is more than that of tickets "
        "in time, the upright tick, by more than chance; with too few late tickets it is that of "
        "all. Lines at the right skip statuses, those "
        "at the left go back; numbers count moves. Pauses and rare moves are left out."
    )
    beside = [note for note in result.notes if note.code in BESIDE]
    folded = caveats(note for note in result.notes if note.code not in BESIDE)
    return Caption(
        title=answer(flow),
        subtitle=subtitle,
        sentence=_in_figure(flow),
        caveats=caveats(beside),
        how_to_read=joined([how_to_read, *folded]),
    )
