"""Sentences for the notes that travel with results."""

from __future__ import annotations

from collections.abc import Iterable

from slm_analysis.presentation.language import _
from slm_analysis.result import Note

SENTENCES = {
    # portfolio
    "asked_here": "The figures were worked out here and not read from a run of all reports.",
    # service levels
    "uncovered": "Not judged, for no agreement covers them: {n:,} of the tickets.",
    "stop_is_closing": "Judged by their closing, for want of a resolution time: {n:,} of the "
    "tickets.",
    "counted_by_opening": "Counted where they were opened, for want of a due time: {n:,} of the "
    "tickets.",
    "no_status_history": "Without a status history, pauses and reopenings are unknown: the times "
    "include waiting on the customer.",
    "tickets_without_history": "Without a status history, so that pauses are unknown: {n:,} of "
    "{tickets:,} tickets.",
    "errors_maturing": "The period ended less than a month before the export: more errors of its "
    "tickets may come to light.",
    "provisional_calendar": "The make-up working days of {year} are not published yet; times that "
    "touch it are provisional.",
    # root causes
    "comparisons": "Comparisons made and corrected for (Benjamini-Hochberg): {tests:,}.",
    "levels_left_out": "Groups of {where} too small to be judged (fewer than {min_cases} tickets "
    "or {min_days} days): {levels:,}.",
    "taken_as_known": "When these were filled in is not on record; they are taken as known at "
    "opening: {columns}.",
    "pairs_tried": "Two things together: {searched:,} pairs compared on every other day, the most "
    "telling {tried} tried on the days between.",
    "change_groups_not_judged": "Groups with fewer than {min_cases} tickets in either period, "
    "counted in the sums and not judged: {groups:,}.",
    "undecided_left_out": "Not decided yet, and left out: {tickets:,} of the tickets.",
    "days_unknown": "When tickets were opened is not on record; each counts as if on its own.",
    # where the time goes
    "not_followed": "Without a status history, and left out: {n:,} of {tickets:,} tickets.",
    "followed_while_open": "Still open, and followed up to the export: {n:,} of the tickets.",
    "outcomes_unknown": "Which tickets were late is not on record.",
    "too_few_to_compare": "Fewer than {min_tickets} tickets were late, or in time: the two are not "
    "compared.",
    "taken_as_waiting": "Nobody works on a ticket while its status is {statuses}: that is assumed.",
    "waiting_not_told": "The statuses do not tell waiting from work.",
    "teams_unknown": "Which team had a ticket is not on record.",
    "time_unrecorded": "Of the business time of these tickets {share:.0%} has no status on record.",
    # signs in the records
    "signs_no_accusation": "Observations, no more: people who watch the clock, a target that falls "
    "on the end of a working day and a system that closes by rule all look like this.",
    # groups that take longer
    "times_unknown": "How long it took is not on record, and left out: {tickets:,} of the tickets.",
    # how long tickets take
    "resolve_open": "Still open, and counted as open: {n:,} of the tickets.",
    "resolve_withdrawn": "Withdrawn, and so never to be done: {n:,} of the tickets; shares are of "
    "all tickets.",
    "resolve_unknown": "Left out of the comparison for want of a value: {n:,} of the tickets.",
    "resolve_ratio_changes": "How often tickets are done against others changes with their age: "
    "{columns}. Its ratio is an average over all ages.",
    "resolve_small_groups": "Groups with fewer than {least} tickets, not shown: {n:,}.",
    # other terms
    "same_work_assumed": "The same tickets, judged by other terms: what people would have done "
    "under them is not known.",
    "open_as_late": "A ticket still open counts as not within any time: what is said to be within "
    "reach is so even if all of them take long.",
    # control charts
    "chart_gaps": "Gaps are {periods} without a figure{where}; no run reaches across them.",
    "chart_incomplete_periods": "A {period} that is not over, or has cases not decided yet, takes "
    "no part{where}.",
    "chart_excluded_points": "Excluded {periods} take no part{where}.",
    "chart_no_data": "There is no figure to judge{where}.",
    "chart_no_variation": "Every {period} of a phase shows the same figure{where}; without "
    "variation there are no limits.",
    "chart_too_few_points": "A phase has too few {periods} for limits{where}.",
    "chart_few_points": "Limits are provisional where a phase has under {enough}{where}.",
    "chart_autocorrelation": "Neighbouring {periods} are alike{where}, as after a shift or in slow "
    "swings; such series show signals more often than stable ones.",
    "chart_yearly_season": "The figures also fit a yearly wave{where}; a season alone can make "
    "long runs.",
    # capability
    "capability_undecided": "Still open and within their target, and so left out of the shares: "
    "{tickets:,} of the tickets. The times count them as open.",
    "capability_end_unknown": "With so few or so many open tickets the longest time kept is not "
    "known; groups concerned: {groups:,}.",
    # trends and forecasts
    "trend_goes_on": "A forecast holds if things go on as they have; what is changed from now on "
    "is not in it.",
    "trend_cases_assumed": "The next {period} is taken to have as many cases as the median of the "
    "last {number}.",
    "trend_level_shift": "Where the level changed at once{where}, the line allows for it; a slope "
    "through both levels would mislead.",
    "trend_season_not_separable": "With under two full years of figures a yearly season cannot be "
    "told from a trend{where}.",
    "trend_incomplete_periods": "A {period} that is not over, or has cases not decided yet, takes "
    "no part{where}.",
    "trend_missing_periods": "Some {periods} have no figure{where}.",
    "trend_family": "Slopes of {number} series were judged together; their intervals ({level}) "
    "allow for that.",
    # satisfaction
    "hidden_groups": "Scores that rest on fewer than {min_group} people are hidden, and one more "
    "where it would give them away: {groups} here.",
    "answers_as_respondents": "Who answered is not on record for {answers:,} answers; each counts "
    "as a person of its own.",
    "repeated_respondents": "{answers:,} answers come from {respondents:,} people; answers of one "
    "person count as going together.",
    "drivers_left_out_answers": "Left out, for their score or a figure of their ticket is not on "
    "record: {answers:,} of the answers.",
    "drivers_without_groups": "Cannot be told, for fewer than {min_level} people answered about "
    "such tickets, or others say the same: {drivers}.",
    "drivers_odds_unknown": "The scores could not be read as ordered answers; the points stand "
    "alone.",
    "drivers_too_few_respondents": "To look at so many things at once {needed:,} people are "
    "needed; {respondents:,} answered.",
    "drivers_no_variation": "All scores, or all tickets, are alike: nothing can go with them.",
    "response_rate_unknown": "Who was asked is not on record.",
    "targets_undecided": "No service level of the period could be judged, so they cannot be set "
    "against satisfaction.",
    "too_few_months": "Satisfaction is not set against the service levels: of the last 12 months "
    "fewer than {needed} have a score that can be shown.",
    "goal_assumed": "No one goal is agreed for satisfaction; the middle of the scale, {goal:g}, "
    "stands for it.",
    "goal_of": "The goal of {goal:g} is agreed for {services}; the unit is seen against it too.",
    # scores before and after a change
    "answers_mix_changed": "Who answers has changed: the plain difference mixes that with how they "
    "score.",
    "answers_cells_not_compared": "{share} of the answers before come from groups without answers "
    "after, and cannot be compared.",
    "answers_not_converged": "Odds of a higher score could not be worked out.",
    "answers_response_rate_unknown": "Who was asked is not on record, so that a change in who "
    "answers can stay hidden.",
    # effects of changes
    "change_family": "{n} comparisons were made here; the intervals ({level}) allow for that.",
    "change_other_change": "Another change lay near: {change}. Part of what is seen may be its "
    "work.",
    "change_other_change_various": "Other changes lay near: {change}. Part of what is seen may be "
    "their work.",
    "change_placebo_date": "An effect also shows in the middle of the {periods} before, where no "
    "change was made: take this one with care.",
    "change_autocorrelation": "Neighbouring {periods} go together more than the method has been "
    "tried for; the interval may be too narrow.",
    "change_pre_trend": "A trend was under way before the change and is not taken out of its "
    "effect: take this one with care.",
    "change_drift": "Before the change the line already bent; carried on, the bend could make part "
    "of what is seen.",
    "change_placebo_units": "Taken as changed on the same date, {few} of {of} comparable units "
    "would show as large an effect.",
    "change_placebo_units_various": "Taken as changed on the same date, some of the comparable "
    "units would show as large an effect.",
    "change_mix": "With the same mix of priorities, types and channels before and after, the "
    "answer is another: what came in changed too.",
    "change_response": "The share that answers has changed: others may be speaking.",
    "change_ordered": "Read as ordered answers instead of a mean, the answer is another.",
    "change_season_not_separable": "With under two full years of figures, a yearly season "
    "cannot be told from the change.",
    "change_few_points": "The answer rests on {counted} only.",
    "change_few_points_various": "These answers rest on few {periods}.",
    "change_power": "Effects smaller than {size} can stay hidden; larger ones would show in four "
    "of five such series.",
    "change_power_various": "Effects smaller than what the table shows (“would show from”) can "
    "stay hidden; larger ones would show in four of five such series.",
    "change_assumption": "What was expected without the change follows {line} through all "
    "{periods}; whatever else set in at its date is counted with it.",
    "change_assumption_various": "What was expected without the change follows one straight line, "
    "where there are two full years with a yearly season; whatever else set in at its date is "
    "counted with it.",
    "change_against_controls": "Expected values come from {n} comparable units.",
    "change_against_controls_various": "Expected values come from comparable units.",
    "change_too_few_controls": "Too few comparable units ({n}, {needed} are needed): the unit is "
    "compared with its own past.",
    "change_too_few_controls_various": "Too few comparable units ({needed} are needed): the unit "
    "is compared with its own past.",
    "change_incomplete_periods": "{counted} left out as incomplete.",
    "change_incomplete_periods_various": "Incomplete {periods} are left out.",
    "change_missing_periods": "{counted} without a figure of their own ({gap}).",
    "change_missing_periods_various": "Some {periods} have no figure of their own ({gap}).",
    "change_ramp_periods": "{counted} left out while the change took hold.",
    "change_ramp_periods_various": "{Periods} in which a change still took hold are left out.",
    "change_change_within_period": "The change came within the {period} of {start}, which counts "
    "as after it.",
    "change_change_within_period_various": "A {period} within which a change came counts as after "
    "it.",
}


def caveats(notes: Iterable[Note]) -> list[str]:
    """Return the sentence of each note.

    Raises
    ------
    KeyError
        For a note without a sentence: a caveat must not get lost.
    """
    return [_(SENTENCES[note.code]).format(**note.values) for note in notes]
