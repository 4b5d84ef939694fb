"""What to say about what goes with satisfaction."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import capitalised, counted, digits_to_tell, listed, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.driver_names import driver, level_name
from slm_analysis.questions.satisfaction_drivers import (
    HANDED_OVER,
    LATE,
    MIN_RESPONDENTS,
    PAUSED,
    REOPENED,
    TIME,
    SatisfactionDrivers,
)
from slm_analysis.result import note

NAMES = {
    LATE: "late tickets",
    TIME: "time to resolve",
    REOPENED: "reopened tickets",
    HANDED_OVER: "tickets handed over",
    PAUSED: "tickets that waited on the requester",
}
NOTHING = "Nothing on record goes with the scores by more than chance"
TOO_FEW = "Too few people answered to tell what goes with the scores"
ALIKE = "The answers do not differ enough to tell what goes with the scores"
SHARED = (
    "Things that say nearly the same, such as lateness and time, share what neither shows alone."
)
MOST_TOLD = 3


def name(column: str) -> str:
    """Return a driver in words."""
    return NAMES.get(column, driver(column))


def clearest(result: SatisfactionDrivers, column: str) -> pd.Series | None:
    """Return the level of a driver that differs most surely, None where none does for itself."""
    assert result.drivers is not None  # noqa: S101  else there are no levels
    levels = result.drivers.levels
    own = levels[(levels["driver"] == column) & ((levels["low"] > 0) | (levels["high"] < 0))]
    if own.empty:
        return None
    sureness = (own["difference"] / (own["high"] - own["low"])).abs()
    return own.iloc[int(sureness.argmax())]


def points(level: pd.Series) -> str:
    """Return ``0.7 points lower (0.3 to 1.0)``."""
    sign = 1 if level["difference"] > 0 else -1
    ends = sorted(abs(level[end]) for end in ("low", "high"))
    digits = digits_to_tell(ends, [0.0])
    size, low, high = (numbers.score(v, digits) for v in (sign * level["difference"], *ends))
    return f"{size} points {'higher' if sign > 0 else 'lower'} ({low} to {high})"


def compared(level: pd.Series | None) -> str:
    """Return which level is compared with which, empty where the driver says it."""
    if level is None or level["driver"] in NAMES:
        return ""
    return f"{level_name(level['level'])} against {level_name(level['against'])}"


def odds(level: pd.Series | None) -> str:
    """Return the odds of a higher score: ``0.25 (0.13 to 0.50)``."""
    if level is None or pd.isna(level["odds_ratio"]):
        return numbers.NO_VALUE
    ends = [float(level[end]) for end in ("odds_ratio", "odds_low", "odds_high")]
    digits = digits_to_tell(ends, [0.0, 1.0], 2)
    value, low, high = (numbers.score(v, digits) for v in ends)
    return f"{value} ({low} to {high})"


def share(row: pd.Series) -> str:
    """Return the share of the differences between scores: ``2.6% (1.3 to 4.7%)``."""
    low, high = (percent(row[end])[:-1] for end in ("low", "high"))
    return f"{percent(row['share'])} ({low} to {high}%)"


def verdict(result: SatisfactionDrivers, row: pd.Series) -> str:
    """Return ``Lower``, ``Higher``, ``Differs``, ``Not more than chance``."""
    if not row["finding"]:
        return "Not more than chance"
    level = clearest(result, row["driver"])
    if level is None or row["driver"] not in NAMES:
        return "Differs"
    return "Higher" if level["difference"] > 0 else "Lower"


def findings(result: SatisfactionDrivers) -> pd.DataFrame:
    """Return the drivers found, by share."""
    if result.drivers is None:
        return pd.DataFrame()
    shares = result.drivers.shares
    return shares[shares["finding"].astype(bool)]


def answer(result: SatisfactionDrivers) -> str:
    """Return what goes with the scores, in one line."""
    if result.drivers is None:
        return TOO_FEW if result.respondents < MIN_RESPONDENTS else ALIKE
    found = findings(result)
    if found.empty:
        return NOTHING
    names = listed([_title_name(result, row) for _, row in found.iterrows()], MOST_TOLD)
    lower = [verdict(result, row) == "Lower" for _, row in found.iterrows()]
    kind = "lower scores" if all(lower) else "the scores"
    return f"{capitalised(names)} {_verb(found)} with {kind}"


def _title_name(result: SatisfactionDrivers, row: pd.Series) -> str:
    level = clearest(result, row["driver"])
    if row["driver"] == TIME and level is not None and level["difference"] < 0:
        return "a longer time to resolve"
    return name(row["driver"])


def _verb(found: pd.DataFrame) -> str:
    one = len(found) == 1 and found["driver"].iloc[0] not in {LATE, REOPENED, HANDED_OVER, PAUSED}
    return "goes" if one else "go"


def told(result: SatisfactionDrivers, row: pd.Series) -> str:
    """Return a finding: how much lower or higher, and its share of the differences."""
    assert result.drivers is not None  # noqa: S101  else there are no findings
    level = clearest(result, row["driver"])
    sure = f"{percent(result.drivers.interval_level, 0)} interval"
    part = f"{share(row)} of the differences between scores go with it"
    if level is None:
        return f"The scores differ by {name(row['driver'])}; {part}."
    far = points(level).replace(")", f"; {sure})")
    if row["driver"] == TIME:
        return f"Each doubling of the time to resolve goes with a score {far}; {part}."
    unsure = bool(level["odds_low"] < 1 < level["odds_high"])
    beside = " Read as ordered answers and not as points, that is not sure." * unsure
    if row["driver"] in NAMES:
        return f"{capitalised(name(row['driver']))} are scored {far} than others; {part}.{beside}"
    own, other = level_name(level["level"]), level_name(level["against"])
    return f"By {name(row['driver'])}, {own} is scored {far} than {other}; {part}.{beside}"


def say(result: SatisfactionDrivers) -> Prose:
    """Return what goes with the scores, all else alike, then what that leaves open."""
    return Prose(list(_sentences(result)), _caveats(result))


def _sentences(result: SatisfactionDrivers) -> Iterator[str]:
    if result.drivers is None:
        people = counted(result.respondents, "person", "people")
        yield f"{answer(result)}: {people} gave {counted(result.answers, 'answer')}."
        return
    found = findings(result)
    if found.empty:
        yield f"{NOTHING}."
    for _, row in found[:MOST_TOLD].iterrows():
        yield told(result, row)
    if len(found) > 1:
        first = found[found["rank"] == 1]
        yield (
            f"Most goes with {name(first['driver'].iloc[0])}."
            if len(first)
            else "Which of them matters most cannot be told."
        )
    yield (
        f"Of all differences between scores {percent(result.drivers.r2)} go with what is on record "
        "of the tickets; the rest goes with nothing on record."
    )


def _caveats(result: SatisfactionDrivers) -> list[str]:
    said = []
    if len(findings(result)):
        said.append(SHARED)
    notes = [
        note(n.code, **{**n.values, "drivers": listed([name(d) for d in n.values["drivers"]])})  # type: ignore[attr-defined]
        if "drivers" in n.values
        else n
        for n in result.notes
    ]
    return [*said, *caveats(notes)]


def window(result: SatisfactionDrivers) -> str:
    """Return the months of the answers."""
    return numbers.months(result.window_start, result.window_end)


def caption(result: SatisfactionDrivers) -> Caption:
    """Return the words of the figure of shares."""
    people = counted(result.respondents, "person", "people")
    return Caption(
        title=answer(result),
        subtitle=f"Share of the differences between scores that goes with each, 95% interval, "
        f"{window(result)}; {counted(result.answers, 'answer')} of {people}",
        sentence=" ".join(_sentences(result)),
        caveats=_caveats(result),
        how_to_read="Each dot is the part of all differences between scores that goes with one "
        "thing, averaged over all orders in which they can be looked at; the upright stroke is "
        "what chance alone would give. A diamond goes with the scores by more than chance with all "
        "else alike, coloured where it goes with lower ones. A share is never below zero, so an "
        "interval clear of zero is no finding by itself.",
    )
