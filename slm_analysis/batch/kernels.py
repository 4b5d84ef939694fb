"""The kernels that the batch runs notebooks on."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import ClassVar

from jupyter_client.manager import AsyncKernelManager
from traitlets import default


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel over sockets that only this user can open, where the system has them.

    Over TCP, Jupyter's preset, any user of the machine could connect. Each kernel has a private
    folder with a short name: Jupyter's preset puts the sockets of all kernels under one name into
    the working directory, where two kernels that start together take each other's.
    """

    running: ClassVar[weakref.WeakSet[LocalKernelManager]] = weakref.WeakSet()

    @default("transport")
    def _default_transport(self) -> str:
        return "ipc" if os.name == "posix" else "tcp"

    @default("connection_file")
    def _default_connection_file(self) -> str:
        self.running.add(self)
        return str(Path(tempfile.mkdtemp(prefix="slm-")) / "kernel.json")

    def cleanup_ipc_files(self) -> None:
        """Remove the private folder with all that lies in it."""
        shutil.rmtree(Path(self.connection_file).parent, ignore_errors=True)
        self.running.discard(self)


def stop_all() -> None:
    """Kill every kernel that runs; whoever waits for one learns that it died."""
    for manager in list(LocalKernelManager.running):
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            process.kill()
