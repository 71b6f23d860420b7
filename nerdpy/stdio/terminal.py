"""The user's terminal: raw while a session lasts, and as it was before on every way out."""

import os
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from nerdpy.dataclass import dataclass

_DEADLY = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
_IFLAG, _OFLAG, _CFLAG, _LFLAG, _CC = 0, 1, 2, 3, 6


@dataclass(frozen=True)
class Terminal:
    """A descriptor that leads to a terminal."""

    descriptor: int

    def size(self) -> tuple[int, int]:
        """(columns, rows); (0, 0) when the terminal doesn't know."""
        try:
            size = os.get_terminal_size(self.descriptor)
        except OSError:
            return 0, 0
        return size.columns, size.lines

    @contextmanager
    def raw(self) -> Iterator[None]:
        """Every key goes to the container as it is, ^C and ^Z too; restored also when a signal ends us."""
        before = termios.tcgetattr(self.descriptor)
        handlers: dict[int, Any] = {}

        def restore() -> None:
            with suppress(termios.error):  # the terminal may be gone
                termios.tcsetattr(self.descriptor, termios.TCSANOW, before)

        def die(number: int, frame: FrameType | None) -> None:
            restore()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        def again(number: int, frame: FrameType | None) -> None:
            termios.tcsetattr(self.descriptor, termios.TCSANOW, rawly(before))

        try:
            for number in _DEADLY:
                if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
                    handlers[number] = signal.signal(number, die)
            if (
                signal.getsignal(signal.SIGCONT) is signal.SIG_DFL
            ):  # a shell restores its own settings meanwhile
                handlers[signal.SIGCONT] = signal.signal(signal.SIGCONT, again)
            termios.tcsetattr(self.descriptor, termios.TCSANOW, rawly(before))
            yield
        finally:
            restore()
            for replaced, handler in handlers.items():
                signal.signal(replaced, handler)


def terminal_of(*descriptors: int) -> Terminal | None:
    """The first of them that is a terminal."""
    for descriptor in descriptors:
        with suppress(OSError):
            if os.isatty(descriptor):
                return Terminal(descriptor)
    return None


def rawly(attributes: list[Any]) -> list[Any]:
    """The same settings with cfmakeraw(3) applied: no echo, no line editing, no signals, no translation."""
    raw = list(attributes)
    raw[_CC] = list(attributes[_CC])
    raw[_IFLAG] &= ~(
        termios.IGNBRK
        | termios.BRKINT
        | termios.PARMRK
        | termios.ISTRIP
        | termios.INLCR
        | termios.IGNCR
        | termios.ICRNL
        | termios.IXON
    )
    raw[_OFLAG] &= ~termios.OPOST
    raw[_CFLAG] = (raw[_CFLAG] & ~(termios.CSIZE | termios.PARENB)) | termios.CS8
    raw[_LFLAG] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN)
    raw[_CC][termios.VMIN] = 1
    raw[_CC][termios.VTIME] = 0
    return raw
