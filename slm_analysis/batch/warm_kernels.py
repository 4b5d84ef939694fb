"""Kernels forked from a process that has imported everything, behind Jupyter's provisioner."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, BinaryIO

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

PROVISIONER = "slm-warm"
"""Name of the entry point."""
PARENT = "slm_analysis.batch.warm_parent"
FLAGS = ["-P", "-X", "frozen_modules=off"]
"""No folder of a project before the libraries; and as Jupyter starts a kernel."""
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""A kernel per core is enough; and a process that is to be forked must not start threads."""
FIGURES = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
"""What a kernel presets before matplotlib is imported, which in the parent comes first."""
KILLED = -9
"""The exit code of a kernel whose parent is gone."""


class WarmKernel:
    """One forked kernel, told of and signalled as `subprocess.Popen` would be."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.ended = threading.Event()

    def end(self, code: int) -> None:
        """Note that the kernel has ended."""
        self.returncode = code
        self.ended.set()

    def poll(self) -> int | None:
        """Return the exit code, None while the kernel runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end; return the exit code."""
        self.ended.wait(timeout)
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Signal the kernel and whatever it started; nothing happens where it has just ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signum)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


class WarmParent:
    """The process that kernels are forked from; started anew where it was lost.

    Raises
    ------
    RuntimeError
        Where no kernel can be forked here.
    """

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._closed = False
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, *FLAGS, "-m", PARENT, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=os.environ | ONE_THREAD | FIGURES,
            )
        self._channel = ours
        self._answers: SimpleQueue[WarmKernel | None] = SimpleQueue()
        lines = ours.makefile("rb")
        told = json.loads(lines.readline() or b'{"error": "it ended while warming up"}')
        if "error" in told:
            lines.close()
            self._end()
            raise RuntimeError(f"No kernel can be forked: {told['error']}.")
        threading.Thread(
            target=_listen, args=(lines, self._process, self._answers), daemon=True
        ).start()

    def fork(self, argv: Sequence[str], cwd: str, env: Mapping[str, str], seed: str) -> WarmKernel:
        """Return a new kernel.

        Raises
        ------
        RuntimeError
            Where there is no parent, none can be started, or it cannot fork.
        """
        request = {"argv": [*argv], "cwd": cwd, "env": {**env} | ONE_THREAD, "seed": seed}
        line = json.dumps(request).encode() + b"\n"
        with self._asking:
            kernel = self._asked(line)
            if kernel is None and not self._closed:
                self._end()
                self._start()
                kernel = self._asked(line)
        if kernel is None:
            raise RuntimeError("The process that kernels are forked from is gone.")
        return kernel

    def _asked(self, line: bytes) -> WarmKernel | None:
        """Return the kernel that was asked for, None where there is no parent any more."""
        try:
            self._channel.sendall(line)
        except OSError:
            return None
        return self._answers.get()

    def close(self) -> None:
        """End the parent and with it every kernel, for good."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        with suppress(OSError):  # it was killed
            self._channel.shutdown(socket.SHUT_RDWR)
        self._channel.close()
        self._process.wait()


def _listen(
    lines: BinaryIO, parent: subprocess.Popen, answers: SimpleQueue[WarmKernel | None]
) -> None:
    """Hear of kernels that begin and end, until their parent is gone."""
    kernels: dict[int, WarmKernel] = {}
    with suppress(OSError), lines:  # OSError: the parent was killed
        for line in lines:
            told = json.loads(line)
            if "code" in told:
                kernels.pop(told["pid"]).end(told["code"])
            else:
                kernels[told["pid"]] = kernel = WarmKernel(told["pid"])
                answers.put(kernel)
    for kernel in kernels.values():
        kernel.end(KILLED)
    answers.put(None)
    parent.wait()


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by forking, for a manager with `kernels`; all else is as for a process."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel that the arguments of `cmd` describe."""
        manager: Any = self.parent
        cwd = kwargs.get("cwd") or os.getcwd()  # noqa: PTH109
        kernel = manager.kernels.parent.fork(cmd[1:], cwd, kwargs["env"], manager.seed)
        self.process = kernel
        self.pid = self.pgid = kernel.pid
        return self.connection_info
