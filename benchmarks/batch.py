"""How fast the batch runs notebooks: warm kernels against papermill's own ways, in one run.

Every way runs the same notebook (four charts, three tables) from scratch, two at a time. Asserted
are ratios: at the larger number of notebooks at least `CLI_RATIO` times the notebooks per second
of the papermill command and `THREADS_RATIO` times those of `execute_notebook` on threads; and in
the steady state at most `FLOOR_RATIO` times the time that the cells alone take.

Run: python benchmarks/batch.py [notebooks …]     (default: 20 and 100)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from slm_analysis.batch.execute import DONE, execute
from slm_analysis.batch.plan import Job

WORKERS = 2
NUMBERS = (20, 100)
CLI_RATIO, THREADS_RATIO, FLOOR_RATIO = 2.8, 2.2, 2.2
AIM_CLI, AIM_FLOOR = 4.0, 1.6
FLOOR_RUNS = 10
IMPORTS = "import numpy as np\nimport pandas as pd\nimport slm_analysis as slm"
SERIES = """
rng = np.random.default_rng(seed)
time = pd.date_range("2025-01-06", periods=104, freq="7D")
frames = [
    pd.DataFrame({"service": f"S{i}", "time": time, "value": rng.binomial(60, 0.95, 104), "n": 60})
    for i in range(4)
]"""
CHART = """
chart{i} = slm.control_chart(frames[{i}], value="value", n="n", time="time", target=0.95)
slm.plot(chart{i})"""
TABLE = "slm.table(chart{i})"


def main() -> int:
    """Print the times; return 1 where a ratio misses its bound."""
    numbers = [int(n) for n in sys.argv[1:]] or NUMBERS
    good = True
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        notebook = written(Path("work.ipynb"))
        floor = cells_alone()
        print(f"the cells alone, without a kernel: {floor:.2f} s a notebook")
        for number in numbers:
            taken = {
                name: timed(way, notebook, number)
                for name, way in (("warm", warm), ("threads", threads), ("papermill", command))
            }
            cli, threaded = (taken[name] / taken["warm"] for name in ("papermill", "threads"))
            steady = taken["warm"] / (number * floor / WORKERS)
            print(
                f"{number} notebooks, {WORKERS} at a time: "
                + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in taken.items())
                + f"; {cli:.1f} times the command (at least {CLI_RATIO}, aim {AIM_CLI}), "
                f"{threaded:.1f} times the threads (at least {THREADS_RATIO}), "
                f"{steady:.1f} times the cells alone (at most {FLOOR_RATIO}, aim {AIM_FLOOR})"
            )
            if number == max(numbers):
                good = cli >= CLI_RATIO and threaded >= THREADS_RATIO and steady <= FLOOR_RATIO
    return int(not good)


def written(file: Path) -> Path:
    """Write the notebook and return its path."""
    codes = [IMPORTS, SERIES.strip()]
    codes += [CHART.format(i=i).strip() for i in range(4)]
    codes += [TABLE.format(i=i) for i in range(3)]
    cells = [new_markdown_cell("# Work")]
    cells += [new_code_cell("seed = 1  # of the series", metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(code) for code in codes]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), file)
    return file.resolve()


def timed(way: Callable[[Path, int], None], notebook: Path, number: int) -> float:
    started = time.perf_counter()
    way(notebook, number)
    return time.perf_counter() - started


def warm(notebook: Path, number: int) -> None:
    jobs = [
        Job(notebook, "Work", str(i), {"seed": i}, Path(f"warm{number}-{i}").resolve(), f"{i:x}")
        for i in range(number)
    ]
    records = [record for _, record in execute(jobs, Path.cwd(), WORKERS)]
    assert all(record.status == DONE for record in records), records[0].error


def threads(notebook: Path, number: int) -> None:
    code = (
        "import sys; from concurrent.futures import ThreadPoolExecutor as P; "
        "from papermill import execute_notebook as x; "
        f"p = P({WORKERS}); list(p.map(lambda i: x(sys.argv[1], f't{{i}}.ipynb', {{'seed': i}}, "
        f"progress_bar=False), range({number})))"
    )
    run([sys.executable, "-c", code, str(notebook)])


def command(notebook: Path, number: int) -> None:
    papermill = [sys.executable, "-m", "papermill", "--no-progress-bar", str(notebook)]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(
            pool.map(
                lambda i: run([*papermill, f"c{i}.ipynb", "-p", "seed", str(i)]), range(number)
            )
        )


def run(arguments: Iterable[str]) -> None:
    subprocess.run([*arguments], check=True, capture_output=True)  # noqa: S603


def cells_alone() -> float:
    """Return the seconds that the cells take once everything is imported, showing included."""
    code = f"""
import time
{IMPORTS}
from IPython.core.interactiveshell import InteractiveShell
slm.plot, slm.table, slm.control_chart
def once(seed):
    {SERIES.strip().replace(chr(10), chr(10) + "    ")}
    for i in range(4):
        chart = slm.control_chart(frames[i], value="value", n="n", time="time", target=0.95)
        slm.plot(chart)._repr_mimebundle_()
        i == 3 or slm.table(chart)._repr_mimebundle_()
once(0)
started = time.perf_counter()
for seed in range({FLOOR_RUNS}):
    once(seed)
print((time.perf_counter() - started) / {FLOOR_RUNS})
"""
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    return float(told.stdout)


if __name__ == "__main__":
    sys.exit(main())
