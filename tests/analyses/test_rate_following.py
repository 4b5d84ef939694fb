"""Monthly scores and rates: planted slopes, common trends, rates that hardly move."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis import ar1_regression, rate_following
from slm_analysis.errors import InputError


def months(slope=0.0, trend=0.0, missed=0.1, n=24, seed=1, **values):
    """Return months; a score rises by `slope` for ten points more kept."""
    rng = np.random.default_rng(seed)
    rate = np.clip(1 - missed + rng.normal(0, 0.05, n) + trend * np.arange(n), 0, 1)
    kept = np.round(200 * rate)
    score = 4 + slope * kept / 20 + 10 * trend * np.arange(n) + rng.normal(0, 0.08, n)
    time = pd.date_range("2024-11-01", periods=n, freq="MS")
    return pd.DataFrame(
        {"service": "s", "time": time, "score": score, "answers": 60, "kept": kept, "counted": 200}
    ).assign(**values)


def only(result):
    (row,) = result.table.to_dict("records")
    return row


def test_a_planted_slope_is_found():
    row = only(rate_following(months(slope=0.3), by=["service"]))
    assert row["low"] < 0.3 < row["high"]
    assert row["low"] > 0
    assert row["periods"] == 24


def test_two_rising_figures_do_not_follow_each_other_for_that():
    rising = months(trend=0.003, missed=0.15)
    row = only(rate_following(rising, by=["service"]))
    assert row["low"] < 0 < row["high"]
    share = rising["kept"] / rising["counted"]
    assert np.corrcoef(rising["score"], share)[0, 1] > 0.3


def test_the_estimate_is_that_of_the_regression():
    data = months(slope=0.2)
    rate = data["kept"] / data["counted"]
    line = np.arange(24) - 11.5
    beside = ar1_regression(data["score"], np.column_stack([line**0, line, 10 * rate]), [0, 0, 1])
    row = only(rate_following(data, by=["service"]))
    assert row["slope"] == pytest.approx(beside.estimate, abs=0.01)
    assert (row["low"], row["high"]) == pytest.approx((beside.low, beside.high), abs=0.02)


def test_months_without_a_score_are_gaps():
    data = months(slope=0.3)
    gap = data.assign(score=data["score"].mask(data.index == 5))
    row = only(rate_following(gap, by=["service"]))
    assert row["periods"] == 23
    assert row["low"] > 0


@pytest.mark.parametrize(
    "data",
    [months(n=11), months(missed=0.004, seed=3).assign(kept=199.0), months().assign(score=4.0)],
)
def test_what_stands_still_or_is_short_is_not_judged(data):
    result = rate_following(data, by=["service"])
    row = only(result)
    assert np.isnan([row["slope"], row["low"], row["p"], row["q"]]).all()
    assert result.family == 0


def test_series_are_corrected_together():
    data = pd.concat([months(slope=0.3), months(seed=5, service="t"), months(n=5, service="u")])
    result = rate_following(data, by=["service"])
    assert result.family == 2
    assert result.table["service"].tolist() == ["s", "t", "u"]
    assert result.table.set_index("service")["q"].le(0.05).to_dict() == {
        "s": True, "t": False, "u": False
    }  # fmt: skip


def test_bad_input_is_told():
    with pytest.raises(InputError, match="no column 'kept'"):
        rate_following(months().drop(columns="kept"), by=["service"])
    with pytest.raises(InputError, match="between 0 and 1"):
        rate_following(months(), by=["service"], q=2)
    assert rate_following(months().iloc[:0], by=["service"]).table.empty
