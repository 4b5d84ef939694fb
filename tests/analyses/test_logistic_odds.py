"""Odds with the mix held fixed: published admissions, statsmodels, separated, aliased columns."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import special

from slm_analysis.analyses.breach_drivers import breach_drivers
from slm_analysis.analyses.level_comparison import MIN_CASES
from slm_analysis.analyses.logistic_odds import logistic_odds


def draw(seed, n=4000):
    random = np.random.default_rng(seed)
    kind, team, size = random.integers(0, 4, n), random.integers(0, 3, n), random.integers(0, 6, n)
    chance = special.expit(-2.5 + 0.6 * (kind == 1) + 0.9 * (team == 2) - 0.3 * size)
    return kind, team, size, random.random(n) < chance


@pytest.mark.parametrize("seed", range(3))
def test_equals_statsmodels(seed):
    kind, team, size, outcome = draw(seed)
    fitted = logistic_odds(kind, [team, size], outcome, np.arange(4))
    for level in range(4):
        dummies = [team[:, None] == [1, 2], size[:, None] == range(1, 6), kind[:, None] == [level]]
        design = sm.add_constant(np.column_stack(dummies).astype(float))
        peer = sm.Logit(outcome.astype(float), design).fit(disp=0)
        assert fitted.loc[level, "log_ratio"] == pytest.approx(peer.params[-1], abs=1e-5)
        assert fitted.loc[level, "error"] == pytest.approx(peer.bse[-1], abs=1e-5)


def test_berkeley_admissions(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    case = next(c for c in json.loads(text)["cases"] if c["id"] == "ucb_simpson")
    table = pd.DataFrame(case["data"])
    applicants = table.loc[table.index.repeat(table["Freq"])]
    applicants = applicants.assign(breached=applicants["Admit"] == "Rejected")
    result = breach_drivers(applicants, drivers=["Gender"], adjust=["Dept"])
    women = result.adjusted.set_index("level").loc["Female"]
    expected, tolerance = case["expected"]["R"], case["tolerance"]
    for kind, columns in (("crude", "odds_ratio"), ("adjusted", "modelled")):
        limits = women[[columns, f"{columns}_low", f"{columns}_high"]].tolist()
        assert limits == pytest.approx(
            [expected[kind][k] for k in ("OR", "lo", "hi")], abs=tolerance
        )
    told = {n.values["level"]: n.values for n in result.notes if "disagree" in n.code}
    assert set(told) == {"Female", "Male"}
    assert told["Female"]["adjusted"] == women["modelled"]


def test_departments_of_berkeley_alone(shared):
    # Only department A survives, and there women are rejected less often.
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    case = next(c for c in json.loads(text)["cases"] if c["id"] == "ucb_simpson")
    table = pd.DataFrame(case["data"])
    applicants = table.loc[table.index.repeat(table["Freq"])]
    applicants = applicants.assign(breached=applicants["Admit"] == "Rejected")
    for (_, department), p in zip(
        applicants.groupby("Dept"), case["expected"]["R"]["dept_chisq_p"], strict=True
    ):
        levels = breach_drivers(department, drivers=["Gender"]).levels
        # Of department B only 25 women applied: too few to be judged.
        assert levels["judged"].all() == (levels["n"].min() >= MIN_CASES)
        judged = levels.loc[levels["judged"], "p"].tolist()
        assert judged == pytest.approx([p] * len(judged), abs=case["tolerance"])


def test_without_a_mix_it_is_the_crude_ratio():
    kind, _, _, outcome = draw(1)
    fitted = logistic_odds(kind, [], outcome, np.array([1]))
    odds = [outcome[own].mean() / (1 - outcome[own].mean()) for own in (kind == 1, kind != 1)]
    assert np.exp(fitted.loc[0, "log_ratio"]) == pytest.approx(odds[0] / odds[1])


def test_a_level_without_a_breach_leaves_the_others_in_peace():
    kind, team, size, outcome = draw(2)
    outcome = outcome & (size != 3)
    fitted = logistic_odds(kind, [team, size], outcome, np.arange(4))
    there = size != 3
    without = logistic_odds(kind[there], [team[there], size[there]], outcome[there], np.arange(4))
    assert fitted["log_ratio"].tolist() == pytest.approx(without["log_ratio"].tolist(), abs=0.1)
    alone = logistic_odds(size, [team], outcome, np.array([3]))
    assert alone.loc[0, "log_ratio"] < -5
    assert alone.loc[0, "log_ratio"] + 2 * alone.loc[0, "error"] > 0


def test_what_says_the_same_cannot_be_told_apart():
    _, team, _, outcome = draw(3)
    fitted = logistic_odds(team, [team.copy()], outcome, np.array([2]))
    assert fitted.loc[0, "error"] > 100


def test_a_finding_stands_where_the_mix_cannot_be_told_from_it():
    _, team, _, outcome = draw(4)
    frame = pd.DataFrame({"team": team.astype(str), "desk": team.astype(str), "breached": outcome})
    result = breach_drivers(frame, drivers=["team"], adjust=["desk"])
    assert result.levels.loc[result.levels["finding"], "level"].tolist() == ["2"]
    assert result.adjusted["agrees"].all()


def test_a_lead_that_the_mix_hides_is_told():
    # B is better at both kinds, and gets most of the hard ones: worse at first sight (Simpson).
    random = np.random.default_rng(5)
    n = 12_000
    hard = random.random(n) < 0.5
    team = np.where(random.random(n) < np.where(hard, 0.9, 0.1), "B", "A")
    chance = np.where(hard, 0.3, 0.05) * np.where(team == "B", 0.6, 1.0)
    frame = pd.DataFrame({"team": team, "hard": hard, "breached": random.random(n) < chance})
    result = breach_drivers(frame, drivers=["team"], adjust=["hard"])
    b = result.adjusted.set_index("level").loc["B"]
    assert b["odds_ratio_low"] > 1 > b["modelled_high"]
    assert not result.levels["finding"].any()
    assert not b["agrees"]


def test_a_level_far_from_the_others_is_reached():
    # Six in ten of a small level are breached, one in fifty of the others.
    random = np.random.default_rng(6)
    kind, mix = random.integers(0, 12, 2000), random.integers(0, 5, 2000)
    outcome = random.random(2000) < np.where(kind == 3, 0.6, 0.02)
    fitted = logistic_odds(kind, [mix], outcome, np.array([3]))
    design = np.column_stack([mix[:, None] == range(1, 5), kind == 3]).astype(float)
    peer = sm.Logit(outcome.astype(float), sm.add_constant(design)).fit(disp=0)
    assert fitted.loc[0, "log_ratio"] == pytest.approx(peer.params[-1], abs=1e-4)
