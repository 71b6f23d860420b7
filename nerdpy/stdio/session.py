"""One loop for everything that is attached: `run`, `start -a`, `attach` and `exec`.

Output goes from a source to the user's stdout and stderr no faster than they take it; the user's stdin goes
to the container, watched for the detach keys; signals and sizes of the terminal go to callbacks. Nothing is
ever waited for in one place only, and no descriptor of the user's is made non-blocking: the shell has the
same ones.
"""

import os
import select
import signal
import stat
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from functools import partial

from nerdpy.dataclass import dataclass, field
from nerdpy.model.monitor import STDERR, STDOUT
from nerdpy.stdio.detach import DetachMatcher
from nerdpy.stdio.signals import Signals
from nerdpy.stdio.source import Output, Source
from nerdpy.stdio.wakeup import Wakeup

WRITE_SIZE = 4096
"""PIPE_BUF: so much goes into a pipe that is ready without blocking, whatever its mode."""
PENDING_LIMIT = 256 << 10
READ_SIZE = 16 << 10
_BROKEN = select.POLLERR | select.POLLHUP | select.POLLNVAL


class Ending(Enum):
    """Why a session is over."""

    EXITED = "exited"
    """The process has exited, or closed all its streams, and every byte was written out."""
    DETACHED = "detached"
    """The user typed the detach keys."""
    INPUT_ENDED = "input ended"
    """Every byte of the user's stdin went to the container, and that was all that was asked for."""
    STREAM_CLOSED = "stream closed"
    """The other side went away without a word: the monitor or shim died."""
    OUTPUT_BROKEN = "output broken"
    """Nobody reads our stdout or stderr any more (as with `| head`)."""


@dataclass(kw_only=True)
class Sink:
    """One descriptor that is written to, and what waits to be written."""

    descriptor: int
    pending: bytearray = field(default_factory=bytearray)

    def write_some(self) -> None:
        """Write as much as surely does not block."""
        is_file = stat.S_ISREG(os.fstat(self.descriptor).st_mode)
        size = len(self.pending) if is_file else WRITE_SIZE
        with suppress(BlockingIOError):
            del self.pending[: os.write(self.descriptor, self.pending[:size])]


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What is connected with what. Descriptors stay the caller's, but `container_stdin` is closed by the
    session."""

    source: Source
    stdout: int | None = 1
    """Where the process's stdout goes; None: it is read and dropped."""
    stderr: int | None = 2
    stdin: int | None = None
    """The user's stdin; None: nothing is forwarded."""
    container_stdin: int | None = None
    """`fifo.open_writer` of the process's stdin."""
    on_stdin_end: Callable[[], None] | None = None
    """Called when the user's stdin has ended, all of it was written and `container_stdin` is closed:
    tasks.close_stdin."""
    ends_with_stdin: bool = False
    """Is it over when the user's stdin has been passed on?"""
    detach_keys: bytes = b""
    """None at all: can't be detached from."""
    signals: Signals | None = None
    on_signal: Callable[[int], None] | None = None
    """Called with each signal but SIGWINCH."""
    on_resize: Callable[[], None] | None = None
    """Called at SIGWINCH."""
    exited: Wakeup | None = None
    """Rung when the process has exited: then the streams' end is waited for no longer than the source's
    grace."""


def converse(wiring: Wiring) -> Ending:
    """Run the session to its end."""
    return _Session(wiring).run()


class _Session:
    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._source = wiring.source
        self._sinks = {
            stream: Sink(descriptor=descriptor)
            for stream, descriptor in ((STDOUT, wiring.stdout), (STDERR, wiring.stderr))
            if descriptor is not None
        }
        self._stdin = wiring.stdin
        self._to_container = (
            None if wiring.container_stdin is None else Sink(descriptor=wiring.container_stdin)
        )
        self._matcher = DetachMatcher(wiring.detach_keys)
        self._ending: Ending | None = None
        self._deadline: float | None = None
        self._actions: dict[int, Callable[[int], None]] = {}

    def run(self) -> Ending:
        try:
            self._sort(self._source.early())
            while self._ending is None:
                self._step()
            return self._ending
        finally:
            self._close_stdin()

    def _step(self) -> None:
        poller = select.poll()
        self._actions.clear()
        self._watch(poller)
        if self._ending is not None:
            return
        ready = poller.poll(self._patience())
        if not ready and self._deadline is not None:
            self._ending = Ending.EXITED
        for descriptor, events in ready:
            if self._ending is None and descriptor in self._actions:
                self._actions[descriptor](events)

    def _patience(self) -> float | None:
        """Milliseconds that the source may still be silent; while the user's side is slow it has all the
        time."""
        if self._deadline is None or any(sink.pending for sink in self._sinks.values()):
            return None
        return max(0.0, self._deadline - time.monotonic()) * 1000

    def _watch(self, poller: select.poll) -> None:
        """Say what this round waits for. What is full is not read, what is empty is not written."""

        def watch(descriptor: int, events: int, action: Callable[[int], None]) -> None:
            poller.register(descriptor, events)
            self._actions[descriptor] = action

        wiring = self._wiring
        is_full = any(len(sink.pending) >= PENDING_LIMIT for sink in self._sinks.values())
        sources = self._source.descriptors()
        for descriptor in () if is_full else sources:
            watch(descriptor, select.POLLIN, partial(self._read_output, descriptor))
        for sink in self._sinks.values():
            if sink.pending and sink.descriptor not in self._actions:
                watch(sink.descriptor, select.POLLOUT, partial(self._write_output, sink))
        if not sources and not any(sink.pending for sink in self._sinks.values()):
            self._ending = Ending.EXITED if self._source.has_ended else Ending.STREAM_CLOSED
        self._watch_stdin(watch)
        if wiring.signals is not None:
            watch(wiring.signals.descriptor, select.POLLIN, self._take_signals)
        if wiring.exited is not None and self._deadline is None:
            watch(wiring.exited.descriptor, select.POLLIN, self._note_exit)

    def _watch_stdin(self, watch: Callable[[int, int, Callable[[int], None]], None]) -> None:
        sink = self._to_container
        if sink is not None:
            # Without an event this still tells that nobody reads there any more.
            watch(sink.descriptor, select.POLLOUT if sink.pending else 0, self._write_stdin)
        if self._stdin is not None and (sink is None or len(sink.pending) < READ_SIZE):
            watch(self._stdin, select.POLLIN, self._read_stdin)

    # --- output -------------------------------------------------------------------------------------------
    def _read_output(self, descriptor: int, events: int) -> None:
        self._sort(self._source.receive(descriptor))
        if self._deadline is not None:
            self._note_exit(0)

    def _sort(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            if output.stream in self._sinks:
                self._sinks[output.stream].pending += output.data

    def _write_output(self, sink: Sink, events: int) -> None:
        try:
            if events & _BROKEN and not events & select.POLLOUT:
                raise BrokenPipeError
            sink.write_some()
        except BrokenPipeError:
            self._ending = Ending.OUTPUT_BROKEN

    # --- input --------------------------------------------------------------------------------------------
    def _read_stdin(self, events: int) -> None:
        assert self._stdin is not None
        try:
            typed = os.read(self._stdin, READ_SIZE)
        except OSError:  # closed, or a terminal that is gone
            typed = b""
        forwarded, is_detached = self._matcher.feed(typed)
        if not typed:
            self._stdin = None
            forwarded = self._matcher.rest()
        if self._to_container is not None:
            self._to_container.pending += forwarded
            self._write_stdin(0)
        if is_detached:
            self._ending = Ending.DETACHED

    def _write_stdin(self, events: int) -> None:
        sink = self._to_container
        if sink is None:
            return
        try:
            if events & _BROKEN:
                raise BrokenPipeError
            if sink.pending:
                with suppress(BlockingIOError):
                    del sink.pending[: os.write(sink.descriptor, sink.pending)]
        except OSError:  # the process has closed its stdin, or is gone: its output goes on
            self._close_stdin()
            return
        if self._stdin is None and self._wiring.stdin is not None and not sink.pending:
            self._close_stdin()
            if self._wiring.on_stdin_end is not None:
                self._wiring.on_stdin_end()
            if self._wiring.ends_with_stdin:
                self._ending = Ending.INPUT_ENDED

    def _close_stdin(self) -> None:
        if self._to_container is not None:
            os.close(self._to_container.descriptor)
            self._to_container = None

    # --- signals and the exit -----------------------------------------------------------------------------
    def _take_signals(self, events: int) -> None:
        assert self._wiring.signals is not None
        for number in self._wiring.signals.take():
            if number in {signal.SIGWINCH, signal.SIGCONT}:  # it may have another size since it was suspended
                if self._wiring.on_resize is not None:
                    self._wiring.on_resize()
            elif self._wiring.on_signal is not None:
                self._wiring.on_signal(number)

    def _note_exit(self, events: int) -> None:
        self._deadline = time.monotonic() + self._source.grace.total_seconds()
