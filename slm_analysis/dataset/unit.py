"""One business unit: its tickets, scores, surveys, changes, and the agreement that judges them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from slm_analysis.dataset.comparison import survey_days
from slm_analysis.dataset.data_quality import DataQuality
from slm_analysis.dataset.parts import timezone_of
from slm_analysis.dataset.prepare import prepare
from slm_analysis.dataset.stored import UNIT_TABLES
from slm_analysis.dataset.told_batch import COMPARISON_READ, tell_batch
from slm_analysis.errors import InputError, nearest
from slm_analysis.project import AGREEMENTS, PREPARED, project_root
from slm_analysis.sla.agreement_yaml import read_agreements
from slm_analysis.sla.agreements import Agreements
from slm_analysis.sla.reporting_periods import local_dates, midnight, reported_period
from slm_analysis.sla.scoring import COUNTED


@dataclass(frozen=True, eq=False)
class Unit:
    """What we have for one business unit.

    Attributes
    ----------
    business_unit : str
    as_of : Timestamp
        The moment of the export (UTC).
    timezone : str
        The zone in which periods are cut: that of the unit's agreement.
    period_start, period_end : Timestamp
        First and last local day of the reported period.
    data_from : Timestamp
        Local date of the first opening in the export.
    tickets : DataFrame
        Contract table `tickets` and driver columns, with `opened_on` (local date).
    targets : DataFrame
        One row per ticket and target (see `slm_analysis.sla.scoring.score`).
    status_history, surveys, process_changes, actions, outages, recorded_targets : DataFrame
        The unit's rows of the contract tables.
    expectation_gaps, expectation_curves : DataFrame
        What the unit gives at the same time to resolve, against comparable units (see
        `slm_analysis.dataset.expectation_gaps`).
    agreement : Agreements
        The versions that cover the unit.
    comparison_file : Path
        Where `comparison` lies.
    data_quality : DataQuality
        What was read, rejected and assumed.
    """

    business_unit: str
    as_of: pd.Timestamp
    timezone: str
    period_start: pd.Timestamp
    period_end: pd.Timestamp
    data_from: pd.Timestamp
    tickets: pd.DataFrame = field(repr=False)
    targets: pd.DataFrame = field(repr=False)
    status_history: pd.DataFrame = field(repr=False)
    surveys: pd.DataFrame = field(repr=False)
    process_changes: pd.DataFrame = field(repr=False)
    actions: pd.DataFrame = field(repr=False)
    outages: pd.DataFrame = field(repr=False)
    recorded_targets: pd.DataFrame = field(repr=False)
    expectation_gaps: pd.DataFrame = field(repr=False)
    expectation_curves: pd.DataFrame = field(repr=False)
    agreement: Agreements = field(repr=False)
    comparison_file: Path = field(repr=False)
    data_quality: DataQuality = field(repr=False)

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """Figures of all units under anonymous names (see `slm_analysis.dataset.comparison`).

        They are read when first asked for: a report that did so is made anew when they change.
        """
        tell_batch(COMPARISON_READ)
        return pd.read_parquet(self.comparison_file)

    @property
    def local_as_of(self) -> pd.Timestamp:
        """The moment of the export on the unit's clock, without a zone."""
        return self.as_of.tz_convert(self.timezone).tz_localize(None)

    @property
    def period(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The moments at which the reported period begins and ends."""
        after = self.period_end + pd.Timedelta(days=1)
        return midnight(self.period_start, self.timezone), midnight(after, self.timezone)

    @property
    def survey_days(self) -> pd.Series:
        """The local date of each answer: its ticket's resolution, else the answer itself."""
        return survey_days(self.surveys, self.tickets, self.timezone)

    def local_day(self, rows: pd.DataFrame, count_by: str) -> pd.Series:
        """Return the local date of opening, due time, resolution or closing of each row."""
        if count_by == "opened":
            return rows["opened_on"]
        if count_by == "closed" and "closed_at" not in rows:
            return self.local_dates(
                rows["ticket_id"].map(self.tickets.set_index("ticket_id")["closed_at"])
            )
        own = {"due": "due_at", "closed": "closed_at"}
        stop = "stopped_at" if "stopped_at" in rows else "resolved_at"
        return self.local_dates(rows[own.get(count_by, stop)])

    def in_period(self, days: pd.Series) -> pd.Series:
        """Whether each local date lies in the reported period."""
        return days.between(self.period_start, self.period_end)

    def judged(self, target: str = "resolution_time") -> pd.DataFrame:
        """Return the tickets that count for a target, with `breached` and what is known of them.

        Returns
        -------
        DataFrame
            One row per counted ticket: all columns of `tickets`, but `priority` at opening, by
            which it is judged; `breached` (bool), `counted_on`, `elapsed_seconds`,
            `paused_seconds`.
        """
        scored = self.targets[
            self.targets["target"].eq(target) & self.targets["state"].isin(COUNTED)
        ]
        known = ["ticket_id", "counted_on", "elapsed_seconds", "paused_seconds", "priority"]
        judged = scored[known].assign(breached=scored["state"] != "met")
        # A source column of one of these names makes room.
        tickets = self.tickets.drop(columns=judged.columns[1:], errors="ignore")
        return tickets.merge(judged, on="ticket_id")

    def local_dates(self, times: pd.Series) -> pd.Series:
        """Return the date of each moment on the unit's clock, without a zone."""
        return local_dates(times, self.timezone)


def open_unit(
    business_unit: str,
    data: str | Path = PREPARED,
    period_start: str = "",
    period_end: str = "",
) -> Unit:
    """Open what we have for one business unit; data that are missing or stale are prepared first.

    Parameters
    ----------
    business_unit : str
        As the exports name it.
    data : str or Path
        Folder of prepared data, relative to the project's folder.
    period_start, period_end : str
        First and last day of the reported period, for example ``2026-10-01`` and
        ``2026-10-31``; without them the last complete month before the export.

    Returns
    -------
    Unit

    Raises
    ------
    InputError
        For an unknown unit, a date that is none, or exports that cannot be read.
    """
    root = project_root()
    prepared = prepare(root, root / data)
    if business_unit not in prepared.units:
        raise InputError(
            f"There is no business unit {business_unit!r} in the data. "
            f"{nearest(str(business_unit), prepared.units)}"
        )
    agreement = read_agreements(root / AGREEMENTS).of_unit(business_unit)
    timezone = timezone_of(agreement, prepared.timezone)
    start, end = reported_period(
        period_start, period_end, prepared.as_of.tz_convert(timezone).tz_localize(None)
    )
    folder = prepared.unit_folder(business_unit)
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in UNIT_TABLES}
    opened_on = local_dates(tables["tickets"]["opened_at"], timezone)
    tables["tickets"] = tables["tickets"].assign(opened_on=opened_on)
    return Unit(
        business_unit=business_unit,
        as_of=prepared.as_of,
        timezone=timezone,
        period_start=start,
        period_end=end,
        data_from=prepared.data_from,
        agreement=agreement,
        comparison_file=prepared.comparison_file,
        data_quality=prepared.quality,
        **tables,
    )
