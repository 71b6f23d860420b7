"""Signals as something to poll for: the session forwards them to the container, or resizes its terminal."""

import os
import signal
from collections.abc import Iterable
from types import FrameType, TracebackType
from typing import Any

_OURS = frozenset(
    {
        signal.SIGKILL,
        signal.SIGSTOP,
        signal.SIGCHLD,  # about our own children
        signal.SIGPIPE,  # about our own stdout
        signal.SIGURG,
        signal.SIGWINCH,  # about our own terminal
        signal.SIGTSTP,  # job control: a shell suspends nerdpy, not the container
        signal.SIGTTIN,
        signal.SIGTTOU,
        signal.SIGCONT,
        signal.SIGSEGV,  # our own faults
        signal.SIGBUS,
        signal.SIGFPE,
        signal.SIGILL,
    }
)
FORWARDED = frozenset(signal.valid_signals()) - _OURS
"""What `--sig-proxy` forwards, as numbers: real-time signals too."""


def _noted(number: int, frame: FrameType | None) -> None:
    """Python writes the number to the wakeup descriptor by itself; without a handler it would not."""


class Signals:
    """While this context lasts, the `wanted` signals have no effect but to make `descriptor` readable.

    For the main thread only, as Python's handlers are. Not to be nested.
    """

    def __init__(self, wanted: Iterable[int]) -> None:
        self._wanted = tuple(wanted)
        self._before: dict[int, Any] = {}
        self._wakeup_before = -1
        self._write = -1
        self.descriptor = -1

    def __enter__(self) -> "Signals":
        self.descriptor, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wakeup_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in self._wanted:
            if (
                signal.getsignal(number) is not None
            ):  # None: somebody's handler in C, which we could not restore
                self._before[number] = signal.signal(number, _noted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self.descriptor)
        os.close(self._write)

    def take(self) -> list[int]:
        """The signals that have come since the last call, in their order."""
        try:
            return list(os.read(self.descriptor, 4096))
        except BlockingIOError:
            return []


def die_by(number: int) -> None:
    """End as a process does that never heard of the signal, so that the caller's shell sees it."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
