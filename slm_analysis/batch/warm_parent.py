"""The process that warm kernels are forked from.

It imports everything once, runs a single thread, and forks a kernel for each request: one JSON
line on the socket whose number is its argument. It answers with the kernel's `pid`, and later with
its exit `code`. When the socket closes it ends, and every kernel with it; it also ends when nobody
has asked for a kernel for a while.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import selectors
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

import ipykernel.debugger  # noqa: F401  every kernel would import it: half of its start-up
import numpy as np
from ipykernel.kernelapp import IPKernelApp

from slm_analysis.warm_up import warm_up

PR_SET_PDEATHSIG = 1
"""Of Linux: the signal that a process gets when its parent ends (prctl(2))."""
THREADS = Path("/proc/self/task")
CHUNK = 65_536
IDLE = 600
"""Seconds after which a process that has no kernel ends: on a worker whose run was killed."""
SEED_BITS = 32


def main() -> None:
    """Warm up, then fork kernels until the socket closes."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    warm_up()
    gc.collect()
    gc.freeze()  # what is shared stays shared: a collection in a child would touch every page
    threads = len([*THREADS.iterdir()])
    if threads > 1:
        _tell(channel, error=f"{threads} threads run, and only one survives a fork")
        return
    _tell(channel, ready=os.getpid())
    request = _serve(channel)
    if request is not None:
        channel.close()
        _be_kernel(request)


def _tell(channel: socket.socket, **content: object) -> None:
    with suppress(BrokenPipeError):  # nobody listens any more: the next look at the socket tells
        channel.sendall(json.dumps(content).encode() + b"\n")


def _serve(channel: socket.socket) -> dict | None:
    """Fork a kernel per request; return its request in the kernel, and None when all is over."""
    ends, wakes = os.pipe()
    for end in (ends, wakes):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the runner's to handle
    kernels: set[int] = set()
    received = b""
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        selector.register(ends, selectors.EVENT_READ)
        while True:
            ready = selector.select(None if kernels else IDLE)
            if not ready and not kernels:
                return None
            for key, _ in ready:
                if key.fileobj == ends:
                    os.read(ends, CHUNK)
                    for pid, code in _ended(kernels):
                        _tell(channel, pid=pid, code=code)
                    continue
                chunk = channel.recv(CHUNK)
                if not chunk:
                    for pid in kernels:
                        with suppress(ProcessLookupError):  # it has just ended
                            os.killpg(pid, signal.SIGKILL)
                    return None
                *lines, received = (received + chunk).split(b"\n")
                for line in lines:
                    parent, pid = os.getpid(), os.fork()
                    if not pid:
                        _leave_parent(parent)
                        return json.loads(line)
                    kernels.add(pid)
                    _tell(channel, pid=pid)


def _ended(kernels: set[int]) -> list[tuple[int, int]]:
    """Return the kernels that have ended since, with their exit codes."""
    found = []
    for pid in [*kernels]:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            kernels.remove(pid)
            found.append((pid, os.waitstatus_to_exitcode(status)))
    return found


def _leave_parent(parent: int) -> None:
    """Become the leader of a group of one's own, that ends when the parent does."""
    os.setsid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def _be_kernel(request: dict) -> None:
    """Run as the kernel that was asked for, as if started anew."""
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    seed = int(request["seed"] or "0", 16) % 2**SEED_BITS
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  the state that a notebook without a generator uses
    sys.argv = ["ipykernel_launcher", *request["argv"]]
    app = IPKernelApp.instance()
    app.initialize(request["argv"])
    try:
        app.start()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # what the parent registered for its own end is not the kernel's


if __name__ == "__main__":
    main()
