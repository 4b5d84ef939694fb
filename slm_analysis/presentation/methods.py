"""How each answer was made: tests, intervals, corrections, for the end of a report."""

from __future__ import annotations

from functools import singledispatch

from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.analyses.level_comparison import MIN_CASES
from slm_analysis.analyses.suppression import MIN_GROUP
from slm_analysis.intervals import MIN_DAYS
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import count, counted, enumerated, itemised, percent
from slm_analysis.presentation.periods import one_period
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.presentation.words.control_charts import method as chart_method
from slm_analysis.questions.achievable_targets import AchievableTargets
from slm_analysis.questions.expectation_gap import ExpectationGap
from slm_analysis.questions.followed_targets import FollowedTargets
from slm_analysis.questions.next_improvements import NextImprovements
from slm_analysis.questions.outlook import Outlook
from slm_analysis.questions.process_changes import ChangeOutcomes
from slm_analysis.questions.process_flow import ProcessFlow
from slm_analysis.questions.record_signs import RecordSigns
from slm_analysis.questions.rescoring import Rescoring
from slm_analysis.questions.root_causes import LOOKS, RootCauses
from slm_analysis.questions.satisfaction_drivers import SatisfactionDrivers
from slm_analysis.questions.stability import Stability
from slm_analysis.questions.team_scores import TeamScores
from slm_analysis.questions.time_taken import TimeTaken
from slm_analysis.questions.user_satisfaction import UserSatisfaction
from slm_analysis.questions.what_changed import WhatChanged
from slm_analysis.result import Result


@singledispatch
def method(result: Result) -> list[tuple[str, str]]:  # noqa: ARG001
    """Return what must be told about how a result was made."""
    return []


@method.register
def _of_chart(result: ControlChart) -> list[tuple[str, str]]:
    return [(_("Method"), chart_method(result))]


@method.register
def _of_stability(result: Stability) -> list[tuple[str, str]]:
    text = _("one per service, share in time per {period}: {charts}")
    charts = chart_method(result.chart)
    return [(_("Method"), text.format(period=one_period(result.freq), charts=charts))]


@method.register
def _of_outlook(result: Outlook) -> list[tuple[str, str]]:
    if result.trend is None:
        return []
    tests = result.services["p"].dropna()
    return [
        (
            _("Forecasts"),
            _(
                "share in time per {period}: a straight line with autocorrelated errors, one "
                "yearly pair of waves from two full years on; where a step fits better than a "
                "slope (Bayesian information criterion, and p under 5% over all dates) it stands "
                "beside the line; {slopes} slopes, corrected together (Benjamini-Hochberg, {q} "
                "false trends accepted); the last forecasts are made again, each from what was "
                "known before it"
            ).format(
                period=one_period(result.freq),
                slopes=len(tests),
                q=percent(1 - result.trend.level, 0),
            ),
        )
    ]


@method.register
def _of_causes(result: RootCauses) -> list[tuple[str, str]]:
    return [
        (
            _("Comparisons"),
            _(
                "{tests} of each group with all other tickets, in {families} families (services; "
                "the tickets of one service; pairs of groups, searched on every other day and "
                "tried on the days between), corrected by Benjamini-Hochberg, {q} false findings "
                "accepted in all, an equal part in each family; tickets of a day count as going "
                "together; findings need {cases} tickets and {days} days on both sides"
            ).format(
                tests=count(result.family),
                families=LOOKS,
                q=percent(result.q, 0),
                cases=MIN_CASES,
                days=MIN_DAYS,
            ),
        ),
        (
            _("Mix held fixed"),
            _(
                "odds by a logistic model with what else is known at opening; a group that this "
                "explains is no finding. Likely shares are drawn to the mean of their kind as far "
                "as they differ by chance (empirical Bayes)"
            ),
        ),
        (
            _("Since when"),
            _(
                "the month from which a group was breached more often than the others without a "
                "break, by the likelihood of one step; said only where no other month fits as well"
            ),
        ),
    ]


@method.register
def _of_changed(result: WhatChanged) -> list[tuple[str, str]]:
    if result.parts is None:
        return []
    return [
        (
            _("What changed"),
            _(
                "parts after Kitagawa: performance at the mean of both periods' shares, mix at the "
                "mean of both periods' rates against the mean of both totals; a group of one "
                "period only is mix; groups tested: {tests}, corrected by Benjamini-Hochberg, {q} "
                "false findings accepted; tickets of a day count as going together"
            ).format(tests=count(result.parts.family), q=percent(result.parts.q, 0)),
        ),
    ]


@method.register
def _of_flow(result: ProcessFlow) -> list[tuple[str, str]]:
    return [
        (
            _("Where the time goes"),
            _(
                "tickets of {service}, each step of the status history until the next, in business "
                "time, at most until the ticket stopped; a loop lasts from leaving a status until "
                "the ticket comes out of it again. Intervals: bootstrap over tickets; late tickets "
                "against those in time: limits that hold for all groups together"
            ).format(service=result.service or _("no service")),
        ),
    ]


@method.register
def _of_times(result: TimeTaken) -> list[tuple[str, str]]:  # noqa: ARG001
    return [
        (
            _("How long tickets take"),
            _(
                "share of tickets done by each age in business hours without pauses, open tickets "
                "counted as open (Kaplan-Meier); intervals: log(-log), for percentiles the ages at "
                "which those hold the share (Brookmeyer-Crowley), each ticket as if on its own"
            ),
        ),
    ]


@method.register
def _of_signs(result: RecordSigns) -> list[tuple[str, str]]:
    return [
        (
            _("Signs in the records"),
            _(
                "the last tenth before the target against a smooth curve of how often tickets are "
                "done or paused around it (Poisson regression on the time at risk, fitted without "
                "it); reopenings against those of tickets done before; tickets ended within a "
                "minute against chance within the hour; missing first responses against one in a "
                "hundred. {tests} tests over all services, corrected by Benjamini-Hochberg, {q} "
                "false signs accepted; told from ten tickets on and a quarter more than expected"
            ).format(tests=count(result.found.family), q=percent(result.found.q, 0)),
        ),
    ]


@method.register
def _of_improvements(result: NextImprovements) -> list[tuple[str, str]]:
    return [
        (
            _("What to improve next"),
            _(
                "groups known at opening against the other tickets of their service with the same "
                "priority and type, in mean business hours; tickets of a day count as going "
                "together; {tests} tests, corrected by Benjamini-Hochberg, {q} false findings "
                "accepted. Hours and late tickets are weighted with the part of the scale above "
                "the users' score of the period"
            ).format(tests=count(result.times.family), q=percent(result.times.q, 0)),
        ),
    ]


@method.register
def _of_rescoring(result: Rescoring) -> list[tuple[str, str]]:  # noqa: ARG001
    return [
        (
            _("Other terms"),
            _(
                "every ticket of the whole history scored anew, one changed term after the other; "
                "the same work is assumed"
            ),
        ),
    ]


@method.register
def _of_achievable(result: AchievableTargets) -> list[tuple[str, str]]:  # noqa: ARG001
    return [
        (
            _("What could be promised"),
            _(
                "the shortest time, in business hours, whose share of tickets has a one-sided 95% "
                "lower bound at or above the agreed share, tickets of a day counting as going "
                "together; tickets since the last process change and the last run or trend of the "
                "control chart, none while a signal stands; open tickets count as late"
            ),
        ),
    ]


@method.register
def _of_changes(result: ChangeOutcomes) -> list[tuple[str, str]]:
    tests = itemised(
        f"{row.change_id} {row.service} {row.measure}: p = {row.p:.2g}, q = {row.q:.2g}"
        for row in result.effects.dropna(subset="p").itertuples()
    )
    matters = enumerated(f"{name} {size:g}" for name, size in result.min_effect.items())
    family = _("{tests} tests, Benjamini-Hochberg at {q}, intervals at {level}").format(
        tests=result.family_size, q=percent(result.q, 0), level=confidence(result.level)
    )
    return [
        (
            _("Effects of changes"),
            _(
                "each service per {period} up to the period's end, each change between the changes "
                "of that service before and after it: regression with autocorrelated errors, less "
                "the mean of the other units where at least three have the service and did not "
                "change it, else with a straight trend; one yearly pair of waves from two full "
                "years on"
            ).format(period=one_period(result.freq)),
        ),
        (
            _("Verdicts"),
            _(
                "in this order: interval within ± the smallest effect that matters, no meaningful "
                "change; interval without 0, better or worse; else cannot tell. Smallest: {matters}"
            ).format(matters=matters),
        ),
        (
            _("Comparisons of changes"),
            _("{family}. {tests}").format(family=family, tests=tests) if tests else family,
        ),
    ]


@method.register
def _of_satisfaction(result: UserSatisfaction) -> list[tuple[str, str]]:
    entries = [
        (
            _("Satisfaction"),
            _(
                "Answers belong to the period in which their ticket was resolved, else to that in "
                "which they were given. Intervals: t over respondents, for shares Wilson, for the "
                "net promoter score adjusted Wald; scores of fewer than {people} people are "
                "hidden, and one more group where subtraction would reveal them; months of fewer "
                "than {least} are merged with the next; answers of one person count as going "
                "together"
            ).format(people=result.min_group, least=MIN_GROUP),
        )
    ]
    if result.watermelon is not None and result.watermelon.family:
        told = result.watermelon
        entries.append(
            (
                _("Service levels against satisfaction"),
                _(
                    "{tests} one-sided tests on the monthly means (level against the goal, slope "
                    "over the last year; line with AR(1) errors), corrected by "
                    "Benjamini-Hochberg, {q} false findings accepted"
                ).format(tests=told.family, q=percent(told.q, 0)),
            )
        )
    return entries


@method.register
def _of_drivers(result: SatisfactionDrivers) -> list[tuple[str, str]]:
    if result.drivers is None:
        return []
    found = result.drivers
    return [
        (
            _("What goes with satisfaction"),
            _(
                "parts of R squared averaged over all orders of the drivers (Lindeman, Merenda and "
                "Gold), intervals by a bootstrap over respondents; each driver tested with all "
                "others held fixed (linear model, jackknife over respondents), {tests}, corrected "
                "by Benjamini-Hochberg, {q} false findings accepted; odds of a higher score by a "
                "proportional-odds model"
            ).format(
                tests=counted(len(found.shares), "{n} test", "{n} tests"), q=percent(found.q, 0)
            ),
        )
    ]


@method.register
def _of_teams(result: TeamScores) -> list[tuple[str, str]]:
    return [
        (
            _("Teams"),
            _(
                "{teams} each against all other answers of the unit: difference of means, "
                "jackknife over respondents, corrected by Benjamini-Hochberg; hidden so that the "
                "scores by service and by team together reveal nobody"
            ).format(teams=counted(result.family, "{n} team", "{n} teams")),
        )
    ]


@method.register
def _of_followed(result: FollowedTargets) -> list[tuple[str, str]]:
    tickets, months = result.families
    return [
        (
            _("Service levels that scores go with"),
            _(
                "{tickets} differences of means between answers about broken and kept promises "
                "(jackknife over respondents), and {months} slopes of the monthly score on the "
                "share kept (beside a straight line, AR(1) errors); two families, corrected by "
                "Benjamini-Hochberg, {q} false findings accepted in all"
            ).format(tickets=tickets, months=months, q=percent(result.q, 0)),
        )
    ]


@method.register
def _of_gap(result: ExpectationGap) -> list[tuple[str, str]]:
    return [
        (
            _("Expectations"),
            _(
                "least squares with a level per unit, and bands of time to resolve, priority, type "
                "and channel shared by all units; the unit's level less the mean of the others', "
                "answers of a person going together (jackknife); only bands in which a unit has "
                "five people or more enter; {tests} differences of all units and services, "
                "corrected by Benjamini-Hochberg, 5% false findings accepted. Limits of time: mean "
                "of all answers up to, and beyond, the ends of bands, intervals that hold for all "
                "bands together (Bonferroni)"
            ).format(tests=result.family),
        )
    ]
