"""Where a session's output comes from: the container's monitor (`stdio/monitor.py`), or FIFOs that a shim
fills."""

import os
from datetime import timedelta
from typing import Protocol

from nerdpy.dataclass import dataclass
from nerdpy.model.monitor import STDERR, STDOUT

READ_SIZE = 64 << 10


@dataclass(frozen=True)
class Output:
    """A piece of what the process wrote; `stream` is STDOUT or STDERR."""

    stream: int
    data: bytes


class Source(Protocol):
    """Something that can be polled for output."""

    @property
    def grace(self) -> timedelta:
        """How long to wait, without output, for the end when the process is known to have exited."""

    def early(self) -> list[Output]:
        """What has been received already."""

    def descriptors(self) -> tuple[int, ...]:
        """What to poll for reading; none when nothing more will come."""

    def receive(self, descriptor: int) -> list[Output]:
        """What can be had from a readable descriptor, without waiting."""

    @property
    def has_ended(self) -> bool:
        """Did the end come as it should? (False: the other side is gone, or there is more.)"""

    def close(self) -> None: ...


class FifoSource:
    """The reading ends of FIFOs, or of any pipes; closed at their end of file."""

    grace = timedelta(seconds=2)
    """Something that the process has left behind may keep them open (docker: the same)."""

    def __init__(self, *, stdout: int | None = None, stderr: int | None = None) -> None:
        self._streams = {
            descriptor: stream
            for descriptor, stream in ((stdout, STDOUT), (stderr, STDERR))
            if descriptor is not None
        }

    def early(self) -> list[Output]:
        return []

    def descriptors(self) -> tuple[int, ...]:
        return tuple(self._streams)

    def receive(self, descriptor: int) -> list[Output]:
        try:
            data = os.read(descriptor, READ_SIZE)
        except BlockingIOError:
            return []
        if not data:
            del self._streams[descriptor]
            os.close(descriptor)
            return []
        return [Output(self._streams[descriptor], data)]

    @property
    def has_ended(self) -> bool:
        return not self._streams

    def close(self) -> None:
        for descriptor in self._streams:
            os.close(descriptor)
        self._streams.clear()
