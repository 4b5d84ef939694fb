import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.errors import InputError
from slm_analysis.project import SOURCES, project_root, slug


def test_the_root_is_the_nearest_folder_with_sources(tmp_path, monkeypatch):
    inner = tmp_path / "outer" / "inner"
    for root in (tmp_path / "outer", inner):
        (root / SOURCES).parent.mkdir(parents=True)
        (root / SOURCES).touch()
    below = inner / "notebooks"
    below.mkdir()
    assert project_root(below) == inner
    assert project_root(inner) == inner
    assert project_root(tmp_path / "outer" / "parameters") == tmp_path / "outer"
    monkeypatch.chdir(below)
    assert project_root() == inner


def test_a_folder_without_sources_is_one_clear_error(tmp_path):
    with pytest.raises(InputError, match=r"No parameters/sources\.yaml in .* Go to the project"):
        project_root(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "CON",
        "con.txt",
        "aux",
        "..",
        "../../etc",
        "a/b\\c:d*e?",
        " ",
        "华东销售部",
        "🦊" * 5,
        "x" * 200,
    ],
)
def test_a_hostile_name_becomes_a_plain_folder(name):
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?-[0-9a-f]{8}", slug(name))


def test_a_readable_name_stays_readable():
    # printf 'Accounts Payable, Zürich' | sha256sum
    assert slug("Accounts Payable, Zürich") == "accounts-payable-zurich-bea9e12e"
    assert slug("华东销售部") == "unit-47d0c1e1"
    assert slug("Sales") != slug("SALES")


@given(st.text(min_size=1), st.text(min_size=1))
def test_folders_are_as_different_as_names_also_without_case(one, other):
    assert (slug(one).lower() == slug(other).lower()) == (one == other)
    assert len(slug(one)) <= 69
