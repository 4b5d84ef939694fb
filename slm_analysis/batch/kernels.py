"""The kernels that the batch runs notebooks on: this Python, warm where it can be forked."""

from __future__ import annotations

import math
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import weakref
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar, Self

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default
from zmq import IPC_PATH_MAX_LEN

from slm_analysis.batch.warm_kernels import ONE_THREAD, PROVISIONER, WarmParent

STANDARD, WARM = "slm-standard", "slm-warm"
ARGUMENTS = ["-f", "{connection_file}"]
ANSWER, HEARD = 1.0, 0.2
"""Seconds to wait for an answer, and for anything on the channel of outputs, before asking anew."""
POLL = 0.01
"""Seconds between two looks whether a kernel has ended; Jupyter's preset is ten times as long."""


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


class PromptClient(AsyncKernelClient):
    """Goes on as soon as the kernel is heard; Jupyter's own then waits for 0.2 seconds of silence.

    What may still come on the channel of outputs answers no cell, and nbclient passes over it.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on both channels that a notebook's outputs come by.

        Raises
        ------
        RuntimeError
            Where it ends before, or takes longer than `timeout` seconds.
        """
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            self.kernel_info()
            try:
                self._handle_kernel_info_reply(await self.get_shell_msg(timeout=ANSWER))
                await self.get_iopub_msg(timeout=HEARD)
                return
            except Empty:  # it is not up yet, or what it said came before it was listened to
                pass
            if not await self.is_alive():
                raise RuntimeError("The kernel ended before it was ready.")
            if time.monotonic() > deadline:
                raise RuntimeError(f"The kernel was not ready after {timeout} seconds.")


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

    @default("client_factory")
    def _default_client_factory(self) -> type[AsyncKernelClient]:
        return PromptClient

    async def _async_finish_shutdown(
        self, waittime: float | None = None, pollinterval: float = POLL, restart: bool = False
    ) -> None:
        await super()._async_finish_shutdown(waittime, pollinterval, restart)

    finish_shutdown = _async_finish_shutdown

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
