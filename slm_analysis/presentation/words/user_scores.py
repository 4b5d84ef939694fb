"""One row of scores in words: its figure, its verdict, who answered."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.suppression import FEW
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import N_, _, ngettext
from slm_analysis.presentation.numbers import counted, digits_to_tell, percent
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.presentation.words.service_levels import UNSURE, VERDICTS
from slm_analysis.questions.satisfaction_goals import MEAN, NPS
from slm_analysis.questions.user_satisfaction import HIDDEN, NO_GOAL, UserSatisfaction

UNIT = N_("All services")
RESULTS = {HIDDEN: N_("Hidden"), NO_GOAL: N_("No goal")}
SHARE = 100.0


def name(level: pd.Series) -> str:
    """Return the service as in the data, or what stands for all."""
    return _(UNIT) if pd.isna(level["service"]) else str(level["service"])


def verdict(level: pd.Series) -> str:
    """Return ``Met``, ``Missed, uncertain``, ``Too few answers``, ``Hidden``, ``No goal``."""
    if level["result"] in RESULTS:
        return _(RESULTS[level["result"]])
    if level["result"] not in UNSURE:
        return _("Too few answers")
    unsure = level["evidence"] == "uncertain"
    return _(UNSURE[level["result"]] if unsure else VERDICTS[level["result"]])


def figures(level: pd.Series, *columns: str) -> list[str]:
    """Return figures of a row with their unit, all on their side of the goal."""
    values = [float(level[column]) for column in columns]
    share = level["measure"] == "top_box"
    scale = SHARE if share else 1.0
    goal = [] if pd.isna(level["goal_value"]) else [scale * level["goal_value"]]
    least = 0 if level["measure"] == NPS else 1
    digits = digits_to_tell([scale * value for value in values], goal, least)
    return [percent(v, digits) if share else numbers.score(v, digits) for v in values]


def score(level: pd.Series) -> str:
    """Return the score: ``3.7``, ``88%``."""
    return figures(level, "value")[0]


def interval(level: pd.Series) -> str:
    """Return where the score is likely to lie: ``3.5 to 3.9``."""
    return numbers.span(*figures(level, "low", "high"))


def rating(level: pd.Series) -> str:
    """Return the score with its interval: ``3.7 (3.5 to 3.9)``."""
    if pd.isna(level["value"]):
        return numbers.NO_VALUE
    return numbers.with_interval(score(level), interval(level))


def goal(level: pd.Series) -> str:
    """Return the goal as it was agreed."""
    return numbers.NO_VALUE if pd.isna(level["goal"]) else goal_in_words(str(level["goal"]))


def responses(level: pd.Series) -> str:
    """Return ``71 of 212 answered (33%)``, or the answers where nobody knows who was asked."""
    if pd.isna(level["sent"]):
        n = int(level["answers"])
        return ngettext("{n:,} answer", "{n:,} answers", n).format(n=n)
    return _("{answered:,} of {sent:,.0f} answered ({share})").format(
        answered=int(level["answered"]),
        sent=level["sent"],
        share=percent(level["answered"] / level["sent"], 0),
    )


def people(level: pd.Series) -> str:
    """Return ``36 people``."""
    return counted(int(level["respondents"]), "{n} person", "{n} people")


def not_shown(level: pd.Series, min_group: int) -> str:
    """Return why a row has no figure."""
    if not level["hidden"]:
        return _("no answers")
    if level["reason"] == FEW:
        return _("hidden (fewer than {n} people)").format(n=min_group)
    return _("hidden (would reveal another)")


def score_of_scale(level: pd.Series, result: UserSatisfaction) -> str:
    """Return the score, a mean with the highest there is: ``3.5 of 5``."""
    if result.measure != MEAN:
        return score(level)
    return _("{score} of {highest:g}").format(score=score(level), highest=result.scale[1])


def sentence(level: pd.Series, result: UserSatisfaction) -> str:
    """Return verdict, score, interval, people and answers of one row."""
    if pd.isna(level["value"]):
        return _("{name}, {not_shown}; {responses}.").format(
            name=name(level),
            not_shown=not_shown(level, result.min_group),
            responses=responses(level),
        )
    text = (
        _("{name}: {score}, from {people}; {responses}.")
        if level["result"] == NO_GOAL
        else _("{name}: {verdict}. {score}, agreed: {goal}; from {people}; {responses}.")
    )
    return text.format(
        name=name(level),
        verdict=verdict(level).lower(),
        score=numbers.with_interval(score_of_scale(level, result), interval(level)),
        goal=goal(level),
        people=people(level),
        responses=responses(level),
    )
