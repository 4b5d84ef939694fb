"""Intervals of rates, against Newcombe's published values and the ratio estimator done slowly."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from slm_analysis.intervals import CLUSTERED, PLAIN, rate_intervals, wilson

Z = stats.norm.ppf(0.975)


@pytest.mark.parametrize(
    ("favourable", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombes_published_limits(favourable, n, low, high):
    """Newcombe, Statistics in Medicine 1998;17:857-872, table I, method 3."""
    got = wilson(favourable / n, n, Z)
    assert [round(float(limit), 4) for limit in got] == [low, high]


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_statsmodels_and_holds_the_rate(case):
    favourable, n = case
    low, high = (float(limit) for limit in wilson(favourable / n, n, Z))
    assert (low, high) == pytest.approx(
        proportion_confint(favourable, n, method="wilson"), abs=1e-12
    )
    assert 0 <= low <= favourable / n <= high <= 1


def test_wilson_ends_at_exactly_0_and_1_and_is_unknown_without_cases():
    low, high = wilson(np.array([0.0, 1.0, np.nan]), np.array([7, 7, 0]), Z)
    assert low[0] == 0
    assert high[1] == 1
    assert np.isnan([low[2], high[2]]).all()


def cases(days):
    """Return one row per case from (favourable, n) per day."""
    return pd.DataFrame(
        [
            (pd.Timestamp("2026-10-01") + pd.Timedelta(days=at), went_well)
            for at, (favourable, n) in enumerate(days)
            for went_well in [True] * favourable + [False] * (n - favourable)
        ],
        columns=["day", "kept"],
    )


def by_hand(days):
    """Cochran 1977, 6.3, cluster by cluster; then Wilson at n over the design effect."""
    x, m = sum(a for a, _ in days), sum(b for _, b in days)
    rate, k = x / m, len(days)
    variance = k / (k - 1) * sum((a - rate * b) ** 2 for a, b in days) / m**2
    deff = max(1.0, variance / (rate * (1 - rate) / m))
    n, t = m / deff, stats.t.ppf(0.975, k - 1)
    centre = (rate + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * math.sqrt(rate * (1 - rate) / n + t**2 / (4 * n**2))
    return rate, n, centre - half, centre + half


daily = st.integers(1, 9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(daily, min_size=10, max_size=40))
def test_days_are_clusters_from_ten_days_on(days):
    favourable, n = (sum(values) for values in zip(*days, strict=True))
    got = rate_intervals(cases(days), favourable="kept", day="day").iloc[0]
    assert (got["favourable"], got["n"], got["days"]) == (favourable, n, len(days))
    if 0 < favourable < n:
        assert got["interval_method"] == CLUSTERED
        assert got[["rate", "n_effective", "low", "high"]].tolist() == pytest.approx(by_hand(days))
        assert got["n_effective"] <= n * (1 + 1e-12)
    else:
        assert got["interval_method"] == PLAIN
        assert got["n_effective"] == n


def test_days_that_go_together_widen_the_interval():
    alike = rate_intervals(cases([(19, 20)] * 20), favourable="kept", day="day").iloc[0]
    apart = rate_intervals(cases([(20, 20)] * 19 + [(0, 20)]), favourable="kept", day="day").iloc[0]
    assert alike["rate"] == apart["rate"] == 0.95
    assert alike["n_effective"] == 400  # the design effect is at least 1
    assert apart["n_effective"] == pytest.approx(19.0)  # 20 days count as little more than 20 cases
    assert apart["high"] - apart["low"] > 3 * (alike["high"] - alike["low"])


def test_plain_wilson_stands_under_ten_days_and_at_0_and_n():
    nine = rate_intervals(cases([(5, 6)] * 9), favourable="kept", day="day").iloc[0]
    assert (nine["interval_method"], nine["n_effective"]) == (PLAIN, 54)
    assert (nine["low"], nine["high"]) == pytest.approx(proportion_confint(45, 54, method="wilson"))
    every = rate_intervals(cases([(6, 6)] * 12), favourable="kept", day="day").iloc[0]
    assert (every["interval_method"], every["high"]) == (PLAIN, 1)
    assert every["low"] == pytest.approx(proportion_confint(72, 72, method="wilson")[0])


def test_groups_stand_each_on_their_own_also_one_without_a_name():
    one, other = cases([(8, 9)] * 12), cases([(1, 4)] * 3)
    both = pd.concat([one.assign(team="A"), other.assign(team=None)], ignore_index=True)
    got = rate_intervals(both, favourable="kept", day="day", by=["team"])
    assert got["team"].tolist()[0] == "A"
    assert pd.isna(got["team"].iloc[1])
    alone = pd.concat(
        [rate_intervals(part, favourable="kept", day="day") for part in (one, other)],
        ignore_index=True,
    )
    pd.testing.assert_frame_equal(got.drop(columns="team"), alone)


def test_no_cases_give_one_row_without_groups_and_none_with_them():
    empty = cases([]).astype({"day": "datetime64[us]", "kept": bool})
    got = rate_intervals(empty, favourable="kept", day="day")
    assert got["n"].tolist() == [0]
    assert got[["rate", "low", "high"]].isna().all(axis=None)
    assert rate_intervals(empty.assign(team="A"), favourable="kept", day="day", by=["team"]).empty


def test_nullable_flags_and_other_levels_are_taken():
    frame = cases([(8, 9)] * 12)
    nullable = frame.astype({"kept": "boolean"})
    got = rate_intervals(nullable, favourable="kept", day="day", level=0.9)
    plain = rate_intervals(frame, favourable="kept", day="day", level=0.9)
    pd.testing.assert_frame_equal(got, plain)
    assert (plain["low"] > rate_intervals(frame, favourable="kept", day="day")["low"]).all()
