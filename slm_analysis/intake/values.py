"""Turns the text of an export into times, numbers and flags, and says what could not be read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.errors import Fault, InputError
from slm_analysis.intake.contract import TIME
from slm_analysis.result import Note, note

OFFSET = r"(?:Z|[+-]\d{2}(?::?\d{2})?)"
MINUTE = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
ISO = rf"\d{{4}}-\d{{2}}-\d{{2}}|{MINUTE}(?: ?{OFFSET})?"

CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
DATES = (
    *(
        date.replace("/", separator)
        for separator in "/-."
        for date in ("%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d")
    ),
    *("%Y/%m/%d", "%Y.%m.%d", "%d/%b/%y", "%d-%b-%Y", "%d %b %Y", "%Y年%m月%d日"),
)
LAYOUTS = (
    *(date + clock for date in DATES for clock in CLOCKS),
    "%Y年%m月%d日 %H时%M分",
    "%Y年%m月%d日 %H时%M分%S秒",
)
"""Layouts tried where none is stated, only to tell which one could be meant."""
SHOWN = 3
EARLIEST = pd.Timestamp("1900-01-01", tz="UTC")
"""A time before it is a misread or mistyped one."""

FLAGS = {"true": True, "t": True, "yes": True, "y": True, "1": True, "是": True}
FLAGS |= {"false": False, "f": False, "no": False, "n": False, "0": False, "否": False}


@dataclass(frozen=True)
class Parsed:
    """A column in its dtype, the rows whose text could not be read, and what was assumed."""

    series: pd.Series
    unreadable: pd.Series
    notes: tuple[Note, ...] = ()


def parse(text: pd.Series, kind: str, date_format: str | None, timezone: str) -> Parsed:
    """Return a column of trimmed texts in the dtype of its kind (see `contract.KINDS`).

    Raises
    ------
    InputError
        Where no date format is stated and the values do not settle which one is meant.
    """
    if kind in {"time", "event"}:
        return parse_times(text, date_format, timezone)
    if kind == "number":
        numbers = pd.to_numeric(text, errors="coerce").astype("float64")
        series: pd.Series = numbers.where(np.isfinite(numbers))
    elif kind == "flag":
        series = text.str.casefold().map(FLAGS).astype("boolean")
    else:
        return Parsed(text, pd.Series(False, text.index))
    return Parsed(series, text.notna() & series.isna())


def parse_times(text: pd.Series, date_format: str | None, timezone: str) -> Parsed:
    """Return texts as UTC times.

    Parameters
    ----------
    text : Series of str
    date_format : str or None
        As strptime takes it; None reads ISO 8601.
    timezone : str
        The zone of times that name no offset.

    Returns
    -------
    Parsed
        With a note where a local time is skipped (taken as the end of the gap) or stands twice
        (taken as the first) on a change of daylight-saving time.

    Raises
    ------
    InputError
        Where no format is stated, the texts are not ISO 8601, and either several layouts read
        them all or none does; or where the format that is stated reads none of several. It shows
        three values.
    """
    notes: tuple[Note, ...] = ()
    if date_format is None and not _is_iso(text):
        date_format = _only_layout(text)
        notes = (note("date_format_settled", date_format=date_format, column=str(text.name)),)
    if date_format is None:
        iso = text.where(text.str.fullmatch(ISO))
        with_offset = iso.str.fullmatch(rf"{MINUTE} ?{OFFSET}", na=False)
        aware = pd.to_datetime(iso.where(with_offset), format="ISO8601", errors="coerce", utc=True)
        naive = pd.to_datetime(iso.mask(with_offset), format="ISO8601", errors="coerce")
    elif "%z" in date_format:
        aware = pd.to_datetime(text, format=date_format, errors="coerce", utc=True)
        naive = pd.Series(pd.NaT, text.index, dtype="datetime64[us]")
    else:
        aware = pd.Series(pd.NaT, text.index, dtype=TIME)
        naive = pd.to_datetime(text, format=date_format, errors="coerce")
    local, local_notes = _localised(naive.dt.as_unit("us"), timezone)
    times = pd.Series(pd.DatetimeIndex(aware).as_unit("us"), text.index).fillna(local)
    times = times.mask(times < EARLIEST)
    if date_format is not None and times.isna().all():
        _require_some_readable(text, date_format)
    return Parsed(times, text.notna() & times.isna(), (*notes, *local_notes))


def _is_iso(text: pd.Series) -> bool:
    """Whether the texts are ISO 8601, but for single faults."""
    known = text.dropna()
    return known.empty or bool(known.str.fullmatch(ISO).mean() >= 1 / 2)


def _only_layout(text: pd.Series) -> str:
    """Return the one layout that reads all texts; more than one, or none, is an error."""
    known = text.dropna().drop_duplicates()
    fitting = list(LAYOUTS)
    for sample in (known.head(100), known):
        fitting = [
            layout
            for layout in fitting
            if pd.to_datetime(sample, format=layout, errors="coerce").notna().all()
        ]
    if len(fitting) > 1:
        raise _format_error(
            text,
            f"The date format is ambiguous: {_some(known)} can be read as "
            f"{' or '.join(fitting[:SHOWN])}.",
            "State 'date_format' in sources.yaml.",
        )
    if not fitting:
        raise _format_error(text, f"No date format fits all values, such as {_some(known)}.")
    return fitting[0]


def _require_some_readable(text: pd.Series, date_format: str) -> None:
    known = text.dropna().drop_duplicates()
    if len(known) >= SHOWN:
        raise _format_error(
            text,
            f"The date_format {date_format!r} reads none of the values, such as {_some(known)}.",
        )


def _format_error(
    text: pd.Series,
    problem: str,
    remedy: str = "State 'date_format' in sources.yaml, and missing-value marks under 'missing'.",
) -> InputError:
    return InputError(Fault(problem, remedy, column=str(text.name)))


def _some(known: pd.Series) -> str:
    return ", ".join(repr(value) for value in known.head(SHOWN))


def _localised(naive: pd.Series, timezone: str) -> tuple[pd.Series, tuple[Note, ...]]:
    """Return wall-clock times as UTC, with a note for hours that stand twice or not at all."""
    first, second = (
        naive.dt.tz_localize(
            timezone, ambiguous=np.full(len(naive), dst), nonexistent="shift_forward"
        )
        for dst in (True, False)
    )
    repeated = int((first != second).sum() - naive.isna().sum())
    skipped = int((first.dt.tz_localize(None) != naive).sum() - naive.isna().sum())
    notes = [
        note(code, n=n, timezone=timezone, column=str(naive.name))
        for code, n in (("repeated_hour", repeated), ("skipped_hour", skipped))
        if n
    ]
    return first.dt.tz_convert("UTC"), tuple(notes)
