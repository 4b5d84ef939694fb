"""Who may know whom: a folder imports only from those before it in the flow of data."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import slm_analysis as slm

PACKAGE = Path(slm.__file__).parent
BASE = (
    "errors",
    "languages",
    "result",
    "yaml_text",
    "intervals",
    "files",
    "fingerprint",
    "project",
)
ORDER = (
    *BASE, "analyses", "intake", "sla", "dataset", "questions", "presentation", "warm_up", "batch",
    "cli",
)  # fmt: skip
ALONE = {"sample": {*BASE, "sla"}}
"""What stands beside the flow, and what it may know."""
UPWARD = {("result.py", "presentation")}
"""The one import against the flow: a result shows itself in Jupyter."""
HEAVY = ("seaborn", "matplotlib", "papermill", "nbconvert", "statsmodels", "pandas")


def modules() -> list[Path]:
    return sorted(f.relative_to(PACKAGE) for f in PACKAGE.rglob("*.py"))


def place(parts: tuple[str, ...]) -> str:
    """Return the folder or module just below the package; empty for the package itself."""
    return parts[0].removesuffix(".py") if parts else ""


def imports(module: Path) -> Iterator[str]:
    """Yield what a module imports of this package, inside functions as well."""
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            base = node.module or ""
            names = [f"{base}.{a.name}" if base == "slm_analysis" else base for a in node.names]
        else:
            continue
        for name in names:
            first, *rest = name.split(".")
            if first == "slm_analysis" and rest:
                yield place(tuple(rest))


def test_every_module_has_its_place():
    assert {place(m.parts) for m in modules()} - {"__init__"} == {*ORDER, *ALONE}


@pytest.mark.parametrize("module", modules(), ids=str)
def test_a_module_imports_only_from_before(module):
    own = place(module.parts)
    known = set(imports(module)) - {own}
    if own in ALONE:
        assert known <= ALONE[own]
    elif own == "__init__":
        assert known == set()
    else:
        allowed = {*ORDER[: ORDER.index(own)]}
        against = {name for name in known - allowed if (module.as_posix(), name) not in UPWARD}
        assert against == set()


def test_nothing_of_the_flow_knows_the_sample():
    assert [m for m in modules() if place(m.parts) != "sample" and "sample" in imports(m)] == []


def test_analyses_know_neither_files_nor_agreements():
    for module in modules():
        if place(module.parts) == "analyses":
            assert set(imports(module)) <= {"analyses", "errors", "result", "intervals"}, module


def test_the_one_import_upward_is_inside_its_method():
    tree = ast.parse((PACKAGE / "result.py").read_text(encoding="utf-8"))
    (method,) = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "_ipython_display_"
    ]
    within = [node for node in ast.walk(method) if isinstance(node, ast.ImportFrom)]
    assert [node.module for node in within] == ["slm_analysis"]


def loaded_after(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after a statement."""
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in json.loads(done.stdout)}


def test_importing_the_package_is_light():
    assert loaded_after("import slm_analysis") & set(HEAVY) == set()


def test_the_command_line_is_light_until_it_works():
    assert loaded_after("import slm_analysis.cli") & set(HEAVY) == set()


def test_reading_data_loads_no_drawing():
    drawing = {"matplotlib", "seaborn", "papermill", "nbconvert"}
    assert loaded_after("import slm_analysis; slm_analysis.open_unit") & drawing == set()


# --- public names


def test_every_public_name_is_there():
    assert len(slm.__all__) == len(set(slm.__all__))
    for name in slm.__all__:
        found = getattr(slm, name)
        assert callable(found), name
        assert found.__doc__, name
        assert found.__module__.startswith("slm_analysis."), name


def test_shift_tab_explains_every_parameter():
    for name in slm.__all__:
        told = inspect.getdoc(getattr(slm, name))
        parameters = [*inspect.signature(getattr(slm, name)).parameters]
        if len(parameters) > 1:  # one alone is told by its type
            entry = r"(?m)^[*\w, ]*\b{0}\b[*\w, ]*( :.*)?$|`{0}`"
            assert [p for p in parameters if not re.search(entry.format(p), told)] == [], name


def test_names_of_the_design_are_public():
    design = {
        "open_unit", "series", "service_levels", "control_chart", "signals", "breach_drivers",
        "satisfaction", "watermelon", "change_effect", "change_effects", "ar1_regression",
        "portfolio", "plot", "table", "say", "key_figures", "BusinessCalendar", "Unit",
    }  # fmt: skip
    assert design <= set(slm.__all__)


def test_a_name_is_the_same_where_it_lives():
    for module, name in (
        ("slm_analysis.dataset.unit", "open_unit"),
        ("slm_analysis.questions.portfolio", "portfolio"),
        ("slm_analysis.analyses.watermelon", "watermelon"),
    ):
        assert getattr(slm, name) is getattr(import_module(module), name)


def test_unknown_names_are_told():
    with pytest.raises(AttributeError, match="module 'slm_analysis' has no attribute 'opne_unit'"):
        slm.opne_unit  # noqa: B018


def test_completion_lists_the_names():
    assert set(slm.__all__) <= set(dir(slm))
