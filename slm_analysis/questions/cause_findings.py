"""Which groups of late tickets are told as findings, which beside them, and which nearly were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.breach_drivers import (
    AT_OPENING,
    BreachDrivers,
)
from slm_analysis.analyses.mix_readings import AS_BEFORE
from slm_analysis.analyses.onset import onset
from slm_analysis.questions.ticket_drivers import (
    TicketDrivers,
)
from slm_analysis.sla.reporting_periods import period_start

SERVICE = "service"
MOST_FINDINGS = 3
MOSTLY = 0.5
"""Two findings are told as one where less than this part of an excess lies outside the other."""

FINDING = [
    "service", "driver", "level", "known", "n", "breaches", "rate", "rate_low", "rate_high",
    "expected", "excess", "excess_low", "excess_high", "q", "since", "with_driver", "with_level",
    "with_breaches",
]  # fmt: skip
FURTHER = [
    "service", "driver", "level", "known", "n", "breaches", "excess", "excess_low", "excess_high",
    "same_breaches",
]  # fmt: skip
NEARLY = ["service", "driver", "level", "n", "breaches", "excess", "excess_low", "excess_high"]


@dataclass(frozen=True)
class Look:
    """One comparison: in a service or (empty) in all, with the tickets of all months."""

    service: str
    recorded: TicketDrivers
    in_window: pd.Series
    result: BreachDrivers

    @property
    def window(self) -> pd.DataFrame:
        """The tickets that were compared."""
        return self.recorded.tickets[self.in_window]


@dataclass(frozen=True)
class Candidate:
    """A finding with the tickets that it is about."""

    look: Look
    row: pd.Series
    has_level: pd.Series
    """Of the tickets in the window, indexed by ticket."""
    breached: pd.Series

    def excess_outside(self, other: pd.Series) -> float:
        """Return the breaches over those expected when the tickets of `other` are left out."""
        left = ~other.reindex(self.has_level.index, fill_value=False)
        own, rest = self.breached[left & self.has_level], self.breached[left & ~self.has_level]
        return float(own.sum() - len(own) * rest.mean()) if len(own) and len(rest) else 0.0

    def mostly_in(self, other: pd.Series) -> bool:
        """Whether most of the excess lies in the tickets of `other`."""
        return self.excess_outside(other) < MOSTLY * self.row["excess"]


def findings_of(looks: list[Look]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return at most three findings, each about breaches of its own, and what they do not name."""
    every = sorted(
        (candidate for look in looks for candidate in _candidates(look)),
        key=lambda c: (c.row["known"] != AT_OPENING, -c.row["excess"]),
    )
    left = every
    rows: list[dict[str, object]] = []
    told = pd.Series(dtype=bool)
    while left and len(rows) < MOST_FINDINGS:
        same = [
            c
            for c in left
            if c.row["known"] == left[0].row["known"]
            and c.mostly_in(left[0].has_level)
            and left[0].mostly_in(c.has_level)
        ]
        lead = max(same, key=lambda c: c.row["rate"])
        rows.append(_finding(lead, same))
        told = lead.has_level.combine(told, max, fill_value=False)
        left = [c for c in left if c is not lead and not c.mostly_in(told)]
    findings = pd.DataFrame(rows, columns=FINDING).astype({"since": "datetime64[us]"})
    return findings, _further(every, findings, told)


def _further(every: list[Candidate], findings: pd.DataFrame, told: pd.Series) -> pd.DataFrame:
    """Return the candidates that no finding names."""
    pairs = (["driver", "level"], ["with_driver", "with_level"])
    named = {tuple(pair) for names in pairs for pair in findings[names].to_numpy()}
    rows = [
        {**c.row, "service": c.look.service, "same_breaches": c.mostly_in(told)}
        for c in every
        if (c.row["driver"], c.row["level"]) not in named
    ]
    return pd.DataFrame(rows, columns=FURTHER).sort_values(
        "excess", ascending=False, ignore_index=True
    )


def nearly_found(looks: list[Look]) -> pd.DataFrame:
    """Return the group that only the number of comparisons keeps from being a finding."""
    rows = []
    for look in looks:
        levels = look.result.levels.merge(look.result.adjusted, how="left")
        clear = (levels["excess_low"] > 0) | (levels["odds_ratio_low"] > 1)
        clear |= levels["modelled_low"] > 1
        as_before = levels["reading"].fillna(AS_BEFORE) == AS_BEFORE
        rows.append(
            levels[(levels["q"] > look.result.q) & clear & as_before].assign(service=look.service)
        )
    every = pd.concat(rows) if rows else pd.DataFrame(columns=[*NEARLY, "p"])
    return every.sort_values("p", ignore_index=True).loc[:0, NEARLY]


def _candidates(look: Look) -> Iterator[Candidate]:
    window = look.window.set_index("ticket_id")
    levels = look.result.levels
    for _, row in levels[levels["finding"]].iterrows():
        has_level = window[row["driver"]] == row["level"]
        yield Candidate(look, row, has_level, window["breached"])


def _finding(lead: Candidate, same: list[Candidate]) -> dict[str, object]:
    beside = [
        c for c in same if c.row["driver"] not in {lead.row["driver"], SERVICE} and c is not lead
    ]
    row = {name: lead.row[name] for name in FINDING if name in lead.row.index}
    row |= {"service": lead.look.service, "since": _since(lead)}
    if beside:
        both = beside[0].has_level & lead.has_level & lead.breached
        row |= {
            "with_driver": beside[0].row["driver"],
            "with_level": beside[0].row["level"],
            "with_breaches": int(both.sum()),
        }
    return row


def _since(lead: Candidate) -> pd.Timestamp | None:
    """Return the month from which on the level's rate was above the rest's."""
    tickets = lead.look.recorded.tickets
    level = tickets[lead.row["driver"]] == lead.row["level"]
    time = period_start(tickets["counted_on"], "month")
    rest = tickets[~level].groupby(time)["breached"].agg(rest_n="size", rest_breaches="sum")
    own = tickets[level].groupby(time)["breached"].agg(n="size", breaches="sum")
    months = own.join(rest, how="outer").fillna(0).rename_axis("time").reset_index()
    return onset(months, lead.row["n"] / lead.row["n_effective"])
