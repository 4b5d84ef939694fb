"""What holding the mix fixed says of a level: explained by it, hidden by it, or not to be told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

AS_BEFORE, FIRST_SIGHT_ONLY, TURNED, HIDDEN, SAME_TICKETS = (
    "as_before", "first_sight_only", "turned", "hidden", "same_tickets",
)  # fmt: skip
MOSTLY_SHARED = 0.8
"""Two levels are about the same tickets where they share this part of all tickets of both."""


def mix_readings(
    adjusted: pd.DataFrame,
    levels: pd.DataFrame,
    coded: Mapping[str, tuple[np.ndarray, pd.Index]],
) -> pd.DataFrame:
    """Return what the comparison with the mix held fixed says of each level.

    Parameters
    ----------
    adjusted : DataFrame
        As by `odds_ratios.crude_and_adjusted`.
    levels : DataFrame
        `driver`, `level`, `first_sight` (worse, and more than chance, without the mix), `finding`.
    coded : mapping
        Per driver the number of each case's level, and the names of the levels.

    Returns
    -------
    DataFrame
        Indexed as `adjusted`. `reading`: ``first_sight_only`` (of what stood out nothing clear is
        left), ``turned`` (it does better with the same mix), ``hidden`` (it does worse with the
        same mix, and did not stand out), ``same_tickets`` (it stood out, and is about nearly the
        same tickets as a finding of another driver: one held fixed takes the other away), else
        ``as_before``; for ``same_tickets`` which finding, `same_driver` and `same_level`, and how
        many tickets both have, `shared`.
    """
    rows = adjusted[["driver", "level"]].merge(levels, how="left").set_index(adjusted.index)
    differs = ~adjusted["agrees"].astype(bool) & ~rows["finding"].astype(bool)
    stood_out = differs & rows["first_sight"].astype(bool)
    readings = pd.DataFrame(
        {
            "reading": np.select(
                [
                    stood_out & (adjusted["modelled_high"] < 1),
                    stood_out,
                    differs & (adjusted["modelled_low"] > 1),
                ],
                [TURNED, FIRST_SIGHT_ONLY, HIDDEN],
                AS_BEFORE,
            ),
            "same_driver": "",
            "same_level": "",
            "shared": 0,
        },
        index=adjusted.index,
    )
    cases = {
        tuple(found): _cases(coded, *found)
        for found in levels.loc[levels["finding"], ["driver", "level"]].itertuples(index=False)
    }
    for at in readings.index[stood_out]:
        driver, level = rows.loc[at, ["driver", "level"]]
        own = _cases(coded, driver, level)
        same = [
            (int((own & its).sum()), *found)
            for found, its in cases.items()
            if found[0] != driver and (own & its).sum() >= MOSTLY_SHARED * (own | its).sum()
        ]
        if same:
            shared, same_driver, same_level = max(same)
            readings.loc[at] = [SAME_TICKETS, same_driver, same_level, shared]
    return readings


def _cases(coded: Mapping[str, tuple[np.ndarray, pd.Index]], driver: str, level: str) -> np.ndarray:
    """Return which cases have a level."""
    code, names = coded[driver]
    return np.asarray(code == names.get_loc(level))
