"""JupyterLab as `slm lab` opens it, with settings and run files of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

SLM = [sys.executable, "-c", "import sys; from slm_analysis.cli import main; sys.exit(main())"]
SETTINGS = {"ServerApp": {"open_browser": False, "allow_root": True, "port": 0}}
PAUSE = 0.2


@contextmanager
def slm_lab(folder: Path, own: Path) -> Iterator[dict]:
    """Run ``slm lab`` in a folder; yield what its server tells of itself.

    Parameters
    ----------
    folder : Path
        The working directory.
    own : Path
        Where settings and run files go.
    """
    config = own / "config" / "jupyter_server_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps(SETTINGS), encoding="utf-8")
    places = {
        "JUPYTER_CONFIG_DIR": config.parent,
        "JUPYTER_RUNTIME_DIR": own / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": own / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": own / "workspaces",
    }
    lab = subprocess.Popen(  # noqa: S603
        [*SLM, "lab"],
        cwd=folder,
        env=os.environ | {name: str(place) for name, place in places.items()},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield _server(lab, own / "runtime")
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait()


def _server(lab: subprocess.Popen, runtime: Path) -> dict:
    """Return what a server tells of itself once it answers."""
    while lab.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                server = json.loads(file.read_text(encoding="utf-8"))
                asked(server, "api").close()
            except (OSError, ValueError):
                continue
            return server
        time.sleep(PAUSE)
    raise AssertionError(f"JupyterLab ended with {lab.returncode}")


def asked(server: dict, path: str):
    """Return the answer of a server."""
    header = {"Authorization": f"token {server['token']}"}
    return urlopen(Request(f"{server['url']}{path}", headers=header))  # noqa: S310
