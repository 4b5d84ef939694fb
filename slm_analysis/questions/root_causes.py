"""What goes with late tickets: which service, and what its late tickets have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from slm_analysis.analyses.breach_drivers import (
    ARISES,
    AT_OPENING,
    BreachDrivers,
    breach_drivers,
)
from slm_analysis.analyses.breach_pairs import BreachPairs, breach_pairs
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError, nearest
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.cause_findings import (
    FURTHER,
    NEARLY,
    SERVICE,
    Look,
    findings_of,
    nearly_found,
)
from slm_analysis.questions.ticket_drivers import (
    OPENING_HOUR,
    OPENING_WEEKDAY,
    TicketDrivers,
    ticket_drivers,
)
from slm_analysis.questions.ticket_targets import metric_of
from slm_analysis.result import Note, note

MIX = ("priority", "ticket_type", "channel", OPENING_WEEKDAY, OPENING_HOUR)
"""What is held fixed where services are compared; the rest of what is recorded differs by service
anyhow, and cannot be told from it."""
LOOKS = 3
"""Families of tests: the services of the unit, the tickets of one of them, and pairs of what is
recorded of these. Each gets an equal part of the false findings that are accepted, so that all
together keep to it."""
ENOUGH_BREACHES = 10
"""With fewer, one late ticket more or less decides what stands out in a service."""
MOST_BARS = 8
"""Levels shown one by one; the rest are taken together."""

BAR = [
    "level", "levels", "n", "breaches", "expected", "excess", "excess_low", "running_share",
    "finding",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class RootCauses(Answer):
    """What goes with late tickets.

    Attributes
    ----------
    target, metric : str
        The promise whose breaches are looked at.
    window_start, window_end : Timestamp
        First and last local day on which the tickets were counted.
    cases, breaches : int
        Tickets counted in the window, and those of them that were breached.
    service : str
        The one that was looked into: it stands out, or has most breaches; empty where none has
        enough.
    drivers : BreachDrivers or None
        The services against each other; None without tickets.
    within : BreachDrivers or None
        Within `service`, everything that is recorded of its tickets.
    pairs : BreachPairs or None
        Within `service`, which two things together go with more breaches than both bring alone.
    findings : DataFrame
        At most three, those known at opening first, then by excess: `service` (in whose tickets
        it was found; empty for the unit's), `driver`, `level`, `known` (`at_opening`: a cause to
        check; `arises`: a sign), the figures of `BreachDrivers.levels`, `since` (first month from
        which on its rate was above the rest's; missing where that cannot be said), and where
        another finding is mostly about the same breaches `with_driver`, `with_level` and
        `with_breaches` (those that both have).
    further : DataFrame
        The groups that are worse by more than chance, too, and are told in no finding, by excess:
        `service`, `driver`, `level`, `known`, the figures of `BreachDrivers.levels`,
        `same_breaches` (most of the excess lies in the tickets of the findings).
    nearly : DataFrame
        The group, if any, whose own interval excludes no difference, and which the number of
        comparisons keeps from being a finding; the least likely by chance, one row at most.
    pareto : DataFrame
        The levels of one driver, most breaches first: `level`, `levels` (how many are taken
        together in a last row, else 1), `n`, `breaches`, `expected`, `excess`, `excess_low`,
        `running_share`, `finding`.
    pareto_driver, pareto_service : str
        Which driver, and in which service (empty: the unit).
    family : int
        Number of tests.
    q : float
        Accepted share of false ones among the findings.
    """

    target: str
    metric: str
    window_start: pd.Timestamp
    window_end: pd.Timestamp
    cases: int
    breaches: int
    service: str
    drivers: BreachDrivers | None
    within: BreachDrivers | None
    pairs: BreachPairs | None = None
    findings: pd.DataFrame = field(repr=False)
    pareto: pd.DataFrame = field(repr=False)
    pareto_driver: str
    pareto_service: str
    family: int
    q: float
    further: pd.DataFrame = field(repr=False, default_factory=lambda: pd.DataFrame(columns=FURTHER))
    nearly: pd.DataFrame = field(repr=False, default_factory=lambda: pd.DataFrame(columns=NEARLY))

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the findings."""
        return {"drivers": self.findings}


def root_causes(
    unit: Unit,
    target: str = "resolution_time",
    months: int = 6,
    q: float = 0.05,
    arises: Collection[str] = (),
) -> RootCauses:
    """Answer what goes with the late tickets of a unit, since when, and how sure that is.

    Parameters
    ----------
    unit : Unit
    target : str
        The promise whose breaches are looked at: ``resolution_time``, ``response_time``, or the
        name that an agreement gives such a target.
    months : int
        How many months to look at, the reported period included. A month has few breaches: of 100
        tickets at 95 % five, too few to tell groups apart; half a year's are enough and still
        recent.
    q : float
        Accepted share of false ones among the findings.
    arises : collection of str
        Further columns of the export that are filled in only while a ticket is worked on. What
        they hold is a sign, never a cause.

    Returns
    -------
    RootCauses

    Raises
    ------
    InputError
        For an unknown target or column, or months or q that make no sense.

    Notes
    -----
    First the services are compared with each other; then, within one of them, everything recorded
    of its tickets, by `breach_drivers` and, two things together, by `breach_pairs`: within the one
    that stands out with most breaches over those expected, else the one with most breaches. Each
    of the three families of tests is held to a third of `q`: the shares of false findings add up
    to `q` at most. What else is known of the
    tickets at opening is held fixed in a second comparison; a group that only gets more of the
    difficult tickets is no finding.
    Findings that are mostly about the same breaches are told as one, by the narrowest of them.
    """
    metric = metric_of(unit, target)
    if months < 1:
        raise InputError(f"months is {months}; give the number of months to look at, at least 1.")
    if not 0 < q < 1:
        raise InputError(f"q is {q}; it must lie between 0 and 1, 0.05 is usual.")
    counted = unit.judged(target)
    counted = counted[counted["counted_on"] <= unit.period_end]
    end = unit.period_end + pd.Timedelta(days=1)
    start = min(unit.period_start, end - pd.DateOffset(months=months))
    looks = list(_looks(unit, counted, start, q, arises))
    findings, further = findings_of(looks)
    services, inside = looks[0] if looks else None, looks[1] if len(looks) > 1 else None
    pairs = _pairs(inside, q) if inside else None
    driver, service = SERVICE, ""
    if len(findings):
        driver, service = findings["driver"].iloc[0], findings["service"].iloc[0]
    shown = next((look for look in looks if look.service == service), None)
    return RootCauses(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        target=target,
        metric=metric,
        window_start=start,
        window_end=unit.period_end,
        cases=services.result.cases if services else 0,
        breaches=services.result.breaches if services else 0,
        service=inside.service if inside else "",
        drivers=services.result if services else None,
        within=inside.result if inside else None,
        pairs=pairs,
        findings=findings,
        pareto=_pareto(shown, driver),
        pareto_driver=driver,
        pareto_service=service,
        family=sum(look.result.family for look in looks),
        q=q,
        further=further,
        nearly=nearly_found(looks),
        notes=tuple(_notes(looks, pairs)),
    )


def _looks(
    unit: Unit, counted: pd.DataFrame, start: pd.Timestamp, q: float, arises: Collection[str]
) -> Iterator[Look]:
    """Compare the services, then the tickets of the worst."""
    unknown = set(arises) - set(unit.tickets.columns)
    if unknown:
        name = min(unknown)
        raise InputError(
            f"Tickets have no column {name!r}. {nearest(str(name), unit.tickets.columns)}"
        )
    in_window = counted["counted_on"] >= start
    if not in_window.any():
        return
    everything = ticket_drivers(unit, counted)
    services = replace(everything, drivers=(SERVICE,), further=())
    mix = [column for column in MIX if column in everything.drivers]
    yield (first := _look("", services, mix, in_window, q, arises))
    levels = first.result.levels
    enough = levels[levels["breaches"] >= ENOUGH_BREACHES]
    if len(enough):
        worst = _worst(enough)
        own = counted[SERVICE] == worst
        recorded = ticket_drivers(unit, counted[own])
        if recorded.drivers:
            yield _look(worst, recorded, recorded.drivers, in_window[own], q, arises)


def _worst(services: pd.DataFrame) -> str:
    """Return the service that stands out most, else the one with most breaches to learn from."""
    found = services[services["finding"]]
    rows, by = (found, "excess") if len(found) else (services, "breaches")
    return str(rows["level"].iloc[rows[by].argmax()])


def _look(
    service: str,
    recorded: TicketDrivers,
    mix: Collection[str],
    in_window: pd.Series,
    q: float,
    arises: Collection[str],
) -> Look:
    arising = ARISES | set(arises) | set(recorded.statuses)
    result = breach_drivers(
        recorded.tickets[in_window],
        drivers=recorded.drivers,
        adjust=[column for column in mix if column not in arising],
        q=q / LOOKS,
        arises=arising,
    )
    return Look(service, recorded, in_window, result)


def _pairs(look: Look, q: float) -> BreachPairs:
    known = look.result.levels["known"] == AT_OPENING
    return breach_pairs(
        look.window, drivers=look.result.levels.loc[known, "driver"].unique().tolist(), q=q / LOOKS
    )


def _pareto(look: Look | None, driver: str) -> pd.DataFrame:
    """Return the levels of a driver, most breaches first, those beyond the eighth as one."""
    if look is None:
        return pd.DataFrame(columns=BAR)
    levels = look.result.levels
    own = levels[levels["driver"] == driver].assign(levels=1)
    own = own.sort_values(["finding", "breaches", "n"], ascending=False, ignore_index=True)
    one_by_one = own[:MOST_BARS] if len(own) > MOST_BARS + 1 else own
    shown = one_by_one.sort_values(["breaches", "n"], ascending=False, ignore_index=True)
    others = own[len(one_by_one) :]
    if len(others):
        sums = others[["levels", "n", "breaches"]].sum()
        unknown = dict.fromkeys(["expected", "excess", "excess_low"], np.nan)
        together = {"level": "", **unknown, "finding": False, **sums}
        shown = pd.concat([shown, pd.DataFrame([together])], ignore_index=True)
    breaches = shown["breaches"]
    running = breaches.cumsum() / max(breaches.sum(), 1)
    return shown.assign(running_share=running)[BAR]


def _notes(looks: list[Look], pairs: BreachPairs | None) -> Iterator[Note]:
    family = sum(look.result.family for look in looks)
    if family:
        yield note("comparisons", tests=family)
    if pairs is not None:
        yield from pairs.notes
    for look in looks:
        for other in look.result.notes:
            if other.code == "levels_not_judged":
                where = look.service or "the unit"
                yield note("levels_left_out", where=where, **other.values)
    further = [c for look in looks for c in look.recorded.further]
    arising = {row for look in looks for row in _arising(look)}
    assumed = [c for c in further if c not in arising]
    if assumed:
        yield note("taken_as_known", columns=", ".join(assumed))


def _arising(look: Look) -> set[str]:
    levels = look.result.levels
    return set(levels.loc[levels["known"] != AT_OPENING, "driver"])
