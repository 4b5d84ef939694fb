"""How long tickets take: published cases, peers, planted truth, degenerate data."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.hazard_regression import PHReg

from slm_analysis import time_to_resolve
from slm_analysis.errors import InputError
from slm_analysis.intervals import LEVEL

LONG_AGO = 1e9


@pytest.fixture(scope="module")
def cases(shared):
    every = json.loads((shared / "reference/effects.json").read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case for case in every}


@pytest.fixture(scope="module")
def leukaemia(cases):
    """Freireich et al., Blood 1963;21:699-716; figures by R survival 3.5-3."""
    case = cases["km_logrank_cox_leukemia"]
    return pd.DataFrame(case["data"]), case["expected"]["R"], case["tolerance"]


def tickets(times, states, **columns):
    """Return tickets that took so long; states: d done, w withdrawn, o open."""
    return pd.DataFrame(
        {
            "hours": times,
            "done": [state == "d" for state in states],
            "withdrawn": [state == "w" for state in states],
            **columns,
        }
    )


def told(frame, **options):
    return time_to_resolve(frame, time="hours", ended="done", competing="withdrawn", **options)


def percentile(result, share=0.5):
    rows = result.percentiles
    return rows[rows["share"] == share].iloc[0]


# --- published cases


def test_curves_of_the_leukaemia_trial(leukaemia):
    data, expected, tolerance = leukaemia
    result = time_to_resolve(data, time="weeks", ended="relapse", by="group")
    curves = result.curves.set_index(["group", "time"])
    for row in expected["km_loglog"]:
        own = curves.loc[(row["group"].removeprefix("group="), row["time"])]
        assert (own["at_risk"], own["done"]) == (row["n.risk"], row["n.event"])
        assert 1 - own["share_done"] == pytest.approx(row["surv"], abs=tolerance)
        if row.get("lo") is not None and row["surv"] > 0:
            assert own["error"] == pytest.approx(row["se"], abs=tolerance)
            assert 1 - own["high"] == pytest.approx(row["lo"], abs=tolerance)
            assert 1 - own["low"] == pytest.approx(row["hi"], abs=tolerance)


def test_medians_and_restricted_means_of_the_leukaemia_trial(leukaemia):
    data, expected, tolerance = leukaemia
    result = time_to_resolve(data, time="weeks", ended="relapse", by="group", horizon=20)
    half = result.percentiles[result.percentiles["share"] == 0.5].set_index("group")
    assert half.loc["6-MP", ["time", "low"]].tolist() == [23, 13]
    assert np.isnan(half.loc["6-MP", "high"])
    assert half.loc["placebo", ["time", "low", "high"]].tolist() == [8, 4, 11]
    means = result.groups.set_index("group")
    for row in expected["table"]:
        own = means.loc[row["_row"].removeprefix("group=")]
        assert own["mean_open"] == pytest.approx(row["rmean"], abs=tolerance)
        assert own["mean_error"] == pytest.approx(row["se(rmean)"], abs=tolerance)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_comparison_of_the_leukaemia_trial(leukaemia, ties):
    data, expected, tolerance = leukaemia
    result = time_to_resolve(
        data, time="weeks", ended="relapse", by="group", compare=True, ties=ties, scale="km"
    )
    test = result.log_rank.iloc[0]
    assert test["chi_square"] == pytest.approx(expected["logrank_chisq"], abs=tolerance)
    assert test["p"] == pytest.approx(expected["logrank_p"], rel=tolerance)
    effect = result.effects.iloc[0]
    (peer,) = expected[f"cox_{ties}"].values()
    assert (effect["level"], effect["reference"]) == ("placebo", "6-MP")
    assert effect["log_ratio"] == pytest.approx(peer["coef"], abs=tolerance)
    assert effect["error"] == pytest.approx(peer["se"], abs=tolerance)
    assert effect["ratio"] == pytest.approx(peer["hr"], abs=tolerance)
    assert effect["low"] == pytest.approx(peer["hr_lo"], abs=tolerance)
    assert effect["high"] == pytest.approx(peer["hr_hi"], abs=tolerance)
    if ties == "efron":
        assert result.constancy["p"].tolist() == pytest.approx(expected["zph_p"], abs=tolerance)


def test_regression_of_the_rossi_data(cases, shared):
    """Allison 1995; Fox and Weisberg; figures by R survival 3.5-3."""
    case = cases["cox_rossi"]
    data, expected = pd.read_csv(shared / "reference" / case["data_file"]), case["expected"]["R"]
    drivers = list(expected["cox_efron"])
    result = time_to_resolve(data, time="week", ended="arrest", adjust=drivers)
    effects = result.effects.set_index("column")
    names = {"log_ratio": "coef", "ratio": "hr", "error": "se", "z": "z", "p": "p"}
    for driver, peer in expected["cox_efron"].items():
        for ours, theirs in {**names, "low": "hr_lo", "high": "hr_hi"}.items():
            assert effects.loc[driver, ours] == pytest.approx(peer[theirs], abs=case["tolerance"])
    checks = result.constancy.set_index("column")
    for driver, peer in expected["zph_rank"].items():
        own = checks.loc["" if driver == "GLOBAL" else driver]
        assert own["chi_square"] == pytest.approx(peer["chisq"], abs=case["tolerance"])
        assert (own["df"], own["p"]) == pytest.approx((peer["df"], peer["p"]), abs=1e-4)
    # One of seven below 5 % is what chance brings.
    assert "resolve_ratio_changes" not in [n.code for n in result.notes]


# --- withdrawn tickets


def test_withdrawn_tickets_will_never_be_done():
    result = told(tickets([1, 2, 3, 4, 5], "dwdod"))
    curve = result.curves
    # By hand: of 5 one is done; of 4 one is withdrawn; of the 3/5 left a third is done; the last
    # of the 2/5 is done after the fourth is lost from sight.
    assert curve["share_done"].tolist() == pytest.approx([0.2, 0.2, 0.4, 0.8])
    assert curve["share_withdrawn"].tolist() == pytest.approx([0, 0.2, 0.2, 0.2])
    assert curve["share_open"].tolist() == pytest.approx([0.8, 0.6, 0.4, 0.0])
    assert percentile(result)["time"] == 5
    assert np.isnan(percentile(result, 0.9)["time"])
    group = result.groups.iloc[0]
    assert group[["tickets", "done", "withdrawn", "still_open"]].tolist() == [5, 3, 1, 1]
    assert [n.code for n in result.notes] == ["resolve_open", "resolve_withdrawn"]


def test_a_withdrawn_ticket_is_not_an_open_one():
    rng = np.random.default_rng(4)
    hours = rng.exponential(8, 4000)
    gone = rng.exponential(16, 4000)
    frame = tickets(np.minimum(hours, gone), np.where(hours < gone, "d", "w"))
    # Two in three are done before they are withdrawn: 2/3 (1 - exp(-t (1/8 + 1/16))).
    median = -np.log(1 - 0.75) / (1 / 8 + 1 / 16)
    own = percentile(told(frame))
    assert own["low"] < median < own["high"]
    as_open = frame.assign(withdrawn=False)
    assert percentile(told(as_open))["time"] < 0.9 * median


# --- properties

STATES = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("dwo")), min_size=1, max_size=40)


@given(STATES)
def test_shares_are_shares(rows):
    times, states = zip(*rows, strict=True)
    result = told(tickets(times, states))
    curve = result.curves
    total = curve[["share_done", "share_withdrawn", "share_open"]].sum(axis=1)
    assert np.allclose(total, 1)
    assert (curve["share_done"].diff().fillna(0) >= -1e-12).all()
    known = curve[curve["low"].notna()]
    assert (known["low"] <= known["share_done"] + 1e-12).all()
    assert (known["high"] >= known["share_done"] - 1e-12).all()
    for row in result.percentiles.itertuples():
        assert not row.time < row.low
        assert not row.time > row.high


@given(STATES)
def test_without_open_tickets_shares_are_counts(rows):
    times, states = zip(*[(t, "w" if s == "o" else s) for t, s in rows], strict=True)
    curve = told(tickets(times, states)).curves
    for row in curve.itertuples():
        by_then = [s for t, s in zip(times, states, strict=True) if t <= row.time]
        assert row.share_done == pytest.approx(by_then.count("d") / len(times), abs=1e-9)


# --- regression


def drawn_groups(n=900, seed=3):
    rng = np.random.default_rng(seed)
    team = rng.choice(["A", "B", "C"], n, p=[0.5, 0.3, 0.2])
    amount = rng.normal(0, 1, n)
    rate = np.exp(np.select([team == "B", team == "C"], [-0.7, 0.4]) + 0.3 * amount) / 8
    # Rounded up to whole hours, so that many are tied.
    hours = np.ceil(rng.exponential(1 / rate))
    end = np.ceil(rng.uniform(5, 60, n))
    states = np.where(hours <= end, "d", "o")
    return tickets(np.minimum(hours, end), states, team=team, amount=amount)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_regression_agrees_with_statsmodels(ties):
    frame = drawn_groups()
    effects = told(frame, by="team", compare=True, adjust=["amount"], ties=ties).effects
    design = np.column_stack([frame["team"] == "B", frame["team"] == "C", frame["amount"]])
    peer = PHReg(
        frame["hours"], design.astype(float), status=frame["done"].astype(int), ties=ties
    ).fit(disp=0)
    assert effects[["column", "level", "reference"]].to_numpy().tolist() == [
        ["team", "B", "A"],
        ["team", "C", "A"],
        ["amount", "", ""],
    ]
    np.testing.assert_allclose(effects["log_ratio"], peer.params, atol=1e-6)
    np.testing.assert_allclose(effects["error"], peer.bse, atol=1e-6)


def test_planted_ratios_are_found():
    result = told(drawn_groups(), by="team", compare=True, adjust=["amount"])
    effects = result.effects
    for row, true in zip(effects.itertuples(), np.exp([-0.7, 0.4, 0.3]), strict=True):
        assert row.low < true < row.high
    assert result.log_rank.iloc[0]["p"] < 1e-6
    assert result.log_rank.iloc[0]["df"] == 2
    assert "resolve_ratio_changes" not in [n.code for n in result.notes]


def test_a_ratio_that_changes_is_told():
    rng = np.random.default_rng(8)
    slow_at_first = rng.uniform(0, 1, 600) < 0.5
    hours = np.where(slow_at_first, 6 + rng.exponential(2, 600), rng.exponential(8, 600))
    frame = tickets(hours, "d" * 600, team=np.where(slow_at_first, "B", "A"))
    result = told(frame, by="team", compare=True)
    assert result.constancy["p"].max() < 1e-6
    assert result.effects["correlation"].abs().min() > 0.3
    assert [n.code for n in result.notes] == ["resolve_ratio_changes"]


def test_equal_groups_differ_in_one_of_twenty():
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(100):
        frame = tickets(rng.exponential(8, 60), "d" * 60, team=["A", "B"] * 30)
        found += (
            time_to_resolve(
                frame, time="hours", ended="done", by="team", compare=True
            ).log_rank.iloc[0]["p"]
            < 0.05
        )
    assert 1 <= found <= 12


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from("dwo"), st.sampled_from("ABC")),
        min_size=1,
        max_size=12,
    )
)
def test_few_tickets_are_compared_or_not_at_all(rows):
    times, states, teams = zip(*rows, strict=True)
    result = told(tickets(times, states, team=teams), by="team", compare=True)
    assert result.log_rank["p"].between(0, 1).all()
    assert (result.effects["low"] <= result.effects["ratio"]).all()
    assert (result.effects["ratio"] <= result.effects["high"]).all()


def test_the_unit_of_a_number_does_not_matter():
    frame = drawn_groups(300)
    told_in = told(frame, adjust=["amount"]).effects.iloc[0]
    small = told(frame.assign(amount=frame["amount"] * 1e-5), adjust=["amount"]).effects.iloc[0]
    assert small["log_ratio"] * 1e-5 == pytest.approx(told_in["log_ratio"], rel=1e-9)
    assert small["z"] == pytest.approx(told_in["z"], rel=1e-9)


def test_what_is_not_asked_is_not_worked_out():
    result = told(drawn_groups(100), by="team")
    assert result.log_rank.empty
    assert result.effects.empty
    assert result.constancy.empty
    alone = told(drawn_groups(100), compare=True)
    assert alone.log_rank.empty
    assert alone.effects.empty


def test_a_group_without_a_resolution_has_an_interval_without_end():
    frame = tickets([1, 2, 3, 4] * 5, "d" * 20, team="A")
    none = tickets([9.0] * 5, "o" * 5, team="B")
    result = told(pd.concat([frame, none]), by="team", compare=True)
    effect = result.effects.iloc[0]
    assert effect["low"] == pytest.approx(0, abs=1e-6)
    assert effect["high"] > LONG_AGO
    half = result.percentiles.query("team == 'B' and share == 0.5").iloc[0]
    assert np.isnan(half[["time", "low", "high"]].astype(float)).all()


def test_nothing_done_yet():
    result = told(tickets([3.0, 4.0], "oo"), by=None, compare=True)
    assert result.curves.empty
    assert result.percentiles["time"].isna().all()
    assert result.groups.iloc[0]["mean_open"] == 4


def test_values_unknown_are_left_out_of_the_regression_only():
    frame = drawn_groups()
    frame.loc[:9, "amount"] = np.nan
    result = told(frame, by="team", compare=True, adjust=["amount"])
    assert result.groups["tickets"].sum() == len(frame)
    (left_out,) = (n for n in result.notes if n.code == "resolve_unknown")
    assert left_out.values["n"] == 10


def test_the_frame_given_is_left_as_it_is():
    frame = drawn_groups(50)
    before = frame.copy()
    told(frame, by="team", compare=True, adjust=["amount"])
    pd.testing.assert_frame_equal(frame, before)
    assert told(frame).level == LEVEL


# --- bad input


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"by": "tean"}, "Did you mean 'team'"),
        ({}, {"ties": "efrom", "compare": True}, "Did you mean 'efron'"),
        ({}, {"scale": "ranks"}, "Did you mean 'rank'"),
        ({}, {"level": 95}, "level must lie between 0 and 1"),
        ({"hours": "soon"}, {}, "These are not numbers"),
        ({"hours": -1.0}, {}, "missing or below 0"),
        ({"hours": np.inf}, {}, "missing or below 0"),
        ({"done": None}, {}, "neither true nor false"),
        ({"done": True, "withdrawn": True}, {}, "both done and withdrawn"),
        ({"state": "x"}, {"by": "state"}, "name of one of the result"),
        ({"same": 1.0}, {"horizon": 0}, "horizon is 0"),
    ],
)
def test_bad_input_is_refused(change, options, message):
    with pytest.raises(InputError, match=message):
        told(drawn_groups(30).assign(**change), **options)


def test_columns_that_say_the_same_are_refused():
    frame = drawn_groups(60)
    with pytest.raises(InputError, match="some say the same"):
        told(frame.assign(double=2 * frame["amount"]), adjust=["amount", "double"])
    with pytest.raises(InputError, match="There are no tickets"):
        told(frame[:0])
