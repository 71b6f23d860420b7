"""Run a second process in a running container (`Tasks.Exec`), with FIFOs of our own."""

import os
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from nerdpy import labels
from nerdpy.container.failure import start_failure
from nerdpy.container.find import shown_as
from nerdpy.container.look import look_at, refuse_unless_running
from nerdpy.container.session import Attachment, Process, die_of_broken_output, hold_session
from nerdpy.container.telling import tell
from nerdpy.engine import Engine, Note
from nerdpy.errors import (
    ContainerExited,
    DeadlineExceeded,
    FailedPrecondition,
    NerdpyError,
    NotFound,
    RunFailed,
)
from nerdpy.model.records import ContainerRecord
from nerdpy.spec.exec import ExecOptions, build_exec_process
from nerdpy.stdio.drain import drain_beside
from nerdpy.stdio.fifo import Fifos, fifos_for_exec, open_reader
from nerdpy.stdio.monitor import leave_to_monitor
from nerdpy.stdio.session import Ending
from nerdpy.stdio.source import FifoSource

if TYPE_CHECKING:
    from nerdpy.spec.facts import UserFacts

_DELETE_PATIENCE = timedelta(seconds=1)
"""containerd waits ten seconds for streams that a child keeps open; it deletes the process in any case."""


def exec_in(engine: Engine, record: ContainerRecord, options: ExecOptions, attachment: Attachment) -> Ending:
    """Run the command and stay connected until it ends: then ContainerExited tells its code, if that is not
    0.

    With `options.is_detached` it returns as soon as the process runs.
    """
    look = look_at(engine, record)
    shown = shown_as(record)
    refuse_unless_running(look, shown)
    if look.state.status == "paused":
        raise FailedPrecondition(
            f"container {shown} is paused", hint=f"let it go on with `nerdpy unpause {shown}` before exec"
        )
    process = build_exec_process(
        record.spec,
        options,
        user=_user(look.state.pid, options),
        host_capabilities=_capabilities() if options.privileged else (),
    )
    exec_id = f"exec-{os.urandom(32).hex()}"
    for action in ("exec_create", "exec_start"):
        tell(engine, record, f"{action}: {' '.join(options.command)}", execID=exec_id)
    if options.is_detached:
        # A terminal's output must lead somewhere.
        nowhere = Fifos(stdout=Path(os.devnull) if options.has_tty else None)
        _start(engine, record.id, exec_id, process, nowhere, has_tty=options.has_tty)
        return Ending.DETACHED
    with fifos_for_exec(
        engine.paths.stdio(record.id), exec_id, stdin=attachment.forwards_stdin, stderr=not options.has_tty
    ) as fifos:
        return _converse(engine, record, exec_id, process, fifos, attachment)


def _capabilities() -> tuple[str, ...]:
    from nerdpy.linux import capabilities, kernel

    return capabilities.names_of(kernel.look().bounding)


def _user(pid: int, options: ExecOptions) -> "UserFacts | None":
    if not options.user:
        return None
    from nerdpy.container.users import user_in
    from nerdpy.linux.rootfs import opened_of_process

    with opened_of_process(pid) as root:
        return user_in(root, options.user)


def _start(
    engine: Engine,
    container_id: str,
    exec_id: str,
    process: dict[str, object],
    fifos: Fifos,
    *,
    has_tty: bool,
) -> None:
    tasks = engine.containerd.tasks
    try:
        tasks.exec(
            container_id,
            exec_id,
            process=process,
            stdin=str(fifos.stdin or ""),
            stdout=str(fifos.stdout or ""),
            stderr=str(fifos.stderr or ""),
            has_tty=has_tty,
        )
        tasks.start(container_id, exec_id)
    except NerdpyError as error:
        with suppress(NerdpyError):
            tasks.delete_process(container_id, exec_id)
        failure = start_failure(error, "the command")
        raise (
            RunFailed(failure.message, hint=failure.hint) if failure.exit_code == 125 else failure
        ) from error


def _converse(
    engine: Engine,
    record: ContainerRecord,
    exec_id: str,
    process: dict[str, object],
    fifos: Fifos,
    attachment: Attachment,
) -> Ending:
    tasks = engine.containerd.tasks
    with ExitStack() as closing:
        source = FifoSource(
            stdout=open_reader(fifos.stdout) if fifos.stdout else None,
            stderr=open_reader(fifos.stderr) if fifos.stderr else None,
        )
        closing.callback(source.close)
        heir = leave_to_monitor(engine.paths.attach_socket(record.id), source.descriptors())
        if heir is not None:
            closing.callback(heir.close)
        _start(engine, record.id, exec_id, process, fifos, has_tty=attachment.has_tty)
        waiting = tasks.wait(record.id, exec_id)
        ending = hold_session(
            engine,
            Process(
                container_id=record.id, exec_id=exec_id, source=source, waiting=waiting, stdin=fifos.stdin
            ),
            attachment,
        )
        if ending is not Ending.EXITED:
            waiting.cancel()
            if heir is None:
                drain_beside(source.descriptors())
            _leave(engine, record, exec_id, ending)
            return ending
        code, _ = waiting.result()
        tell(engine, record, "exec_die", exitCode=str(code), execID=exec_id)
        with suppress(NotFound, DeadlineExceeded):  # a child of the process may hold its stdout
            engine.containerd.within(_DELETE_PATIENCE).tasks.delete_process(record.id, exec_id)
    if code:
        raise ContainerExited(code)
    return ending


def _leave(engine: Engine, record: ContainerRecord, exec_id: str, ending: Ending) -> None:
    """Say why we go before the command does."""
    if ending is Ending.OUTPUT_BROKEN:
        die_of_broken_output()
    if ending is Ending.DETACHED:
        tell(engine, record, "exec_detach", execID=exec_id)
        engine.notify(Note("read detach keys: the command goes on"))


def has_tty(record: ContainerRecord) -> bool:
    """Has the container's own process a terminal?"""
    return record.labels.get(labels.TTY) == "true" or bool((record.spec.get("process") or {}).get("terminal"))
