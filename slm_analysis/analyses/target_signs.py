"""Signs that work follows the target, or that records are not complete: observations, no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.level_comparison import compared_with_rest
from slm_analysis.analyses.near_target import NEAR, near_target
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import rate_intervals
from slm_analysis.result import Result, note

PILE_UP, PAUSE, REOPENED = "pile_up", "pause_near_target", "reopened"
BULK, UNANSWERED = "bulk_closing", "no_response"
SIGNS = (PILE_UP, PAUSE, REOPENED, BULK, UNANSWERED)
BATCH = 5
"""So many tickets that a team ends within one minute are a batch."""
MINUTES = 60
COARSE = 0.5
"""From this share of whole hours on, times were not recorded to the minute."""
SLIPS = 0.01
"""Share of tickets that may lack a first response by mere oversight."""
LEAST, MUCH = 10, 1.25
"""A sign is worth a word from so many tickets on, and so many times the number expected: no curve
is surer than that."""
MIN_CASES = 30
COLUMNS = {
    "sign": "str", "group": "str", "count": "int64", "n": "int64", "share": "float64",
    "share_low": "float64", "share_high": "float64", "expected": "float64", "p": "float64",
    "q": "float64", "judged": "bool", "found": "bool",
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class TargetSigns(Result):
    """Signs that work follows the target, or that records are not complete.

    Attributes
    ----------
    signs : DataFrame
        One row per sign and group, found ones first, then by count over the expected one: `sign`,
        `group`, `count`, `n` (of so many tickets), `share` with `share_low`, `share_high` (95 %,
        tickets of a day going together), `expected` count, `p`, `q` (missing where not judged),
        `judged`, `found`. The signs:

        - `pile_up`: of the tickets not done when the last tenth before the target began, those done
          in it; expected by a smooth curve of how soon tickets are done;
        - `pause_near_target`: of the same, those whose clock was stopped in it; expected likewise;
        - `reopened`: of the tickets first done in the last tenth, those reopened; expected at the
          rate of those done before it;
        - `bulk_closing`: tickets that a team ended within a minute of four others or more; expected
          if the ends of each hour fell on its minutes by chance; not looked at where times are
          recorded to the hour or day;
        - `no_response`: finished tickets without a first response; expected: one in a hundred.
    family : int
        Signs judged, over all groups.
    q : float
        Accepted share of false ones among those found.
    """

    signs: pd.DataFrame = field(repr=False)
    family: int
    q: float


def target_signs(
    tickets: pd.DataFrame, pauses: pd.DataFrame, *, by: str = "service", q: float = 0.05
) -> TargetSigns:
    """Answer whether tickets show signs of work that follows the target, or of gaps in the records.

    Parameters
    ----------
    tickets : DataFrame
        One row per ticket: `ticket_id`, the by-column, `day` (of opening); `used` (part of the
        target's time used up when it was done, or so far; missing where the target is no length of
        time), `ended_at` (missing: still open), `team` (missing: unknown); `first_used` (when it
        was first done) and `reopened` (both missing without a history); `answered` (whether a first
        response is on record; missing where none was promised, or the ticket is not finished).
    pauses : DataFrame
        One row per pause: `ticket_id`, `used` when it began.
    by : str
        Column that names the group.
    q : float
        Accepted share of false ones among the signs found (Benjamini-Hochberg over all signs of all
        groups).

    Returns
    -------
    TargetSigns

    Raises
    ------
    InputError
        For a missing column, or q outside 0 to 1.

    Notes
    -----
    A sign is found where chance alone, by its test after correction, does not bring so many, and
    where there are ten tickets at least and a quarter more than expected. Pile-up and pauses: see
    `slm_analysis.analyses.near_target`. Reopened: two-proportion score test over days, as for
    drivers. Bulk closing: given their number the ends of an hour are uniform over its minutes;
    batches are compared with a Poisson count. First responses: binomial test on n over the design
    effect. Why it is so the records do not say: people who watch the clock, a target that falls on
    the end of a working day, or a system that closes by rule all look like this.
    """
    require_columns(
        tickets,
        ["ticket_id", by, "day", "used", "ended_at", "team", "first_used", "reopened", "answered"],
    )
    require_columns(pauses, ["ticket_id", "used"])
    if not 0 < q < 1:
        raise InputError(Fault("q must lie between 0 and 1.", "0.05 is usual.", value=q))
    rows = [
        {"group": str(group), **sign}
        for group, own in tickets.groupby(by, observed=True)
        for sign in _signs(own, pauses[pauses["ticket_id"].isin(own["ticket_id"])])
    ]
    signs = pd.DataFrame(rows, columns=list(COLUMNS))
    signs["judged"] = signs["p"].notna()
    signs["q"], _ = false_discovery(signs["p"].to_numpy(float), q)
    much = (signs["count"] >= LEAST) & (signs["count"] >= MUCH * signs["expected"])
    signs["found"] = (signs["q"] <= q) & much
    signs = signs.assign(over=signs["count"] - signs["expected"]).sort_values(
        ["found", "over"], ascending=False, ignore_index=True, kind="stable"
    )
    family = int(signs["judged"].sum())
    return TargetSigns(
        signs=signs[list(COLUMNS)].astype(COLUMNS),
        family=family,
        q=q,
        notes=(note("signs_no_accusation"),) if signs["found"].any() else (),
    )


def _signs(tickets: pd.DataFrame, pauses: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the signs of one group for which there is anything to look at."""
    used = tickets["used"].to_numpy(float)
    ended = tickets["ended_at"].notna().to_numpy()
    timed = ~np.isnan(used)
    last = used > 1 - NEAR
    if last.any():
        left = tickets[last]
        done = ended & (used <= 1)
        yield _near(PILE_UP, left, done[last], used[timed & ended], used[timed])
        pauses = _once_a_tenth(pauses[pauses["ticket_id"].isin(tickets.loc[timed, "ticket_id"])])
        if len(pauses):
            began = pauses["used"].to_numpy(float)
            stopped = pauses.loc[(began > 1 - NEAR) & (began <= 1), "ticket_id"]
            has_paused = left["ticket_id"].isin(stopped).to_numpy()
            yield _near(PAUSE, left, has_paused, began, used[timed])
    yield from _reopened(tickets[tickets["first_used"].le(1) & tickets["reopened"].notna()])
    yield from _bulk(tickets[ended])
    yield from _unanswered(tickets[tickets["answered"].notna()])


def _near(
    sign: str, left: pd.DataFrame, found: np.ndarray, events: np.ndarray, until: np.ndarray
) -> dict[str, Any]:
    """Return a sign of the last tenth before the target."""
    near = near_target(events, until)
    return _row(sign, left, found) | {"expected": near.expected, "p": near.p}


def _once_a_tenth(pauses: pd.DataFrame) -> pd.DataFrame:
    """Return the pauses, one of each ticket in each tenth of its time, so that tickets count."""
    tenth = np.ceil(pauses["used"] / NEAR)
    return pauses[~pauses.assign(tenth=tenth).duplicated(["ticket_id", "tenth"])]


def _row(sign: str, tickets: pd.DataFrame, found: np.ndarray) -> dict[str, Any]:
    """Return how many tickets show a sign, with the interval of their share."""
    cases = pd.DataFrame({"found": found, "day": tickets["day"].to_numpy()})
    rate = rate_intervals(cases, favourable="found", day="day").iloc[0]
    return {
        "sign": sign,
        "count": int(rate["favourable"]),
        "n": int(rate["n"]),
        "share": rate["rate"],
        "share_low": rate["low"],
        "share_high": rate["high"],
        "n_effective": rate["n_effective"],
    }


def _reopened(tickets: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the tickets reopened of those first done in the last tenth, against those before."""
    late = tickets["first_used"].to_numpy(float) > 1 - NEAR
    if not late.any() or late.all():
        return
    outcome = tickets["reopened"].astype(bool).to_numpy()
    coded = {REOPENED: (late.astype(int), pd.Index(["before", "last"]))}
    day = pd.factorize(tickets["day"])[0]
    own = compared_with_rest(coded, outcome, day).set_index("level").loc["last"]
    yield _row(REOPENED, tickets[late], outcome[late]) | {
        "expected": own["expected"],
        "p": own["p"] / 2 if own["difference"] > 0 else 1 - own["p"] / 2,
    }


def _bulk(tickets: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the tickets ended in batches."""
    if len(tickets) < MIN_CASES or _is_coarse(tickets["ended_at"]):
        return
    team, minute = tickets["team"].fillna(""), tickets["ended_at"].dt.floor("min")
    together = minute.groupby([team, minute]).transform("size").to_numpy()
    batched = together >= BATCH
    batches = float((batched / together).sum())
    hours = minute.groupby([team, tickets["ended_at"].dt.floor("h")]).size().to_numpy()
    # Given how many ends an hour holds, each falls on any of its minutes alike.
    chance = 1 / MINUTES
    tickets_expected = hours * stats.binom.sf(BATCH - 2, hours - 1, chance)
    batches_expected = MINUTES * stats.binom.sf(BATCH - 1, hours, chance)
    yield _row(BULK, tickets, batched) | {
        "expected": float(tickets_expected.sum()),
        "p": float(stats.poisson.sf(round(batches) - 1, batches_expected.sum())),
    }


def _is_coarse(times: pd.Series) -> bool:
    """Whether most times are whole hours: recorded to the hour or day, they fall together."""
    return bool((times == times.dt.floor("h")).mean() > COARSE)


def _unanswered(tickets: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the finished tickets without a first response."""
    if len(tickets) < MIN_CASES:
        return
    row = _row(UNANSWERED, tickets, ~tickets["answered"].astype(bool).to_numpy())
    n = row["n_effective"]
    missing = row["share"] * n
    # Chance of as many or more of n that need not be whole, one in a hundred each.
    chance = special.betainc(missing, n - missing + 1, SLIPS) if missing else 1.0
    yield row | {"expected": SLIPS * row["n"], "p": float(chance)}
