"""How fast the batch runs notebooks: warm kernels against papermill's own ways, in one run.

Every way runs the same notebook (four charts, three tables) from scratch, two at a time. Asserted
are ratios: at the larger number of notebooks at least `CLI_RATIO` times the notebooks per second
of the papermill command and `THREADS_RATIO` times those of `execute_notebook` on threads; and in
the steady state, from the smaller number to the larger, at most `FLOOR_RATIO` times the time that
the cells alone take. On a machine that has other things to do, the times of the processor, which
stand beside those of the clock, say more.

Run: python benchmarks/batch.py [notebooks …]     (default: 20 and 100)
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from pathlib import Path

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from slm_analysis.batch.local import LocalWorkers
from slm_analysis.batch.plan import Job
from slm_analysis.batch.records import DONE

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
    numbers = sorted([int(n) for n in sys.argv[1:]] or NUMBERS)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        notebook = written(Path("work.ipynb"))
        floors = [cells_alone()]
        taken: dict[int, dict[str, np.ndarray]] = {}
        for number in numbers:
            taken[number] = {way.__name__: timed(way, notebook, number) for way in WAYS}
            floors.append(cells_alone())
            print(f"{number} notebooks, {WORKERS} at a time, seconds (of the processor):", end=" ")
            print(", ".join(f"{name} {t[0]:.1f} ({t[1]:.1f})" for name, t in taken[number].items()))
    floor = np.mean(floors, axis=0)
    print(f"the cells alone, without a kernel: {floor[0]:.2f} ({floor[1]:.2f}) s a notebook")
    first, last = taken[numbers[0]], taken[numbers[-1]]
    cli, threaded = (last[way] / last["warm"] for way in ("command", "threads"))
    extra = numbers[-1] - numbers[0]
    steady = (last["warm"] - first["warm"] if extra else last["warm"]) / (extra or numbers[-1])
    steady /= floor / [WORKERS, 1]
    print(f"times the command {told(cli)} (at least {CLI_RATIO}, aim {AIM_CLI})")
    print(f"times the threads {told(threaded)} (at least {THREADS_RATIO})")
    print(f"times the cells alone {told(steady)} (at most {FLOOR_RATIO}, aim {AIM_FLOOR})")
    return int(cli[0] < CLI_RATIO or threaded[0] < THREADS_RATIO or steady[0] > FLOOR_RATIO)


def told(ratio: np.ndarray) -> str:
    return f"{ratio[0]:.1f}, of the processor {ratio[1]:.1f}"


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


def timed(way: Callable[[Path, int], None], notebook: Path, number: int) -> np.ndarray:
    """Return the seconds that a way takes: on the clock, and of the processor."""
    started = np.array([time.perf_counter(), processor()])
    way(notebook, number)
    return np.array([time.perf_counter(), processor()]) - started


def processor() -> float:
    """Return the seconds of the processor, of this process and all that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def warm(notebook: Path, number: int) -> None:
    jobs = [
        Job(
            notebook,
            "Work",
            str(i),
            {"seed": i},
            "en",
            Path(f"warm{number}-{i}").resolve(),
            f"{i:x}",
        )
        for i in range(number)
    ]
    with LocalWorkers(WORKERS) as workers:
        records = [record for _, record in workers.execute(jobs, Path.cwd())]
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


WAYS = (warm, threads, command)


def cells_alone() -> np.ndarray:
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
started = time.perf_counter(), time.process_time()
for seed in range({FLOOR_RUNS}):
    once(seed)
print(time.perf_counter() - started[0], time.process_time() - started[1])
"""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    return np.array(done.stdout.split(), dtype=float) / FLOOR_RUNS


if __name__ == "__main__":
    sys.exit(main())
