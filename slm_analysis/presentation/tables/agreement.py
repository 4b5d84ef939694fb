"""What was agreed, as a table and as entries."""

from __future__ import annotations

from slm_analysis.dataset.unit import Unit
from slm_analysis.presentation.numbers import NO_VALUE
from slm_analysis.presentation.views import About, Column, Table
from slm_analysis.presentation.words.service_levels import METRICS
from slm_analysis.sla.agreements import ALL, DEFAULT, Agreement

COLUMNS = (
    Column("Service"),
    Column("Target"),
    Column("Goal"),
    Column("Pauses on", minor=True),
    Column("Counted by", minor=True),
)


def in_force(unit: Unit) -> list[Agreement]:
    """Return the agreement versions in force at the end of the reported period."""
    end = unit.period[1]
    return list({a.name: a for a in unit.agreement.versions if a.effective_from < end}.values())


def agreed_goals(unit: Unit) -> Table:
    """Return the goals in force at the end of the reported period."""
    versions = in_force(unit)
    rows = [
        [
            "every other service" if service == ALL else service,
            METRICS[target.metric] + ("" if priority == DEFAULT else f", {priority}"),
            goal.text,
            ", ".join(target.pauses_on) or NO_VALUE,
            terms.count_by,
        ]
        for agreement in versions
        for service, terms in agreement.services.items()
        if terms.covers(unit.business_unit)
        for target in terms.targets
        for priority, goal in target.goals.items()
    ]
    names = "; ".join(f"{a.name}, version {a.version}" for a in versions)
    return Table(names or "No agreement covers this unit", COLUMNS, rows)


def agreed_duties(unit: Unit) -> About:
    """Return parties, scope, responsibilities and the date of the next review."""
    entries = []
    for agreement in in_force(unit):
        entries += [(role.capitalize(), name) for role, name in agreement.parties.items()]
        if agreement.scope:
            entries.append(("Scope", agreement.scope))
        entries += [
            (f"Duties of the {party}", "; ".join(duties))
            for party, duties in agreement.responsibilities.items()
        ]
        if agreement.review_on:
            entries.append(("Next review", agreement.review_on))
    return About(entries)
