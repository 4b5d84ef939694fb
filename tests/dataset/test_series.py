"""The numbers behind every chart: periods, denominators, gaps, what is complete and what hidden."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.dataset.series import METRICS, WEIGHED_BY, series
from slm_analysis.dataset.unit import open_unit
from slm_analysis.errors import InputError
from tests.sla.agreement_texts import agreement_text
from tests.small_projects import project

TABLES = "tickets: {file: tickets.csv}\nsurveys: {file: surveys.csv}\n"
FOUR_HOURS = agreement_text("- {metric: resolution_time, name: Fixed, goal: 95% within 4h}")


def tickets(*rows):
    """Return tickets from (opened, hours to resolve or None, further columns)."""
    frame = []
    for at, (opened, hours, *more) in enumerate(rows):
        start = pd.Timestamp(opened)
        frame.append(
            {
                "ticket_id": f"T{at}",
                "business_unit": "U",
                "service": "S",
                "opened_at": f"{start:%Y-%m-%d %H:%M}",
                "resolved_at": None
                if hours is None
                else f"{start + pd.Timedelta(hours=hours):%Y-%m-%d %H:%M}",
                "error_found": None,
                "reopen_count": None,
                "assignment_group": None,
            }
            | (more[0] if more else {})
        )
    return pd.DataFrame(frame)


SURVEY = ["business_unit", "score", "scale_min", "scale_max", "responded_at", "respondent_id"]


def answers(*rows):
    """Return answers from (day, score, respondent)."""
    return pd.DataFrame([("U", score, 1, 5, day, who) for day, score, who in rows], columns=SURVEY)


@pytest.fixture
def unit(tmp_path, monkeypatch):
    """Return a function: tickets and answers to the opened unit."""

    def unit(frame, surveys=None, as_of="2026-11-02 08:00", agreement=FOUR_HOURS, end=""):
        root = project(
            tmp_path / "p",
            TABLES,
            agreement,
            as_of=as_of,
            tickets_csv=frame,
            surveys_csv=answers() if surveys is None else surveys,
        )
        monkeypatch.chdir(root)
        return open_unit("U", period_end=end, period_start=end)

    return unit


def shown(table, *columns):
    """Return the series as {period: values}."""
    return {
        f"{row.time:%m-%d}": tuple(getattr(row, c) for c in columns) for row in table.itertuples()
    }


class TestTargets:
    FRAME = tickets(
        ("2026-10-05 09:00", 3),
        ("2026-10-06 09:00", 5),
        ("2026-10-19 09:00", 1),  # the week between has none
        ("2026-10-31 23:00", 1),  # due on 1 November
    )

    def test_kept_out_of_counted_and_a_gap_is_a_row_of_0_of_0(self, unit):
        got = series(unit(self.FRAME), "Fixed")
        assert shown(got, "value", "n", "complete") == {
            "10-05": (1, 2, True),
            "10-12": (0, 0, True),
            "10-19": (1, 1, True),
            "10-26": (1, 1, True),
        }
        assert list(got.columns) == ["time", "complete", "value", "n"]

    def test_months_and_another_way_to_count(self, unit):
        own = unit(self.FRAME, end="2026-11-01")
        assert shown(series(own, "Fixed", "month"), "value", "n", "complete") == {
            "10-01": (2, 3, False),  # the data begin on the 5th
            "11-01": (1, 1, False),  # the export came on the 2nd
        }
        by_opening = series(own, "Fixed", "month", count_by="opened")
        assert shown(by_opening, "value", "n")["10-01"] == (3, 4)

    def test_the_last_week_is_whole_even_where_it_reaches_beyond_the_month(self, unit):
        frame = tickets(("2026-10-01", 1), ("2026-10-30", 1), ("2026-11-01 01:00", 1))
        got = series(unit(frame, as_of="2026-11-09"), "Fixed")
        assert shown(got, "n", "complete")["10-26"] == (2, True)

    def test_a_running_ticket_leaves_its_period_incomplete(self, unit):
        frame = tickets(("2026-10-05", 1), ("2026-11-01 20:00", 1), ("2026-11-02 06:00", None))
        own = unit(frame, as_of="2026-11-02 08:00", end="2026-11-02")
        got = shown(series(own, "Fixed", count_by="opened"), "n", "complete")
        assert got["10-26"] == (1, True)
        assert got["11-02"] == (0, False)

    def test_the_months_read_end_with_the_reported_one(self, unit):
        frame = tickets(*((f"2026-{month:02d}-15", 1) for month in range(1, 11)))
        got = series(unit(frame), "Fixed", "month", months=3)
        assert list(shown(got, "n")) == ["08-01", "09-01", "10-01"]

    def test_the_thinning_tail_is_incomplete(self, unit):
        weeks = pd.date_range("2026-08-03", "2026-10-26", freq="W-MON")
        rows = [(f"{week:%Y-%m-%d}", 1) for week in weeks[:-2] for _ in range(6)]
        rows += [(f"{week:%Y-%m-%d}", 1) for week in weeks[-2:] for _ in range(2)]
        got = series(unit(tickets(*rows)), "Fixed")
        assert got["complete"].tolist() == [True] * (len(weeks) - 2) + [False] * 2
        assert got["n"].tolist() == [6] * (len(weeks) - 2) + [2] * 2


class TestOthers:
    def test_hours_are_means_by_opening_and_open_tickets_leave_them_incomplete(self, unit):
        frame = tickets(
            ("2026-10-05", 2), ("2026-10-06", 4), ("2026-10-12", 3), ("2026-10-13", None)
        )
        got = series(unit(frame), "resolution_hours")
        assert shown(got, "value", "weights", "complete")["10-05"] == (3.0, 2, True)
        assert shown(got, "value", "weights", "complete")["10-12"] == (3.0, 1, False)
        assert np.isnan(shown(got, "value")["10-19"][0])
        assert "n" not in got.columns

    def test_errors_and_reopenings_count_where_they_are_known(self, unit):
        frame = tickets(
            ("2026-10-05", 1, {"error_found": True, "reopen_count": 0}),
            ("2026-10-05", 1, {"error_found": False, "reopen_count": 2}),
            ("2026-10-05", 1, {"error_found": None, "reopen_count": None}),
            ("2026-10-05", None, {"error_found": True, "reopen_count": 1}),  # not resolved
        )
        own = unit(frame)
        assert shown(series(own, "error_rate"), "value", "n")["10-05"] == (1, 2)
        assert shown(series(own, "reopen_rate"), "value", "n")["10-05"] == (1, 2)
        opened = series(own, "error_rate", count_by="opened")
        assert shown(opened, "value", "n")["10-05"] == (2, 3)

    def test_openings_are_counts(self, unit):
        frame = tickets(("2026-10-05", 1), ("2026-10-05", None), ("2026-10-26", None))
        got = series(unit(frame), "opened")
        assert shown(got, "value", "complete") == {
            "10-05": (2, True), "10-12": (0, True), "10-19": (0, True), "10-26": (1, True),
        }  # fmt: skip
        assert list(got.columns) == ["time", "complete", "value"]

    def test_few_respondents_are_merged_with_the_next_weeks_or_left_out(self, unit):
        """Five people over two weeks: one point on the first; two more join the block before."""
        surveys = answers(
            *(("2026-10-06", 4, who) for who in "abc"),
            *(("2026-10-13", 2, who) for who in "cde"),
            *(("2026-10-20", 5, who) for who in "fg"),
        )
        got = series(unit(tickets(("2026-10-05", 1)), surveys), "satisfaction")
        values = shown(got, "value", "weights")
        assert values["10-05"] == (28 / 8, 8)
        assert all(np.isnan(values[week][0]) for week in ("10-12", "10-19"))
        few = series(unit(tickets(("2026-10-05", 1)), surveys[:3]), "satisfaction")
        assert few["value"].isna().all()
        assert few["weights"].eq(0).all()

    def test_no_point_tells_what_the_months_own_table_hides(self, unit):
        """Of three services one has three people; the smallest other is hidden beside it."""
        day, who = "2026-10-13 10:00", iter(range(1000))
        counts = {"Few": 3, "Hidden": 9, "Shown": 20}
        surveys = pd.concat(
            [
                answers(
                    *((day, 4, next(who)) for _ in range(n)),
                    *(("2026-09-15 10:00", 2, next(who)) for _ in range(6)),
                ).assign(service=service)
                for service, n in counts.items()
            ]
        )
        got = series(unit(tickets(("2026-10-05", 1)), surveys), "satisfaction", by="service")
        found = got[got["value"].notna()].groupby("service")["weights"].agg(list)
        assert found.to_dict() == {"Few": [6], "Hidden": [6], "Shown": [6, 20]}

    def test_no_point_holds_answers_of_the_month_and_earlier_ones(self, unit):
        """Three people answer before 1 October, a Thursday, and five after it in the same week."""
        surveys = answers(
            *(("2026-09-15", 2, who) for who in "abcde"),
            *(("2026-09-29", 3, who) for who in "fgh"),
            *(("2026-10-02", 4, who) for who in "ijklm"),
        )
        got = series(unit(tickets(("2026-10-05", 1)), surveys), "satisfaction")
        values = shown(got[got["value"].notna()], "value", "weights")
        assert values == {"09-14": (19 / 8, 8), "10-05": (4.0, 5)}

    def test_answers_without_a_respondent_count_as_one_each(self, unit):
        surveys = answers(*(("2026-10-06", 4, None) for _ in range(5)))
        got = series(unit(tickets(("2026-10-05", 1)), surveys), "satisfaction")
        assert shown(got, "value")["10-05"] == (4.0,)

    def test_tickets_with_an_answer_out_of_those_resolved(self, unit):
        frame = tickets(
            ("2026-10-05", 1), ("2026-10-06", 1), ("2026-10-19", 1), ("2026-10-20", None)
        )
        surveys = answers(("2026-10-30", 4, "a"), ("2026-10-30", 2, "b"), ("2026-10-30", 2, "c"))
        linked = surveys.assign(ticket_id=["T0", "T0", "T2"])
        got = series(unit(frame, linked), "response_rate")
        # Two answers to one ticket count once; the period is that of the resolution.
        assert shown(got, "value", "n") == {
            "10-05": (1, 2), "10-12": (0, 0), "10-19": (1, 1), "10-26": (0, 0),
        }  # fmt: skip
        assert series(unit(frame, surveys), "response_rate").empty


class TestHeldMix:
    def test_more_of_the_slow_kind_is_no_change(self, unit):
        def week(day, slow):
            return [
                (f"2026-10-{day:02d}", 9 if at < slow else 1,
                 {"priority": "P1" if at < slow else "P2"})
                for at in range(12)
            ]  # fmt: skip

        own = unit(tickets(*week(5, 5), *week(12, 7), *week(19, 6)))
        plain = shown(series(own, "resolution_hours"), "value")
        held = shown(series(own, "resolution_hours", held=["priority"]), "value", "weights")
        assert plain["10-12"][0] - plain["10-05"][0] == pytest.approx(16 / 12)
        assert held["10-12"][0] == pytest.approx(held["10-05"][0])
        assert held["10-12"][1] == 12
        assert held["10-19"][0] == pytest.approx(plain["10-19"][0])

    def test_a_column_that_is_not_there_is_named(self, unit):
        with pytest.raises(InputError, match="held 'priorty' is not known"):
            series(unit(tickets(("2026-10-05", 1))), "opened", held=["priorty"])


class TestSplit:
    def test_by_columns_come_first_and_all_have_the_same_periods(self, unit):
        frame = tickets(
            ("2026-10-05", 1, {"assignment_group": "A"}),
            ("2026-10-19", 1, {"assignment_group": "B", "service": "Other"}),
            ("2026-10-19", 9),
        )
        got = series(unit(frame), "opened", by=["assignment_group", "service"])
        assert list(got.columns[:3]) == ["assignment_group", "service", "time"]
        totals = got.groupby(["assignment_group", "service"])["value"].agg(["sum", "size"])
        assert totals.to_dict("index") == {
            ("(not stated)", "S"): {"sum": 1, "size": 4},
            ("A", "S"): {"sum": 1, "size": 4},
            ("B", "Other"): {"sum": 1, "size": 4},
        }
        pd.testing.assert_frame_equal(
            series(unit(frame), "opened", by="service"),
            series(unit(frame), "opened", by=["service"]),
        )

    def test_a_sum_over_the_groups_is_the_whole(self, unit):
        frame = tickets(*((f"2026-10-{day:02d}", day % 7) for day in range(1, 31)))
        frame["service"] = [f"S{at % 3}" for at in range(len(frame))]
        own = unit(frame)
        whole = series(own, "Fixed").set_index("time")[["value", "n"]]
        parts = series(own, "Fixed", by="service").groupby("time")[["value", "n"]].sum()
        pd.testing.assert_frame_equal(whole, parts)


@pytest.mark.parametrize("metric", [*METRICS, "Fixed"])
def test_without_cases_there_are_no_rows_but_all_columns(unit, metric):
    frame = tickets(("2026-10-05", None))
    own = unit(frame, end="2026-09-30")
    got = series(own, metric, by="service")
    assert got.empty
    kind = METRICS.get(metric, "rate")
    assert list(got.columns) == ["service", "time", "complete", "value", *WEIGHED_BY[kind]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"metric": "Fixd"}, "metric 'Fixd' is not known. Did you mean 'Fixed'?"),
        (
            {"metric": "opened", "freq": "weekly"},
            "freq 'weekly' is not known. Did you mean 'week'?",
        ),
        ({"metric": "Fixed", "count_by": "open"}, "count_by 'open' is not known. Did you mean"),
        ({"metric": "Fixed", "by": "servis"}, "by 'servis' is not known. Did you mean 'service'?"),
    ],
)
def test_what_is_asked_for_wrongly_names_the_nearest(unit, given, message):
    with pytest.raises(InputError) as caught:
        series(unit(tickets(("2026-10-05", 1))), **given)
    assert message in str(caught.value)


def test_the_unit_is_unchanged(unit):
    own = unit(tickets(("2026-10-05", 1, {"error_found": True, "reopen_count": 1})))
    before = own.tickets.copy(), own.targets.copy(), own.surveys.copy()
    for metric in [*METRICS, "Fixed"]:
        series(own, metric, by="service")
    for frame, kept in zip((own.tickets, own.targets, own.surveys), before, strict=True):
        pd.testing.assert_frame_equal(frame, kept)
