"""The kernels that the batch runs notebooks on: this Python, warm where it can be forked."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

from slm_analysis.batch.warm_kernels import ONE_THREAD, PROVISIONER

STANDARD, WARM = "slm-standard", "slm-warm"
ARGUMENTS = ["-f", "{connection_file}"]


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
    the working directory, where two kernels that start together take each other's.
    """

    seed: ClassVar[str] = ""
    """Hexadecimal digits that a warm kernel's random numbers begin from."""
    running: ClassVar[weakref.WeakSet[LocalKernelManager]] = weakref.WeakSet()

    @default("transport")
    def _default_transport(self) -> str:
        return "ipc" if os.name == "posix" else "tcp"

    @default("kernel_spec_manager")
    def _default_kernel_spec_manager(self) -> KernelSpecManager:
        return OwnKernelSpecs(parent=self)

    @default("connection_file")
    def _default_connection_file(self) -> str:
        self.running.add(self)
        return str(Path(tempfile.mkdtemp(prefix="slm-")) / "kernel.json")

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kwargs: Any) -> None:
        kwargs["env"] = {**kwargs.get("env", os.environ), **ONE_THREAD}
        await super()._async_launch_kernel(kernel_cmd, **kwargs)

    _launch_kernel = _async_launch_kernel

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
