"""What to say about what to improve next where the agreement is kept."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_summary import BETTER, MIXED, NOT_JUDGED, STEADY, WORSE
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _, ngettext
from slm_analysis.presentation.numbers import listed
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.driver_names import reason
from slm_analysis.questions.next_improvements import NextImprovements


def heading(row: pd.Series) -> str:
    """Return where a service is heading."""
    if row["direction"] == NO_VARIATION:
        return _("always {figure}").format(figure=numbers.plain_percent(row["center"]))
    return {
        WORSE: _("worse than before"),
        BETTER: _("better than before"),
        MIXED: _("moves both ways"),
        STEADY: _("steady"),
        NOT_JUDGED: _("too few weeks to tell"),
    }[row["direction"]]


def slowest(row: pd.Series) -> str:
    """Return the group that takes most time over the others, with its hours a month."""
    if not row["driver"]:
        return _("none by more than chance")
    return _("{reason}: {hours} a month ({interval})").format(
        reason=reason(row["driver"], row["level"]),
        hours=numbers.hours(row["excess"]),
        interval=numbers.hours_span(row["excess_low"], row["excess_high"]),
    )


def late(row: pd.Series) -> str:
    """Return late tickets a month with what they are counted from: ``1.5 (9 of 505)``."""
    of = numbers.part_of(row["late"], row["counted"])
    return numbers.with_interval(numbers.score(row["late_a_month"]), of)


def sentences(result: NextImprovements) -> list[str]:
    """Return what comes first, and what is to be mended before."""
    told = []
    if result.missed:
        told.append(
            ngettext(
                "First mend what missed its target: {services}.",
                "First mend what missed their targets: {services}.",
                len(result.missed),
            ).format(services=listed([*result.missed]))
        )
    if result.doubtful:
        told.append(
            ngettext(
                "{services} missed its target; that may be chance.",
                "{services} missed their targets; that may be chance.",
                len(result.doubtful),
            ).format(services=listed([*result.doubtful]))
        )
    if result.undecided:
        told.append(
            _("Open tickets can still decide about {services}.").format(
                services=listed([*result.undecided])
            )
        )
    if result.services.empty:
        return [*told, _("No service met its target in this period.")]
    first = result.services.iloc[0]
    if first["driver"]:
        text = _("Of the services that met it, {service} comes next: {reason} takes {hours} a "
                 "month more ({interval}) than its other tickets would.")  # fmt: skip
        told.append(
            text.format(
                service=first["service"],
                reason=reason(first["driver"], first["level"]),
                hours=numbers.hours(first["excess"]),
                interval=numbers.hours_span(first["excess_low"], first["excess_high"]),
            )
        )
    elif first["late"]:
        text = _("Of the services that met it, {service} comes next: {late} tickets a month are "
                 "still late ({part} of {all}).")  # fmt: skip
        told.append(
            text.format(
                service=first["service"],
                late=numbers.score(first["late_a_month"]),
                part=numbers.count(first["late"]),
                all=numbers.count(first["counted"]),
            )
        )
    else:
        told.append(_("The services that met it had no late ticket."))
    if not result.services["driver"].any():
        told.append(_("In none of them does a group of tickets take longer by more than chance."))
    return told


def say(result: NextImprovements) -> Prose:
    """Return what comes next, and how the order is made."""
    order = _(
        "Order: what gets worse first, then hours over those of other tickets, then late tickets, "
        "both counting for more where users are less satisfied. Counted in {months}."
    ).format(months=numbers.months(result.window_start, result.window_end))
    looked = ngettext(
        "One comparison was made.", "{n} comparisons made and corrected for.", result.times.family
    ).format(n=numbers.count(result.times.family))
    return Prose(sentences(result), [order, *([looked] if result.times.family else [])])
