"""Ordered scores: the UCLA example, clusters, what cannot be told, bad input."""

import json

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.ordinal_regression import ordinal_regression
from slm_analysis.errors import InputError

TERMS = ["pared", "public", "gpa"]


@pytest.fixture(scope="module")
def ucla(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    case = next(c for c in json.loads(text)["cases"] if c["id"] == "ologit_ucla")
    data = pd.read_csv(shared / "reference" / case["data_file"])
    order = ["unlikely", "somewhat likely", "very likely"]
    return case, data["apply"].map(order.index), data[TERMS]


def test_ucla(ucla):
    case, score, columns = ucla
    found = ordinal_regression(score, columns)
    clm = case["expected"]["R"]["clm"]
    ours = found.table.set_index("term")
    for term in TERMS:
        assert ours.loc[term, "estimate"] == pytest.approx(clm[term]["Estimate"], rel=1e-4)
        assert ours.loc[term, "se"] == pytest.approx(clm[term]["Std. Error"], rel=1e-4)
        assert ours.loc[term, "p"] == pytest.approx(clm[term]["Pr(>|z|)"], rel=1e-3)
        ratio = case["expected"]["R"]["OR"][term]
        assert ours.loc[term, "odds_ratio"] == pytest.approx(ratio, rel=case["tolerance"])
    thresholds = [v["Estimate"] for name, v in clm.items() if "|" in name]
    assert found.thresholds["threshold"].tolist() == pytest.approx(thresholds, rel=1e-4)
    assert found.log_likelihood == pytest.approx(case["expected"]["R"]["loglik"], rel=1e-7)
    assert found.notes == ()


def test_the_size_of_a_column_does_not_matter(ucla):
    _, score, columns = ucla
    small = ordinal_regression(score, columns).table
    large = ordinal_regression(score, columns * 1e4).table
    assert large["estimate"].tolist() == pytest.approx((small["estimate"] / 1e4).tolist(), rel=1e-3)
    assert large["p"].tolist() == pytest.approx(small["p"].tolist(), rel=1e-3)


def test_answers_given_twice_widen_nothing_where_clusters_are_known(ucla):
    _, score, columns = ucla
    alone = ordinal_regression(score, columns, clusters=range(len(score)))
    twice = ordinal_regression(
        pd.concat([score, score]),
        pd.concat([columns, columns]),
        clusters=[*range(len(score)), *range(len(score))],
    )
    assert twice.table["se"].tolist() == pytest.approx(alone.table["se"].tolist(), rel=1e-3)
    assert twice.clusters == len(score)


def test_scores_told_apart_without_overlap_have_no_answer():
    found = ordinal_regression([1, 1, 1, 2, 2, 2], pd.DataFrame({"x": [0, 0, 0, 1, 1, 1]}))
    assert found.table.empty
    assert [n.code for n in found.notes] == ["not_converged"]


@pytest.mark.parametrize(
    ("score", "columns", "message"),
    [
        ([1, 2, 3], pd.DataFrame({"x": [1, 1, 1]}), "same in every row: 'x'"),
        ([2, 2, 2], pd.DataFrame({"x": [1, 2, 3]}), "All scores are the same"),
        ([1, 2, np.nan], pd.DataFrame({"x": ["a", "b", "c"]}), "columns of numbers"),
        ([1, 2], pd.DataFrame({"x": [1, 2, 3]}), "2 scores and 3 rows"),
    ],
)
def test_bad_input_is_named(score, columns, message):
    with pytest.raises(InputError, match=message):
        ordinal_regression(score, columns)
