"""Give a running container a new monitor in place of one that was killed.

Its pipes are lost with a monitor, but not what is in them: the shim holds the writing ends, and a pipe whose
reading end is gone can be opened for reading again. What the container wrote meanwhile is lost (it got
EPIPE), except where the shim copies: from FIFOs it keeps open, and from a terminal, whose own descriptor is
taken over when the shim has given its copying up.
"""

import os
import time
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from nerdpy import labels
from nerdpy.container.find import shown_as
from nerdpy.container.tasks import task_of
from nerdpy.container.watched import MONITOR, marked
from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.ports import mapping_from_json
from nerdpy.engine import Engine, Warned
from nerdpy.errors import Conflict, NerdpyError
from nerdpy.linux.other_end import reopened_pipe, taken_terminal
from nerdpy.network.ports import acquire
from nerdpy.stdio.fifo import open_reader
from nerdpy.stdio.launcher import ensure_launcher, start_monitor
from nerdpy.stdio.monitor import MonitorConnection, starting

if TYPE_CHECKING:
    from nerdpy.model.records import ContainerRecord


NO_PATIENCE = timedelta()
LOOKS = 10


def watch_again(engine: Engine, record: "ContainerRecord", patience: timedelta = NO_PATIENCE) -> None:
    """Start a monitor for a running container that has none, and say so. Whoever holds the container's lock
    is not waited for longer than `patience`: the next look sees it again."""
    with suppress(Conflict, OSError), engine.store.locks.container(record.id, patience=patience):
        task = task_of(engine, record.id)
        if task is None or task.status not in {"running", "paused"} or monitor_of(engine, record.id):
            return
        try:
            is_whole = _watch(engine, record, task.pid)
        except NerdpyError as error:
            engine.notify(Warned(f"the monitor of container {shown_as(record)} is gone: {error.message}"))
            return
        lost = "" if is_whole else "; what the container wrote meanwhile is lost"
        what = f"the monitor of container {shown_as(record)} was killed, and a new one goes on"
        engine.notify(Warned(f"{what}{lost}"))


def monitor_of(engine: Engine, container_id: str) -> list[int]:
    """The monitor that answers, as lifecycle.json holds it; empty when none does."""
    with suppress(NerdpyError, OSError):
        connection = MonitorConnection.connect(engine.paths.attach_socket(container_id), streams=())
        pid = connection.pid
        connection.close()
        return marked(pid)
    return []


def _watch(engine: Engine, record: "ContainerRecord", pid: int) -> bool:
    """Says whether nothing was lost."""
    lifecycle = engine.store.containers.load_lifecycle(record.id)
    ensure_launcher(engine.paths)
    with ExitStack() as closing, starting(engine.paths, record.id):
        output = _output(engine, record, pid, lifecycle.get(MONITOR, []))
        for one in (output.stdout, output.stderr):
            closing.callback(os.close, one)
        start_monitor(
            engine.paths,
            record.id,
            stdout=output.stdout,
            stderr=output.stderr,
            pid=pid,
            is_direct=output.is_direct,
        )
        connection = MonitorConnection.connect(engine.paths.attach_socket(record.id), streams=())
        closing.callback(connection.close)
        _hold_ports(connection, engine, lifecycle.get("ports", []))
        engine.store.containers.save_lifecycle(record.id, lifecycle | {MONITOR: marked(connection.pid)})
    return output.is_whole


@dataclass(frozen=True, kw_only=True)
class _Output:
    """The reading ends for the new monitor."""

    stdout: int
    stderr: int
    is_direct: bool = False
    """Are they the container's own pipes?"""
    is_whole: bool = False
    """Has whoever copies into them waited?"""


def _output(engine: Engine, record: "ContainerRecord", pid: int, monitor: list[int]) -> _Output:
    has_tty = record.labels.get(labels.TTY) == "true"
    if record.labels.get(labels.OPEN_STDIN) == "true" and not has_tty:
        folder = engine.paths.stdio(record.id)
        stdout, stderr = open_reader(folder / "stdout"), open_reader(folder / "stderr")
        return _Output(stdout=stdout, stderr=stderr, is_whole=True)
    pipes = [reopened_pipe(pid, inode) for inode in (monitor + [0, 0, 0])[1:3]]
    if has_tty:
        pipe = pipes[0]
        terminal = taken_terminal(pid) if pipe is None else pipe
        return _Output(stdout=_or_nothing(terminal), stderr=_or_nothing(None), is_whole=pipe is not None)
    return _Output(stdout=_or_nothing(pipes[0]), stderr=_or_nothing(pipes[1]), is_direct=True)


def _or_nothing(descriptor: int | None) -> int:
    """Where there is nothing to be had, what never has anything to read."""
    return os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK) if descriptor is None else descriptor


def _hold_ports(connection: MonitorConnection, engine: Engine, ports: list[dict[str, object]]) -> None:
    """The published ports were free for everybody meanwhile; the rules that lead to the container stand."""
    mappings = [mapping for entry in ports if (mapping := mapping_from_json(entry)).host_port]
    for _ in range(LOOKS):
        with suppress(NerdpyError):
            lease = acquire(engine, mappings)
            if lease.sockets:
                connection.hold_ports(lease.sockets)
            lease.close()
            return
        time.sleep(0.02)  # the process that carried for the monitor is about to end, too
