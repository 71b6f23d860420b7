"""What `run`, `start -a`, `attach` and `exec` have in common: the user's terminal connected with a
process."""

import os
import signal
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from nerdpy.dataclass import dataclass
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, InvalidArgument, NerdpyError, NotFound
from nerdpy.stdio.fifo import open_writer
from nerdpy.stdio.session import Ending, Wiring, converse
from nerdpy.stdio.signals import FORWARDED, Signals
from nerdpy.stdio.source import Source
from nerdpy.stdio.terminal import Terminal, terminal_of
from nerdpy.stdio.wakeup import Wakeup

_STDIN_PATIENCE = timedelta(seconds=0.3)
"""The shim opens its end before the task is created; so if it isn't there, it is gone."""

if TYPE_CHECKING:
    from pathlib import Path

    from nerdpy.containerd.waiting import Waiting


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """How the user's side is connected."""

    has_tty: bool = False
    forwards_stdin: bool = False
    shows_stdout: bool = True
    shows_stderr: bool = True
    detach_keys: bytes = b""
    proxies_signals: bool = True

    @property
    def shows_output(self) -> bool:
        """Is it more than feeding the container's stdin?"""
        return self.shows_stdout or self.shows_stderr


@dataclass(frozen=True, kw_only=True)
class Process:
    """The other side: a task, or a process exec'd in it."""

    container_id: str
    source: Source
    waiting: "Waiting"
    exec_id: str = ""
    stdin: "Path | None" = None
    ends_stdin: bool = True
    """Is the end of the user's input the end of the process's? (A terminal's never is.)"""
    resized: Callable[[int, int], None] = lambda rows, columns: None
    """Hears of each new size of the process's terminal."""


def user_terminal(attachment: Attachment) -> Terminal | None:
    """The terminal that is the container's while the session lasts."""
    if not attachment.has_tty:
        return None
    return terminal_of(0) if attachment.forwards_stdin else terminal_of(1, 0)


def console_size() -> tuple[int, int] | None:
    """(rows, columns) of the caller's terminal."""
    terminal = terminal_of(0, 1, 2)
    if terminal is None:
        return None
    columns, rows = terminal.size()
    return (rows, columns) if rows and columns else None


def hold_session(engine: Engine, process: Process, attachment: Attachment) -> Ending:
    """Connect the two until the process ends or the user detaches; the terminal is as before on every way
    out."""
    terminal = user_terminal(attachment)
    with ExitStack() as closing:
        exited = Wakeup()
        closing.callback(exited.close)
        process.waiting.on_done(lambda _: exited.set())
        signals = closing.enter_context(Signals(_wanted(terminal, attachment)))
        if terminal is not None:
            _resize(engine, process, terminal)
            if attachment.forwards_stdin:
                closing.enter_context(terminal.raw())
        return converse(
            Wiring(
                source=process.source,
                stdout=1 if attachment.shows_stdout else None,
                stderr=2 if attachment.shows_stderr else None,
                stdin=0 if attachment.forwards_stdin else None,
                container_stdin=_container_stdin(process, attachment),
                on_stdin_end=_stdin_end(engine, process, attachment),
                ends_with_stdin=not attachment.shows_output,
                detach_keys=attachment.detach_keys if attachment.has_tty else b"",  # a pipe's bytes are data
                signals=signals,
                on_signal=lambda number: _forward(engine, process, number),
                on_resize=(lambda: _resize(engine, process, terminal)) if terminal is not None else None,
                exited=exited,
            )
        )


def _wanted(terminal: Terminal | None, attachment: Attachment) -> set[int]:
    """With a terminal its own ^C goes to the container as a byte, so no signal is forwarded."""
    resizes = {int(signal.SIGWINCH)} if terminal is not None else set()
    proxies = attachment.proxies_signals and not attachment.has_tty
    return resizes | (set(FORWARDED) if proxies else set())


def _container_stdin(process: Process, attachment: Attachment) -> int | None:
    if not attachment.forwards_stdin or process.stdin is None:
        return None
    try:
        return open_writer(process.stdin, _STDIN_PATIENCE)
    except FailedPrecondition:  # it has been closed, by the process or by the end of an earlier input
        return None


def _stdin_end(engine: Engine, process: Process, attachment: Attachment) -> Callable[[], None] | None:
    if attachment.has_tty or not process.ends_stdin:
        return None

    def close() -> None:
        with suppress(NerdpyError):  # it may have ended meanwhile
            engine.containerd.tasks.close_stdin(process.container_id, process.exec_id)

    return close


def _forward(engine: Engine, process: Process, number: int) -> None:
    with suppress(NotFound, FailedPrecondition, InvalidArgument):
        engine.containerd.tasks.kill(process.container_id, number, exec_id=process.exec_id)


def _resize(engine: Engine, process: Process, terminal: Terminal) -> None:
    columns, rows = terminal.size()
    if columns and rows:
        with suppress(NerdpyError):
            engine.containerd.tasks.resize(
                process.container_id, columns=columns, rows=rows, exec_id=process.exec_id
            )
            process.resized(rows, columns)


def die_of_broken_output() -> None:
    """Nobody reads our output any more: end as every program in a pipe does."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGPIPE)
