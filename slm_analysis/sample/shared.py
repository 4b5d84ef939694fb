"""What the parts of the generator share: draws, and look-ups by label."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from slm_analysis.sample.centre import TIMEZONE, Service, Unit
from slm_analysis.sample.truth import Cause, Change


def draw(shares: Mapping, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` of the levels, by their shares."""
    share = np.array(list(shares.values()))
    return rng.choice(np.array(list(shares)), n, p=share / share.sum())


def each(labels: pd.Series, make: Callable[[str, pd.Index], np.ndarray]) -> pd.Series:
    """Return what `make` gives for the rows of each label, in the order of the rows."""
    rows_of = labels.groupby(labels).groups
    made = [pd.Series(make(str(name), rows), rows) for name, rows in rows_of.items()]
    return pd.concat(made).reindex(labels.index)


def trait(
    labels: pd.Series, described: Mapping[str, Unit] | Mapping[str, Service], name: str
) -> pd.Series:
    """Return one attribute of the units or services that the labels name."""
    return labels.map({label: getattr(of, name) for label, of in described.items()})


def concerns(planted: Cause | Change, tickets: pd.DataFrame) -> pd.Series:
    """Whether tickets are of the unit and service of what is planted."""
    same_unit = tickets["business_unit"] == planted.business_unit
    return same_unit & (tickets["service"] == planted.service)


def opened_since(tickets: pd.DataFrame, day: str) -> pd.Series:
    """Whether tickets were opened on this local day or later."""
    return tickets["opened_at"] >= pd.Timestamp(day, tz=TIMEZONE)
