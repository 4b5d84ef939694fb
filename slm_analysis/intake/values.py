"""Turns the text of an export into times, numbers and flags, and says what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from slm_analysis.errors import Fault, InputError
from slm_analysis.intake.contract import TIME

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
TIMES = ("time", "event")
"""Kinds of columns that hold times."""
SHOWN = 3
SAMPLE = 100
"""Values tried first, for most layouts fail on them."""
EARLIEST = pd.Timestamp("1900-01-01", tz="UTC")
"""A time before it is a misread or mistyped one."""

FLAGS = {"true": True, "t": True, "yes": True, "y": True, "1": True, "是": True}
FLAGS |= {"false": False, "f": False, "no": False, "n": False, "0": False, "否": False}


@dataclass(frozen=True)
class Parsed:
    """A column in its dtype, the rows whose text could not be read, and what was assumed.

    `assumed` counts, by the code of a note, local times that are skipped or stand twice on a change
    of daylight-saving time.
    """

    series: pd.Series
    unreadable: pd.Series
    assumed: Mapping[str, int] = field(default_factory=dict)


def is_among(texts: pd.Series, known: Iterable[str]) -> np.ndarray:
    """Answer which texts are among those known; pandas' own `isin` goes through them one by one."""
    values = pa.array(list(known), pa.large_string(), from_pandas=True)
    return np.asarray(pc.is_in(pa.array(texts).cast(pa.large_string()), value_set=values))


def parse(text: pd.Series, kind: str, date_format: str | None, timezone: str) -> Parsed:
    """Return a column of trimmed texts in the dtype of its kind (see `contract.KINDS`)."""
    if kind in TIMES:
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
        A local time that is skipped is taken as the end of the gap, one that stands twice as the
        first.
    """
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
    local, assumed = _localised(naive.dt.as_unit("us"), timezone)
    times = pd.Series(pd.DatetimeIndex(aware).as_unit("us"), text.index).fillna(local)
    times = times.mask(times < EARLIEST)
    return Parsed(times, text.notna() & times.isna(), assumed)


def settled_format(
    chunks: Callable[[], Iterable[pd.Series]], stated: str | None, timezone: str
) -> str | None:
    """Return the format of a column of times: the one stated, ISO 8601 (None), or what fits alone.

    Parameters
    ----------
    chunks : callable
        Returns the column's texts, chunk by chunk, each time that it is called.
    stated : str or None
        The format that the user names.
    timezone : str

    Raises
    ------
    InputError
        Where no format is stated, the texts are not ISO 8601, and either several layouts read
        them all or none does; or where the format reads none of several. It shows three values.
    """
    if stated is None and _is_iso(chunks()):
        return None
    date_format = stated or _only_layout(chunks)
    if not _reads_any(chunks(), date_format, timezone):
        known = _first_distinct(chunks())
        if len(known) == SHOWN:
            raise _format_error(
                known,
                f"The date_format {date_format!r} reads none of the values, "
                f"such as {_some(known)}.",
            )
    return date_format


def _is_iso(chunks: Iterable[pd.Series]) -> bool:
    """Whether the texts are ISO 8601, but for single faults."""
    known = iso = 0
    for text in chunks:
        known += int(text.notna().sum())
        iso += int(text.str.fullmatch(ISO).sum())
    return iso >= known / 2


def _only_layout(chunks: Callable[[], Iterable[pd.Series]]) -> str:
    """Return the one layout that reads all texts; more than one, or none, is an error."""
    fitting = list(LAYOUTS)
    for text in chunks():
        known = text.dropna().drop_duplicates()
        for sample in (known.head(SAMPLE), known):
            fitting = [
                layout
                for layout in fitting
                if pd.to_datetime(sample, format=layout, errors="coerce").notna().all()
            ]
    if len(fitting) == 1:
        return fitting[0]
    known = _first_distinct(chunks())
    if fitting:
        raise _format_error(
            known,
            f"The date format is ambiguous: {_some(known)} can be read as "
            f"{' or '.join(fitting[:SHOWN])}.",
            "State 'date_format' in sources.yaml.",
        )
    raise _format_error(known, f"No date format fits all values, such as {_some(known)}.")


def _reads_any(chunks: Iterable[pd.Series], date_format: str, timezone: str) -> bool:
    return any(
        parse_times(sample, date_format, timezone).series.notna().any()
        for text in chunks
        for sample in (text.dropna().head(SAMPLE), text)
    )


def _first_distinct(chunks: Iterable[pd.Series]) -> pd.Series:
    """Return the first values by row; chunks may come in any order."""
    firsts = [text.dropna().drop_duplicates().sort_index().head(SHOWN) for text in chunks]
    known = pd.concat(firsts) if firsts else pd.Series(dtype="str")
    return known.sort_index(kind="stable").drop_duplicates().head(SHOWN)


def _format_error(
    known: pd.Series,
    problem: str,
    remedy: str = "State 'date_format' in sources.yaml, and missing-value marks under 'missing'.",
) -> InputError:
    return InputError(Fault(problem, remedy, column=str(known.name)))


def _some(known: pd.Series) -> str:
    return ", ".join(repr(value) for value in known)


def _localised(naive: pd.Series, timezone: str) -> tuple[pd.Series, Mapping[str, int]]:
    """Return wall-clock times as UTC, and how many stand twice or not at all."""
    first, second = (
        naive.dt.tz_localize(
            timezone, ambiguous=np.full(len(naive), dst), nonexistent="shift_forward"
        )
        for dst in (True, False)
    )
    missing = int(naive.isna().sum())
    assumed = {
        "repeated_hour": int((first != second).sum()) - missing,
        "skipped_hour": int((first.dt.tz_localize(None) != naive).sum()) - missing,
    }
    return first.dt.tz_convert("UTC"), assumed
