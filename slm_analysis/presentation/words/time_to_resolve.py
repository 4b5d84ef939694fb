"""What to say about how long tickets take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from slm_analysis.analyses.time_to_resolve import TimeToResolve
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.driver_odds import number_of_times
from slm_analysis.questions.time_taken import TimeTaken

HALF, NINE_IN_TEN = 0.5, 0.9
NOT_YET = "not yet"
NOTHING = "No ticket was followed"
ALL = "All tickets"
MOST_RATIOS = 3
HOW_TO_READ = (
    "Each line falls by a step whenever tickets are done; the band is its interval. The dots stand "
    "where half, and where nine in ten of the tickets are done. The pale lines are the other "
    "groups. A ticket still open counts as open for as long as it has been."
)


def times_of(result: TimeTaken | TimeToResolve) -> TimeToResolve | None:
    """Return the times behind an answer."""
    return result.times if isinstance(result, TimeTaken) else result


def names(frame: pd.DataFrame, by: tuple[str, ...]) -> pd.Series:
    """Return the name of the group in each row."""
    if not by:
        return pd.Series(ALL, frame.index)
    return frame[list(by)].astype("str").agg(", ".join, axis=1)


def percentiles(times: TimeToResolve) -> pd.DataFrame:
    """Return one row per group: `name`, `half`, `nine` (rows of `percentiles`), counts."""
    rows = times.percentiles.assign(name=names(times.percentiles, times.by))
    return times.groups.assign(name=names(times.groups, times.by)).merge(
        rows[rows["share"] == HALF][["name", "time", "low", "high"]], on="name"
    ).merge(
        rows[rows["share"] == NINE_IN_TEN][["name", "time", "low", "high"]],
        on="name",
        suffixes=("_half", "_nine"),
    )  # fmt: skip


def interval(row: pd.Series, which: str) -> str:
    """Return a percentile with its interval: ``5.1 h (4.9 to 5.3 h)``."""
    time, low, high = (row[f"{name}_{which}"] for name in ("time", "low", "high"))
    if pd.isna(time):
        return NOT_YET
    if pd.isna(low):
        return numbers.hours(time)
    if pd.isna(high):
        return f"{numbers.hours(time)} ({numbers.hours(low)} or more)"
    return (
        f"{numbers.hours(time)} ({numbers.hours(low).removesuffix(' h')} to {numbers.hours(high)})"
    )


def answer(times: TimeToResolve | None) -> str:
    """Return the answer in one line."""
    if times is None:
        return NOTHING
    groups = percentiles(times).sort_values("time_half", kind="stable", ignore_index=True)
    first = groups.iloc[0]
    if len(groups) == 1:
        return f"{first['name']}: {_done(first)}"
    known = groups[groups["time_half"].notna()]
    if len(known) < len(groups):
        late = groups.loc[groups["time_half"].isna(), "name"].tolist()
        return f"Half of the tickets are not done yet: {numbers.listed(late, 2)}"
    last = known.iloc[-1]
    return (
        f"Half are done within {numbers.hours(first['time_half'])} ({first['name']}) to "
        f"{numbers.hours(last['time_half'])} ({last['name']})"
    )


def _done(row: pd.Series) -> str:
    if pd.isna(row["time_half"]):
        return "half are not done yet"
    nine = "" if pd.isna(row["time_nine"]) else numbers.hours(row["time_nine"])
    return f"half are done within {numbers.hours(row['time_half'])}, nine in ten " + (
        f"within {nine}" if nine else NOT_YET
    )


def sentences(times: TimeToResolve | None, *, brief: bool = False) -> list[str]:
    """Return a sentence per group, or of the quickest and the slowest, then whether they differ."""
    if times is None:
        return [f"{NOTHING}."]
    groups = percentiles(times).sort_values("time_half", kind="stable")
    if brief:
        groups = groups.iloc[sorted({0, len(groups) - 1})]
    told = [_sentence(row) for _, row in groups.iterrows()]
    return [*told, *_comparison(times)]


def _sentence(row: pd.Series) -> str:
    if pd.isna(row["time_half"]):
        return f"{row['name']}: half of {row['tickets']:,} tickets are not done yet."
    nine = interval(row, "nine")
    return (
        f"{row['name']}: half of {row['tickets']:,} tickets are done within "
        f"{interval(row, 'half')}, nine in ten {nine if nine == NOT_YET else f'within {nine}'}."
    )


def _comparison(times: TimeToResolve) -> Iterator[str]:
    if len(times.log_rank):
        sure = times.log_rank.iloc[0]["p"] < 1 - times.level
        what = "differ by more than chance" if sure else "differ by no more than chance may bring"
        yield f"The groups {what} (log-rank test)."
    if times.effects.empty:
        return
    order = times.effects["z"].abs().sort_values(ascending=False).index
    for _, row in times.effects.loc[order].head(MOST_RATIOS).iterrows():
        yield _ratio(row)


def _ratio(row: pd.Series) -> str:
    what = f"{row['level']} ({row['column']})" if row["level"] else f"One more of {row['column']}"
    than = f"those of {row['reference']}" if row["reference"] else "without it"
    low, high = (
        number_of_times(row[end]) if np.isfinite(row[end]) else "any number"
        for end in ("low", "high")
    )
    said = "" if row["low"] > 1 or row["high"] < 1 else ", which may be chance"
    return (
        f"{what}: open tickets are done {number_of_times(row['ratio'])} times as often as {than} "
        f"({low} to {high}){said}."
    )


def say(result: TimeTaken | TimeToResolve) -> Prose:
    """Return how long tickets take, with the caveats."""
    return Prose(sentences(times_of(result)), caveats(result.notes))


def caption(result: TimeTaken | TimeToResolve) -> Caption:
    """Return the words of the figure."""
    times = times_of(result)
    opened = ""
    if isinstance(result, TimeTaken):
        opened = f", tickets opened in {numbers.period(result.period_start, result.period_end)}"
    counted = f": {times.groups['tickets'].sum():,} tickets" if times else ": none"
    return Caption(
        title=answer(times),
        subtitle=f"Share still open after so many business hours{opened}{counted}",
        sentence=" ".join(sentences(times, brief=True)),
        caveats=caveats(result.notes),
        how_to_read=HOW_TO_READ,
    )
