"""Answers to the question that goes out with each resolution: how satisfied, from 1 to 5."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.sample.centre import AS_OF, HOUR, TIMEZONE, UNITS, office_calendar
from slm_analysis.sample.shared import concerns, opened_since, trait
from slm_analysis.sample.truth import TRUTH

SCALE_MIN, SCALE_MAX = 1, 5
ANSWERED = 0.3
ANSWERED_AFTER_HOURS = 9.0
CONCENTRATION = 10.0
"""Of the beta distribution behind a score: standard deviation about 0.85 at a mean of 4.3."""
COST_OF_LATENESS = 0.7
COMMENTED = 0.08
UNHAPPY = 3
COMMENTS = {
    False: (
        "Quick and friendly.",
        "Thanks, sorted the same day.",
        "Clear answer, no need to call.",
        "Works well, keep it up.",
        "The new status e-mails help.",
    ),
    True: (
        "Had to ask twice.",
        "No idea who was working on it.",
        "Took too long and nobody told me why.",
        "Solved on paper, not for us.",
        "Please call before sending it back.",
    ),
}
CHINESE_COMMENTS = {
    False: ("处理很快，谢谢。", "服务态度好。", "说明清楚，很满意。"),
    True: ("等了很久，没有人通知。", "采购订单号一直没有补上。", "问了两次才有回复。"),
}
CHINESE_UNIT = "华东销售部"


def survey_table(tickets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the answers given before the export, sorted by their time."""
    resolved = tickets[tickets["resolved_at"].notna()]
    asked = resolved[rng.random(len(resolved)) < ANSWERED].reset_index(drop=True)
    n, unit = len(asked), asked["business_unit"]
    delay = HOUR * rng.exponential(ANSWERED_AFTER_HOURS, n)
    responded_at = office_calendar().due(asked["resolved_at"], pd.Series(delay)).dt.floor("min")
    # A beta-binomial score has exactly this mean and a wider spread than a binomial one.
    share = (_mean_score(asked) - SCALE_MIN) / (SCALE_MAX - SCALE_MIN)
    chance = rng.beta(CONCENTRATION * share, CONCENTRATION * (1 - share))
    score = pd.Series(SCALE_MIN + rng.binomial(SCALE_MAX - SCALE_MIN, chance))
    number = {name: i for i, name in enumerate(UNITS, start=1)}
    surveys = pd.DataFrame(
        {
            "business_unit": unit,
            "service": asked["service"],
            "ticket_id": asked["ticket_id"],
            "score": score,
            "scale_min": SCALE_MIN,
            "scale_max": SCALE_MAX,
            "sent_at": asked["resolved_at"],
            "responded_at": responded_at.dt.tz_convert(TIMEZONE),
            "respondent_id": "U" + (unit.map(number) * 1000 + asked["requester"]).astype(str),
            "respondent_group": asked["requester_team"],
            "comment": _comments(unit, score, rng),
        }
    )
    surveys = surveys[surveys["responded_at"] <= AS_OF]
    return surveys.sort_values("responded_at", kind="stable", ignore_index=True)


def _mean_score(asked: pd.DataFrame) -> pd.Series:
    unit = asked["business_unit"]
    mean = trait(unit, UNITS, "satisfaction")
    # The change brings its service up to what the unit thinks of the others.
    change = TRUTH.improvement
    mean = mean - change.satisfaction * (concerns(change, asked) & ~opened_since(asked, change.on))
    decline = TRUTH.decline
    since, until = (pd.Timestamp(day, tz=TIMEZONE) for day in (decline.since, decline.until))
    progress = ((asked["resolved_at"] - since) / (until - since)).clip(0, 1)
    falling = decline.start + progress * (decline.end - decline.start)
    mean = mean.where(unit != decline.business_unit, falling)
    minds = trait(unit, UNITS, "minds_lateness")
    return mean - COST_OF_LATENESS * (asked["late"] & minds)


def _comments(unit: pd.Series, score: pd.Series, rng: np.random.Generator) -> pd.Series:
    pick = rng.random(len(unit))
    comments = pd.Series(index=unit.index, dtype="str")
    for unhappy in (False, True):
        for chinese, texts in ((False, COMMENTS[unhappy]), (True, CHINESE_COMMENTS[unhappy])):
            here = ((score <= UNHAPPY) == unhappy) & ((unit == CHINESE_UNIT) == chinese)
            comments = comments.mask(here, np.take(texts, (pick * len(texts)).astype(int)))
    return comments.where(rng.random(len(unit)) < COMMENTED)
