"""Runs of the command line beside a test: what they started, and whether it is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

SLM = [sys.executable, "-c", "import sys; from slm_analysis.cli import main; sys.exit(main())"]
LONG = 300
"""Seconds after which a test gives up; far more than anything takes on a busy machine."""

NOTE = """
import os
with open(f"tries of {business_unit}", "a") as file:
    file.write(f"{os.getpid()}\\n")
"""
"""A cell that notes which kernel runs it."""
WAIT = f"""{NOTE}
import time
from pathlib import Path
while not Path("go").exists():
    time.sleep(0.05)
"""
"""The same, and waits to be told to go on."""


@contextmanager
def started(root: Path, *arguments: str, **options: Any) -> Iterator[subprocess.Popen]:
    """Run a command of ``slm`` in a project, beside a test."""
    process = subprocess.Popen(  # noqa: S603
        [*SLM, *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def until(
    condition: Callable[[], Any], told: str = "", process: subprocess.Popen | None = None
) -> Any:
    """Wait until something holds, and return it; fail where it never does, or a process ends."""
    deadline = time.monotonic() + LONG
    while not (found := condition()):
        if process is not None and process.poll() is not None:
            raise AssertionError(
                f"{told}: ended with {process.returncode}: {process.communicate()}"
            )
        if time.monotonic() > deadline:
            raise AssertionError(f"{told or condition} never held")
        time.sleep(0.05)
    return found


def kernels(root: Path, unit: str) -> list[int]:
    """Return the kernels that have run a unit's notebook with `NOTE`, in order."""
    file = root / f"tries of {unit}"
    return [int(line) for line in file.read_text().split()] if file.is_file() else []


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all that it has started, as they are now."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def all_gone(processes: Iterable[psutil.Process]) -> bool:
    """Whether no process of these runs; one that ended and is not waited for yet does not."""
    return not any(alive(process) for process in processes)


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill(pid: int) -> None:
    psutil.Process(pid).send_signal(signal.SIGKILL)
