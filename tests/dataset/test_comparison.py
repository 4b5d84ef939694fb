import pandas as pd

from slm_analysis.dataset.comparison import COLUMNS, anonymous, comparison, survey_days
from slm_analysis.intake.contract import conform, empty
from slm_analysis.sla.scoring import score
from tests.sla.agreement_texts import agreements
from tests.sla.tickets import history, tickets, times_read, utc

AS_OF = utc("2026-11-02")


def answers(*rows):
    columns = ["business_unit", "service", "ticket_id", "score", "responded_at", "respondent_id"]
    frame = pd.DataFrame(list(rows), columns=columns).assign(scale_min=1.0, scale_max=5.0)
    return conform("surveys", times_read(frame))


def figures(table, unit, metric, freq="month"):
    rows = table[
        table["unit"].eq(anonymous(unit)) & table["metric"].eq(metric) & table["freq"].eq(freq)
    ]
    return [
        (f"{row.time:%m-%d}", row.service, None if pd.isna(row.value) else row.value, row.n)
        for row in rows.itertuples()
    ]


def test_figures_of_every_unit_by_week_and_month(tmp_path):
    frame = tickets(
        {"opened_at": "2026-10-01 08:00", "resolved_at": "2026-10-01 10:00"},
        {"opened_at": "2026-10-06 08:00", "resolved_at": "2026-10-06 14:00"},
        {"opened_at": "2026-10-06 08:00"},
        {"opened_at": "2026-10-06 08:00", "resolved_at": "2026-10-06 09:00", "business_unit": "V"},
    )
    scored = score(frame, history(), agreements(tmp_path), AS_OF)
    table = comparison(scored, empty("surveys"), frame, "UTC")
    assert list(table.columns) == COLUMNS
    assert figures(table, "U", "resolution_time") == [("10-01", "S", 1, 3)]
    assert figures(table, "U", "resolution_time", "week") == [
        ("09-28", "S", 1, 1), ("10-05", "S", 0, 2),
    ]  # fmt: skip
    assert figures(table, "U", "resolution_hours") == [("10-01", "S", 4.0, 2)]
    assert figures(table, "V", "resolution_hours") == [("10-01", "S", 1.0, 1)]
    assert not table["unit"].isin(["U", "V"]).any()


def test_scores_of_few_respondents_are_missing_and_days_are_those_of_the_unit(tmp_path):
    times = {"opened_at": "2026-09-30 08:00", "resolved_at": "2026-09-30 17:00"}
    frame = tickets({"business_unit": "X"} | times)
    surveys = answers(
        *(("U", "S", None, 4.0, "2026-10-05", f"p{at}") for at in range(5)),
        *(("V", "S", None, 2.0, "2026-10-05", f"p{at}") for at in range(4)),
        *(("W", "S", None, 2.0, "2026-10-05", "p1") for _ in range(9)),  # one person, nine answers
        *(("X", "S", "T0", 3.0, "2026-11-01", f"p{at}") for at in range(5)),
    )
    scored = score(frame, history(), agreements(tmp_path), AS_OF)
    table = comparison(scored, surveys, frame, "Asia/Shanghai")
    assert figures(table, "U", "satisfaction") == [("10-01", "S", 4.0, 5)]
    assert figures(table, "V", "satisfaction") == [("10-01", "S", None, 4)]
    assert figures(table, "W", "satisfaction") == [("10-01", "S", None, 9)]
    # Resolved on 1 October in Shanghai, whenever the answer came.
    assert figures(table, "X", "satisfaction") == [("10-01", "S", 3.0, 5)]
    assert survey_days(surveys, frame, "UTC").iloc[-1] == pd.Timestamp("2026-09-30")


def test_without_data_there_are_no_figures(tmp_path):
    none = tickets({"opened_at": "2026-10-01"}).iloc[:0]
    scored = score(none, history(), agreements(tmp_path), AS_OF)
    assert comparison(scored, empty("surveys"), none, "UTC").empty


def test_times_are_dated_by_opening_whatever_the_agreement_counts_by(tmp_path):
    frame = tickets({"opened_at": "2026-10-30 08:00", "resolved_at": "2026-11-01 10:00"})
    scored = score(frame, history(), agreements(tmp_path), AS_OF).assign(
        counted_on=pd.Timestamp("2026-11-02"), count_by="due"
    )
    table = comparison(scored, empty("surveys"), frame, "UTC")
    assert set(table.loc[table["freq"] == "month", "time"]) == {pd.Timestamp("2026-10-01")}


def test_who_changed_and_when_is_told(tmp_path):
    frame = tickets(
        {"opened_at": "2026-10-01 08:00"},
        {"opened_at": "2026-10-01 08:00", "business_unit": "V"},
        {"opened_at": "2026-10-01 08:00", "business_unit": "W"},
    )
    changes = pd.DataFrame(
        {
            "business_unit": ["U", "U", "V"],
            "service": pd.Series(["S", None, "T"], dtype="str"),
            "implemented_at": pd.to_datetime(
                ["2026-09-01 20:00", "2026-08-01 20:00", "2026-07-01 20:00"], utc=True
            ),
        }
    )
    scored = score(frame, history(), agreements(tmp_path), AS_OF)
    zones = {"U": "Asia/Shanghai", "V": "UTC", "W": "UTC"}
    table = comparison(scored, empty("surveys"), frame, zones, changes)
    changed = table.groupby("unit")["changed_on"].first()
    # Of all services on 1 August, which is the second in Shanghai; V changed another service.
    assert changed[anonymous("U")] == pd.Timestamp("2026-08-02")
    assert pd.isna(changed[anonymous("V")])
    assert pd.isna(changed[anonymous("W")])


def test_names_are_hidden_but_stable():
    assert anonymous("Sales") == anonymous("Sales") != anonymous("sales")
    assert len(anonymous("华东销售部")) == 16
