"""Every question has an answer with words, figure and table on real data, sparse units included."""

from __future__ import annotations

import pytest

import slm_analysis as slm
from slm_analysis.dataset.prepare import prepare
from slm_analysis.presentation import headline, plot, say, table
from slm_analysis.project import PREPARED

QUESTIONS = (
    "service_levels", "workload", "time_taken", "stability", "outlook", "root_causes",
    "what_changed", "process_flow", "record_signs", "next_improvements", "achievable_targets",
    "user_satisfaction", "survey_response",
    "satisfaction_drivers", "team_scores", "followed_targets", "expectation_gap", "change_outcomes",
)  # fmt: skip
UNITS = {
    "uci": ("Category 26", "Category 53", "Uncategorised"),
    "boston": ("PWDx", "No Q"),
    "declarations": (),
    "tech_support": ("Austria",),
}


@pytest.mark.parametrize("name", UNITS)
def test_every_question_is_answered_and_shown(real_project, monkeypatch, name):
    root = real_project(name)
    prepared = prepare(root, root / PREPARED)
    monkeypatch.chdir(root)
    for business_unit in UNITS[name] or prepared.units:
        unit = slm.open_unit(business_unit)
        for question in QUESTIONS:
            answer = getattr(slm, question)(unit)
            verbs = [v for v in (headline, say, plot, table) if _knows(v, answer)]
            assert verbs, question
            for verb in verbs:
                assert verb(answer)._repr_mimebundle_(), (business_unit, question)
            assert slm.about(unit, answer).entries


def _knows(verb, answer) -> bool:
    return verb.dispatch(type(answer)) is not verb.dispatch(object)
