"""Small drawings: what they show is where it belongs, in few letters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.batch.pages import PATHS
from slm_analysis.presentation.glyphs import Scale, interval_bar, sparkline

ACROSS, DOWN = Scale(0.8, 1.0, 0, 200), Scale(0.8, 1.0, 60, 20)
SHARES = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=30)


def paths(shapes: str) -> list[tuple[str, str]]:
    """Return class and outline of each part."""
    return re.findall(r'<path(?: class="([a-z ]+)")? d="([^"]*)"/>', shapes)


def points(outline: str) -> list[tuple[int, int]]:
    """Return where a line goes."""
    at, found = (0, 0), []
    for letter, numbers in re.findall(r"([Mlh])([-\d ]+)", outline):
        x, *y = (int(number) for number in re.findall(r"-?\d+", numbers))
        if letter == "h" and x == 0:
            continue
        down = y[0] if y else 0
        at = (x, down) if letter == "M" else (at[0] + x, at[1] + down)
        found.append(at)
    return found


def run(first: int, last: int, rule: str = "anhoej_runs", **values: object) -> dict:
    known = {"side": "below", "meaning": "unfavourable"}
    return {"first": first, "last": last, "rule": rule} | known | values


def test_a_scale_ends_where_it_ends():
    assert [ACROSS.at(value) for value in (0.5, 0.8, 0.9, 1.0, 1.2)] == [0, 0, 100, 200, 200]
    assert [DOWN.at(value) for value in (0.8, 1.0)] == [60, 20]


def test_an_interval_with_its_value_and_goal():
    assert paths(interval_bar(0.9, 0.85, 0.95, 0.96, ACROSS, bad=False)) == [
        ("i", "M50 16H150"), ("k", "M160 3v26"), ("d", "M100 16h0"),
    ]  # fmt: skip


def test_what_is_bad_is_marked_by_shape_and_colour():
    drawn = dict(paths(interval_bar(0.9, 0.85, 0.95, 0.96, ACROSS, bad=True)))
    assert drawn["d x"].endswith("z")
    assert "i x" in drawn


@pytest.mark.parametrize(
    ("low", "high", "arrows"),
    [(0.7, 0.9, ["M7 9l-7 7 7 7"]), (0.9, 1.1, ["M193 9l7 7 -7 7"]), (0.8, 1.0, [])],
)
def test_an_end_beyond_the_scale_is_an_arrow(low, high, arrows):
    drawn = paths(interval_bar(0.9, low, high, 0.95, ACROSS, bad=False))
    assert [outline for name, outline in drawn if name == "a"] == arrows


def test_without_a_goal_there_is_no_stroke():
    assert "k" not in dict(paths(interval_bar(4.1, 3.9, 4.3, float("nan"), ACROSS, bad=False)))


def test_a_line_breaks_where_there_is_no_figure():
    (target, line) = paths(sparkline([1.0, 0.9, None, 0.8], 0.95, (), 100, DOWN))
    assert target == ("t", "M8 30H92")
    assert line == ("", "M8 20h0l28 20M92 60h0")


def test_what_stays_on_one_level_is_one_step():
    (_, (_, line)) = paths(sparkline([1.0] * 8 + [0.9], 0.95, (), 116, DOWN))
    assert points(line) == [(8, 20), (96, 20), (108, 40)]


@given(SHARES)
def test_every_figure_is_on_the_line(values):
    (_, (_, line)) = paths(sparkline(values, 0.95, (), 500, DOWN))
    step = (500 - 16) / max(len(values) - 1, 1)
    known = [(round(8 + i * step), DOWN.at(v)) for i, v in enumerate(values) if v is not None]
    through = points(line)
    assert set(through) <= set(known)
    for x, y in set(known) - set(through):
        left = max(p for p in through if p[0] < x)
        right = min(p for p in through if p[0] > x)
        assert left[1] == right[1] == y


def test_a_run_is_a_thick_line_with_one_mark_at_its_end():
    values = [1.0, 1.0, 0.9, 0.85, 0.9, 1.0]
    drawn = paths(sparkline(values, 0.95, [run(2, 4)], 116, DOWN))
    assert [name for name, _ in drawn] == ["t", "", "s x", "m x"]
    assert points(drawn[2][1]) == [(48, 40), (68, 50), (88, 40)]
    assert drawn[3][1] == "M88 40m-6-6h12v12h-12z"


def test_what_is_better_is_hollow():
    drawn = paths(sparkline([0.9, 1.0], 0.95, [run(0, 1, meaning="favourable")], 116, DOWN))
    assert [name for name, _ in drawn[2:]] == ["s", "m h"]


@pytest.mark.parametrize(
    ("rule", "side", "names", "outline"),
    [
        ("beyond_limits", "below", ["m x"], "m0-8l8 8-8 8-8-8z"),
        ("nelson_3", "falling", ["s x", "m x"], "m-6-6h12l-6 12z"),
        ("nelson_3", "rising", ["s x", "m x"], "m-6 6h12l-6-12z"),
        ("nelson_5", "below", ["m x"], "m-6 0l3-6h6l3 6-3 6h-6z"),
    ],
)
def test_each_signal_has_its_mark(rule, side, names, outline):
    drawn = paths(sparkline([1.0, 0.9, 0.8], 0.95, [run(0, 2, rule, side=side)], 116, DOWN))
    assert [name for name, _ in drawn[2:]] == names
    assert drawn[-1][1].endswith(outline)


def test_what_has_no_mark_is_not_drawn_and_a_gap_at_the_end_moves_the_mark():
    drawn = paths(sparkline([1.0, 0.9, None], 0.95, [run(0, 2, "anhoej_crossings")], 116, DOWN))
    assert [name for name, _ in drawn] == ["t", ""]
    drawn = paths(sparkline([1.0, 0.9, None], 0.95, [run(0, 2)], 116, DOWN))
    assert drawn[-1][1].startswith("M58 40m")


def test_the_most_telling_mark_is_drawn_last():
    both = [run(0, 2, "beyond_limits"), run(0, 2)]
    drawn = paths(sparkline([1.0, 0.9, 0.8], 0.95, both, 116, DOWN))
    assert [name for name, _ in drawn[2:]] == ["s x", "m x", "m x"]
    assert drawn[-1][1].endswith("z")
    assert "l8 8" in drawn[-1][1]


@given(SHARES, st.integers(0, 29), st.integers(0, 29))
def test_all_of_it_is_what_the_page_lets_through(values, first, last):
    known = [i for i, value in enumerate(values) if value is not None]
    signals = [run(first, last)] if any(first <= i <= last for i in known) else []
    shapes = sparkline(values, 0.95, signals, 500, DOWN)
    shapes += interval_bar(0.9, 0.7, 1.0, 0.95, ACROSS, bad=bool(signals))
    assert PATHS.fullmatch(shapes)
