import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from slm_analysis.errors import InputError
from slm_analysis.sla.agreement_yaml import read_agreement, read_agreements
from slm_analysis.sla.goals import Within
from tests.sla.agreement_texts import agreement, agreement_text

WHOLE = """
agreement: Finance shared services, accounts payable
version: 3.10
effective_from: 2026-01-01
timezone: Asia/Shanghai
parties: {provider: Finance Shared Service Centre, customer: Finance Council}
scope: Posting of supplier invoices
responsibilities:
  provider: [Keep working times, Report every month]
  customer: Give a purchase order number
review_on: 2026-12-01
calendars:
  office:
    hours: {Mon-Fri: "09:00-12:00, 13:00-18:00"}
    public_holidays: CN
    special_hours: {2026-12-31: "09:00-12:00", 2026-06-30: closed}
services:
  invoice-posting:
    business_units: [Sales East, NO]
    calendar: office
    working_day: 8h
    count_by: opened
    excluded: [Cancelled, Duplicate]
    resolved_on: [Done]
    minimum_tickets: 10
    targets:
      - {metric: response_time, goal: 95% within 4h}
      - metric: resolution_time
        goal: {P1: 98% within 1 working day, default: 95% within 2 working days}
        pauses_on: [Awaiting requester, on]
        reopen: restart
      - {metric: error_rate, goal: at most 0.5%}
      - {metric: availability, goal: at least 99.5%}
      - {metric: recovery_time, goal: 95% within 2h}
      - {metric: satisfaction, measure: mean, goal: at least 4.2 of 5, minimum_responses: 20}
  month-end-close:
    calendar: office
    targets:
      - metric: resolution_time
        goal: 100% by working day 3 of the following month, 18:00
"""


def written(tmp_path: Path, text: str, name: str = "a.yaml") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def faults(tmp_path, text):
    with pytest.raises(InputError) as caught:
        read_agreement(written(tmp_path, text))
    return [(fault.row, f"{fault.problem} {fault.remedy}".strip()) for fault in caught.value.faults]


def replaced(old, new, text=WHOLE):
    assert text.count(old) == 1
    return text.replace(old, new)


def line_of(text, part):
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_whole_agreement(tmp_path):
    a = read_agreement(written(tmp_path, WHOLE))
    assert (a.name, a.version) == ("Finance shared services, accounts payable", "3.10")
    assert a.effective_from == pd.Timestamp("2025-12-31T16:00Z")
    assert a.parties == {
        "provider": "Finance Shared Service Centre",
        "customer": "Finance Council",
    }
    assert (a.scope, a.review_on) == ("Posting of supplier invoices", "2026-12-01")
    assert a.responsibilities == {
        "provider": ("Keep working times", "Report every month"),
        "customer": ("Give a purchase order number",),
    }
    terms = a.services["invoice-posting"]
    assert terms.business_units == ("Sales East", "NO")
    assert (terms.calendar_name, terms.count_by, terms.minimum_tickets) == ("office", "opened", 10)
    assert (terms.excluded, terms.resolved_on) == (("Cancelled", "Duplicate"), ("Done",))
    response, resolution, errors, availability, recovery, satisfaction = terms.targets
    assert resolution.goals == {
        "P1": Within("98% within 1 working day", 0.98, 8 * 3600),
        "default": Within("95% within 2 working days", 0.95, 16 * 3600),
    }
    assert (resolution.pauses_on, resolution.reopen) == (("Awaiting requester", "on"), "restart")
    assert (response.pauses_on, response.reopen) == ((), "resume")
    assert (errors.goal.share, availability.goal.share, recovery.goal.seconds) == (
        0.005, 0.995, 7200,
    )  # fmt: skip
    assert (satisfaction.measure, satisfaction.minimum_responses) == ("mean", 20)


def test_what_is_left_out_has_a_preset(tmp_path):
    a = agreement(tmp_path)
    terms = a.services["all"]
    assert terms.business_units is None
    assert terms.covers("anyone")
    assert (terms.count_by, terms.excluded, terms.minimum_tickets) == ("due", (), 1)
    assert terms.resolved_on == ("Resolved", "Closed")
    assert (terms.targets[0].name, terms.targets[0].reopen) == ("resolution_time", "resume")
    assert (a.parties, a.scope, a.responsibilities, a.review_on) == ({}, "", {}, "")
    assert a.provisional_from is None
    survey = agreement(tmp_path, "- {metric: satisfaction, goal: at least 4 of 5}")
    assert survey.services["all"].targets[0].measure == "mean"
    assert survey.services["all"].targets[0].minimum_responses == 30


@pytest.mark.parametrize("units", ["all", "[all]", "[Sales East, all]"])
def test_all_business_units(tmp_path, units):
    terms = agreement(tmp_path, terms=f"business_units: {units}").services["all"]
    assert terms.covers("anyone")


class TestCalendars:
    def hours(self, tmp_path, calendar, start, end):
        text = replaced(
            """    hours: {Mon-Fri: "09:00-12:00, 13:00-18:00"}
    public_holidays: CN
    special_hours: {2026-12-31: "09:00-12:00", 2026-06-30: closed}
""",
            calendar,
        )
        a = read_agreement(written(tmp_path, text))
        clock = a.services["month-end-close"].calendar
        zone = "Asia/Shanghai"
        seconds = clock.elapsed(pd.Timestamp(start, tz=zone), pd.Timestamp(end, tz=zone))
        return seconds / 3600, a.provisional_from

    def test_chinese_holidays_and_make_up_working_days(self, tmp_path):
        """State Council notice for 2024: off 1-7 October, Saturday the 12th worked."""
        office = '    hours: {Mon-Fri: "09:00-12:00, 13:00-18:00"}\n    public_holidays: CN\n'
        assert self.hours(tmp_path, office, "2024-10-01", "2024-10-08")[0] == 0
        assert self.hours(tmp_path, office, "2024-10-12", "2024-10-13")[0] == 8
        assert self.hours(tmp_path, office, "2024-10-13", "2024-10-14")[0] == 0

    def test_the_first_year_without_published_make_up_days_is_provisional(self, tmp_path):
        """State Council notice for 2026: Saturday 10 October is the year's last make-up day."""
        office = '    hours: {Mon-Fri: "09:00-18:00"}\n    public_holidays: %s\n'
        hours, provisional = self.hours(tmp_path, office % "CN", "2026-10-10", "2026-10-11")
        assert (hours, provisional) == (9, 2027)
        assert self.hours(tmp_path, office % "DE-BY", "2026-01-01", "2026-01-02") == (0, None)

    def test_a_make_up_day_is_worked_like_the_first_working_day_however_hours_are_listed(
        self, tmp_path
    ):
        listed = (
            '    hours: {Sat: closed, Sun: closed, Wed-Fri: "09:00-15:00", Tue: "09:00-12:00"}\n'
            "    public_holidays: CN\n"
        )
        assert self.hours(tmp_path, listed, "2024-10-12", "2024-10-13")[0] == 3

    def test_own_holidays_special_hours_and_make_up_days(self, tmp_path):
        own = """    hours: {Mon-Fri: "09:00-17:00"}
    holidays: [2026-03-02, 2026-03-03]
    special_hours: {2026-03-03: "09:00-10:00", 2026-03-04: closed}
    makeup_workdays: {2026-03-07: Mon, 2026-03-08: "10:00-11:00, 12:00-13:00"}
"""
        days = [f"2026-03-{day:02d}" for day in range(2, 10)]
        got = [self.hours(tmp_path, own, one, other)[0] for one, other in pairwise(days)]
        # Monday off, Tuesday one hour, Wednesday closed, two days as ever, a weekend worked.
        assert got == [0, 1, 0, 8, 8, 8, 2]

    def test_night_shifts_and_the_scope_of_a_holiday(self, tmp_path):
        night = '    hours: {Fri-Mon: "22:00-06:00"}\n    holidays: [2026-03-02]\n'
        # Saturday evening to Tuesday noon: the night to Sunday and, of that to Monday, two hours.
        span = ("2026-02-28 12:00", "2026-03-03 12:00")
        assert self.hours(tmp_path, night, *span)[0] == 8 + 2 + 6
        shift = night + "    holiday_scope: shift\n"
        assert self.hours(tmp_path, shift, *span)[0] == 8 + 8

    @pytest.mark.parametrize("hours", ['Mon-Sun: "00:00-24:00"', 'Mon-Sun: "00:00-00:00"'])
    def test_round_the_clock(self, tmp_path, hours):
        always = f"    hours: {{{hours}}}\n"
        assert self.hours(tmp_path, always, "2026-03-02", "2026-03-09")[0] == 168


@pytest.mark.parametrize(
    ("old", "new", "where", "expected"),
    [
        ("timezone: Asia/Shanghai", "timezone: Asia/Shangai", "timezone:",
         "This time zone is not known. Use an IANA name such as Asia/Shanghai."),
        ("timezone: Asia/Shanghai", "timezone: UTC+08:00", "timezone:",
         "This time zone is not known. Use an IANA name such as Asia/Shanghai."),
        ("effective_from: 2026-01-01", "effective_from: 01.01.2026", "effective_from:",
         "'01.01.2026' is not a date such as 2026-01-31."),
        ("review_on: 2026-12-01", "review_on: soon", "review_on:",
         "'soon' is not a date such as 2026-01-31."),
        ("2026-06-30: closed", "2026-06-31: closed", "special_hours",
         "'2026-06-31' is not a date such as 2026-01-31."),
        ("2026-06-30: closed", "2026-06-30: shut", "special_hours",
         'These are no hours. Write "09:00-12:00, 13:00-18:00" or closed.'),
        ('Mon-Fri: "09:00-12:00, 13:00-18:00"', "Mon-Fri: 18:00", "hours: {Mon",
         'These are no hours. Write "09:00-12:00, 13:00-18:00" or closed.'),
        ('Mon-Fri: "09:00-12:00, 13:00-18:00"', 'Mon-Fri: "09:00-25:00"', "hours: {Mon",
         'These are no hours. Write "09:00-12:00, 13:00-18:00" or closed.'),
        ("{Mon-Fri:", "{Monday-Friday:", "hours: {Mon",
         "'Monday-Friday' names no weekdays. Write Mon-Fri, or Sat, Sun."),
        ('{Mon-Fri: "09:00-12:00, 13:00-18:00"}', '{Mon-Fri: "09:00-18:00", Fri: closed}',
         "hours: {Mon", "Fri stands in two entries."),
        ('{Mon-Fri: "09:00-12:00, 13:00-18:00"}', "{Mon-Fri: closed}", "hours: {Mon",
         "The calendar has no working hours."),
        ("public_holidays: CN", "public_holidays: XX", "public_holidays",
         "This country or region is not known. Use a code such as CN, US or DE-BY."),
        ("public_holidays: CN", "public_holidays: DE-XX", "public_holidays",
         "This country or region is not known. Use a code such as CN, US or DE-BY."),
        ("public_holidays: CN", "public_holiday: CN", "public_holiday:",
         "The key 'public_holiday' is not known here. Did you mean 'public_holidays'?"),
        ("reopen: restart", "reopen: continue", "reopen",
         "This value is not known. Known: resume, first_resolution, restart."),
        ("count_by: opened", "count_by: open", "count_by",
         "This value is not known. Did you mean 'opened'?"),
        ("working_day: 8h", "working_day: 1 day", "working_day",
         "This duration cannot be read. A duration reads like 8h or 30 minutes."),
        ("goal: 95% within 4h", "goal: 95% within 1 day", "response_time",
         "This goal cannot be read. Durations are in minutes, hours (h) or working days. "
         "('1 day' could mean 24 hours or one working day.)"),
        ("minimum_tickets: 10", "minimum_tickets: ten", "minimum_tickets",
         "A whole number is expected here."),
        ("goal: at least 99.5%", "goal: at most 99.5%", "availability",
         "This form of goal does not fit availability. It reads like at least 99.5%."),
        ("goal: at least 99.5%", "goal: at least 99.5", "availability",
         "This form of goal does not fit availability. It reads like at least 99.5%."),
        ("goal: at most 0.5%", "goal: 95% within 4h", "error_rate",
         "This form of goal does not fit error_rate. It reads like at most 0.5%."),
        ("goal: 95% within 2h", "goal: 95% by due date", "recovery_time",
         "This form of goal does not fit recovery_time. It reads like 95% within 2h."),
        ("goal: at least 4.2 of 5", "goal: at least 80%", "satisfaction",
         "This form of goal does not fit the measure 'mean'. "
         "A top_box is a share (at least 80%), a mean or nps a score (at least 4.2 of 5)."),
        ("measure: mean", "measure: top_box", "satisfaction",
         "This form of goal does not fit the measure 'top_box'. "
         "A top_box is a share (at least 80%), a mean or nps a score (at least 4.2 of 5)."),
        ("measure: mean", "measure: csat", "satisfaction",
         "This value is not known. Known: mean, top_box, nps."),
        ("goal: at most 0.5%", "goal: {P1: at most 0.5%, default: at most 1%}", "error_rate",
         "The goal of error_rate cannot differ by priority."),
        ("metric: error_rate", "metric: error_ratio", "error_ratio",
         "This value is not known. Did you mean 'error_rate'?"),
        ("metric: recovery_time", "metric: response_time", "goal: 95% within 2h",
         "The service has two targets called 'response_time'. Give one a 'name:'."),
        ("goal: at most 0.5%", "goal: at most 0.5%, pauses_on: [New]", "error_rate",
         "The key 'pauses_on' is not known here. Known: metric, goal, name."),
        ("business_units: [Sales East, NO]", "business_unit: [Sales East]", "business_unit:",
         "The key 'business_unit' is not known here. Did you mean 'business_units'?"),
        ("scope: Posting of supplier invoices", "scop: Posting", "scop:",
         "The key 'scop' is not known here. Did you mean 'scope'?"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_line_and_remedy(tmp_path, old, new, where, expected):
    text = replaced(old, new)
    assert faults(tmp_path, text) == [(line_of(text, where), expected)]


def test_an_unknown_calendar_is_named(tmp_path):
    text = WHOLE.replace("calendar: office\n    targets", "calendar: ofice\n    targets")
    assert faults(tmp_path, text) == [
        (line_of(text, "calendar: ofice"), "This value is not known. Did you mean 'office'?")
    ]


def test_what_is_missing_is_named(tmp_path):
    assert faults(tmp_path, "agreement: A\nservices: {s: {calendar: c, targets: []}}\n") == [
        (1, f"The key {key!r} is missing.")
        for key in ("version", "effective_from", "timezone", "calendars")
    ]
    text = replaced(
        "      - {metric: error_rate, goal: at most 0.5%}", "      - {metric: error_rate}"
    )
    assert faults(tmp_path, text) == [
        (
            line_of(text, "error_rate"),
            "The key 'goal' is missing in services.invoice-posting.targets[2].",
        )
    ]


def test_several_faults_are_listed_at_once(tmp_path):
    text = WHOLE
    for old, new in (
        ("public_holidays: CN", "public_holidays: XX"),
        ("goal: 95% within 4h", "goal: 95% within 1 day"),
        ("metric: error_rate", "metric: errors"),
        ("calendar: office\n    targets", "calendar: ofice\n    targets"),
    ):
        text = replaced(old, new, text)
    assert [row for row, _ in faults(tmp_path, text)] == [
        line_of(text, part) for part in ("XX", "1 day", "metric: errors", "ofice")
    ]


class TestFolders:
    def test_versions_come_oldest_first_and_their_numbers_stay_text(self, tmp_path):
        written(tmp_path, agreement_text(version="3.10", start="2026-01-01"), "b.yaml")
        written(tmp_path, agreement_text(version="3.9", start="2025-01-01"), "c.yml")
        written(tmp_path, agreement_text(name="Another", start="2025-06-01"), "a.yaml")
        versions = read_agreements(tmp_path).versions
        assert [(v.name, v.version) for v in versions] == [
            ("Test", "3.9"), ("Another", "1"), ("Test", "3.10"),
        ]  # fmt: skip

    def test_no_file_is_an_error(self, tmp_path):
        for folder in (tmp_path, tmp_path / "none"):
            with pytest.raises(InputError, match=r"There is no agreement \(\*\.yaml\)"):
                read_agreements(folder)

    def test_faults_of_all_files_come_at_once(self, tmp_path):
        written(tmp_path, agreement_text(timezone="Mars/Phobos"), "a.yaml")
        written(tmp_path, agreement_text(calendar="offce"), "b.yaml")
        with pytest.raises(InputError) as caught:
            read_agreements(tmp_path)
        assert [Path(fault.file).name for fault in caught.value.faults] == ["a.yaml", "b.yaml"]

    @pytest.mark.parametrize(
        ("versions", "problems"),
        [
            (
                [("1", "2026-01-01"), ("2", "2026-01-01")],
                ["'Test' has another version from the same day in 0.yaml."],
            ),
            (
                [("1", "2026-01-01"), ("1", "2027-01-01")],
                ["'Test' has another version '1' in 0.yaml."],
            ),
            (
                [("1", "2026-01-01"), ("2", "2026-06-01"), ("1", "2027-01-01")],
                ["'Test' has another version '1' in 0.yaml."],
            ),
            (
                [("1", "2026-01-01"), ("1", "2026-01-01")],
                [
                    "'Test' has another version from the same day in 0.yaml.",
                    "'Test' has another version '1' in 0.yaml.",
                ],
            ),
        ],
    )
    def test_two_versions_that_cannot_be_told_apart(self, tmp_path, versions, problems):
        for at, (version, start) in enumerate(versions):
            written(tmp_path, agreement_text(version=version, start=start), f"{at}.yaml")
        with pytest.raises(InputError) as caught:
            read_agreements(tmp_path)
        assert [fault.problem for fault in caught.value.faults] == problems


def test_an_agreement_may_start_at_a_midnight_that_the_clocks_skip(tmp_path):
    a = agreement(tmp_path, timezone="America/Sao_Paulo", start="2017-10-15")
    assert a.effective_from == pd.Timestamp("2017-10-15T03:00Z")


def test_the_sample_agreements_are_good():
    folder = Path(__file__).parents[2] / "parameters" / "agreements"
    versions = read_agreements(folder).versions
    assert [v.version for v in versions] == ["2", "3"]
    assert re.fullmatch(r"2\d\d\d", str(versions[-1].provisional_from))
