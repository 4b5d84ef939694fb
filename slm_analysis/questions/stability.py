"""Is the process stable, what changed: one control chart per service of one unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slm_analysis.analyses.anhoej_rules import MIN_POINTS
from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_signals import FAVOURABLE, UNFAVOURABLE
from slm_analysis.analyses.chart_summary import BETTER, MIXED, NOT_JUDGED, STEADY, WORSE
from slm_analysis.analyses.control_charts import ControlChart, control_chart
from slm_analysis.dataset.series import HISTORY_MONTHS
from slm_analysis.dataset.unit import Unit
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.on_record import OnRecord, on_record
from slm_analysis.questions.target_shares import target_shares
from slm_analysis.questions.ticket_targets import metric_of

CROSSINGS = "anhoej_crossings"
RECENT = 26
"""Latest periods that the portfolio draws as a sparkline: half a year of weeks."""
MISSED = "steadily_missed"
WORRY = (WORSE, MIXED, UNFAVOURABLE, MISSED, BETTER, FAVOURABLE, STEADY, NOT_JUDGED)
"""What stands at the end, or came and went within the reported period; most worrying first."""
HALF = 0.5
TREND = ["service", "metric", "freq", "direction", "since", "side", "center", "target",
         "steadily_missed"]  # fmt: skip
"""What the portfolio is told of each service."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Stability(Answer):
    """Whether the services of a unit are stable, and what changed since when.

    Attributes
    ----------
    target : str
        The target of the agreement whose share of tickets in time is charted.
    metric : str
        What the target is about: ``resolution_time`` or ``response_time``.
    freq : str
    chart : ControlChart
        One series per service.
    signals : DataFrame
        `chart.signals` that count here: those still standing, and those completed within the
        reported period (column `new`; few crossings are a pattern of a whole phase that its last
        point completes over and over, and never new).
    services : DataFrame
        One row per service, the most worrying first: `service`, `direction` (the meaning of the
        signals that still stand: `better`, `worse`, `mixed`, `steady`, `not_judged`), `since`
        (missing where nothing but few crossings stands),
        `side`, `center`, `target` (agreed share), `periods` (judged), `tickets` (in these),
        `new_unfavourable`, `new_favourable` (signals completed within the reported period),
        `last_time`, `last_value`, `last_n` (of the last period judged), `assurance`,
        `steadily_missed` (without any signal since the last process change, and more than half
        of its periods miss the target, by the 95 % interval), `limits_kind`.
    on_record : OnRecord
        Process changes and outages around `since` of the services that are not steady.
    charts_read : int
    expected_false_signals : float
        Number of charts that would show a signal if all of them were stable.
    """

    target: str
    metric: str
    freq: str
    chart: ControlChart = field(repr=False)
    signals: pd.DataFrame = field(repr=False)
    services: pd.DataFrame = field(repr=False)
    on_record: OnRecord = field(repr=False)
    charts_read: int
    expected_false_signals: float

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return where each service is heading, with its latest values for a sparkline.

        `recent` lists the last `RECENT` periods, missing where there is no complete figure;
        `signals` what of `self.signals` lies in them: `first` and `last` place in the list,
        `rule`, `side`, `meaning`.
        """
        recent, marked = {}, {}
        for service, points in self.chart.points.groupby("service"):
            latest = points.tail(RECENT)
            recent[service] = latest["value"].where(latest["complete"]).tolist()
            own = self.signals[self.signals["service"] == service]
            marked[service] = [*_marked(latest, own)]
        trends = self.services.assign(metric=self.target, freq=self.freq)[TREND]
        shown = trends["service"]
        return {"trends": trends.assign(recent=shown.map(recent), signals=shown.map(marked))}


def stability(
    unit: Unit,
    target: str = "resolution_time",
    freq: str = "week",
    history_months: int = HISTORY_MONTHS,
) -> Stability:
    """Answer whether the services of a unit are stable, and what changed since when.

    Parameters
    ----------
    unit : Unit
    target : str
        A target of the agreement that is judged ticket by ticket.
    freq : {"week", "month"}
    history_months : int
        How far back to read.

    Returns
    -------
    Stability
        Empty where no agreement of the unit has the target.

    Raises
    ------
    InputError
        For an unknown target or frequency.

    Notes
    -----
    One control chart over all services (kind `auto`, rules `core`), with a new phase at each
    process change of the service.
    """
    shares = target_shares(unit, target, freq, history_months)
    chart = control_chart(
        shares,
        value="value",
        n="n",
        time="time",
        by="service",
        phases=_phases(unit, shares),
        target="target",
        better="high",
    )
    judged = chart.summary["n_points"] > 0
    signals = _signals(chart, unit)
    services = _services(chart, signals)
    return Stability(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        target=target,
        metric=metric_of(unit, target),
        freq=freq,
        chart=chart,
        signals=signals,
        services=services,
        on_record=on_record(unit, services.set_index("service")["since"], freq),
        charts_read=int(judged.sum()),
        expected_false_signals=float(chart.summary.loc[judged, "false_signal_chance"].sum()),
        notes=chart.notes,
    )


def unvaried(charted: Stability) -> pd.Series:
    """Return, by service, whether it is not judged as enough periods are all alike."""
    summary = charted.chart.summary.set_index("service")
    alike = summary["direction"].eq(NOT_JUDGED) & summary["limits_kind"].eq(NO_VARIATION)
    return alike & (summary["phase_points"] >= MIN_POINTS)


def _marked(latest: pd.DataFrame, signals: pd.DataFrame) -> Iterator[Mapping[str, object]]:
    """Yield where signals lie among the latest points; those that do not are left out."""
    for signal in signals.itertuples():
        belongs = latest["rules"].map(lambda rules, code=signal.rule: code in rules).astype(bool)
        belongs &= (
            (latest["time"] >= signal.start) & (latest["time"] <= signal.end) & ~latest["excluded"]
        )
        places = np.flatnonzero(belongs)
        if len(places):
            yield {
                "first": int(places[0]), "last": int(places[-1]),
                "rule": signal.rule, "side": signal.side, "meaning": signal.meaning,
            }  # fmt: skip


def _phases(unit: Unit, shares: pd.DataFrame) -> pd.DataFrame:
    """Return the process changes within the time that is charted, by local date."""
    recorded = unit.process_changes
    changes = pd.DataFrame(
        {
            "service": recorded["service"],
            "implemented_at": unit.local_dates(recorded["implemented_at"]),
            "description": recorded["description"],
        }
    )
    return changes[changes["implemented_at"] > shares["time"].min()]


def _signals(chart: ControlChart, unit: Unit) -> pd.DataFrame:
    found = chart.signals
    new = unit.in_period(found["completed"]) & (found["rule"] != CROSSINGS)
    return found.assign(new=new)[new | found["standing"]].reset_index(drop=True)


def _services(chart: ControlChart, signals: pd.DataFrame) -> pd.DataFrame:
    """Return one row per service, the most worrying first."""
    points = chart.points
    judged = points[points["complete"] & ~points["excluded"] & points["value"].notna()]
    by_service = judged.groupby("service")
    last = by_service[["time", "value", "n"]].last().add_prefix("last_")
    new = signals[signals["new"]]
    columns = ["direction", "since", "side", "center", "target", "assurance", "limits_kind"]
    summary = chart.summary.set_index("service")
    unsettled = chart.signals.merge(chart.summary[["service", "phase"]])["service"]
    quiet = (summary["direction"] == STEADY) & ~summary.index.isin(unsettled)
    missed = quiet & (summary["share_missed_low"] > HALF)
    services = summary[columns].assign(steadily_missed=missed)
    services = services.join(by_service.agg(periods=("value", "size"), tickets=("n", "sum")))
    for meaning in (UNFAVOURABLE, FAVOURABLE):
        count = new[new["meaning"] == meaning].groupby("service").size()
        services[f"new_{meaning}"] = count.reindex(services.index, fill_value=0)
    services = services.join(last)
    services[["periods", "tickets"]] = services[["periods", "tickets"]].fillna(0).astype(int)
    worry = services["direction"].mask(missed, MISSED)
    for meaning in (FAVOURABLE, UNFAVOURABLE):
        worry = worry.mask((services[f"new_{meaning}"] > 0) & worry.isin([STEADY, MISSED]), meaning)
    rank = worry.map({name: at for at, name in enumerate(WORRY)})
    ordered = services.assign(rank=rank).sort_values(["rank", "tickets"], ascending=[True, False])
    return ordered.drop(columns="rank").reset_index()
