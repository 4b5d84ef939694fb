"""How satisfied the users of each team are, and whether teams differ by more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from slm_analysis.analyses.satisfaction import satisfaction
from slm_analysis.analyses.score_contrasts import score_contrasts
from slm_analysis.analyses.score_verdicts import MIN_EFFECT, NOT_COMPARED, score_verdicts
from slm_analysis.analyses.suppression import MIN_GROUP
from slm_analysis.dataset.unit import Unit
from slm_analysis.intake.contract import NOT_STATED
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.user_satisfaction import asked_of

TEAM = "assignment_group"
FIGURES = {"mean": "value", "mean_low": "low", "mean_high": "high"}
CONTRAST = {"difference": "difference", "low": "difference_low", "high": "difference_high"}
TEAMS = [
    "team", *FIGURES.values(), "respondents", "answers", "sent", "hidden", "reason",
    *CONTRAST.values(), "q", "verdict",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class TeamScores(Answer):
    """How satisfied users are by the team that had their ticket last.

    Attributes
    ----------
    teams : DataFrame
        One row per team, lowest score first, hidden ones last: mean `value`, `low`, `high` (95 %;
        missing where hidden), `respondents`, `answers`, `sent` (tickets resolved; missing where
        answers name no ticket), `hidden`, `reason` (`few_respondents`, `complement`);
        `difference` to the rest of the unit, `difference_low`, `difference_high` (at
        `interval_level`), `q` and `verdict` (`lower`, `higher`, `same`, `cannot_tell`,
        `not_compared`). Nothing hidden can be worked out from the scores by service and these
        together.
    family : int
        Teams tested.
    interval_level : float
    min_effect : float
        Points of the score that matter.
    min_group : int
    scale : tuple of float
    """

    teams: pd.DataFrame = field(repr=False)
    family: int
    interval_level: float
    min_effect: float
    min_group: int
    scale: tuple[float, float]

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return nothing: teams are no matter of the portfolio."""
        return {}


def team_scores(
    unit: Unit, min_effect: float = MIN_EFFECT, q: float = 0.05, min_group: int = MIN_GROUP
) -> TeamScores:
    """Answer whether some team's users are less satisfied than the others, in the period.

    Parameters
    ----------
    unit : Unit
    min_effect : float
        The smallest difference of scores that matters, in points.
    q : float
        Accepted share of false ones among the findings.
    min_group : int
        Scores of fewer respondents are hidden, and what would reveal them beside the scores by
        service.

    Returns
    -------
    TeamScores

    Raises
    ------
    InputError
        Where the answers are on several scales.

    Notes
    -----
    A ticket's team is the last that had it, which hard tickets gather; teams work on other
    services. Each team is contrasted with all other answers (see `score_contrasts`).
    """
    asked = asked_of(unit)
    team_of = unit.tickets.set_index("ticket_id")[TEAM]
    asked = asked.assign(team=asked["ticket_id"].map(team_of).astype("str").fillna(NOT_STATED))
    of_services = satisfaction(asked, by="service", min_group=min_group)
    found = satisfaction(asked, by="team", min_group=min_group, beside=of_services)
    scores = found.scores[~found.scores["total"]].rename(columns=FIGURES)
    shown = scores.loc[~scores["hidden"] & (scores["answers"] > 0), "team"]
    answers = asked[asked["score"].notna()]
    every = pd.concat(
        [answers.assign(own=answers["team"] == team, team=team) for team in shown]
        or [answers[:0].assign(own=False)]
    )
    contrasts = score_contrasts(every, by=["team"], side="own", q=q, min_group=min_group)
    compared = contrasts.table[["team", *CONTRAST, "q"]].rename(columns=CONTRAST)
    teams = scores.merge(compared, on="team", how="left")
    verdict = score_verdicts(teams["difference_low"], teams["difference_high"], min_effect)
    teams = teams.assign(verdict=verdict.mask(teams["hidden"], NOT_COMPARED))
    return TeamScores(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        teams=teams.sort_values(["value", "team"], ignore_index=True)[TEAMS],
        family=contrasts.family,
        interval_level=contrasts.interval_level,
        min_effect=min_effect,
        min_group=min_group,
        scale=found.scale,
        notes=tuple(n for n in found.notes if n.code == "response_rate_unknown"),
    )
