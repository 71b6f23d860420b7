"""What verbs tell while they go on: notes, warnings, and transfers as bars (terminal) or lines (pipe)."""

import threading
from types import TracebackType
from typing import TYPE_CHECKING

from nerdpy.engine import Event, Note, Transferring, Warned
from nerdpy.output.cells import harmless
from nerdpy.output.console import Console
from nerdpy.output.transfer import Changes, summary

if TYPE_CHECKING:
    from nerdpy.output.bars import Bars, Clock

PATIENCE = 0.3
"""Seconds before bars appear: what is over by then would only flicker."""


class Progress:
    """The listener of `engine.notify`; a context manager, so that bars never outlive an error or Ctrl-C.

    Events may come from any thread. Warnings are always shown, on stderr; the rest goes to stderr or, for
    `to_stdout` (docker's `pull`), to stdout, and nowhere when it is quiet.
    """

    def __init__(self, console: Console, *, is_quiet: bool = False, to_stdout: bool = False) -> None:
        self._console = console
        self._is_quiet = is_quiet or console.is_quiet
        self._to_stdout = to_stdout
        is_terminal = console.is_terminal_out if to_stdout else console.is_terminal_err
        self._has_bars = is_terminal and not console.is_dumb
        self._lock = threading.RLock()
        self._changes = Changes()
        self._transfer: Transferring | None = None
        self._clock: Clock | None = None
        self._bars: Bars | None = None
        self._timer: threading.Timer | None = None
        self._finished = ""
        """The reference whose end was told last; some tell it twice."""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._close()

    def __call__(self, event: Event) -> None:
        with self._lock:
            match event:
                case Warned():
                    self._warn(event.text)
                case Note() if not self._is_quiet:
                    self._line(harmless(event.text, keeps="\n"))
                case Transferring() if not self._is_quiet:
                    self._show(event)

    def _warn(self, text: str) -> None:
        line = f"warning: {harmless(text, keeps=chr(10))}"
        if self._bars is not None and not self._to_stdout:
            self._bars.line(line)
        else:
            self._console.talk(line)

    def _line(self, text: str) -> None:
        if self._bars is not None:
            self._bars.line(text)
        elif self._to_stdout:
            self._console.line(text)
        else:
            self._console.talk(text)

    def _show(self, transfer: Transferring) -> None:
        if transfer.phase == "done" and transfer.reference == self._finished:
            return
        self._finished = ""
        clock = self._clock_of(transfer)
        self._transfer = transfer
        clock.look(transfer)
        if not self._has_bars:
            for line in self._changes.lines(transfer):
                self._line(line)
        elif self._bars is not None:
            self._bars.transfer = transfer
        elif self._timer is None and transfer.phase != "done":
            self._timer = threading.Timer(PATIENCE, self._open)
            self._timer.daemon = True
            self._timer.start()
        if transfer.phase == "done":
            pace = clock.pace
            self._close()
            self._finished = transfer.reference
            self._line(summary(transfer, pace))

    def _clock_of(self, transfer: Transferring) -> "Clock":
        """The clock of this transfer; one of another reference takes the place of the last."""
        from nerdpy.output.bars import Clock

        if self._transfer is not None and self._transfer.reference != transfer.reference:
            self._close()
        if self._clock is None:
            self._clock = Clock()
        return self._clock

    def _open(self) -> None:
        """Draw the bars: by now it takes long enough to be worth it."""
        from nerdpy.output.bars import Bars

        with self._lock:
            if self._bars is None and self._transfer is not None and self._clock is not None:
                stream = self._console.stdout if self._to_stdout else self._console.stderr
                self._bars = Bars(stream, self._transfer, self._clock, has_colour=self._console.has_colour)

    def _close(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        bars, self._bars = self._bars, None
        if bars is not None:
            bars.close()
        self._transfer = self._clock = None
