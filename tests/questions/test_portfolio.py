"""The portfolio: correction over all promises, and what needs attention first."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import binom_test

import slm_analysis as slm
from slm_analysis.analyses.goal_test import goal_test, independent_cases
from slm_analysis.errors import InputError
from slm_analysis.intervals import rate_intervals
from slm_analysis.questions.portfolio import (
    KINDS,
    QUESTIONS,
    Portfolio,
    agreed_scores,
    kept_shares,
    portfolio,
)
from tests.batch.projects import write_project
from tests.presentation.made_up_levels import (
    availability,
    errors,
    frame,
    kept,
    level,
    satisfaction,
    unsure,
)

Ask = Callable[..., Portfolio]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def ask(project: Path, tmp_path: Path, monkeypatch) -> Ask:
    """Return a function that asks for the portfolio of what units' reports told."""
    monkeypatch.chdir(project)

    def asked(told: dict[str, dict[str, list[dict]]], status: str = "done") -> Portfolio:
        file = tmp_path / "key_figures.json"
        reports = [
            {
                "business_unit": unit, "folder": f"u{i}", "notebook": "01_service_levels",
                "status": status, "key_figures": as_told(sections),
            }
            for i, (unit, sections) in enumerate(told.items())
        ]  # fmt: skip
        file.write_text(json.dumps({"period": "2026-10", "reports": reports}), encoding="utf-8")
        return portfolio(file)

    return asked


def as_told(sections: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """Return sections as a notebook's key figures hold them: verdicts added, missing null."""
    levels = sections.get("service_levels")
    if levels is None:
        return sections
    return sections | {
        "service_levels": json.loads(frame(*levels).to_json(orient="records", double_precision=15))
    }


def levels(*rows: dict, **sections: list[dict]) -> dict[str, list[dict]]:
    return {"service_levels": [*rows], **sections}


def trend(service: str, direction: str, metric: str = "resolution_time") -> dict:
    return {"service": service, "metric": metric, "direction": direction}


def test_levels_of_all_units_stand_together(ask):
    result = ask({"A": levels(level(), kept()), "B": levels(unsure())})
    assert result.levels["business_unit"].tolist() == ["A", "A", "B"]
    assert result.levels["result"].tolist() == ["missed", "met", "missed"]
    assert result.reports.to_dict("list") == {
        "business_unit": ["A", "B"], "folder": ["u0", "u1"],
        "notebook": ["01_service_levels"] * 2, "status": ["done"] * 2,
    }  # fmt: skip
    assert (result.period_start, result.period_end) == (
        pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-31"),
    )  # fmt: skip


def test_p_values_are_exact(ask):
    plain = {"interval_method": "wilson"}
    result = ask({"A": levels(level(**plain), kept(**plain), unsure(**plain))})
    expected = [
        min(1.0, 2 * min(binom_test(met, of, 0.95, alternative=side) for side in SIDES))
        for met, of in ((278, 306), (990, 1000), (46, 49))
    ]
    np.testing.assert_allclose(result.levels["p"], expected, rtol=1e-9)
    np.testing.assert_allclose(
        result.levels["q"], multipletests(expected, method="fdr_bh")[1], rtol=1e-9
    )
    assert result.family_size == 3
    assert result.chance == pytest.approx(2 / 3 * 0.05)


SIDES = ("smaller", "larger")


@given(met=st.integers(1, 400), more=st.integers(1, 400))
def test_what_is_clear_is_so_by_its_own_interval_too(ask_once, met, more):
    of = met + more
    row = level("A", met, of, low=met / of - 1e-6, high=min(met / of + 0.5, 1.0))
    (found,) = ask_once({"A": levels(row)}).levels.to_dict("records")
    assert not (found["clearly"] and found["evidence"] == "uncertain")


def test_few_tickets_are_not_called_clearly_missed(ask):
    """8 of 10 against 95 %: by Wilson's interval a miss, by exact chances one month in six."""
    few = level("A", 8, 10, low=0.49, high=0.943, interval_method="wilson")
    (found,) = ask({"A": levels(few)}).levels.to_dict("records")
    assert found["evidence"] == "clear"
    assert found["p"] == pytest.approx(2 * stats.binom.cdf(8, 10, 0.95))
    assert not found["clearly"]


@pytest.fixture(scope="module")
def ask_once(project, tmp_path_factory) -> Ask:
    """Return `ask` for many questions within one test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        folder = tmp_path_factory.mktemp("told")

        def asked(told):
            reports = [
                {"business_unit": u, "folder": "u", "notebook": "01", "status": "done",
                 "key_figures": as_told(s)} for u, s in told.items()
            ]  # fmt: skip
            file = folder / "k.json"
            file.write_text(json.dumps({"period": "2026-10", "reports": reports}), encoding="utf-8")
            return portfolio(file)

        yield asked


def test_days_that_go_together_count(ask):
    rng = np.random.default_rng(1)
    days = np.repeat(np.arange(20), 20)
    good = rng.random(20)[days] * 0.6 + rng.random(400) * 0.4 < 0.85
    cases = pd.DataFrame({"good": good, "day": days})
    (found,) = rate_intervals(cases, favourable="good", day="day").to_dict("records")
    assert found["interval_method"] == "wilson_effective_n"
    keys = ("low", "high", "n_effective", "days", "interval_method")
    row = level("A", int(found["favourable"]), 400) | {key: found[key] for key in keys}
    result = ask({"A": levels(row)})
    cases = independent_cases(400, found["n_effective"], 19)
    assert cases < found["n_effective"] < 400
    assert result.levels["cases"].iloc[0] == pytest.approx(cases)
    assert result.levels["p"].iloc[0] == pytest.approx(goal_test(found["rate"], cases, 0.95))


def test_the_mean_of_answers_is_tested_by_its_own_interval(ask):
    (at_edge,) = ask({"A": levels(satisfaction(4.0))}).levels["p"]
    assert at_edge == pytest.approx(0.05)
    assert ask({"A": levels(satisfaction(3.8))}).levels["p"].iloc[0] < 0.05


def test_clearly_needs_the_correction_too(ask):
    # Alone, 263 of 288 is clear; among twenty units on target it may be chance.
    row = level("A", 263, 288, low=0.875, high=0.9407, interval_method="wilson")
    alone = ask({"A": levels(row)}).levels
    assert (alone["evidence"].tolist(), alone["clearly"].tolist()) == (["clear"], [True])
    quiet = level("A", 190, 200, low=0.91, high=0.973, interval_method="wilson")
    among = ask({"A": levels(row)} | {f"U{i}": levels(quiet) for i in range(20)}).levels
    assert among["evidence"].tolist() == ["clear"] + ["uncertain"] * 20
    assert not among["clearly"].any()
    assert among["p"].iloc[0] == alone["p"].iloc[0] < 0.05 < among["q"].iloc[0]


def test_what_is_counted_whole_is_clear_and_no_comparison(ask):
    result = ask({"A": levels(availability(0.99), availability(0.997))})
    assert result.levels["p"].isna().all()
    assert result.levels["clearly"].tolist() == [True, True]
    assert result.family_size == 0


def test_what_has_no_verdict_is_no_comparison(ask):
    few = level("F", 3, 3, minimum=10, low=0.4, high=1.0)
    none = level("N", 0, 0, low=None, high=None)
    still_open = level("O", 5, 5, undecided=40, low=0.6, high=1.0)
    result = ask({"A": levels(few, none, still_open, kept())})
    assert result.levels["p"].notna().tolist() == [False, False, False, True]
    assert not result.levels["clearly"].iloc[:3].any()
    assert result.family_size == 1


def test_a_goal_of_all_is_missed_for_sure_by_one(ask):
    row = level("A", 99, 100, low=0.945, high=0.998, goal_value=1.0)
    result = ask({"A": levels(row, level("B", 100, 100, low=0.963, high=1.0, goal_value=1.0))})
    assert result.levels["p"].tolist() == [0, 1]
    assert result.levels["clearly"].tolist() == [True, False]


def attention(result: Portfolio) -> list[tuple[str, str, str]]:
    return list(
        result.attention[["kind", "business_unit", "service"]].itertuples(index=False, name=None)
    )


def test_attention_in_order(ask):
    result = ask(
        {
            "A": levels(kept("Early"), satisfaction(), trends=[trend("Early", "worse")]),
            "B": levels(level("Steady"), level("Worse"), trends=[trend("Worse", "worse")]),
            "C": levels(unsure("Chance"), kept(), trends=[trend("Payments", "better")]),
        }
    )
    assert attention(result) == [
        ("missed_worsening", "B", "Worse"),
        ("missed_steady", "B", "Steady"),
        ("dissatisfied", "A", "Travel"),
        ("early_warning", "A", "Early"),
    ]
    assert result.attention["kind"].isin(KINDS).all()


def test_attention_goes_by_evidence_and_not_by_rate(ask):
    small = level("Small", 7, 10, low=0.40, high=0.89, n_effective=10.0)
    large = level("Large", 2700, 3000, low=0.888, high=0.911, n_effective=3000.0)
    assert attention(ask({"A": levels(small, large)})) == [
        ("missed_steady", "A", "Large"), ("missed_steady", "A", "Small"),
    ]  # fmt: skip


def test_each_service_calls_for_attention_once(ask):
    rows = [level(f"S{i}") for i in range(9)] + [level("S0", priority="P1")]
    found = attention(ask({"A": levels(*rows)}))
    assert len(found) == len(set(found)) == 9


def test_what_may_be_chance_among_all_calls_for_no_attention(ask):
    row = level("A", 263, 288, low=0.875, high=0.9407, interval_method="wilson")
    quiet = level("A", 190, 200, low=0.91, high=0.973, interval_method="wilson")
    assert attention(ask({"A": levels(row)})) == [("missed_steady", "A", "A")]
    assert attention(ask({"A": levels(row)} | {f"U{i}": levels(quiet) for i in range(20)})) == []


def test_a_month_missed_like_most_before_it_calls_for_attention(ask):
    """Many weeks below the goal say what one month cannot."""
    steady = trend("Travel", "steady") | {"steadily_missed": True}
    assert attention(ask({"A": levels(unsure(), trends=[steady])})) == [
        ("missed_steady", "A", "Travel")
    ]
    assert attention(ask({"A": levels(kept("Travel"), trends=[steady])})) == []


def test_promises_are_told_what_the_trend_of_their_service_told(ask):
    told = trend("S", "worse") | {"since": "2026-08-03", "recent": [1.0, None, 0.5]}
    again = trend("S", "steady")
    result = ask(
        {
            "A": levels(level("S"), level("S", priority="P1"), kept("T"), trends=[told, again]),
            "B": levels(level("S")),
        }
    )
    assert result.levels["direction"].fillna("").tolist() == ["worse", "worse", "", ""]
    assert result.levels["recent"].iloc[0] == [1.0, None, 0.5]
    assert result.levels["steadily_missed"].tolist() == [False] * 4
    assert len(result.levels) == 4


def test_units_stand_in_the_order_of_what_presses(ask):
    result = ask(
        {
            "Quiet": levels(kept()),
            "Unsure": levels(unsure()),
            "Unhappy": levels(kept(), watermelon=[{"service": None, "finding": "watermelon"}]),
            "Missed": levels(level()),
        }
    )
    assert result.units == ("Missed", "Unhappy", "Unsure", "Quiet")


def test_a_unit_whose_report_failed_is_among_the_units(ask):
    assert ask({"A": levels(kept()), "B": {}}).units == ("A", "B")
    assert ask({"B": {}}).units == ("B",)


def test_shares_kept_turn_errors_round(ask):
    result = ask({"A": levels(level(), errors(), satisfaction(), availability())})
    shares = kept_shares(result)
    assert shares["metric"].tolist() == ["resolution_time", "error_rate"]
    np.testing.assert_allclose(shares["share"], [278 / 306, 0.96])
    np.testing.assert_allclose(shares["goal_share"], [0.95, 0.98])
    assert kept_shares(ask({})).empty


def test_the_goal_for_satisfaction_is_that_of_all_promises(ask):
    result = ask(
        {
            "A": levels(satisfaction(), kept()),
            "B": levels(satisfaction(), satisfaction(goal_value=4.0)),
            "C": levels(kept()),
        }
    )
    assert agreed_scores(result) == {"A": 4.2}
    assert agreed_scores(ask({})) == {}


def test_a_trend_of_another_measure_worsens_nothing(ask):
    result = ask({"A": levels(level("S"), trends=[trend("S", "worse", "response_time")])})
    assert attention(result) == [("missed_steady", "A", "S")]


@pytest.mark.parametrize("service", [None, float("nan"), ""])
def test_users_dissatisfied_though_all_was_kept(ask, service):
    told = levels(kept(), watermelon=[{"service": service, "finding": "watermelon"}])
    result = ask({"A": told})
    assert attention(result) == [("dissatisfied", "A", "")]
    assert result.attention["level"].isna().all()


def test_content_users_of_a_missed_target_need_no_attention(ask):
    told = levels(kept(), watermelon=[{"service": None, "finding": "reverse"}])
    assert attention(ask({"A": told})) == []


def test_an_error_rate_above_its_goal_calls_for_attention(ask):
    assert attention(ask({"A": levels(errors())})) == [("missed_steady", "A", "Invoices")]


def test_a_quiet_month(ask):
    result = ask({"A": levels(kept()), "B": levels(unsure())})
    assert attention(result) == []


def test_nothing_told(ask):
    for told in ({}, {"A": {}}, {"A": levels()}):
        result = ask(told, status="failed")
        assert result.levels.empty
        assert result.attention.empty
        assert result.family_size == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There are no key figures of a run. Run 'slm run' first, or leave it empty."),
        ("", "There are no key figures of a run."),
        ("[]", "There are no key figures of a run."),
        ('{"period": "2026-10"}', "There are no key figures of a run."),
        ('{"period": "2026-10", "reports": 3}', "There are no key figures of a run."),
        ('{"period": "2026-09", "reports": []}',
         "These are the key figures of 2026-09, not of 2026-10."),
    ],
)  # fmt: skip
def test_key_figures_that_cannot_be_read(project, tmp_path, monkeypatch, content, said):
    monkeypatch.chdir(project)
    file = tmp_path / "key_figures.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as e:
        portfolio(file)
    assert str(e.value).startswith(f"{file}: {said}")


def test_without_a_run_the_questions_are_asked_here(project, monkeypatch):
    monkeypatch.chdir(project)
    result = portfolio()
    assert result.reports["notebook"].tolist() == [*QUESTIONS] * 2
    assert [note.code for note in result.notes] == ["asked_here"]
    direct = slm.service_levels(slm.open_unit("Head Office")).levels
    own = result.levels[result.levels["business_unit"] == "Head Office"]
    assert own["value"].tolist() == direct["value"].tolist()
    assert own["result"].tolist() == direct["result"].tolist()
