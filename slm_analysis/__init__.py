"""A continuous-improvement kit for service level management.

    >>> import slm_analysis as slm
    >>> unit = slm.open_unit("Manufacturing")
    >>> slm.service_levels(unit)

Names are loaded when first used, so that importing the package stays quick.
"""

from __future__ import annotations

from importlib import import_module

_PLACES = {
    "slm_analysis.dataset.unit": ("Unit", "open_unit"),
    "slm_analysis.dataset.series": ("series",),
    "slm_analysis.sla.business_time": ("BusinessCalendar",),
    "slm_analysis.questions.service_levels": ("service_levels",),
    "slm_analysis.questions.workload": ("workload",),
    "slm_analysis.questions.time_taken": ("time_taken",),
    "slm_analysis.questions.stability": ("stability",),
    "slm_analysis.questions.outlook": ("outlook",),
    "slm_analysis.questions.root_causes": ("root_causes",),
    "slm_analysis.questions.process_flow": ("process_flow",),
    "slm_analysis.questions.record_signs": ("record_signs",),
    "slm_analysis.questions.next_improvements": ("next_improvements",),
    "slm_analysis.questions.rescoring": ("rescore",),
    "slm_analysis.questions.offered_levels": ("offered_levels",),
    "slm_analysis.questions.achievable_targets": ("achievable_targets",),
    "slm_analysis.questions.what_changed": ("what_changed",),
    "slm_analysis.questions.user_satisfaction": ("user_satisfaction",),
    "slm_analysis.questions.satisfaction_drivers": ("satisfaction_drivers",),
    "slm_analysis.questions.survey_response": ("survey_response",),
    "slm_analysis.questions.team_scores": ("team_scores",),
    "slm_analysis.questions.followed_targets": ("followed_targets",),
    "slm_analysis.questions.expectation_gap": ("expectation_gap",),
    "slm_analysis.questions.process_changes": ("change_outcomes",),
    "slm_analysis.questions.portfolio": ("portfolio",),
    "slm_analysis.analyses.control_charts": ("control_chart",),
    "slm_analysis.analyses.run_rules": ("signals",),
    "slm_analysis.analyses.trend": ("trend",),
    "slm_analysis.analyses.capability": ("capability",),
    "slm_analysis.analyses.breach_drivers": ("breach_drivers",),
    "slm_analysis.analyses.breach_pairs": ("breach_pairs",),
    "slm_analysis.analyses.bottlenecks": ("bottlenecks",),
    "slm_analysis.analyses.target_signs": ("target_signs",),
    "slm_analysis.analyses.excess_time": ("excess_time",),
    "slm_analysis.analyses.time_to_resolve": ("time_to_resolve",),
    "slm_analysis.analyses.attainment_change": ("attainment_change",),
    "slm_analysis.analyses.satisfaction": ("satisfaction",),
    "slm_analysis.analyses.key_drivers": ("key_drivers",),
    "slm_analysis.analyses.watermelon": ("watermelon",),
    "slm_analysis.analyses.expectations": ("expectations",),
    "slm_analysis.analyses.score_by_time": ("score_by_time",),
    "slm_analysis.analyses.score_contrasts": ("score_contrasts",),
    "slm_analysis.analyses.rate_following": ("rate_following",),
    "slm_analysis.analyses.ar1_regression": ("ar1_regression",),
    "slm_analysis.analyses.change_effect": ("change_effect",),
    "slm_analysis.analyses.change_effects": ("change_effects",),
    "slm_analysis.analyses.answer_change": ("answer_change",),
    "slm_analysis.analyses.ordinal_regression": ("ordinal_regression",),
    "slm_analysis.presentation": ("say", "plot", "table", "headline"),
    "slm_analysis.presentation.language": ("use_language",),
    "slm_analysis.presentation.picker": ("pick",),
    "slm_analysis.presentation.tables.downtime": ("downtime",),
    "slm_analysis.presentation.tables.achievable_targets": ("shorter_times",),
    "slm_analysis.presentation.tables.rescoring": ("steps",),
    "slm_analysis.presentation.plots.stability": ("small_multiples",),
    "slm_analysis.presentation.plots.driver_odds": ("driver_odds",),
    "slm_analysis.presentation.plots.expectation_gap": ("scores_by_time",),
    "slm_analysis.presentation.plots.user_satisfaction": ("scores_over_time",),
    "slm_analysis.presentation.plots.change_series": ("before_and_after",),
    "slm_analysis.presentation.tables.process_changes": (
        "promised_actions",
        "what_was_checked",
        "service_and_satisfaction",
    ),
    "slm_analysis.presentation.words.change_caveats": ("what_else",),
    "slm_analysis.presentation.tables.agreement": ("agreed_goals", "agreed_duties"),
    "slm_analysis.presentation.tables.portfolio_matrix": ("matrix",),
    "slm_analysis.presentation.tables.portfolio_attention": ("attention",),
    "slm_analysis.presentation.plots.portfolio_satisfaction": ("user_scores",),
    "slm_analysis.presentation.plots.portfolio_expectations": ("expectation_gaps",),
    "slm_analysis.presentation.plots.portfolio_changes": ("change_results",),
    "slm_analysis.presentation.about": ("about", "about_portfolio"),
    "slm_analysis.presentation.key_figures": ("key_figures",),
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}

__all__ = list(_PLACE_OF)


def __getattr__(name: str) -> object:
    if name not in _PLACE_OF:
        raise AttributeError(f"module 'slm_analysis' has no attribute {name!r}")
    value: object = getattr(import_module(_PLACE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, *globals()]
