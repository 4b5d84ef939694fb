"""Pages on paper: printed offline by a browser of this machine, with one clear message else."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from slm_analysis.batch import pdf
from slm_analysis.batch.pages import page
from slm_analysis.batch.pdf import COMMANDS, print_pages
from slm_analysis.cli import BAD_INPUT, OK, main
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.project import slug
from tests.batch.projects import UNITS, write_project
from tests.batch.test_pages import chart, frame

MONTH = Path("reports/2026-10")


@pytest.fixture
def browser() -> None:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not any(map(shutil.which, COMMANDS)):
        pytest.skip(f"no browser is installed: {', '.join(COMMANDS)}")


@pytest.fixture(scope="module")
def run_project(tmp_path_factory) -> Path:
    """Return a project whose reports have been run."""
    root = write_project(tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["run", "--workers", "2", "--quiet"]) == OK
    return root


@pytest.fixture
def project(run_project, tmp_path, monkeypatch) -> Path:
    """Return a copy of that project, the working directory within."""
    root = shutil.copytree(run_project, tmp_path / "project")
    monkeypatch.chdir(root)
    return root


def written(folder: Path, *views: object, title: str = "X") -> Path:
    file = folder / "page.html"
    file.write_text(page([view.page() for view in views], frame(title)), encoding="utf-8")
    return file


def leaves(file: Path) -> int:
    """Return how many leaves a PDF has."""
    return len(re.findall(rb"/Type /Page\b", file.read_bytes()))


def test_a_page_is_printed_beside_it(browser, tmp_path):
    file = written(tmp_path, Headline("Sales West: 5", "L", "W", "S", "N", "01_x"), chart("A"))
    print_pages([file])
    printed = file.with_suffix(".pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert leaves(file.with_suffix(".pdf")) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["page.html", "page.pdf"]
    # Neither links nor folders of this machine.
    assert b"/URI" not in printed
    assert str(tmp_path).encode() not in printed


def test_a_screen_reader_finds_its_way(browser, tmp_path):
    file = written(tmp_path, Headline("T", "L", "W", "S", "N"), title="Sales West, October 2026")
    print_pages([file])
    printed = file.with_suffix(".pdf").read_bytes()
    assert b"/Title (Sales West, October 2026)" in printed
    assert b"/StructTreeRoot" in printed
    assert b"/Lang (en)" in printed
    assert b"/Outlines" in printed


@pytest.mark.parametrize("lines", range(20, 32, 4))
def test_a_figure_is_never_split(browser, tmp_path, lines):
    """However much stands above it, a figure with its title fills no more than one leaf."""
    file = written(tmp_path, Headline("T", "L", "W", "S", "N"), Prose(["x"] * lines), chart("A"))
    print_pages([file])
    assert leaves(file.with_suffix(".pdf")) <= 2


def test_every_page_of_a_month_is_printed(browser, project, capsys):
    assert main(["publish", "--pdf"]) == OK
    found = sorted(file.relative_to(MONTH).as_posix() for file in MONTH.rglob("*.pdf"))
    assert found == sorted(["index.pdf", *(f"{slug(unit)}/01_levels.pdf" for unit in UNITS)])


def test_a_page_written_anew_leaves_no_old_print(project, capsys):
    old = MONTH / slug(UNITS[0]) / "01_levels.pdf"
    old.write_bytes(b"old")
    (MONTH / "index.pdf").write_bytes(b"old")
    assert main(["publish"]) == OK
    assert not list(MONTH.rglob("*.pdf"))


def test_without_a_browser(tmp_path, monkeypatch, project, capsys):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "CHANNELS", ("none",))
    capsys.readouterr()
    assert main(["publish", "--pdf"]) == BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith("error: No browser to print with could be started: ")
    assert said.endswith(" Install Chromium, Chrome or Edge.\n")
    assert (MONTH / "index.html").is_file()


def test_without_playwright(monkeypatch, project, capsys):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    capsys.readouterr()
    assert main(["publish", "--pdf"]) == BAD_INPUT
    assert capsys.readouterr().err == (
        "error: Printing needs playwright. Install the extra: pip install 'slm-analysis[pdf]'.\n"
    )
