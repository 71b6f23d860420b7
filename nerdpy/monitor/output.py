"""The container's output: from its pipes to the log driver and to whoever is attached."""

import os
import select

from nerdpy.logs.driver import LogDriver
from nerdpy.model import monitor as words
from nerdpy.monitor.attach import AttachServer
from nerdpy.monitor.call import note

READ_SIZE = 16 << 10


class Output:
    """The streams of one run. Nothing that goes wrong with the log may take them away from the container."""

    def __init__(self, folder: str, driver: LogDriver, server: AttachServer) -> None:
        self._folder = folder
        self._driver = driver
        self._server = server
        self._sources: dict[int, int] = {}

    def open(self, streams: dict[int, int]) -> None:
        """Take the descriptors of the container's output: descriptor -> STDOUT or STDERR."""
        for descriptor in streams:
            os.set_blocking(descriptor, False)
        self._sources = streams

    @property
    def streams(self) -> set[int]:
        """Those that have not ended."""
        return set(self._sources.values())

    def register(self, poller: select.poll, *, holds_up: bool) -> None:
        """Poll what can be read, and what the driver waits for. With `holds_up` the container may be made to
        wait, for slow clients and for the driver."""
        if self._driver.descriptor() >= 0:
            poller.register(self._driver.descriptor(), select.POLLOUT)
        if not (holds_up and (self._server.is_full() or self._driver.patience())):
            for source in self._sources:
                poller.register(source, select.POLLIN)

    def patience(self, own: float | None) -> float | None:
        """Milliseconds that the loop may sleep, which else would sleep `own`."""
        held = self._driver.patience()
        if held is None or held == 0:
            return own
        return held * 1000 if own is None else min(own, held * 1000)

    def deal_with(self, events: dict[int, int]) -> bool:
        """Read and hand on what there is; says whether there was anything."""
        if self._driver.descriptor() in events:
            self._driver.flush()
        has_read = False
        for source in tuple(self._sources):
            has_read = (source in events and self._read(source)) or has_read
        return has_read

    def read_all(self) -> bool:
        """Take what is in the pipes now."""
        has_read = False
        for source in tuple(self._sources):
            while self._read(source):
                has_read = True
        return has_read

    def end(self) -> None:
        """No output comes after this."""
        for source in self._sources:
            os.close(source)
        self._sources = {}
        self._driver.close()

    def _read(self, source: int) -> bool:
        """Pass on what there is; False when there is nothing more (for now)."""
        try:
            data = os.read(source, READ_SIZE)
        except BlockingIOError:
            return False
        except OSError:  # a terminal that nobody writes to any more
            data = b""
        stream = self._sources[source]
        if not data:
            del self._sources[source]
            os.close(source)
            return False
        self._log(stream, data)
        self._server.send(stream, data)
        return True

    def _log(self, stream: int, data: bytes) -> None:
        try:
            self._driver.write(stream, data)
        except Exception as error:
            note(self._folder, f"log driver: {type(error).__name__}: {error}; nothing more is logged")
            self._driver = LogDriver()

    def is_open(self, *, has_tty: bool) -> bool:
        """A terminal has no stderr: that pipe stays open, and empty."""
        return words.STDOUT in self.streams or (bool(self._sources) and not has_tty)
