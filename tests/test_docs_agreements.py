"""The agreements in the documentation can be read, and the worked example shows every key."""

from __future__ import annotations

import re

import pytest

from slm_analysis.sla.agreement_yaml import (
    AGREEMENT_KEYS,
    CALENDAR_KEYS,
    GOALS_OF_METRIC,
    KEYS_OF_METRIC,
    SERVICE_KEYS,
    TARGET_KEYS,
    read_agreements,
)
from slm_analysis.sla.goals import parse_goal
from tests.conftest import PROJECT

YAML = re.compile(r"```yaml\n(agreement: .*?)```", re.DOTALL)
PAGE = PROJECT / "docs" / "agreements.md"
EXAMPLES = YAML.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=["smallest", "worked"])
def test_an_example_can_be_read(example, tmp_path):
    (tmp_path / "a.yaml").write_text(example, encoding="utf-8")
    (version,) = read_agreements(tmp_path).versions
    assert version.name in example


def test_the_worked_example_shows_every_key():
    text = EXAMPLES[1]
    keys = {
        *AGREEMENT_KEYS, *CALENDAR_KEYS, *SERVICE_KEYS, *TARGET_KEYS,
        *(key for own in KEYS_OF_METRIC.values() for key in own),
    }  # fmt: skip
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}:", text)] == []
    assert [m for m in GOALS_OF_METRIC if not re.search(rf"metric: {m}\b", text)] == []


def test_every_goal_of_the_table_can_be_read():
    text = PAGE.read_text(encoding="utf-8").partition("## Goals")[2]
    goals = re.findall(r"`(\d+% [^`]+|at (?:most|least) [^`]+)`", text.partition("## The clock")[0])
    assert len(goals) > 9
    for goal in goals:
        parse_goal(goal, working_day=8 * 3600)
