import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis.errors import InputError
from slm_analysis.intake.values import parse, parse_times, settled_format


def times(*texts, date_format=None, timezone="UTC"):
    column = pd.Series(texts, dtype="str", name="opened_at")
    settled = settled_format(lambda: [column], date_format, timezone)
    return parse_times(column, settled, timezone)


def shown(parsed):
    return [None if pd.isna(t) else f"{t:%Y-%m-%dT%H:%M:%S}" for t in parsed.series]


def settled(*texts):
    return settled_format(lambda: [pd.Series(texts, dtype="str", name="opened_at")], None, "UTC")


def assumed(parsed):
    return {code: n for code, n in parsed.assumed.items() if n}


class TestIso:
    def test_local_times_are_of_the_stated_zone(self):
        got = times(
            "2026-02-14 09:05", "2026-02-14T09:05:30", "2026-02-14", timezone="Asia/Shanghai"
        )
        assert shown(got) == ["2026-02-14T01:05:00", "2026-02-14T01:05:30", "2026-02-13T16:00:00"]
        assert str(got.series.dtype) == "datetime64[us, UTC]"
        assert assumed(got) == {}

    def test_offsets_may_be_mixed_and_go_before_the_zone(self):
        got = times(
            "2018-03-01T09:05:00+01:00", "2018-07-01 09:05:00+0200", "2018-07-01 09:05Z",
            "2018-07-01 09:05:00.250 +02", "2018-07-01 09:05", timezone="America/New_York",
        )  # fmt: skip
        assert shown(got) == [
            "2018-03-01T08:05:00", "2018-07-01T07:05:00", "2018-07-01T09:05:00",
            "2018-07-01T07:05:00", "2018-07-01T13:05:00",
        ]  # fmt: skip
        assert got.series.iloc[3].microsecond == 250_000

    def test_single_faults_are_rows_that_cannot_be_read(self):
        got = times("2026-02-14 09:05", "2026-02-30 09:05", "n/a", None, "2026-02-14", "14/02/2026")
        assert got.unreadable.tolist() == [False, True, True, False, False, True]
        assert got.series.isna().tolist() == [False, True, True, True, False, True]

    def test_a_mistyped_year_is_no_time(self):
        got = times("2026-02-14", "0216-02-14", "1899-12-31", "1900-01-01")
        assert got.unreadable.tolist() == [False, True, True, False]
        assert shown(times("9999-12-31 10:00")) == ["9999-12-31T10:00:00"]


class TestDaylightSaving:
    def test_an_hour_that_stands_twice_is_taken_as_the_first_and_noted(self):
        got = times("2024-11-03 01:30", "2024-11-03 00:30", None, timezone="America/New_York")
        assert shown(got) == ["2024-11-03T05:30:00", "2024-11-03T04:30:00", None]
        assert assumed(got) == {"repeated_hour": 1}

    def test_an_hour_that_is_skipped_is_taken_as_its_end_and_noted(self):
        got = times("2024-03-10 02:30", "2024-03-10 03:00", timezone="America/New_York")
        assert shown(got) == ["2024-03-10T07:00:00", "2024-03-10T07:00:00"]
        assert assumed(got) == {"skipped_hour": 1}

    def test_an_offset_settles_both(self):
        got = times("2024-11-03 01:30-05:00", timezone="America/New_York")
        assert (shown(got), assumed(got)) == (["2024-11-03T06:30:00"], {})


class TestFormats:
    def test_a_stated_format_is_obeyed_padded_or_not(self):
        got = times(
            "29/2/2016 01:16", "1/3/2016 23:05", "3/13/2016 01:00", date_format="%d/%m/%Y %H:%M"
        )
        assert shown(got) == ["2016-02-29T01:16:00", "2016-03-01T23:05:00", None]
        assert got.unreadable.tolist() == [False, False, True]

    def test_a_stated_format_may_hold_the_offset(self):
        got = times("14.02.2026 09:05 +0800", date_format="%d.%m.%Y %H:%M %z", timezone="UTC")
        assert shown(got) == ["2026-02-14T01:05:00"]

    @pytest.mark.parametrize(
        ("texts", "fitting", "first"),
        [
            (["13/02/2026 09:05", "1/2/2026 9:05"], "%d/%m/%Y %H:%M", "2026-02-13T09:05:00"),
            (["02/13/2026", "1/2/2026"], "%m/%d/%Y", "2026-02-13T00:00:00"),
            (["13.02.2026", "01.02.2026"], "%d.%m.%Y", "2026-02-13T00:00:00"),
            (["31-12-99", "1-2-26"], "%d-%m-%y", "1999-12-31T00:00:00"),
            (
                ["14/Feb/26 9:05 AM", "3/Mar/26 10:15 PM"],
                "%d/%b/%y %I:%M %p",
                "2026-02-14T09:05:00",
            ),
            (["2026年2月14日 9时5分"], "%Y年%m月%d日 %H时%M分", "2026-02-14T09:05:00"),
            (["2026年2月14日 9时5分7秒"], "%Y年%m月%d日 %H时%M分%S秒", "2026-02-14T09:05:07"),
            (["2026年2月14日"], "%Y年%m月%d日", "2026-02-14T00:00:00"),
            (["2026/2/14 9:05"], "%Y/%m/%d %H:%M", "2026-02-14T09:05:00"),
            (["14-Feb-2026"], "%d-%b-%Y", "2026-02-14T00:00:00"),
        ],
    )
    def test_a_format_that_only_one_way_of_reading_fits_is_settled(self, texts, fitting, first):
        assert settled(*texts) == fitting
        assert shown(times(*texts))[0] == first

    def test_ambiguous_dates_are_an_error_that_shows_three_values(self):
        message = (
            "column 'opened_at': The date format is ambiguous: '1/2/2026', '3/4/2026', '5/6/2026' "
            "can be read as %d/%m/%Y or %m/%d/%Y. State 'date_format' in sources.yaml."
        )
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
            times("1/2/2026", None, "3/4/2026", "1/2/2026", "5/6/2026", "7/8/2026")

    def test_dates_that_no_layout_reads_are_an_error_too(self):
        message = (
            "column 'opened_at': No date format fits all values, such as '13/02/2026', "
            "'02/13/2026', 'pending'. State 'date_format' in sources.yaml, and missing-value marks "
            "under 'missing'."
        )
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
            times("13/02/2026", "02/13/2026", "pending", "x")

    def test_a_stated_format_that_reads_nothing_is_an_error_and_not_a_thousand_rejections(self):
        message = "The date_format '%d/%m/%Y' reads none of the values, such as '2026-01-01', "
        with pytest.raises(InputError, match=message):
            times(*(f"2026-01-{day:02d}" for day in range(1, 20)), date_format="%d/%m/%Y")
        few = times("x", "y", "x", date_format="%d/%m/%Y")
        assert few.unreadable.all()
        assert times(None, None, date_format="%d/%m/%Y").series.isna().all()


@settings(max_examples=40)
@given(
    st.lists(
        st.datetimes(pd.Timestamp("1990-01-01"), pd.Timestamp("2090-01-01")),
        min_size=1,
        max_size=20,
    )
)
def test_times_are_read_back_whatever_the_format(moments):
    whole = [moment.replace(second=0, microsecond=0) for moment in moments]
    expected = [f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in whole]
    for date_format in (None, "%m/%d/%Y %I:%M %p", "%d.%m.%Y %H:%M", "%Y年%m月%d日 %H时%M分"):
        texts = [moment.strftime(date_format or "%Y-%m-%d %H:%M") for moment in whole]
        assert shown(times(*texts, date_format=date_format)) == expected


def values(kind, *texts):
    parsed = parse(pd.Series(texts, dtype="str", name="x"), kind, None, "UTC")
    return parsed.series.tolist(), parsed.unreadable.tolist()


def test_numbers():
    got, unreadable = values("number", "1", "-2.5", "1e3", "1,000", "12 €", "inf", "nan", None)
    assert got[:3] == [1.0, -2.5, 1000.0]
    assert all(pd.isna(value) for value in got[3:])
    assert unreadable == [False, False, False, True, True, True, True, False]


def test_flags():
    yes = ["true", "TRUE", "t", "Yes", "y", "1", "是"]
    no = ["false", "False", "f", "NO", "n", "0", "否"]
    got, unreadable = values("flag", *yes, *no, "maybe", None)
    assert got[: len(yes) + len(no)] == [True] * len(yes) + [False] * len(no)
    assert [pd.isna(value) for value in got[-2:]] == [True, True]
    assert unreadable == [False] * (len(yes) + len(no)) + [True, False]


def test_texts_stay_as_they_are():
    got, unreadable = values("text", "NO", "007", "3.10", None)
    assert got[:3] == ["NO", "007", "3.10"]
    assert not any(unreadable)
