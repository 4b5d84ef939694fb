"""What to say of one group of late tickets."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.breach_drivers import AT_OPENING
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import N_, _, joined
from slm_analysis.presentation.numbers import percent
from slm_analysis.presentation.words.driver_names import reason
from slm_analysis.presentation.words.excess import excess, late_of, tickets
from slm_analysis.questions.root_causes import RootCauses

KNOWN = {True: N_("known at opening"), False: N_("sign: arises on the way")}
SIGN = N_("It is a sign and not a cause: a ticket gathers it the longer it takes.")


@dataclass(frozen=True)
class Lateness:
    """How breaches of one metric are told."""

    one: str
    """A breached ticket."""
    many: str
    """Breached tickets."""
    were: str
    """What breached tickets were."""


def lateness(result: RootCauses) -> Lateness:
    """Return how the breaches of a result are told."""
    return {
        "resolution_time": Lateness(_("late ticket"), _("late tickets"), _("late")),
        "response_time": Lateness(
            _("late first response"), _("late first responses"), _("answered late")
        ),
    }[result.metric]


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
    interval = numbers.span(percent(row["rate_low"]), percent(row["rate_high"]))
    return numbers.with_interval(percent(row["rate"]), interval)


def sentence(finding: pd.Series, late: Lateness) -> str:
    """Return number, expectation, excess with interval, since when, and what most also had."""
    parts = in_numbers(finding, late)
    if not pd.isna(finding["with_breaches"]):
        parts.append(also_had(finding, late))
    return joined(parts)


def in_numbers(finding: pd.Series, late: Lateness) -> list[str]:
    """Return number, expectation, excess with interval, and since when."""
    parts = [_numbers(finding, late)]
    if not is_cause(finding):
        parts.append(_(SIGN))
    if not pd.isna(finding["since"]):
        since = _("Its rate has been above the others' since {month}.")
        parts.append(since.format(month=numbers.month(finding["since"])))
    return parts


def _numbers(finding: pd.Series, late: Lateness) -> str:
    text = (
        _("{service}, {reason}: {late} tickets were {were}, {rate}. That is {excess} more than the "
          "{expected} expected if it made no difference.")
        if finding["service"]
        else _("{reason}: {late} tickets were {were}, {rate}. That is {excess} more than the "
               "{expected} expected if it made no difference.")
    )  # fmt: skip
    return text.format(
        service=finding["service"],
        reason=found(finding),
        late=late_of(finding),
        were=late.were,
        rate=rate(finding),
        excess=excess(finding),
        expected=tickets(finding["expected"]),
    )


def also_had(finding: pd.Series, late: Lateness) -> str:
    """Return how many of its late tickets another group holds as well."""
    return _("Of the {late} {were}, {both} also had {reason}.").format(
        late=numbers.count(finding["breaches"]),
        were=late.were,
        both=numbers.count(finding["with_breaches"]),
        reason=reason(finding["with_driver"], finding["with_level"]),
    )


def with_excess(row: pd.Series) -> str:
    """Return the group, whether it is but a sign, and its excess."""
    text = _("{reason}, {excess}") if is_cause(row) else _("{reason} (a sign), {excess}")
    return text.format(reason=found(row), excess=excess(row))
