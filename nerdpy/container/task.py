"""Create a container's task with its stdio, and start it.

Without -i, and with a terminal, the shim writes straight to the monitor (`binary://`). That form has no
stdin, so `-i`
without a terminal takes FIFOs, and nerdpy starts the same monitor itself (design: the monitor).
"""

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nerdpy import labels
from nerdpy.container.connect import Connection
from nerdpy.container.failure import start_failure
from nerdpy.container.pidfile import remove_pidfile, write_pidfile
from nerdpy.container.pins import give_up_mounts
from nerdpy.container.teardown import delete_task
from nerdpy.container.telling import tell, tell_volumes
from nerdpy.container.watched import marked
from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NerdpyError, Unavailable
from nerdpy.model.records import ContainerRecord, SnapshotMount
from nerdpy.network.attachment import Attachment
from nerdpy.stdio.fifo import Fifos, make_fifos, open_reader
from nerdpy.stdio.launcher import ensure_launcher, load_settings, start_monitor
from nerdpy.stdio.monitor import MonitorConnection, starting

if TYPE_CHECKING:
    from nerdpy.containerd.waiting import Waiting


@dataclass(frozen=True, kw_only=True)
class Streams:
    """What the caller wants of the task's output; nothing of it for a detached start."""

    names: tuple[str, ...] = ()
    cleans_up: bool = False
    """The caller records the exit himself (`run --rm` in the foreground)."""


@dataclass(frozen=True, kw_only=True)
class StartedTask:
    """A task that runs (or has ended already: `waiting` knows)."""

    record: ContainerRecord
    pid: int
    waiting: "Waiting"
    monitor: MonitorConnection | None
    attachment: Attachment | None = None
    started_at: datetime | None = None
    watched_by: tuple[int, ...] = ()
    """The monitor, as `watched.marked` knows it."""


def stdin_path(engine: Engine, container_id: str) -> str:
    """The FIFO that leads to the stdin of the container's process."""
    return str(engine.paths.stdio(container_id) / "stdin")


def start_task(
    engine: Engine,
    record: ContainerRecord,
    mounts: tuple[SnapshotMount, ...],
    connection: Connection,
    streams: Streams,
) -> StartedTask:
    """Create the task while the network is being made, put the two together, and start it. On failure the
    task, network and mounts are taken down again; the error and its exit code are docker's."""
    with ExitStack() as undo:
        undo.callback(give_up_mounts, engine, record)
        undo.callback(connection.undo)
        check_log(engine, record)
        undo.callback(delete_task, engine, record.id)
        with starting(engine.paths, record.id):
            pid, monitor = _create(engine, record, mounts, connection, streams)
            undo.callback(monitor.close)
            watched_by = tuple(marked(monitor.pid))
            attachment = connection.join()
            if connection.sockets:
                monitor.hold_ports(connection.sockets)
        undo.callback(remove_pidfile, record)
        write_pidfile(record, pid)
        waiting = engine.containerd.tasks.wait(record.id)
        started_at = datetime.now(UTC)  # before it starts: it may have ended when we look at the clock again
        pid = _begin(engine, record, pid, monitor)
        undo.pop_all()
    connection.close()
    if not streams.names:
        monitor.close()
    return StartedTask(
        record=record,
        pid=pid,
        waiting=waiting,
        monitor=monitor if streams.names else None,
        attachment=attachment,
        started_at=started_at,
        watched_by=watched_by,
    )


def _begin(engine: Engine, record: ContainerRecord, pid: int, monitor: MonitorConnection) -> int:
    """Start the task; its pid. A restored one has none before, so who must know it is told now."""
    tell_volumes(engine, record, "mount")
    try:
        begun = engine.containerd.tasks.start(record.id)
    except NerdpyError as error:
        tell_volumes(engine, record, "unmount")
        raise start_failure(error) from error
    if not pid:
        write_pidfile(record, begun)
        if _has_monitor_beside(record):
            monitor.tell_init(begun)
    return pid or begun


def _has_monitor_beside(record: ContainerRecord) -> bool:
    """Do we start its monitor ourselves? A shim that writes to a `binary://` gives no stdin without a
    terminal."""
    return record.labels.get(labels.OPEN_STDIN) == "true" and record.labels.get(labels.TTY) != "true"


def check_log(engine: Engine, record: ContainerRecord) -> None:
    """Refuse to start what has nowhere to log to, as docker does."""
    text = record.labels.get(labels.LOG_CONFIG, "")
    if not text or '"driver": "json-file"' in text or '"driver": "none"' in text:
        return
    from nerdpy.logs.reach import check_reachable

    check_reachable(load_settings(engine.paths, record.id).log)


def _create(
    engine: Engine,
    record: ContainerRecord,
    mounts: tuple[SnapshotMount, ...],
    connection: Connection,
    streams: Streams,
) -> tuple[int, MonitorConnection]:
    """The task's pid, and the connection with its monitor: the shim's child, or one that we start beside
    it."""
    wiring = _wire(engine, record)
    try:
        pid = engine.containerd.tasks.create(
            record.id,
            mounts=mounts,
            stdin=wiring.stdin,
            stdout=wiring.stdout,
            stderr=wiring.stderr,
            has_tty=wiring.has_tty,
            runtime_options=record.runtime_options,
        )
    except NerdpyError as error:
        connection.join()  # a network that failed took its namespace with it: then that is the reason
        raise start_failure(error) from error
    monitor = MonitorConnection.connect(
        engine.paths.attach_socket(record.id), streams=streams.names, cleans_up=streams.cleans_up
    )
    if streams.names:
        tell(engine, record, "attach")
    if wiring.is_beside and pid:
        monitor.tell_init(pid)
    return pid, monitor


@dataclass(frozen=True, kw_only=True)
class _Wiring:
    stdin: str
    stdout: str
    stderr: str
    has_tty: bool
    is_beside: bool


def _wire(engine: Engine, record: ContainerRecord) -> _Wiring:
    """Decide where the streams lead, and make what they need."""
    has_tty = record.labels.get(labels.TTY) == "true"
    keeps_stdin = record.labels.get(labels.OPEN_STDIN) == "true"
    folder = engine.paths.stdio(record.id)
    log_uri = ensure_launcher(engine.paths)
    if keeps_stdin and not has_tty:
        fifos = make_fifos(folder, stdin=True, stdout=True, stderr=True)
        _start_monitor(engine, record.id, fifos)
        return _Wiring(
            stdin=str(fifos.stdin),
            stdout=str(fifos.stdout),
            stderr=str(fifos.stderr),
            has_tty=False,
            is_beside=True,
        )
    stdin = str(make_fifos(folder, stdin=True).stdin) if keeps_stdin else ""
    stderr = "" if has_tty else log_uri
    return _Wiring(stdin=stdin, stdout=log_uri, stderr=stderr, has_tty=has_tty, is_beside=False)


def _start_monitor(engine: Engine, container_id: str, fifos: Fifos) -> None:
    if fifos.stdout is None or fifos.stderr is None:
        raise Unavailable("the container has no FIFOs for its output")
    stdout, stderr = open_reader(fifos.stdout), open_reader(fifos.stderr)
    try:
        start_monitor(engine.paths, container_id, stdout=stdout, stderr=stderr)
    finally:
        os.close(stdout)
        os.close(stderr)


def refuse_if_running(status: str, shown: str) -> None:
    """A second start of a running container."""
    if status == "paused":
        raise FailedPrecondition(
            f"cannot start a paused container: {shown}", hint=f"let it go on with `nerdpy unpause {shown}`"
        )
