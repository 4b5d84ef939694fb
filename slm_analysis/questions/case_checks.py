"""Checks of an effect that its single cases allow: other cases, other people, ordered answers."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_checks import CAUTION, NOT_POSSIBLE, OK, Check, as_frame
from slm_analysis.analyses.change_effect import BETTER, WORSE, ChangeEffect, verdict_of
from slm_analysis.analyses.change_fit import FittedChange
from slm_analysis.intervals import LEVEL
from slm_analysis.questions.fitted_changes import Fitted

MIX, RESPONSE, ORDERED = "mix", "response", "ordered"


def with_case_checks(effect: ChangeEffect, fitted: Fitted) -> ChangeEffect:
    """Return an effect whose checks tell of its cases too; one without an estimate as it is.

    Returns
    -------
    ChangeEffect
        `checks` has further rows: `mix` (the effect with the mix of cases held fixed; `ok` where
        the verdict is the same) and, of answers, `response` (the effect of the change on the share
        that answers, of 1; `ok` where none shows) and `ordered` (odds of a higher score after
        against before; `ok` where they agree with the verdict).
    """
    if effect.estimate is None:
        return effect
    rows = [_mix(effect, fitted.same_mix)]
    if fitted.odds is not None:
        rows += [_response(fitted.response), _ordered(effect, fitted.odds)]
    return replace(effect, checks=pd.concat([effect.checks, as_frame(rows)], ignore_index=True))


def _mix(effect: ChangeEffect, same_mix: FittedChange | None) -> Check:
    part = None if same_mix is None else same_mix.parts(effect.level).get("mean_effect")
    if part is None:
        return {"check": MIX, "value": np.nan, "state": NOT_POSSIBLE}
    same = verdict_of(part, effect.better, effect.min_effect) == effect.verdict
    figures = asdict(part)
    return {"check": MIX, "value": figures.pop("estimate"), **figures, "state": _state(same)}


def _response(response: FittedChange | None) -> Check:
    part = None if response is None else response.parts(LEVEL).get("mean_effect")
    if part is None:
        return {"check": RESPONSE, "value": np.nan, "state": NOT_POSSIBLE}
    none = part.low <= 0 <= part.high
    figures = asdict(part)
    return {"check": RESPONSE, "value": figures.pop("estimate"), **figures, "state": _state(none)}


def _ordered(effect: ChangeEffect, odds: pd.Series) -> Check:
    """Return the odds of a higher score; a mean and ordered answers should not contradict."""
    side = int(odds["low"] > 1) - int(odds["high"] < 1)
    agrees = {BETTER: side > 0, WORSE: side < 0}.get(effect.verdict, side == 0)
    figures = {"value": odds["estimate"], **odds[["low", "high", "p"]]}
    return {"check": ORDERED, **figures, "state": _state(agrees)}


def _state(fine: bool) -> str:
    return OK if fine else CAUTION
