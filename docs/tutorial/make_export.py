"""Make the export of the tutorial: five months of a made-up service desk, from a fixed seed.

Run: python docs/tutorial/make_export.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 2026
EXPORT = Path(__file__).parent / "service_desk.csv"
DAYS = pd.bdate_range("2026-06-01", "2026-10-30")
EXPORTED = pd.Timestamp("2026-11-02 07:00")
SLOW_FROM = pd.Timestamp("2026-09-07")
"""From this day on, access rights for Sales wait for an approval."""
TICKETS_PER_DAY = 9
WORKING_HOURS = 8
OPENS = pd.Timedelta(hours=9)
FORMAT = "%d/%m/%Y %H:%M"
FAULTY = {40: ("Opened", "31/06/2026 10:00"), 300: ("Number", "INC00300")}
"""Rows as real exports have them: a day that does not exist, a number used twice."""


def main() -> None:
    """Write the export."""
    tickets = export(np.random.default_rng(SEED))
    tickets.to_csv(EXPORT, sep=";", index=False, date_format=FORMAT, lineterminator="\n")


def export(rng: np.random.Generator) -> pd.DataFrame:
    """Return the tickets as the service desk exports them."""
    days = np.repeat(DAYS, rng.poisson(TICKETS_PER_DAY, len(DAYS)))
    opened = days + OPENS + pd.to_timedelta(rng.integers(0, WORKING_HOURS * 60, len(days)), "min")
    opened = pd.Series(opened).sort_values(ignore_index=True)
    tickets = pd.DataFrame(
        {
            "Number": [f"INC{n:05d}" for n in range(1, len(opened) + 1)],
            "Department": rng.choice(["Sales", "Production"], len(opened), p=[0.6, 0.4]),
            "Category": rng.choice(["Access rights", "Laptops"], len(opened)),
            "Urgency": rng.choice(["High", "Normal"], len(opened), p=[0.2, 0.8]),
            "Opened": opened,
        }
    )
    hours = rng.lognormal(1.5, 0.6, len(tickets)) * tickets["Urgency"].map(
        {"High": 0.6, "Normal": 1.0}
    )
    waits = (
        tickets["Department"].eq("Sales")
        & tickets["Category"].eq("Access rights")
        & tickets["Opened"].ge(SLOW_FROM)
    )
    hours = hours.where(~waits, hours * 3)
    resolved = _after_working_hours(tickets["Opened"], hours)
    tickets["Resolved"] = resolved.where(resolved < EXPORTED)
    tickets["State"] = tickets["Resolved"].notna().map({True: "Resolved", False: "In Progress"})
    for column in ("Opened", "Resolved"):
        tickets[column] = tickets[column].dt.strftime(FORMAT)
    for row, (column, value) in FAULTY.items():
        tickets.loc[row, column] = value
    return tickets


def _after_working_hours(opened: pd.Series, hours: pd.Series) -> pd.Series:
    """Return the moment so many working hours later, Monday to Friday 9 to 17."""
    used = (opened - opened.dt.normalize() - OPENS) / pd.Timedelta(hours=1) + hours
    days = (used // WORKING_HOURS).astype(int)
    left = pd.to_timedelta(used % WORKING_HOURS, "h").dt.round("min")
    start = opened.dt.normalize().to_numpy().astype("datetime64[D]")
    ends = np.busday_offset(start, days.to_numpy(), roll="forward")
    return pd.Series(pd.DatetimeIndex(ends), index=opened.index) + OPENS + left


if __name__ == "__main__":
    main()
