"""What each unit's data hold of the others: how many, their mean, and nothing that names them."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.expectations import expectations
from slm_analysis.dataset.comparison import anonymous
from slm_analysis.dataset.expectation_gaps import (
    COMPARABLE,
    CURVE_COLUMNS,
    GAP_COLUMNS,
    MIX,
    expectation_gaps,
    pooled,
    timed_answers,
)
from slm_analysis.dataset.prepare import prepare
from slm_analysis.dataset.unit import open_unit
from slm_analysis.project import PREPARED
from slm_analysis.sample.centre import UNITS
from slm_analysis.sample.truth import TRUTH


@pytest.fixture(scope="module")
def tables(sample_project):
    """Return the prepared tables of all units."""
    prepared = prepare(sample_project, sample_project / PREPARED)

    def table(name):
        files = (prepared.unit_folder(unit) / f"{name}.parquet" for unit in prepared.units)
        return pd.concat(map(pd.read_parquet, files), ignore_index=True)

    return {name: table(name) for name in ("targets", "surveys", "tickets", "expectation_gaps")}


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def test_the_last_window_is_the_twelve_months_before_the_export(tables):
    gaps = tables["expectation_gaps"]
    assert gaps["window_end"].nunique() == 12
    last = gaps[gaps["window_end"] == gaps["window_end"].max()]
    assert last["window_start"].unique() == [pd.Timestamp("2025-11-01")]
    assert last["window_end"].unique() == [pd.Timestamp("2026-10-31")]


def test_figures_are_those_of_the_analysis_on_plainly_joined_answers(tables):
    surveys, targets, tickets = (tables[name] for name in ("surveys", "targets", "tickets"))
    times = targets[targets["metric"] == "resolution_time"].drop_duplicates("ticket_id")
    answers = surveys.drop(columns="service").merge(
        times[["ticket_id", "service", "elapsed_seconds"]], on="ticket_id"
    )
    answers = answers.merge(tickets[["ticket_id", "resolved_at", *MIX]], on="ticket_id")
    day = (
        answers["resolved_at"]
        .fillna(answers["responded_at"])
        .dt.tz_convert("Asia/Shanghai")
        .dt.strftime("%Y-%m")
    )
    window = answers[day.between("2025-11", "2026-10")]
    plain = expectations(
        window.assign(hours=window["elapsed_seconds"] / 3600), by=COMPARABLE, mix=MIX
    ).gaps
    ours = tables["expectation_gaps"]
    ours = ours[ours["window_end"] == "2026-10-31"]
    both = ours.merge(plain, on=["business_unit", *COMPARABLE], suffixes=("", "_plain"))
    assert len(both) == len(ours) == len(plain)
    for column in ("difference", "low", "high", "q"):
        np.testing.assert_allclose(both[column], both[f"{column}_plain"])


def test_the_planted_decline_is_found_and_the_small_unit_is_not_compared(tables):
    gaps = tables["expectation_gaps"]
    last = gaps[gaps["window_end"] == gaps["window_end"].max()]
    lower = last[last["high"] < 0]
    assert set(lower["business_unit"]) == {TRUTH.decline.business_unit}
    assert len(lower) >= 3
    small = last[last["business_unit"] == TRUTH.small]
    assert set(small["reason"]) == {"few_respondents"}
    assert small[["score", "difference", "plain_difference"]].isna().all(axis=None)
    # A year before that unit was content, and the other one's process had not yet been changed.
    first = gaps[gaps["window_end"] == gaps["window_end"].min()]
    lower = first.loc[first["high"] < 0, ["business_unit", "service"]]
    assert lower.to_numpy().tolist() == [
        [TRUTH.improvement.business_unit, TRUTH.improvement.service]
    ]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_holds_its_own_rows_and_names_no_other(unit, name):
    opened = unit(name)
    for table, columns in (
        (opened.expectation_gaps, GAP_COLUMNS),
        (opened.expectation_curves, CURVE_COLUMNS),
    ):
        assert list(table.columns) == columns
        assert set(table["business_unit"]) <= {name}
        text = table.to_csv()
        assert not [other for other in UNITS if other != name and other in text]
        assert not [other for other in UNITS if anonymous(other) in text]


def gaps_of(tables, surveys, as_of):
    now = pd.Timestamp(as_of)
    own = timed_answers(tables["targets"], surveys, tables["tickets"], "Asia/Shanghai", now)
    return expectation_gaps(pooled([own]), now)


def test_without_answers_there_are_no_gaps(tables):
    none = tables["surveys"].iloc[:0]
    found = gaps_of(tables, none, "2026-11-02")
    assert {name: list(table.columns) for name, table in found.items()} == {
        "expectation_gaps": GAP_COLUMNS,
        "expectation_curves": CURVE_COLUMNS,
    }
    assert all(table.empty for table in found.values())


def test_answers_that_name_no_ticket_or_came_later_do_not_enter(tables):
    surveys = tables["surveys"]
    unlinked = surveys.assign(ticket_id=pd.Series(pd.NA, surveys.index, dtype="str"))
    early = gaps_of(tables, surveys, "2026-05-20")["expectation_gaps"]
    assert early["window_end"].max() == pd.Timestamp("2026-04-30")
    found = gaps_of(tables, unlinked, "2026-11-02")
    assert found["expectation_gaps"].empty
