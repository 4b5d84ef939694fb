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


RATIOS = ("odds_ratio", "adjusted", "modelled")


@pytest.mark.parametrize("seed", range(20))
def test_every_interval_holds_its_ratio_or_is_missing(seed):
    # Levels without a breach, with nothing else, and one that says the same as another.
    random = np.random.default_rng(seed)
    n = int(random.integers(150, 900))
    team, kind = random.integers(0, 4, n), random.integers(0, 4, n)
    outcome = random.random(n) < random.choice([0.01, 0.05, 0.3])
    outcome = (outcome & (team != 1)) | (team == random.choice([3, 9]))
    outcome &= (kind == 2) | (random.random() < 0.7)
    desk = np.where(random.random(n) < random.choice([0.97, 1.0]), team, 0)
    columns = {"team": team, "kind": kind, "desk": desk, "once": random.random(n) < 0.1}
    frame = pd.DataFrame({name: values.astype(str) for name, values in columns.items()})
    frame["breached"] = outcome
    result = breach_drivers(frame, drivers=list(columns), adjust=list(columns))
    for name in RATIOS:
        ratio, low, high = (result.adjusted[f"{name}{end}"] for end in ("", "_low", "_high"))
        told = low.notna()
        assert (told == high.notna()).all()
        assert ((low <= ratio) & (ratio <= high) | ~told).all()
        assert np.isfinite(high[told]).all()
    # What the model cannot tell it does not guess.
    untold = result.adjusted["modelled_low"].isna()
    assert result.adjusted.loc[untold, "modelled"].isna().all()
    assert untold[~result.adjusted["odds_ratio_low"].notna()].all()


def test_where_no_other_ticket_is_late_no_odds_are_told():
    random = np.random.default_rng(8)
    level = np.where(random.random(2000) < 0.9, "0", "1")
    frame = pd.DataFrame({"reopened": level, "kind": random.integers(0, 3, 2000).astype(str)})
    frame["breached"] = (random.random(2000) < 0.02) & (level == "0")
    row = breach_drivers(frame, drivers=["reopened"], adjust=["kind"]).adjusted.iloc[0]
    assert row["odds_ratio"] == np.inf
    assert row[["odds_ratio_low", "odds_ratio_high", "modelled", "modelled_low"]].isna().all()
    assert row["agrees"]


def teams(same):
    """Return tickets whose last team is late; it is the team at opening of this part of them."""
    random = np.random.default_rng(9)
    n = 6000
    opening = random.choice(["A", "B", "C"], n)
    moved = random.random(n) > same
    last = np.where(moved, random.choice(["A", "B", "C"], n), opening)
    late = random.random(n) < np.where(opening == "B", 0.2, 0.03)
    return pd.DataFrame({"opening_team": opening, "assignment_group": last, "breached": late})


def test_what_is_about_the_same_tickets_as_a_finding_is_not_acquitted():
    result = breach_drivers(
        teams(0.97), drivers=["opening_team", "assignment_group"], adjust=["opening_team"]
    )
    found = result.levels[result.levels["finding"]]
    assert found[["driver", "level"]].to_numpy().tolist() == [["opening_team", "B"]]
    last = result.adjusted.set_index(["driver", "level"]).loc[("assignment_group", "B")]
    assert last["odds_ratio_low"] > 1
    assert last[["reading", "same_driver", "same_level"]].tolist() == [
        "same_tickets", "opening_team", "B",
    ]  # fmt: skip
    frame = teams(0.97)
    assert (
        last["shared"] == (frame["opening_team"].eq("B") & frame["assignment_group"].eq("B")).sum()
    )


def test_what_shares_few_tickets_with_a_finding_is_explained_by_it():
    result = breach_drivers(
        teams(0.7), drivers=["opening_team", "assignment_group"], adjust=["opening_team"]
    )
    last = result.adjusted.set_index(["driver", "level"]).loc[("assignment_group", "B")]
    assert last[["reading", "same_driver", "shared"]].tolist() == ["first_sight_only", "", 0]
