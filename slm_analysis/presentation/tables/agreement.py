"""What was agreed, as a table and as entries."""

from __future__ import annotations

from slm_analysis.dataset.unit import Unit
from slm_analysis.presentation.language import N_, _, pgettext
from slm_analysis.presentation.numbers import NO_VALUE, enumerated, itemised
from slm_analysis.presentation.views import About, Column, Table
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.presentation.words.service_levels import METRICS
from slm_analysis.sla.agreements import ALL, DEFAULT, Agreement

ROLES = {"provider": N_("provider"), "customer": N_("customer")}
"""Parties as most agreements name them; others are shown as they are."""


def in_force(unit: Unit) -> list[Agreement]:
    """Return the agreement versions in force at the end of the reported period."""
    end = unit.period[1]
    return list({a.name: a for a in unit.agreement.versions if a.effective_from < end}.values())


def agreed_goals(unit: Unit) -> Table:
    """Return the goals in force at the end of the reported period."""
    columns = (
        Column(_("Service")),
        Column(pgettext("what is measured", "Target")),
        Column(_("Goal")),
        Column(_("Pauses on"), minor=True),
        Column(_("Counted by"), minor=True),
    )
    counted_by = {
        "due": pgettext("counted by", "due"),
        "opened": pgettext("counted by", "opened"),
        "resolved": pgettext("counted by", "resolved"),
        "closed": pgettext("counted by", "closed"),
    }
    versions = in_force(unit)
    rows = [
        [
            _("every other service") if service == ALL else service,
            _target(_(METRICS[target.metric]), priority),
            goal_in_words(goal.text),
            enumerated(target.pauses_on) or NO_VALUE,
            counted_by[terms.count_by],
        ]
        for agreement in versions
        for service, terms in agreement.services.items()
        if terms.covers(unit.business_unit)
        for target in terms.targets
        for priority, goal in target.goals.items()
    ]
    names = itemised(
        _("{agreement}, version {version}").format(agreement=a.name, version=a.version)
        for a in versions
    )
    return Table(names or _("No agreement covers this unit"), columns, rows)


def _target(metric: str, priority: str) -> str:
    if priority == DEFAULT:
        return metric
    return _("{metric}, {priority}").format(metric=metric, priority=priority)


def agreed_duties(unit: Unit) -> About:
    """Return parties, scope, responsibilities and the date of the next review."""
    entries = []
    for agreement in in_force(unit):
        entries += [(_role(role).capitalize(), name) for role, name in agreement.parties.items()]
        if agreement.scope:
            entries.append((_("Scope"), agreement.scope))
        entries += [
            (_("Duties of the {party}").format(party=_role(party)), itemised(duties))
            for party, duties in agreement.responsibilities.items()
        ]
        if agreement.review_on:
            entries.append((_("Next review"), agreement.review_on))
    return About(entries)


def _role(party: str) -> str:
    return _(ROLES.get(party, party))
