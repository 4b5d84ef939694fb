"""Turns results into words, tables and figures.

Verbs work on every result: `say`, `plot`, `table`, `headline`. What is said, drawn and listed for
a type of result stands in the modules of the same name under `words`, `plots` and `tables`.
"""

from __future__ import annotations

from functools import singledispatch

from IPython.display import display

from slm_analysis.analyses.answer_change import AnswerChange
from slm_analysis.analyses.bottlenecks import Bottlenecks
from slm_analysis.analyses.capability import Capability
from slm_analysis.analyses.change_effect import ChangeEffect
from slm_analysis.analyses.change_effects import ChangeEffects
from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.analyses.target_signs import TargetSigns
from slm_analysis.analyses.time_to_resolve import TimeToResolve
from slm_analysis.analyses.trend import Trend
from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.plots import change_series as plot_change_series
from slm_analysis.presentation.plots import control_charts as plot_charts
from slm_analysis.presentation.plots import expectation_gap as plot_expectations
from slm_analysis.presentation.plots import followed_targets as plot_followed
from slm_analysis.presentation.plots import outlook as plot_outlook
from slm_analysis.presentation.plots import portfolio_funnel as plot_portfolio
from slm_analysis.presentation.plots import process_changes as plot_changes
from slm_analysis.presentation.plots import process_flow as plot_flow
from slm_analysis.presentation.plots import root_causes as plot_causes
from slm_analysis.presentation.plots import satisfaction_drivers as plot_satisfaction_drivers
from slm_analysis.presentation.plots import service_levels as plot_levels
from slm_analysis.presentation.plots import stability as plot_stability
from slm_analysis.presentation.plots import survey_response as plot_survey_response
from slm_analysis.presentation.plots import team_scores as plot_team_scores
from slm_analysis.presentation.plots import time_to_resolve as plot_times
from slm_analysis.presentation.plots import trend as plot_trend
from slm_analysis.presentation.plots import user_satisfaction as plot_satisfaction
from slm_analysis.presentation.plots import what_changed as plot_what_changed
from slm_analysis.presentation.tables import achievable_targets as table_achievable
from slm_analysis.presentation.tables import answer_change as table_answers
from slm_analysis.presentation.tables import capability as table_capability
from slm_analysis.presentation.tables import change_effect as table_change_effect
from slm_analysis.presentation.tables import control_charts as table_charts
from slm_analysis.presentation.tables import expectation_gap as table_expectations
from slm_analysis.presentation.tables import followed_targets as table_followed
from slm_analysis.presentation.tables import next_improvements as table_improvements
from slm_analysis.presentation.tables import offered_levels as table_offered
from slm_analysis.presentation.tables import outlook as table_outlook
from slm_analysis.presentation.tables import portfolio as table_portfolio
from slm_analysis.presentation.tables import process_changes as table_changes
from slm_analysis.presentation.tables import process_flow as table_flow
from slm_analysis.presentation.tables import record_signs as table_signs
from slm_analysis.presentation.tables import rescoring as table_rescoring
from slm_analysis.presentation.tables import root_causes as table_causes
from slm_analysis.presentation.tables import satisfaction_drivers as table_satisfaction_drivers
from slm_analysis.presentation.tables import service_levels as table_levels
from slm_analysis.presentation.tables import stability as table_stability
from slm_analysis.presentation.tables import survey_response as table_survey_response
from slm_analysis.presentation.tables import team_scores as table_team_scores
from slm_analysis.presentation.tables import time_to_resolve as table_times
from slm_analysis.presentation.tables import trend as table_trend
from slm_analysis.presentation.tables import user_satisfaction as table_satisfaction
from slm_analysis.presentation.tables import what_changed as table_what_changed
from slm_analysis.presentation.tables import workload as table_workload
from slm_analysis.presentation.views import Headline, Prose, Table
from slm_analysis.presentation.words import achievable_targets as word_achievable
from slm_analysis.presentation.words import answer_change as word_answers
from slm_analysis.presentation.words import capability as word_capability
from slm_analysis.presentation.words import change_effect as word_change_effect
from slm_analysis.presentation.words import change_effects as word_change_effects
from slm_analysis.presentation.words import control_charts as word_charts
from slm_analysis.presentation.words import expectation_gap as word_expectations
from slm_analysis.presentation.words import followed_targets as word_followed
from slm_analysis.presentation.words import next_improvements as word_improvements
from slm_analysis.presentation.words import offered_levels as word_offered
from slm_analysis.presentation.words import outlook as word_outlook
from slm_analysis.presentation.words import portfolio as word_portfolio
from slm_analysis.presentation.words import process_changes as word_changes
from slm_analysis.presentation.words import process_flow as word_flow
from slm_analysis.presentation.words import record_signs as word_signs
from slm_analysis.presentation.words import rescoring as word_rescoring
from slm_analysis.presentation.words import root_causes as word_causes
from slm_analysis.presentation.words import satisfaction_drivers as word_satisfaction_drivers
from slm_analysis.presentation.words import service_levels as word_levels
from slm_analysis.presentation.words import stability as word_stability
from slm_analysis.presentation.words import survey_response as word_survey_response
from slm_analysis.presentation.words import team_scores as word_team_scores
from slm_analysis.presentation.words import time_to_resolve as word_times
from slm_analysis.presentation.words import trend as word_trend
from slm_analysis.presentation.words import user_satisfaction as word_satisfaction
from slm_analysis.presentation.words import what_changed as word_what_changed
from slm_analysis.questions.achievable_targets import AchievableTargets
from slm_analysis.questions.expectation_gap import ExpectationGap
from slm_analysis.questions.followed_targets import FollowedTargets
from slm_analysis.questions.next_improvements import NextImprovements
from slm_analysis.questions.offered_levels import OfferedLevels
from slm_analysis.questions.outlook import Outlook
from slm_analysis.questions.portfolio import Portfolio
from slm_analysis.questions.process_changes import ChangeOutcomes
from slm_analysis.questions.process_flow import ProcessFlow
from slm_analysis.questions.record_signs import RecordSigns
from slm_analysis.questions.rescoring import Rescoring
from slm_analysis.questions.root_causes import RootCauses
from slm_analysis.questions.satisfaction_drivers import SatisfactionDrivers
from slm_analysis.questions.service_levels import ServiceLevels
from slm_analysis.questions.stability import Stability
from slm_analysis.questions.survey_response import SurveyResponse
from slm_analysis.questions.team_scores import TeamScores
from slm_analysis.questions.time_taken import TimeTaken
from slm_analysis.questions.user_satisfaction import UserSatisfaction
from slm_analysis.questions.what_changed import WhatChanged
from slm_analysis.questions.workload import Workload
from slm_analysis.result import Result


@singledispatch
def say(result: Result) -> Prose:
    """Return what a result says, in sentences, with its caveats.

    Parameters
    ----------
    result : Result
        What a question or an analysis has returned.
    """
    raise TypeError(f"There are no words for {type(result).__name__}.")


@singledispatch
def plot(result: Result) -> Chart:
    """Return the figure of a result.

    Parameters
    ----------
    result : Result
        What a question or an analysis has returned.
    """
    raise TypeError(f"There is no figure for {type(result).__name__}.")


@singledispatch
def table(result: Result) -> Table:
    """Return the table of a result.

    Parameters
    ----------
    result : Result
        What a question or an analysis has returned.
    """
    raise TypeError(f"There is no table for {type(result).__name__}.")


@singledispatch
def headline(result: Result) -> Headline:
    """Return the top of a report: message, what happened, how sure we are, what to do next.

    Parameters
    ----------
    result : Result
        What the report is about: service levels, trends, root causes, satisfaction, changes.
    """
    raise TypeError(f"There is no headline for {type(result).__name__}.")


def show(result: Result) -> None:
    """Display what a result says, its figure and its table, as far as it has them."""
    verbs = [v for v in (say, plot, table) if v.dispatch(type(result)) is not v.dispatch(object)]
    if verbs:
        display(*[verb(result) for verb in verbs])
    else:
        print(repr(result))


say.register(ServiceLevels, word_levels.say)
plot.register(ServiceLevels, plot_levels.plot)
table.register(ServiceLevels, table_levels.table)
table.register(Workload, table_workload.table)
headline.register(ServiceLevels, word_levels.headline)

say.register(Stability, word_stability.say)
plot.register(Stability, plot_stability.plot)
table.register(Stability, table_stability.table)
headline.register(Stability, word_stability.headline)

say.register(ControlChart, word_charts.say)
plot.register(ControlChart, plot_charts.plot)
table.register(ControlChart, table_charts.table)

say.register(Trend, word_trend.say)
plot.register(Trend, plot_trend.plot)
table.register(Trend, table_trend.table)

say.register(Outlook, word_outlook.say)
plot.register(Outlook, plot_outlook.plot)
table.register(Outlook, table_outlook.table)

say.register(Capability, word_capability.say)
table.register(Capability, table_capability.table)

say.register(Portfolio, word_portfolio.say)
plot.register(Portfolio, plot_portfolio.plot)
table.register(Portfolio, table_portfolio.table)
headline.register(Portfolio, word_portfolio.headline)

say.register(RootCauses, word_causes.say)
plot.register(RootCauses, plot_causes.plot)
table.register(RootCauses, table_causes.table)
headline.register(RootCauses, word_causes.headline)

say.register(WhatChanged, word_what_changed.say)
plot.register(WhatChanged, plot_what_changed.plot)
table.register(WhatChanged, table_what_changed.table)

say.register(AchievableTargets, word_achievable.say)
table.register(AchievableTargets, table_achievable.table)

say.register(Rescoring, word_rescoring.say)
table.register(Rescoring, table_rescoring.table)

say.register(OfferedLevels, word_offered.say)
table.register(OfferedLevels, table_offered.table)

say.register(NextImprovements, word_improvements.say)
table.register(NextImprovements, table_improvements.table)

for _signs in (RecordSigns, TargetSigns):
    say.register(_signs, word_signs.say)
    table.register(_signs, table_signs.table)

for _flow in (ProcessFlow, Bottlenecks):
    say.register(_flow, word_flow.say)
    plot.register(_flow, plot_flow.plot)
    table.register(_flow, table_flow.table)

for _times in (TimeTaken, TimeToResolve):
    say.register(_times, word_times.say)
    plot.register(_times, plot_times.plot)
    table.register(_times, table_times.table)

say.register(UserSatisfaction, word_satisfaction.say)
plot.register(UserSatisfaction, plot_satisfaction.plot)
table.register(UserSatisfaction, table_satisfaction.table)
headline.register(UserSatisfaction, word_satisfaction.headline)

say.register(SatisfactionDrivers, word_satisfaction_drivers.say)
plot.register(SatisfactionDrivers, plot_satisfaction_drivers.plot)
table.register(SatisfactionDrivers, table_satisfaction_drivers.table)

say.register(SurveyResponse, word_survey_response.say)
plot.register(SurveyResponse, plot_survey_response.plot)
table.register(SurveyResponse, table_survey_response.table)

say.register(TeamScores, word_team_scores.say)
plot.register(TeamScores, plot_team_scores.plot)
table.register(TeamScores, table_team_scores.table)

say.register(FollowedTargets, word_followed.say)
plot.register(FollowedTargets, plot_followed.plot)
table.register(FollowedTargets, table_followed.table)

say.register(ExpectationGap, word_expectations.say)
plot.register(ExpectationGap, plot_expectations.plot)
table.register(ExpectationGap, table_expectations.table)

say.register(ChangeOutcomes, word_changes.say)
plot.register(ChangeOutcomes, plot_changes.plot)
table.register(ChangeOutcomes, table_changes.table)
headline.register(ChangeOutcomes, word_changes.headline)

say.register(ChangeEffect, word_change_effect.say)
plot.register(ChangeEffect, plot_change_series.plot)
table.register(ChangeEffect, table_change_effect.table)

say.register(ChangeEffects, word_change_effects.say)
table.register(ChangeEffects, table_change_effect.table_of_many)

say.register(AnswerChange, word_answers.say)
table.register(AnswerChange, table_answers.table)
