"""Run rules against the published vectors, on gaps, ties, short series and bad input."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from statsmodels.datasets.nile import load_pandas

from slm_analysis.analyses.anhoej_rules import change_of_level
from slm_analysis.analyses.run_rules import RULE_SETS, RULES, rule_members, signals
from slm_analysis.errors import InputError
from tests.analyses.charts import quick

MDC_CODES = {
    "Common Cause": None,
    "Above UCL": "mdc_beyond_limits",
    "Below LCL": "mdc_beyond_limits",
    "2 in 3 Above CL": "mdc_two_of_three",
    "2 in 3 Below CL": "mdc_two_of_three",
    "7 Point Trend (Increasing)": "mdc_trend",
    "7 Point Trend (Decreasing)": "mdc_trend",
    "7 Points Above CL": "mdc_shift",
    "7 Points Below CL": "mdc_shift",
}
MDC_PRIORITY = ("mdc_beyond_limits", "mdc_two_of_three", "mdc_trend", "mdc_shift")
"""NHSRplotthedots shows one label per point, the first of these."""


@pytest.fixture(scope="module")
def reference(shared: Path) -> dict:
    return json.loads((shared / "reference" / "run_rules.json").read_text(encoding="utf-8"))


def hits(z, rules) -> dict[str, list[int]]:
    """Return the completing indices by the rule's number."""
    found = signals(z, rules)
    return {code.rsplit("_", 1)[1]: g["index"].tolist() for code, g in found.groupby("rule")}


@pytest.mark.parametrize("family", ["nelson", "western_electric"])
def test_signals_are_those_of_every_published_vector(reference, family):
    for vector in reference["vectors"]:
        assert hits(vector["z"], family) == vector[f"{family}_signal"], vector["id"]


@pytest.mark.parametrize("family", ["nelson", "western_electric"])
def test_members_are_those_of_every_published_vector(reference, family):
    for vector in reference["vectors"]:
        members = {
            code.rsplit("_", 1)[1]: np.flatnonzero(flags).tolist()
            for code, flags in rule_members(vector["z"], family).items()
            if flags.any()
        }
        assert members == vector[f"{family}_members"], vector["id"]


def test_mdc_labels_are_those_of_every_published_vector(reference):
    for vector in reference["vectors"]:
        members = rule_members(vector["z"], "mdc")
        labels = [
            next((code for code in MDC_PRIORITY if members[code][i]), None)
            for i in range(len(vector["z"]))
        ]
        assert labels == [MDC_CODES[label] for label in vector["mdc_type"]], vector["id"]


def test_all_vectors_at_once_give_the_same_as_one_by_one(reference):
    vectors = [v["z"] for v in reference["vectors"]]
    longest = max(map(len, vectors))
    grid = np.array([z + [np.nan] * (longest - len(z)) for z in vectors])
    together = signals(grid, "nelson")
    for number, z in enumerate(vectors):
        own = signals(z, "nelson").drop(columns="series")
        found = together[together["series"] == number].drop(columns="series")
        assert found.reset_index(drop=True).equals(own)


def test_anhoej_limits_are_those_of_the_table(reference):
    """A series at the limits is quiet, one point more in the run or one crossing less is not."""
    table = reference["anhoej_limits"]
    for n, longest, fewest in zip(
        table["n"], table["longest_run_max"], table["crossings_min"], strict=True
    ):
        # `fewest` crossings make `fewest + 1` runs, kept short by being of equal length.
        assert not fired(alternating_blocks(n, fewest), "anhoej_crossings")
        assert fired(alternating_blocks(n, fewest - 1), "anhoej_crossings")
        assert not fired(one_long_run(n, longest), "anhoej_runs")
        assert fired(one_long_run(n, longest + 1), "anhoej_runs")


def fired(z, code) -> bool:
    return code in set(signals(z, "core")["rule"])


def alternating_blocks(n: int, crossings: int) -> np.ndarray:
    edges = np.linspace(0, n, crossings + 2).round().astype(int)
    return np.repeat((-1.0) ** np.arange(crossings + 1), np.diff(edges))


def one_long_run(n: int, length: int) -> np.ndarray:
    return np.concatenate([np.ones(length), -((-1.0) ** np.arange(n - length))])


def test_one_row_per_completing_point_with_its_members_and_side():
    found = signals([[0.1, 2.3, 0.4, 2.1, -0.2], [0.0, -3.5, 0.1, -0.1, 0.2]], "nelson")
    assert list(found.columns) == ["series", "rule", "index", "members", "side"]
    assert found.values.tolist() == [
        [0, "nelson_5", 3, (1, 3), "above"],
        [1, "nelson_1", 1, (1,), "below"],
    ]


def test_leading_axes_are_flattened_into_series():
    z = np.zeros((2, 3, 4))
    z[1, 2, 3] = 5.0
    assert signals(z)[["series", "index"]].values.tolist() == [[5, 3]]
    assert rule_members(z)["beyond_limits"].shape == z.shape


@pytest.mark.parametrize("family", ["nelson", "western_electric", "mdc"])
def test_no_pattern_but_a_single_point_reaches_across_a_gap(reference, family):
    """A gap inside each window of every published vector leaves only rules of one point."""
    for vector in reference["vectors"]:
        z = np.full(2 * len(vector["z"]), np.nan)
        z[::2] = vector["z"]
        single = {code for code in RULE_SETS[family] if RULES[code].pattern == "beyond"}
        assert set(signals(z, family)["rule"]) <= single


def test_a_run_ends_at_a_gap_and_crossings_are_judged_by_pairs_of_neighbours():
    steps = np.tile([1.0, -1.0], 8)
    run = np.ones(9)
    assert fired(np.concatenate([steps, run]), "anhoej_runs")
    assert not fired(np.concatenate([steps, run[:5], [np.nan], run[5:]]), "anhoej_runs")
    # 12 points without one crossing: 11 pairs are judged, or none where gaps part them all.
    assert fired(np.ones(12), "anhoej_crossings")
    apart = np.full(23, np.nan)
    apart[::2] = 1.0
    assert not fired(apart, "anhoej_crossings")


def test_points_on_the_centre_line_neither_break_nor_lengthen_anhoejs_runs():
    steps = np.tile([1.0, -1.0], 6)
    assert not fired(np.concatenate([steps, [1, 1, 1, 0, 0, 1, 1, 1, 1]]), "anhoej_runs")
    found = signals(np.concatenate([steps, [1, 1, 1, 0, 1, 1, 1, 1, 1]]), {"anhoej_runs": None})
    assert found["members"].iloc[-1] == (12, 13, 14, 16, 17, 18, 19, 20)


def test_anhoej_is_not_judged_under_ten_useful_points():
    assert signals(np.ones(9)).empty
    assert set(signals(np.ones(10))["rule"]) == {"anhoej_runs", "anhoej_crossings"}
    assert signals(np.concatenate([np.ones(9), np.zeros(5)])).empty


def test_few_crossings_are_a_pattern_of_both_sides():
    spells = np.repeat([1.0, -1.0, 1.0, -1.0, 1.0], 4)
    found = signals(spells, {"anhoej_crossings": None})
    assert found[["index", "side"]].values.tolist() == [[19, "both"]]
    assert found["members"].iloc[0] == tuple(range(20))


def test_few_crossings_from_a_change_of_level_are_a_pattern_of_what_came_after():
    shifted = np.concatenate([np.ones(10), -np.ones(10)])
    found = signals(shifted, {"anhoej_crossings": None})
    assert found[["index", "side"]].values.tolist() == [[19, "below"]]
    assert found["members"].iloc[0] == tuple(range(10, 20))


def test_a_change_of_level_is_where_pettitt_finds_it():
    """The flow of the Nile at Aswan fell after 1898, the 28th year (R package trend, 1.1.6)."""
    flow = load_pandas().data["volume"].to_numpy()
    assert change_of_level(flow) == (28, -1)
    assert change_of_level(-flow) == (28, 1)
    assert change_of_level(np.tile([1.0, 2.0, 3.0], 12)) == (0, 0)


def test_lengths_of_ones_own():
    z = [1.0] * 6 + [-1.0]
    assert signals(z, {"nelson_2": 6})["index"].tolist() == [5]
    assert signals(z, {"nelson_2": 7}).empty
    assert signals([4.0, 4.0, 0.0], {"beyond_limits": 2})["members"].tolist() == [(0, 1)]
    assert signals([2.5, 2.5, 0.1, 2.5], {"nelson_5": 4})["index"].tolist() == [3]
    steps = [1.0, -1.0] * 4
    assert signals([*steps, 1.0, 1.0, 1.0], {"anhoej_runs": 4}).empty
    assert signals([*steps, 1.0, 1.0, 1.0], {"anhoej_runs": 3})["index"].tolist() == [10]


def test_rounding_does_not_decide_at_a_zones_edge():
    at_edge = np.nextafter(3.0, 4.0)
    assert at_edge > 3
    assert signals([at_edge], "nelson").empty
    assert signals([3.001], "nelson")["rule"].tolist() == ["nelson_1"]


@pytest.mark.parametrize("z", [[], [[]], np.empty((0, 5)), [np.nan] * 20])
def test_nothing_fires_on_nothing(z):
    for family in RULE_SETS:
        assert signals(z, family).empty


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("nelsen", "Did you mean 'nelson'"),
        ({"nelson_9": None}, "Unknown rule 'nelson_9'. Did you mean 'nelson_"),
        ({"nelson_2": 1}, "'nelson_2' has length 1"),
        ({"nelson_2": 8.0}, "whole number"),
        ({"nelson_4": 2}, "from 3 on"),
        ({"anhoej_crossings": 5}, "takes no length"),
        (["nelson_2"], "mapping of rule to length"),
    ],
)
def test_bad_rules_are_named_with_a_remedy(rules, said):
    with pytest.raises(InputError) as caught:
        signals([0.0], rules)
    assert said in str(caught.value)


@pytest.mark.parametrize("z", [["a", "b"], 3.0])
def test_bad_points_are_named_with_a_remedy(z):
    with pytest.raises(InputError, match="`z` is"):
        signals(z)


points = hnp.arrays(
    float,
    st.tuples(st.integers(1, 3), st.integers(1, 40)),
    elements=st.one_of(st.floats(-4, 4).map(lambda x: round(x, 1)), st.just(np.nan)),
)


@quick
@given(z=points)
def test_turning_a_chart_over_swaps_the_sides(z):
    other = {"above": "below", "below": "above", "rising": "falling", "falling": "rising"}
    for family in RULE_SETS:
        found, turned = signals(z, family), signals(-z, family)
        found["side"] = [other.get(side, side) for side in found["side"]]
        columns = ["series", "index", "rule", "side"]
        assert sorted(found[columns].values.tolist()) == sorted(turned[columns].values.tolist())


@quick
@given(z=points)
def test_every_completing_point_and_its_members_are_members(z):
    for family in RULE_SETS:
        members = rule_members(z, family)
        for row in signals(z, family).itertuples():
            assert row.index in row.members
            assert members[row.rule][row.series, list(row.members)].all()


@quick
@given(z=points)
def test_the_input_is_unchanged(z):
    before = z.copy()
    signals(z, "core")
    assert np.array_equal(z, before, equal_nan=True)


@quick
@given(z=hnp.arrays(float, st.integers(1, 40), elements=st.floats(-4, 4)))
def test_rules_agree_with_a_plain_loop(z):
    """Each window taken by itself, as the rules are worded."""
    z = np.round(z, 2)
    found = signals(z, "nelson")
    expected = set()
    for i in range(len(z)):

        def window(w, i=i):
            return z[i - w + 1 : i + 1] if i >= w - 1 else None

        if abs(z[i]) > 3:
            expected.add(("nelson_1", i))
        w = window(9)
        if w is not None and ((w > 0).all() or (w < 0).all()):
            expected.add(("nelson_2", i))
        w = window(6)
        if w is not None and ((np.diff(w) > 0).all() or (np.diff(w) < 0).all()):
            expected.add(("nelson_3", i))
        w = window(14)
        if w is not None and (np.diff(w)[1:] * np.diff(w)[:-1] < 0).all():
            expected.add(("nelson_4", i))
        for code, width, zone in (("nelson_5", 3, 2), ("nelson_6", 5, 1)):
            w = window(width)
            for sign in (1, -1):
                if w is not None and sign * z[i] > zone and (sign * w > zone).sum() >= width - 1:
                    expected.add((code, i))
        w = window(15)
        if w is not None and (np.abs(w) <= 1).all():
            expected.add(("nelson_7", i))
        w = window(8)
        if w is not None and (np.abs(w) > 1).all() and (w > 0).any() and (w < 0).any():
            expected.add(("nelson_8", i))
    assert set(zip(found["rule"], found["index"], strict=True)) == expected
