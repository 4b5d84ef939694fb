import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.analyses.false_discovery import false_discovery


def test_benjamini_and_hochbergs_own_example(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    case = next(c for c in json.loads(text)["cases"] if c["id"] == "multiple_testing_bh")
    p = np.array(case["data"]["p"])
    adjusted, level = false_discovery(p, 0.05)
    assert adjusted == pytest.approx(case["expected"]["R"]["BH"], abs=case["tolerance"])
    assert (adjusted <= 0.05).sum() == case["expected"]["published"]["rejections_q05_BH"]
    assert level == pytest.approx(1 - 0.05 * 4 / 15)


def test_missing_values_are_no_tests():
    adjusted, level = false_discovery(np.array([np.nan, 0.01, np.nan, 0.9]), 0.05)
    assert np.isnan(adjusted).tolist() == [True, False, True, False]
    assert adjusted[1] == pytest.approx(0.02)
    assert level == pytest.approx(0.975)


@pytest.mark.parametrize("p", [[], [np.nan]])
def test_no_tests_leave_the_usual_level(p):
    adjusted, level = false_discovery(np.array(p), 0.05)
    assert len(adjusted) == len(p)
    assert level == pytest.approx(0.95)


def test_without_findings_intervals_are_as_wide_as_for_the_first():
    assert false_discovery(np.full(10, 0.9), 0.05)[1] == pytest.approx(1 - 0.05 / 10)


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=30))
def test_a_finding_is_what_its_own_interval_excludes(p):
    p = np.array(p)
    adjusted, level = false_discovery(p, 0.05)
    clear = np.abs(adjusted - 0.05) > 1e-9
    assert ((adjusted <= 0.05) == (p <= 1 - level))[clear].all()
