"""The kernels that the batch runs notebooks on: this Python, warm where it can be forked."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
import weakref
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default
from zmq import IPC_PATH_MAX_LEN

from slm_analysis.batch.warm_kernels import ONE_THREAD, PROVISIONER, WarmParent

STANDARD, WARM = "slm-standard", "slm-warm"
ARGUMENTS = ["-f", "{connection_file}"]


class StoppedError(Exception):
    """The batch was stopped while a job was at work; there is nothing to tell of the job."""


class Kernels:
    """The kernels of one batch in this process; they end with it.

    Parameters
    ----------
    warm : bool
        Fork them where the system can; otherwise, and without it, each is a Python of its own.
    """

    def __init__(self, *, warm: bool = True) -> None:
        self.stopped = False
        self._warm = warm and sys.platform == "linux"
        self._starting = threading.Lock()
        self._running: weakref.WeakSet[LocalKernelManager] = weakref.WeakSet()
        self.folder = tempfile.TemporaryDirectory(prefix="slm-", ignore_cleanup_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @cached_property
    def parent(self) -> WarmParent | None:
        """The process that kernels are forked from, if there is one; started when first asked."""
        try:
            return WarmParent() if self._warm else None
        except RuntimeError:
            return None

    def start(self) -> str:
        """Get ready, and return the name of the kernels."""
        with self._starting:
            if self.stopped:
                raise StoppedError
            return WARM if self.parent is not None else STANDARD

    def manager(self, seed: str) -> type[LocalKernelManager]:
        """Return the class of manager for one job.

        Parameters
        ----------
        seed : str
            Hexadecimal digits that a warm kernel's random numbers begin from.
        """
        return type("JobKernelManager", (LocalKernelManager,), {"seed": seed, "kernels": self})

    def began(self, manager: LocalKernelManager) -> None:
        """Note a kernel that has begun; where the batch was stopped meanwhile, end it."""
        self._running.add(manager)
        if self.stopped:
            manager.end_at_once()

    def stop(self) -> None:
        """Kill every kernel and start no more; whoever waits for one learns that it died."""
        self.stopped = True
        for manager in list(self._running):
            manager.end_at_once()
        with self._starting:
            if "parent" in self.__dict__ and self.parent is not None:
                self.parent.close()
        self.folder.cleanup()


class OwnKernelSpecs(KernelSpecManager):
    """The two kernels of the batch; nobody else sees them, and no file describes them."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how a kernel is started."""
        if kernel_name == WARM:
            return KernelSpec(
                argv=["fork", *ARGUMENTS],
                language="python",
                metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER}},
            )
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", *ARGUMENTS], language="python"
        )


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel over sockets that only this user can open, where the system has them.

    Over TCP, Jupyter's preset, any user of the machine could connect. Each kernel has a private
    folder with a short name: Jupyter's preset puts the sockets of all kernels under one name into
    the working directory, where two kernels that start together take each other's. Where the
    system's folder for temporary files has too long a name for sockets, TCP it is.
    """

    seed: ClassVar[str]
    kernels: ClassVar[Kernels]

    @default("transport")
    def _default_transport(self) -> str:
        longest = len(os.fsencode(self.connection_file)) + len("-ipc-5")
        return "ipc" if os.name == "posix" and longest <= IPC_PATH_MAX_LEN else "tcp"

    @default("kernel_spec_manager")
    def _default_kernel_spec_manager(self) -> KernelSpecManager:
        return OwnKernelSpecs(parent=self)

    @default("connection_file")
    def _default_connection_file(self) -> str:
        return str(Path(tempfile.mkdtemp(prefix="", dir=self.kernels.folder.name)) / "kernel.json")

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kwargs: Any) -> None:
        kwargs["env"] = {**kwargs.get("env", os.environ), **ONE_THREAD}
        await super()._async_launch_kernel(kernel_cmd, **kwargs)
        self.kernels.began(self)

    _launch_kernel = _async_launch_kernel

    def end_at_once(self) -> None:
        """Kill the kernel and whatever it started."""
        process = getattr(self.provisioner, "process", None)
        if process is None or process.poll() is not None:
            return
        if os.name == "posix":
            with suppress(ProcessLookupError):  # it has just ended
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()

    def cleanup_ipc_files(self) -> None:
        """Remove the private folder with all that lies in it."""
        shutil.rmtree(Path(self.connection_file).parent, ignore_errors=True)
