"""The tutorial does what it says: its files are written, its commands run, its outputs compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

PAGE = PROJECT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(console|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = "$ "
SECONDS = re.compile(r"\b\d+\.\d\b")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with what the tutorial takes from the repository."""
    root = tmp_path_factory.mktemp("tutorial")
    for name in ("notebooks", "docs/tutorial"):
        shutil.copytree(PROJECT / name, root / name)
    return root


def steps(page: Path) -> Iterator[tuple[str, str]]:
    """Yield, in order, each file with its text, and each command with what it printed."""
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "yaml":
            first, _, rest = text.partition("\n")
            yield first.removeprefix("# "), rest
        else:
            for command in text.removeprefix(PROMPT).split(f"\n{PROMPT}"):
                line, _, printed = command.partition("\n")
                yield PROMPT + line, printed.rstrip("\n")


def run(command: str, folder: Path) -> tuple[str, Path]:
    """Run a command in a folder; return what it printed, and the folder it ended in."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603
        ["bash", "-c", f"{command} 2>&1; pwd"],  # noqa: S607
        cwd=folder,
        env=os.environ | {"PATH": path, "COLUMNS": "80"},
        capture_output=True,
        check=True,
        text=True,
    )
    *printed, ended_in = done.stdout.splitlines()
    return "\n".join(printed), Path(ended_in)


def plain(text: str, folder: Path) -> list[list[str]]:
    """Return the words of each line, but for what differs from run to run and place to place."""
    text = text.replace(f"{folder}/", "")
    return [SECONDS.sub("0.0", line).split() for line in text.splitlines() if line.strip()]


def test_the_tutorial_is_as_it_says(folder):
    here = folder
    for step, text in steps(PAGE):
        if step.startswith(PROMPT):
            printed, here = run(step.removeprefix(PROMPT), here)
            assert plain(printed, here) == plain(text, here), step
        else:
            (here / step).write_text(text, encoding="utf-8")
    assert (here / "reports" / "index.html").is_file()


def test_the_export_is_made_by_its_script(tmp_path):
    for file in (PROJECT / "docs" / "tutorial").iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    subprocess.run([sys.executable, tmp_path / "make_export.py"], check=True)  # noqa: S603
    made, kept = (f / "service_desk.csv" for f in (tmp_path, PROJECT / "docs" / "tutorial"))
    assert made.read_bytes() == kept.read_bytes()
