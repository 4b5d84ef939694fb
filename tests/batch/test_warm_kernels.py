"""Warm kernels: the same outputs as the standard kernel, nothing shared, nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from slm_analysis.batch.execute import run_job
from slm_analysis.batch.kernels import WARM, Kernels
from slm_analysis.batch.parameters import report_title
from slm_analysis.batch.plan import Job
from slm_analysis.batch.records import DIED, DONE, FAILED, Record, executed
from slm_analysis.batch.warm_kernels import FIGURES, FLAGS, ONE_THREAD, PARENT, WarmParent
from tests.conftest import PROJECT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fork kernels")
NOTEBOOKS = sorted(notebook.stem for notebook in (PROJECT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def warm() -> Iterator[Kernels]:
    with Kernels() as kernels:
        assert kernels.start() == WARM
        yield kernels


@pytest.fixture(scope="module")
def standard() -> Iterator[Kernels]:
    with Kernels(warm=False) as kernels:
        yield kernels


@pytest.fixture(params=["warm", "standard"])
def kernels(request) -> Kernels:
    return request.getfixturevalue(request.param)


@pytest.fixture
def parent(warm: Kernels) -> WarmParent:
    assert warm.parent is not None
    return warm.parent


@pytest.fixture
def job(tmp_path: Path):
    """Return a function: code cells to a job that runs them."""

    def job(*code: str, name: str = "01_levels") -> Job:
        notebook = tmp_path / f"{name}.ipynb"
        cells = [new_markdown_cell("# Levels"), *map(new_code_cell, code)]
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(new_notebook(cells=cells, metadata=metadata), notebook)
        return Job(notebook, "Levels", "A", {}, "en", tmp_path / "out", "c0ffee")

    return job


def outputs(notebook: Path) -> list[list[dict]]:
    """Return the outputs of every code cell, but for the injected parameters."""
    return [
        [{k: v for k, v in output.items() if k != "execution_count"} for output in cell.outputs]
        for cell in nbformat.read(notebook, as_version=4).cells
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", ())
    ]


def text(record: Record, job: Job) -> str:
    assert record.status == DONE, record.error
    return "".join(output["text"] for cell in outputs(executed(job)) for output in cell)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_outputs_are_those_of_the_standard_kernel(
    name, warm, sample_project, executed_notebooks, tmp_path
):
    notebook = sample_project / "notebooks" / f"{name}.ipynb"
    job = Job(notebook, report_title(notebook), "", {}, "en", tmp_path, "c0ffee")
    record = run_job(job, sample_project, warm)
    assert (record.status, record.error) == (DONE, "")
    assert outputs(executed(job)) == outputs(executed_notebooks[name])


PLAIN_FIGURE = """
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.title("$x$ and 华东");
"""
STATE = """
import os, random, sys, warnings, matplotlib, numpy, pandas
warnings.simplefilter("ignore")
print(sorted(k for k in globals() if not k.startswith("_")))
print(sorted(k for k in os.environ if "JPY" not in k and k != "PYDEVD_USE_FRAME_EVAL"))
print(matplotlib.rcParams["backend"], hash(str(dict(matplotlib.rcParams))) != 0)
print(dict(matplotlib.rcParams))
print(pandas.get_option("display.max_rows"), numpy.get_printoptions(), warnings.filters[:1])
print(sys.path[:1], os.getcwd(), sys.argv[0].rsplit("/", 1)[-1].removesuffix(".py"))
"""


FRAME = "import pandas as pd\npd.DataFrame({'a': [1]})"


@pytest.mark.parametrize("code", [PLAIN_FIGURE, STATE, FRAME])
def test_it_is_as_if_started_anew(code, job, tmp_path, warm, standard):
    found = []
    for kernels in (standard, warm):
        one = job(code)
        assert run_job(one, tmp_path, kernels).status == DONE
        found.append(outputs(executed(one)))
    assert found[0] == found[1]


def test_nothing_passes_from_one_notebook_to_the_next(job, tmp_path, warm):
    dirty = """
import os, matplotlib, pandas
os.environ["LEFT"] = "behind"
matplotlib.rcParams["lines.linewidth"] = 99
pandas.set_option("display.max_rows", 7)
left = True
import slm_analysis
slm_analysis.left = True
"""
    assert run_job(job(dirty), tmp_path, warm).status == DONE
    look = job(
        "import os, matplotlib, pandas, slm_analysis\n"
        "print('left' in globals(), 'LEFT' in os.environ, hasattr(slm_analysis, 'left'))\n"
        "print(matplotlib.rcParams['lines.linewidth'], pandas.get_option('display.max_rows'))"
    )
    assert text(run_job(look, tmp_path, warm), look) == "False False False\n1.5 60\n"


def test_random_numbers_begin_from_the_key_of_the_job(job, tmp_path, warm):
    one = job("import random, numpy\nprint(random.random(), numpy.random.rand())")
    other = replace(one, key="beef")
    first, another, again = (text(run_job(j, tmp_path, warm), j) for j in (one, other, one))
    assert first == again != another


def test_a_cell_that_raises_is_not_tried_again(kernels, job, tmp_path):
    one = job("with open('tries', 'a') as f: f.write('x')\nraise ValueError('no luck')")
    record = run_job(one, tmp_path, kernels)
    assert (record.status, record.error) == (FAILED, "ValueError: no luck")
    assert (tmp_path / "tries").read_text() == "x"


def test_a_kernel_that_dies_is_tried_once_more(kernels, job, tmp_path):
    code = "import os\nwith open('tries', 'a') as f: f.write('x')\n"
    always = run_job(job(f"{code}os.kill(os.getpid(), 9)"), tmp_path, kernels)
    assert always.status == DIED
    assert (tmp_path / "tries").read_text() == "xx"
    once = run_job(job(f"{code}os.path.getsize('tries') == 3 and os._exit(7)"), tmp_path, kernels)
    assert once.status == DONE
    assert (tmp_path / "tries").read_text() == "xxxx"


def test_a_parent_that_was_killed_is_started_anew(job, tmp_path, warm, parent):
    one = job("print('here')")
    assert run_job(one, tmp_path, warm).status == DONE
    os.kill(parent._process.pid, signal.SIGKILL)
    assert text(run_job(one, tmp_path, warm), one) == "here\n"


def test_signals_to_a_kernel_that_has_ended_do_nothing(parent, tmp_path):
    kernel = parent.fork(["--version"], str(tmp_path), dict(os.environ), "")
    deadline = time.monotonic() + 30
    while alive(kernel.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    kernel.kill()
    assert kernel.wait(30) is not None
    kernel.kill()


def test_a_parent_that_nobody_waits_for_ends_quietly():
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, *FLAGS, "-m", PARENT]
        process = subprocess.Popen(  # noqa: S603
            [*command, str(theirs.fileno())], pass_fds=[theirs.fileno()],
            env=os.environ | ONE_THREAD | FIGURES, stderr=subprocess.PIPE,
        )  # fmt: skip
    ours.close()
    assert process.communicate() == (None, b"")
    assert process.returncode == 0


SLEEPER = """
import time
from slm_analysis.batch.warm_kernels import FIGURES, FLAGS, ONE_THREAD, PARENT, WarmParent
from tests.conftest import PROJECT
import os, sys, json
parent = WarmParent()
argv = ["-f", sys.argv[1]]
kernel = parent.fork(argv, os.getcwd(), dict(os.environ), "")
print(parent._process.pid, kernel.pid, flush=True)
time.sleep(60)
"""


def test_no_process_outlives_a_runner_that_was_killed(tmp_path):
    runner = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", SLEEPER, str(tmp_path / "kernel.json")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    pids = [int(pid) for pid in runner.stdout.readline().split()]
    assert all(map(alive, pids))
    runner.kill()
    runner.communicate()
    deadline = time.monotonic() + 30
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, pids))


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
