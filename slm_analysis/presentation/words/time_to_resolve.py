"""What to say about how long tickets take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from slm_analysis.analyses.time_to_resolve import TimeToResolve
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.driver_names import driver, label
from slm_analysis.presentation.words.driver_odds import number_of_times
from slm_analysis.questions.time_taken import TimeTaken

HALF, NINE_IN_TEN = 0.5, 0.9
NOTHING = N_("No ticket was followed")
MOST_RATIOS = 3


def times_of(result: TimeTaken | TimeToResolve) -> TimeToResolve | None:
    """Return the times behind an answer."""
    return result.times if isinstance(result, TimeTaken) else result


def names(frame: pd.DataFrame, by: tuple[str, ...]) -> pd.Series:
    """Return the name of the group in each row."""
    if not by:
        return pd.Series(_("All tickets"), frame.index)
    texts = frame[list(by)].astype("str")
    return texts.apply(lambda column: column.map(partial(label, column.name))).agg(
        ", ".join, axis=1
    )


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
        return _("not yet")
    if pd.isna(low):
        return numbers.hours(time)
    if pd.isna(high):
        return _("{time} ({low} or more)").format(time=numbers.hours(time), low=numbers.hours(low))
    return numbers.with_interval(numbers.hours(time), numbers.hours_span(low, high))


def answer(times: TimeToResolve | None) -> str:
    """Return the answer in one line."""
    if times is None:
        return _(NOTHING)
    groups = percentiles(times).sort_values("time_half", kind="stable", ignore_index=True)
    first = groups.iloc[0]
    if len(groups) == 1:
        return _done(first)
    known = groups[groups["time_half"].notna()]
    if len(known) < len(groups):
        late = groups.loc[groups["time_half"].isna(), "name"].tolist()
        return _("Half of the tickets are not done yet: {groups}").format(
            groups=numbers.listed(late, 2)
        )
    last = known.iloc[-1]
    return _("Half are done within {least} ({quickest}) to {most} ({slowest})").format(
        least=numbers.hours(first["time_half"]),
        quickest=first["name"],
        most=numbers.hours(last["time_half"]),
        slowest=last["name"],
    )


def _done(row: pd.Series) -> str:
    if pd.isna(row["time_half"]):
        text = _("{group}: half are not done yet")
    elif pd.isna(row["time_nine"]):
        text = _("{group}: half are done within {half}, nine in ten not yet")
    else:
        text = _("{group}: half are done within {half}, nine in ten within {nine}")
    return text.format(
        group=row["name"],
        half=numbers.hours(row["time_half"]),
        nine=numbers.hours(row["time_nine"]),
    )


def sentences(times: TimeToResolve | None, *, brief: bool = False) -> list[str]:
    """Return a sentence per group, or of the quickest and the slowest, then whether they differ."""
    if times is None:
        return [_("{text}.").format(text=_(NOTHING))]
    groups = percentiles(times).sort_values("time_half", kind="stable")
    if brief:
        groups = groups.iloc[sorted({0, len(groups) - 1})]
    told = [_sentence(row) for __, row in groups.iterrows()]
    return [*told, *_comparison(times)]


def _sentence(row: pd.Series) -> str:
    if pd.isna(row["time_half"]):
        text = _("{group}: half of {n} tickets are not done yet.")
    elif pd.isna(row["time_nine"]):
        text = _("{group}: half of {n} tickets are done within {half}, nine in ten not yet.")
    else:
        text = _("{group}: half of {n} tickets are done within {half}, nine in ten within {nine}.")
    return text.format(
        group=row["name"],
        n=numbers.count(row["tickets"]),
        half=interval(row, "half"),
        nine=interval(row, "nine"),
    )


def _comparison(times: TimeToResolve) -> Iterator[str]:
    if len(times.log_rank):
        sure = times.log_rank.iloc[0]["p"] < 1 - times.level
        yield (
            _("The groups differ by more than chance (log-rank test).")
            if sure
            else _("The groups differ by no more than chance may bring (log-rank test).")
        )
    if times.effects.empty:
        return
    order = times.effects["z"].abs().sort_values(ascending=False).index
    for __, row in times.effects.loc[order].head(MOST_RATIOS).iterrows():
        yield _ratio(row)


def _ratio(row: pd.Series) -> str:
    clear = row["low"] > 1 or row["high"] < 1
    if row["level"]:
        text = (
            _("{level} ({column}): open tickets are done {ratio} times as often as those of "
              "{reference} ({low} to {high}).")
            if clear
            else _("{level} ({column}): open tickets are done {ratio} times as often as those of "
                   "{reference} ({low} to {high}), which may be chance.")
        )  # fmt: skip
    else:
        text = (
            _("One more of {column}: open tickets are done {ratio} times as often as without it "
              "({low} to {high}).")
            if clear
            else _("One more of {column}: open tickets are done {ratio} times as often as without "
                   "it ({low} to {high}), which may be chance.")
        )  # fmt: skip
    low, high = (
        number_of_times(row[end]) if np.isfinite(row[end]) else _("any number")
        for end in ("low", "high")
    )
    return text.format(
        level=row["level"],
        column=driver(row["column"]),
        reference=row["reference"],
        ratio=number_of_times(row["ratio"]),
        low=low,
        high=high,
    )


def say(result: TimeTaken | TimeToResolve) -> Prose:
    """Return how long tickets take, with the caveats."""
    return Prose(sentences(times_of(result)), caveats(result.notes))


def caption(result: TimeTaken | TimeToResolve) -> Caption:
    """Return the words of the figure."""
    times = times_of(result)
    return Caption(
        title=answer(times),
        subtitle=_subtitle(result, numbers.count(times.groups["tickets"].sum() if times else 0)),
        sentence="\n".join(sentences(times, brief=True)),
        caveats=caveats(result.notes),
        how_to_read=_(
            "Each line falls by a step whenever tickets are done; the band is its interval. The "
            "dots stand where half, and where nine in ten of the tickets are done. The pale lines "
            "are the other groups. A ticket still open counts as open for as long as it has been."
        ),
    )


def _subtitle(result: TimeTaken | TimeToResolve, n: str) -> str:
    if not isinstance(result, TimeTaken):
        return _("Share still open after so many business hours: {n} tickets").format(n=n)
    text = (
        _("Share still open after so many business hours, tickets of {service} opened in {months}, "
          "by {driver}: {n} tickets")
        if result.service
        else _("Share still open after so many business hours, tickets opened in {months}, by "
               "{driver}: {n} tickets")
    )  # fmt: skip
    return text.format(
        service=result.service,
        months=numbers.months(result.period_start, result.period_end),
        driver=driver(result.by),
        n=n,
    )
