"""The kernels that the batch runs notebooks on."""

from __future__ import annotations

import os

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from traitlets import default

LONGEST_SOCKET_FOLDER = 50
"""Letters of a folder in which a socket's whole path stays under the system's limit of 107."""


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel over sockets that only this user can open, where the system has them.

    Over TCP, Jupyter's preset, any user of the machine could connect.
    """

    @default("transport")
    def _default_transport(self) -> str:
        sockets = os.name == "posix" and len(jupyter_runtime_dir()) <= LONGEST_SOCKET_FOLDER
        return "ipc" if sockets else "tcp"
