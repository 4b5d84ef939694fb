"""The scale of survey answers, checked: one per figure, and every score on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from slm_analysis.errors import Fault, InputError

NPS_SCALE = (0.0, 10.0)


def require_numbers(surveys: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise InputError for each of `columns` that holds no numbers."""
    wrong = [c for c in columns if not pd.api.types.is_numeric_dtype(surveys[c])]
    if wrong and len(surveys):
        raise InputError(
            Fault(
                "Not a number.",
                "Convert the column, with what means 'not answered' as missing.",
                column=column,
                value=surveys[column].iloc[0],
            )
            for column in wrong
        )


def one_scale(answers: pd.DataFrame, *, nps: bool = False) -> tuple[float, float]:
    """Return lowest and highest possible score of answers; missing without any.

    Raises
    ------
    InputError
        Several scales, a scale without width, scores off their scale; with `nps` another scale
        than 0 to 10.
    """
    scales = answers[["scale_min", "scale_max"]].drop_duplicates()
    if scales.empty:
        return np.nan, np.nan
    if len(scales) > 1:
        texts = ", ".join(f"{low:g} to {high:g}" for low, high in scales.to_numpy(float))
        raise InputError(
            Fault(
                f"The answers are on several scales ({texts}).",
                "Call once per scale; scores of different scales cannot be averaged.",
            )
        )
    low, high = (float(end) for end in scales.iloc[0])
    if not low < high:
        raise InputError(
            Fault(
                f"A scale from {low:g} to {high:g} has no width.", "Check scale_min and scale_max."
            )
        )
    if nps and (low, high) != NPS_SCALE:
        raise InputError(
            Fault(
                f"NPS needs answers from 0 to 10, these are from {low:g} to {high:g}.",
                'Use kind="csat" for them.',
            )
        )
    off = answers.loc[~answers["score"].between(low, high), "score"]
    if len(off):
        raise InputError(
            Fault(
                f"{len(off)} scores lie outside their scale of {low:g} to {high:g}.",
                "Correct the scores or the scale.",
                column="score",
                value=off.iloc[0],
            )
        )
    return low, high
