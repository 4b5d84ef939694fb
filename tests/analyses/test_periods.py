"""Weeks and months as positions."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.periods import period_axis
from slm_analysis.errors import InputError


def times(*values):
    return pd.Series(list(values), name="time")


def test_weeks_keep_their_gaps():
    weeks = times("2026-01-05", "2026-01-12", "2026-02-02")
    axis = period_axis(weeks)
    assert axis.freq == "week"
    assert list(axis.positions(weeks)) == [0, 1, 4]
    assert list(axis.labels(np.arange(3))) == list(
        pd.date_range("2026-01-05", periods=3, freq="7D")
    )


def test_months_keep_their_gaps():
    months = pd.Series(pd.to_datetime(["2025-11-01", "2026-02-01"]))
    axis = period_axis(months)
    assert axis.freq == "month"
    assert list(axis.positions(months)) == [0, 3]
    assert axis.labels(np.array([-1, 2]))[0] == pd.Timestamp("2025-10-01")


def test_numbers_are_their_own_position():
    axis = period_axis(pd.Series([3, 5, 9]))
    assert axis.freq is None
    assert list(axis.positions(pd.Series([3, 9]))) == [3, 9]
    assert list(axis.labels(np.array([3, 4]))) == [3, 4]


@pytest.mark.parametrize(
    ("moment", "position"),
    [
        ("2026-01-11", 0),
        ("2026-01-12", 1),
        (pd.Timestamp("2026-01-18 23:59"), 1),
        ("2025-12-31", -1),
    ],
)
def test_a_moment_belongs_to_the_period_that_holds_it(moment, position):
    axis = period_axis(times("2026-01-05", "2026-01-12"))
    assert axis.position(moment, "on") == position
    assert axis.is_start(moment) == (moment == "2026-01-12")


def test_weeks_may_begin_on_sunday():
    axis = period_axis(times("2026-01-04", "2026-01-11"))
    assert axis.position("2026-01-05", "on") == 0


def test_local_weeks_across_a_clock_change_stay_one_apart():
    weeks = pd.Series(pd.date_range("2026-03-16", periods=4, freq="7D", tz="Europe/Berlin"))
    axis = period_axis(weeks)
    assert list(axis.positions(weeks)) == [0, 1, 2, 3]
    assert list(axis.labels(np.arange(4))) == list(weeks)
    # 22:30 in London of Sunday is Monday in Berlin.
    assert axis.position(pd.Timestamp("2026-03-22 23:30", tz="Europe/London"), "on") == 1


@pytest.mark.parametrize(
    ("season", "periods", "pairs"),
    [("auto", 103, 0), ("auto", 104, 1), (None, 500, 0), (0, 500, 0), (2, 30, 2)],
)
def test_season_of_weeks(season, periods, pairs):
    assert period_axis(times("2026-01-05")).season_pairs(season, periods) == pairs


def test_harmonics_return_after_a_year():
    axis = period_axis(times("2026-01-01"), "month")
    waves = axis.harmonics(np.arange(24), 2)
    assert list(waves) == ["sin_1", "cos_1", "sin_2", "cos_2"]
    for wave in waves.values():
        np.testing.assert_allclose(wave[:12], wave[12:], atol=1e-12)


@pytest.mark.parametrize(
    ("time", "freq", "message"),
    [
        (times("2026-01-05", "2026-01-14"), None, "neither months nor weeks"),
        (times("2026-01-05", "2026-01-14"), "week", "same day of the week"),
        (times("05.01.2026"), None, "YYYY-MM-DD"),
        (times("2026-01-05", None), None, "without a time"),
        (times(1.0, 2.5), None, "whole numbers"),
        (times(1.0, np.nan), None, "whole numbers"),
        (times("2026-01-05"), "weekly", "Did you mean 'week'"),
        (pd.Series([], dtype="datetime64[us]"), None, "no rows"),
    ],
)
def test_bad_times_are_named(time, freq, message):
    with pytest.raises(InputError, match=message):
        period_axis(time, freq)


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("soon", "YYYY-MM-DD"),
        (5, "YYYY-MM-DD"),
        (pd.Timestamp("2026-01-12", tz="UTC"), "local date, for example '2026-01-12'"),
    ],
)
def test_a_bad_moment_is_named(moment, message):
    with pytest.raises(InputError, match=message):
        period_axis(times("2026-01-05")).position(moment, "on")


@pytest.mark.parametrize("season", [-1, True, 1.5, "yearly"])
def test_a_bad_season_is_named(season):
    with pytest.raises(InputError, match="season must be"):
        period_axis(times("2026-01-05")).season_pairs(season, 200)


def test_a_season_needs_a_calendar():
    with pytest.raises(InputError, match="freq='week'"):
        period_axis(pd.Series([1, 2])).season_pairs(1, 200)
