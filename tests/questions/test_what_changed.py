"""What changed since the period before: the sample's planted month, periods, bad input."""

import dataclasses

import pandas as pd
import pytest

from slm_analysis import open_unit, what_changed
from slm_analysis.errors import InputError
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.sample.truth import TRUTH

CAUSE = TRUTH.cause


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def test_the_planted_team_makes_the_fall_of_its_first_months(unit):
    opened = unit(CAUSE.business_unit, period_start="2026-06-01", period_end="2026-08-31")
    result = what_changed(opened, by="opening_team")
    assert (result.before_start, result.before_end) == (
        pd.Timestamp("2026-03-01"),
        pd.Timestamp("2026-05-31"),
    )
    first = result.parts.groups.iloc[0]
    assert first["opening_team"] == CAUSE.assignment_group
    assert first["clear"]
    assert result.parts.groups["clear"].sum() == 1
    assert first["performance_high"] < 0
    assert abs(result.parts.mix) < 0.01
    # All other teams together did not fall.
    assert result.parts.groups["total"].iloc[1:].sum() > -0.01


def test_its_numbers_agree_with_plain_counting(unit):
    opened = unit(CAUSE.business_unit)
    parts = what_changed(opened).parts
    judged = opened.judged()
    met = [
        ~judged.loc[judged["counted_on"].between(*ends), "breached"]
        for ends in (("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31"))
    ]
    assert (parts.n_before, parts.n_after) == tuple(map(len, met))
    assert (parts.before, parts.after) == pytest.approx(tuple(m.mean() for m in met))
    assert parts.mix + parts.performance == pytest.approx(parts.after - parts.before, abs=1e-12)


@pytest.mark.parametrize("name", [TRUTH.noise, TRUTH.small, "Logistics"])
def test_where_nothing_is_planted_nothing_changed(unit, name):
    parts = what_changed(unit(name)).parts
    assert not parts.groups["clear"].any()
    assert parts.change_low < 0 < parts.change_high


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ("2026-10-01", "2026-10-31", ("2026-09-01", "2026-09-30")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-01-01", "2026-03-31", ("2025-10-01", "2025-12-31")),
        ("2026-10-05", "2026-10-11", ("2026-09-28", "2026-10-04")),
        ("2026-09-02", "2026-10-01", ("2026-08-03", "2026-09-01")),
    ],
)
def test_the_period_before_is_as_long(unit, start, end, before):
    result = what_changed(unit("Logistics", period_start=start, period_end=end))
    assert (result.before_start, result.before_end) == tuple(map(pd.Timestamp, before))


def test_without_tickets_before_there_is_nothing_to_compare(unit):
    result = what_changed(unit("Logistics", period_start="2024-11-01", period_end="2024-11-30"))
    assert result.parts is None
    assert key_figures_of(result)["parts"] == []
    opened = unit("Logistics")
    assert what_changed(dataclasses.replace(opened, targets=opened.targets[:0])).parts is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "resolution"}, "Did you mean 'resolution_time'"),
        ({"by": "opening_taem"}, "Did you mean 'opening_team'"),
        ({"q": 0}, "between 0 and 1"),
    ],
)
def test_bad_input_is_told(unit, arguments, message):
    with pytest.raises(InputError, match=message):
        what_changed(unit(CAUSE.business_unit), **arguments)
