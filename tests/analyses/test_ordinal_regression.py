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


HOUSING = [
    21, 21, 28, 34, 22, 36, 10, 11, 36, 61, 23, 17, 43, 35, 40, 26, 18, 54, 13, 9, 10, 8, 8, 12, 6,
    7, 9, 18, 6, 7, 15, 13, 13, 7, 5, 11, 14, 19, 37, 17, 23, 40, 3, 5, 23, 78, 46, 43, 48, 45, 86,
    15, 25, 62, 20, 23, 20, 10, 22, 24, 7, 10, 21, 57, 23, 13, 31, 21, 13, 5, 6, 13,
]  # fmt: skip
"""Copenhagen housing survey (Madsen 1976; R package MASS, `housing`): people by satisfaction
(fastest), influence, type of flat, and contact with others."""


def test_the_copenhagen_housing_survey():
    # R: summary(polr(Sat ~ Infl + Type + Cont, weights = Freq, data = MASS::housing)), as printed
    # by example(polr), in more digits in the tests of the package insight.
    steps = ((c, t, i, s) for c in range(2) for t in range(4) for i in range(3) for s in range(3))
    cells = pd.DataFrame(steps, columns=["contact", "type", "influence", "score"])
    people = cells.loc[cells.index.repeat(HOUSING)].reset_index(drop=True)
    assert len(people) == 1681
    columns = pd.DataFrame(
        {
            "InflMedium": people["influence"] == 1,
            "InflHigh": people["influence"] == 2,
            "TypeApartment": people["type"] == 1,
            "TypeAtrium": people["type"] == 2,
            "TypeTerrace": people["type"] == 3,
            "ContHigh": people["contact"] == 1,
        }
    ).astype(float)
    found = ordinal_regression(people["score"], columns)
    published = {
        "InflMedium": (0.566393738890106, 0.104652784933519),
        "InflHigh": (1.28881906381232, 0.127156148851928),
        "TypeApartment": (-0.572350146429611, 0.119238013698556),
        "TypeAtrium": (-0.366186566153346, 0.155173338051194),
        "TypeTerrace": (-1.09101490767244, 0.151486024299045),
        "ContHigh": (0.360284149947385, 0.0955357985611663),
    }
    for row in found.table.itertuples():
        estimate, se = published[row.term]
        assert row.estimate == pytest.approx(estimate, abs=2e-4)
        assert row.se == pytest.approx(se, abs=2e-5)
    thresholds = [-0.4961353438375, 0.690708290379271]
    assert found.thresholds["threshold"].tolist() == pytest.approx(thresholds, abs=2e-4)
    assert -2 * found.log_likelihood == pytest.approx(3479.149, abs=1e-3)


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
