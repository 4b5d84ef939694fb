"""What to say about where the time of tickets goes."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.bottlenecks import HANDOFF, LOOP, STATUS, TEAM, Bottlenecks
from slm_analysis.analyses.status_steps import DONE, PAUSED, WAITING
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.questions.process_flow import ProcessFlow

WHERE = {
    STATUS: "in “{name}”",
    TEAM: "with {name}",
    LOOP: "on the way from “{name}” back to “{other}”, and there once more",
    HANDOFF: "with {other} after {name} handed them on",
}
APART = {
    WAITING: "in {share} of all business time nobody had begun to work",
    PAUSED: "{share} was paused, waiting on the customer",
    DONE: "{share} lay between a resolution and a reopening",
}
ALIKE = "Late tickets spend their time where those in time do"
NOTHING = "No ticket with a status history was counted"
SIGN = "It shows where late tickets are slow, not why."
HOW_TO_READ = (
    "Boxes are statuses, in the order in which tickets usually come to them; filled is the share "
    "of late tickets' time on the clock, coloured where it is more than that of tickets in time by "
    "more than chance. Lines at the right skip statuses, those at the left go back; numbers count "
    "moves. Pauses and rare moves are left out."
)


def where(finding: pd.Series) -> str:
    """Return where the time went: ``in “Approval”``, ``with Team 2``."""
    return WHERE[finding["what"]].format(name=finding["name"], other=finding["other"])


def shares(row: pd.Series) -> tuple[str, str]:
    """Return the share of late tickets' time and that of tickets in time, with digits to tell."""
    digits = numbers.digits_to_tell([100 * row["late_share"]], [100 * row["kept_share"]])
    return percent(row["late_share"], digits), percent(row["kept_share"], digits)


def interval(row: pd.Series, name: str = "share") -> str:
    """Return a share with its interval: ``86.3% (85.3 to 87.2%)``; alone where there is none."""
    share, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if pd.isna(low):
        return percent(share)
    return f"{percent(share)} ({percent(low).removesuffix('%')} to {percent(high)})"


def answer(flow: Bottlenecks | None) -> str:
    """Return the answer in one line."""
    if flow is None or flow.statuses.empty:
        return NOTHING
    if len(flow.findings):
        first = flow.findings.iloc[0]
        late, kept = shares(first)
        return f"Late tickets spend {late} of their time {where(first)}, those in time {kept}"
    if flow.statuses["difference_low"].notna().any():
        return ALIKE
    most = flow.statuses.nlargest(1, "share").iloc[0]
    return f"Most time is spent in “{most['status']}”: {interval(most)}"


def sentences(flow: Bottlenecks | None) -> list[str]:
    """Return a sentence per finding, then the time that stands apart."""
    told = [f"{answer(flow)}."]
    if flow is None or flow.statuses.empty:
        return told
    if len(flow.findings):
        told = [_sentence(row) for _, row in flow.findings.iterrows()]
        told.append(SIGN)
    kinds = flow.kinds.set_index("kind")["share"]
    apart = [
        text.format(share=percent(kinds[kind]))
        for kind, text in APART.items()
        if kinds.get(kind, 0) > 0
    ]
    if apart:
        told.append(f"{numbers.capitalised(numbers.listed(apart))}.")
    return told


def _sentence(row: pd.Series) -> str:
    _, kept = shares(row)
    late = interval(row, "late_share")
    return f"Late tickets spent {late} of their time {where(row)}; those in time {kept}."


def say(result: ProcessFlow | Bottlenecks) -> Prose:
    """Return where the time goes, with the caveats."""
    flow = result.flow if isinstance(result, ProcessFlow) else result
    return Prose(sentences(flow), caveats(result.notes))


def caption(result: ProcessFlow | Bottlenecks) -> Caption:
    """Return the words of the process map."""
    flow = result.flow if isinstance(result, ProcessFlow) else result
    of = ""
    if isinstance(result, ProcessFlow):
        of = f", {result.service}, {numbers.months(result.window_start, result.window_end)}"
    counted = f"{flow.tickets:,} tickets, {flow.late:,} of them late" if flow else "0 tickets"
    return Caption(
        title=answer(flow),
        subtitle=f"Share of business time on the clock by status{of}: {counted}",
        sentence=" ".join(sentences(flow)),
        caveats=caveats(result.notes),
        how_to_read=HOW_TO_READ,
    )
