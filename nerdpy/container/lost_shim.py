"""Shims that containerd has lost.

A task's creation or deletion whose caller is killed is broken off by containerd, in whatever state it is. Its
shim may then stay, without a task and without anybody who knows of it.
"""

import os
import time
from datetime import timedelta

from nerdpy.container.tasks import task_of
from nerdpy.engine import Engine
from nerdpy.linux import process

_PATIENCE = timedelta(seconds=1)
"""How long containerd may be busy with breaking it off, or, if it does not care, with going on."""


def end_lost_shim(engine: Engine, container_id: str) -> None:
    """Wait until the container has a task or no shim; end a shim that stays without a task."""
    deadline = time.monotonic() + _PATIENCE.total_seconds()
    while (pids := _shims(engine, container_id)) and task_of(engine, container_id) is None:
        if time.monotonic() > deadline:
            for pid in pids:
                process.end(pid, timedelta(seconds=0.3))
            return
        time.sleep(0.02)


def _shims(engine: Engine, container_id: str) -> list[int]:
    """By their command lines: `containerd-shim-X -namespace NS -id ID -address SOCKET`."""
    address = os.path.realpath(engine.config.address.removeprefix("unix://"))
    return [
        pid
        for pid, words in process.with_word(container_id)
        if "shim" in os.path.basename(words[0])
        and _after(words, "-namespace") == engine.config.namespace
        and _after(words, "-id") == container_id
        and os.path.realpath(_after(words, "-address")) == address
    ]


def _after(words: list[str], flag: str) -> str:
    at = words.index(flag) + 1 if flag in words else len(words)
    return words[at] if at < len(words) else ""
