"""What goes with satisfaction in the sample and in real answers: planted truth, hidden people."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from slm_analysis import open_unit, satisfaction_drivers
from slm_analysis.errors import InputError
from slm_analysis.presentation import plot, say, table
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.questions.satisfaction_drivers import LATE, TIME
from slm_analysis.sample.surveys import COST_OF_LATENESS
from slm_analysis.sample.truth import TRUTH


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def test_late_tickets_go_with_lower_scores_where_that_is_planted(unit):
    result = satisfaction_drivers(unit(TRUTH.cause.business_unit))
    shares, levels = result.drivers.shares, result.drivers.levels.set_index("driver")
    assert shares.loc[shares["finding"], "driver"].tolist() == [LATE]
    assert levels.loc[LATE, "low"] < -COST_OF_LATENESS < levels.loc[LATE, "high"] < 0
    assert levels.loc[LATE, "answers"] == result.late
    (record,) = key_figures_of(result)["satisfaction_drivers"]
    assert record["driver"] == LATE
    assert plot(result).caption.title == "Late tickets go with lower scores"


def test_nothing_is_claimed_in_the_noise_unit(unit):
    result = satisfaction_drivers(unit(TRUTH.noise))
    assert not result.drivers.shares["finding"].any()
    assert key_figures_of(result)["satisfaction_drivers"] == []
    assert str(say(result)).startswith("Nothing on record goes with the scores")


def test_the_small_unit_shows_nothing(unit):
    opened = unit(TRUTH.small)
    result = satisfaction_drivers(opened)
    assert result.drivers is None
    assert result.respondents == opened.surveys["respondent_id"].nunique() == 4
    assert table(result).rows == []
    assert plot(result).caption.title == "Too few people answered to tell what goes with the scores"
    assert json.dumps(key_figures_of(result)["satisfaction_drivers"]) == "[]"


def test_the_answers_are_those_of_the_window(unit):
    opened = unit("Logistics")
    result = satisfaction_drivers(opened, months=3)
    days = opened.survey_days
    inside = days.between(pd.Timestamp("2026-08-01"), pd.Timestamp("2026-10-31"))
    assert result.answers == inside.sum()
    assert result.window_start == pd.Timestamp("2026-08-01")
    assert result.scale == (1.0, 5.0)


def test_time_counts_by_doublings_of_business_hours(unit):
    opened = unit("Manufacturing")
    slower = opened.targets.assign(elapsed_seconds=2 * opened.targets["elapsed_seconds"])
    ours, theirs = (
        satisfaction_drivers(u).drivers.levels.set_index("driver").loc[TIME]
        for u in (opened, dataclasses.replace(opened, targets=slower))
    )
    assert theirs["difference"] == pytest.approx(ours["difference"], rel=0.05)


def test_answers_without_tickets_tell_nothing(unit):
    opened = unit("Manufacturing")
    surveys = opened.surveys.assign(ticket_id=pd.Series(pd.NA, opened.surveys.index, dtype="str"))
    result = satisfaction_drivers(dataclasses.replace(opened, surveys=surveys))
    assert (result.drivers, result.answers) == (None, 0)
    none = satisfaction_drivers(dataclasses.replace(opened, surveys=opened.surveys[:0]))
    assert np.isnan(none.scale).all()


def test_bad_input_is_told(unit):
    opened = unit("Logistics")
    with pytest.raises(InputError, match="months is 0"):
        satisfaction_drivers(opened, months=0)
    with pytest.raises(InputError, match="q must lie"):
        satisfaction_drivers(opened, q=2)


# --- Real data -----------------------------------------------------------------------------------


def test_no_driver_is_claimed_at_the_help_desk(real_project, monkeypatch):
    monkeypatch.chdir(real_project("tech_support"))
    for name in ("Austria", "United Kingdom", "Italy"):
        opened = open_unit(name, period_start="2023-01-01", period_end="2023-12-31")
        result = satisfaction_drivers(opened)
        if result.drivers is not None:
            found = result.drivers.shares.set_index("driver")["finding"]
            assert not found.get(LATE, default=False)
        assert "because" not in str(say(result))
