"""A driver that may have to wait, in a process of its own: the monitor hands the output on and never waits.

Between the two is a pipe of frames: the stream, when it was read, how much, and the bytes. What the pipe
does not take stays with the monitor, up to a limit. Beyond it, with mode=blocking, the container is held up,
so that a slow server loses nothing, but for a few seconds only: then output is dropped until the driver gets
on, and a line in the log says how much is missing. With mode=non-blocking it is dropped at once.
"""

import os
import select
import time

from nerdpy.logs.driver import LogDriver, Waiter
from nerdpy.model.monitor import STDERR, STDOUT

TYPE_CHECKING = False  # typing would bring collections
if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = 13
OUTBOX_LIMIT = 64 << 10
"""Bytes with the monitor beyond those in the pipe, with mode=blocking."""
HOLD = 3.0
"""Seconds that a container is held up by a driver that does not get on at all."""
CLOSING = 1.0
"""Seconds that the monitor waits at the end, by which most drivers have written everything."""
LAST_WORDS = 5.0
"""Seconds that the driver has from the container's end on for what is in the pipe."""


def render_frame(stream: int, moment: int, data: bytes) -> bytes:
    """One frame."""
    return bytes((stream,)) + moment.to_bytes(8) + len(data).to_bytes(4) + data


class Relay(LogDriver):
    """The monitor's side. `buffer_size` above 0 is mode=non-blocking with so many bytes."""

    def __init__(
        self,
        buffer_size: int,
        make: "Callable[[Waiter], LogDriver]",
        note: "Callable[[str], None]",
    ) -> None:
        self._limit = buffer_size or OUTBOX_LIMIT
        self._holds = not buffer_size
        self._note = note
        self._outbox = bytearray()
        self._lost = 0
        self._drop_from = 0.0
        """When the container has been held up for long enough; 0: it is not held up."""
        reader, self._pipe = os.pipe2(os.O_CLOEXEC)
        self._child = os.fork()
        if not self._child:
            serve(reader, make, note)  # does not return
        os.close(reader)
        os.set_blocking(self._pipe, False)

    def write(self, stream: int, data: bytes) -> None:
        if self._is_dropping():
            self._lost += len(data)
            return
        note = b""
        if self._lost:
            note = f"nerdpy: {self._lost} bytes of the log are missing here\n".encode()
            note, self._lost = render_frame(STDERR, time.time_ns(), note), 0
        self._outbox += note + render_frame(stream, time.time_ns(), data)
        self.flush()

    def _is_dropping(self) -> bool:
        is_full = self._pipe < 0 or len(self._outbox) >= self._limit
        return is_full and (not self._holds or self._pipe < 0 or self.patience() == 0)

    def descriptor(self) -> int:
        return self._pipe if self._outbox else -1

    def flush(self) -> None:
        try:
            while self._outbox and self._pipe >= 0:
                del self._outbox[: os.write(self._pipe, self._outbox[: 64 << 10])]
                self._drop_from = 0.0
        except BlockingIOError:
            return
        except OSError as error:
            self._note(f"log driver: {error.strerror}: nothing more is logged")
            self._give_up()

    def patience(self) -> float | None:
        if not self._holds or len(self._outbox) < self._limit or self._pipe < 0:
            return None
        if not self._drop_from:
            self._drop_from = time.monotonic() + HOLD
        return max(0.0, self._drop_from - time.monotonic())

    def close(self) -> None:
        deadline = time.monotonic() + CLOSING
        poller = select.poll()
        while self._outbox and (left := deadline - time.monotonic()) > 0:
            poller.register(self._pipe, select.POLLOUT)
            poller.poll(left * 1000)
            self.flush()
        if lost := self._lost + len(self._outbox):
            self._note(f"log driver: the last {lost} bytes of output are lost: nobody took them")
        self._give_up()
        while not self._has_child_ended() and time.monotonic() < deadline:
            time.sleep(0.002)

    def _has_child_ended(self) -> bool:
        try:
            return os.waitpid(self._child, os.WNOHANG)[0] == self._child
        except ChildProcessError:
            return True

    def _give_up(self) -> None:
        self._outbox = bytearray()
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1


class PipeWaiter(Waiter):
    """Lets a driver wait while the monitor is there, and a while longer."""

    def __init__(self, pipe: int, note: "Callable[[str], None]") -> None:
        self._pipe = pipe
        self._note = note
        self._said = ""
        self._gives_up = 0.0

    def wait(self, seconds: float) -> bool:
        if self._gives_up and seconds:
            time.sleep(max(0.0, min(seconds, self._gives_up - time.monotonic())))
        elif not self._gives_up and self._is_alone(seconds):
            self._gives_up = time.monotonic() + LAST_WORDS
        return not self._gives_up or time.monotonic() < self._gives_up

    def _is_alone(self, seconds: float) -> bool:
        """Wait for the monitor's end, with or without something left in the pipe."""
        poller = select.poll()
        poller.register(self._pipe, 0)
        return bool(poller.poll(seconds * 1000))

    def note(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._note(text)


def serve(pipe: int, make: "Callable[[Waiter], LogDriver]", note: "Callable[[str], None]") -> None:
    """The other process: hand the frames to the driver until the monitor closes the pipe. Never returns."""
    try:
        _stand_alone(pipe)
        waiter = PipeWaiter(pipe, note)
        driver = make(waiter)
        while (header := _read(pipe, HEADER)) and waiter.wait(0):
            data = _read(pipe, int.from_bytes(header[9:]))
            driver.moment = int.from_bytes(header[1:9])
            driver.write(header[0] if header[0] == STDERR else STDOUT, data)
        driver.close()
    except BaseException as error:  # whatever it is: this is no second monitor
        note(f"log driver: {type(error).__name__}: {error}")
    finally:
        os._exit(0)


def _stand_alone(pipe: int) -> None:
    """Nothing of the monitor's is kept: the container's pipes least of all, of which the monitor must be the
    only reader."""
    import _signal  # type: ignore[import-not-found]  # typeshed does not know it

    _signal.set_wakeup_fd(-1)
    for number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP, _signal.SIGQUIT):
        _signal.signal(number, _signal.SIG_IGN)  # it ends when the monitor does
    _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
    os.setsid()
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    os.closerange(3, pipe)
    os.closerange(pipe + 1, 1 << 16)


def _read(pipe: int, size: int) -> bytes:
    """So many bytes; fewer only at the end."""
    data = b""
    while len(data) < size and (more := os.read(pipe, size - len(data))):
        data += more
    return data if len(data) == size else b""
