"""What all tests share."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from slm_analysis.batch.plan import Job
from slm_analysis.batch.records import DONE, executed, finished
from slm_analysis.dataset.prepare import prepare
from slm_analysis.languages import CHINESE
from slm_analysis.project import NOTEBOOKS, PREPARED
from tests.batch.projects import shared_workers
from tests.real_projects import write_project

settings.register_profile("project", deadline=None)  # a busy machine is no fault
settings.load_profile("project")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As in a shell's background; what tests start would ignore Ctrl-C, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data and reference values, where a checkout has it beside it."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real data and reference values is not here")
    return SHARED


@pytest.fixture(scope="session")
def common(tmp_path_factory, worker_id) -> Path:
    """Return a folder that all processes of a test run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def real_project(shared, common) -> Callable[[str], Path]:
    """Return a function: the name of a real data set to its project, prepared once a test run."""

    def project(name: str) -> Path:
        root = common / f"real-{name}"
        with FileLock(common / f"real-{name}.lock"):
            if not root.exists():
                write_project(root, name, shared)
        prepare(root, root / PREPARED)
        return root

    return project


@pytest.fixture(scope="session")
def sample_project() -> Path:
    """Return the repository itself: a project with the sample data, prepared."""
    prepare(PROJECT, PROJECT / PREPARED)
    return PROJECT


@pytest.fixture(scope="session")
def executed_notebooks(sample_project, common) -> dict[str, Path]:
    """Return every notebook of the project by name, run by papermill as it stands."""
    return _executed(sample_project, common / "executed")


@pytest.fixture(scope="session")
def executed_in_chinese(sample_project, common) -> dict[str, Path]:
    """Return every notebook of the project by name, run by the batch in Chinese."""
    folder = common / "chinese"
    jobs = [
        Job(notebook, "", "", {"language": CHINESE}, CHINESE, folder, "c0ffee")
        for notebook in sorted((sample_project / NOTEBOOKS).glob("*.ipynb"))
    ]
    with FileLock(common / "chinese.lock"):
        missing = [job for job in jobs if finished(job) is None]
        for job, record in shared_workers().execute(missing, sample_project):
            assert record.status == DONE, f"{job.name}: {record.error}"
    return {job.name: executed(job) for job in jobs}


def _executed(project: Path, folder: Path) -> dict[str, Path]:
    notebooks = sorted((project / NOTEBOOKS).glob("*.ipynb"))
    folder.mkdir(exist_ok=True)

    def run(notebook: Path) -> Path:
        target = folder / notebook.name
        if target.exists():
            return target
        papermill = [sys.executable, "-m", "papermill", "--no-progress-bar"]
        command = [*papermill, notebook, target]
        done = subprocess.run(  # noqa: S603
            command, cwd=project, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{notebook.name}: {done.stderr[-2000:]}"
        return target

    with FileLock(folder / ".lock"), ThreadPoolExecutor(2) as pool:
        return dict(zip((n.stem for n in notebooks), pool.map(run, notebooks), strict=True))
