"""Connect the user with a container that runs: the foreground of `run`, `start -a`, and `attach`."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from nerdpy import labels
from nerdpy.container.exec import has_tty
from nerdpy.container.exited import settle
from nerdpy.container.find import shown_as
from nerdpy.container.look import look_at, refuse_unless_running
from nerdpy.container.session import Attachment, Process, die_of_broken_output, hold_session
from nerdpy.container.task import StartedTask, Streams, stdin_path
from nerdpy.container.telling import tell
from nerdpy.container.wait import exit_code_of
from nerdpy.dataclass import replace
from nerdpy.engine import Engine, Note
from nerdpy.errors import ContainerExited, FailedPrecondition, NerdpyError, Unavailable
from nerdpy.model.records import ContainerRecord
from nerdpy.stdio.monitor import MonitorConnection
from nerdpy.stdio.session import Ending

if TYPE_CHECKING:
    from nerdpy.containerd.waiting import Waiting

PATIENCE = timedelta(seconds=10)
"""For the lock of the container whose monitor has died: several who are attached see it at once."""


def streams_of(attachment: Attachment, *, cleans_up: bool = False) -> Streams:
    """What is asked of the monitor before the task starts, so that nothing is missed."""
    return Streams(
        names=tuple(
            name
            for name, wanted in (("stdout", attachment.shows_stdout), ("stderr", attachment.shows_stderr))
            if wanted
        )
        or ("stdout",),
        cleans_up=cleans_up,
    )


def attach(engine: Engine, record: ContainerRecord, attachment: Attachment) -> None:
    """Join a running container's terminal or streams; its exit code becomes ours."""
    shown = shown_as(record)
    look = look_at(engine, record)
    refuse_unless_running(look, shown)
    if look.state.status == "paused":
        raise FailedPrecondition(
            f"container {shown} is paused",
            hint=f"let it go on with `nerdpy unpause {shown}` before attaching",
        )
    if not engine.paths.attach_socket(record.id).exists():
        raise FailedPrecondition(
            f"the output of container {shown} goes elsewhere: nerdpy did not start it",
            hint=f"attach with the tool that did, or look inside with `nerdpy exec {shown}`",
        )
    tell(engine, record, "attach")
    waiting = engine.containerd.tasks.wait(record.id)
    monitor = MonitorConnection.connect(
        engine.paths.attach_socket(record.id), streams=streams_of(attachment).names
    )
    task = StartedTask(record=record, pid=look.state.pid, waiting=waiting, monitor=monitor)
    follow(engine, task, attachment)


def follow(engine: Engine, task: StartedTask, attachment: Attachment, *, cleans_up: bool = False) -> None:
    """Stay connected until the container ends or the user detaches. Raises ContainerExited for a code but 0.

    With `cleans_up` the exit is settled here (`run --rm`), so that the container is gone when this returns.
    """
    record = task.record
    if task.monitor is None:
        raise Unavailable("the container's output is not connected")
    opens_stdin = record.labels.get(labels.OPEN_STDIN) == "true"
    own = replace(
        attachment, has_tty=has_tty(record), forwards_stdin=attachment.forwards_stdin and opens_stdin
    )
    monitor = task.monitor
    ending = hold_session(engine, _process(engine, record, monitor, task.waiting), own)
    while ending is Ending.STREAM_CLOSED and not task.waiting.done():
        monitor = _watched_again(engine, record, streams_of(own, cleans_up=cleans_up)) or monitor
        if monitor is task.monitor:
            break
        task = replace(task, monitor=monitor)
        ending = hold_session(engine, _process(engine, record, monitor, task.waiting), own)
    if ending in {Ending.DETACHED, Ending.INPUT_ENDED}:
        if cleans_up:
            monitor.cleans_up(False)
        monitor.close()
        if ending is Ending.DETACHED:
            tell(engine, record, "detach")
            engine.notify(Note("read detach keys: the container goes on"))
        return
    if ending is Ending.OUTPUT_BROKEN:
        die_of_broken_output()
    code = _finish(engine, task, cleans_up=cleans_up)
    if code and attachment.shows_output:
        raise ContainerExited(code)


def _process(
    engine: Engine, record: ContainerRecord, monitor: MonitorConnection, waiting: "Waiting"
) -> Process:
    opens_stdin = record.labels.get(labels.OPEN_STDIN) == "true"
    return Process(
        container_id=record.id,
        source=monitor,
        waiting=waiting,
        stdin=Path(stdin_path(engine, record.id)) if opens_stdin else None,
        ends_stdin=record.labels.get(labels.STDIN_ONCE) == "true",
        resized=lambda rows, columns: tell(engine, record, "resize", height=str(rows), width=str(columns)),
    )


def _watched_again(engine: Engine, record: ContainerRecord, streams: Streams) -> MonitorConnection | None:
    """The monitor has died: a connection with the one that takes its place; None where there is none, since
    the container has ended, too."""
    from nerdpy.container.rewatch import watch_again

    watch_again(engine, record, PATIENCE)
    with suppress(NerdpyError, OSError):
        return MonitorConnection.connect(
            engine.paths.attach_socket(record.id), streams=streams.names, cleans_up=streams.cleans_up
        )
    return None


def _finish(engine: Engine, task: StartedTask, *, cleans_up: bool) -> int:
    if task.monitor is not None and not task.monitor.has_ended and not task.waiting.done():
        shown = shown_as(task.record)
        engine.notify(
            Note(f"the monitor of container {shown} has died: no output comes; waiting for the end")
        )
    code = exit_code_of(engine, task.record, task.waiting)
    if cleans_up:
        with engine.store.locks.container(task.record.id):
            settle(engine, task.record)
    if task.monitor is not None:
        task.monitor.close()
    return code
