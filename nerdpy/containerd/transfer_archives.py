"""The bytes of archives on the streams of a transfer: sent piece by piece for import, received for export."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from nerdpy.containerd.api import transfer_types_pb2 as api
from nerdpy.containerd.streams import Stream
from nerdpy.containerd.transfer_run import LOOK, Served
from nerdpy.errors import NerdpyError

DATA = "containerd.types.transfer.Data"
WINDOW_UPDATE = "containerd.types.transfer.WindowUpdate"
PIECE = 32 << 10
"""Bytes of one Data message, as many as containerd sends."""
WINDOW = 1 << 20
"""Bytes that containerd may send before it hears from us."""
SILENCE = 30.0
"""Seconds without data after which an archive that is not complete is given up."""
BLOCK = 512


def send_pieces(pieces: Iterable[bytes]) -> Callable[[Stream], None]:
    """Send an archive, never more than containerd has asked for."""

    def work(stream: Stream) -> None:
        allowed = 0
        updates = iter(stream)
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                while allowed <= 0:
                    update = next(updates, None)
                    if update is None:
                        return  # containerd has read all that it wants
                    allowed += api.WindowUpdate.FromString(update[1]).update
                part = rest[: min(PIECE, allowed)]
                stream.send(DATA, api.Data(data=bytes(part)))
                allowed -= len(part)
                rest = rest[len(part) :]
        stream.finish()

    return work


class Receiver:
    """Hands what containerd sends to `write`, and lets it send on, until the archive is complete.

    containerd (2.1 and older) never closes the stream of an export, and the answer of the call may overtake
    the last data, so the tar format itself has to say where the end is.
    """

    def __init__(self, write: Callable[[bytes], Any]) -> None:
        self._write = write
        self._end = TarEnd()
        self._waits_since: float | None = None

    def __call__(self, stream: Stream) -> None:
        allowed = WINDOW
        stream.send(WINDOW_UPDATE, api.WindowUpdate(update=WINDOW))
        self._waits_since = time.monotonic()
        for name, value in stream:
            if name != DATA:
                continue
            self._waits_since = None
            data = api.Data.FromString(value).data
            self._write(data)
            if self._end.is_reached_after(data):
                return
            allowed -= len(data)
            if allowed < WINDOW:
                stream.send(WINDOW_UPDATE, api.WindowUpdate(update=WINDOW))
                allowed += WINDOW
            self._waits_since = time.monotonic()

    def complete(self, served: Served) -> None:
        """Wait for the rest, when the transfer itself is done."""
        while served.is_at_work:
            served.drain(LOOK)
            since = self._waits_since
            if since is not None and time.monotonic() - since > SILENCE:
                break
        if served.failure is not None:
            raise served.failure
        if not self._end.is_reached:
            raise NerdpyError("the archive broke off before its end")


class TarEnd:
    """Walks along the headers of a tar archive that comes in pieces, up to the zeros that end it."""

    def __init__(self) -> None:
        self.is_reached = False
        self._skip = 0
        self._header = b""
        self._zeros = 0

    def is_reached_after(self, data: bytes) -> bool:
        """Look at the next piece. Two blocks of zeros stand at the end."""
        at = 0
        while at < len(data) and not self.is_reached:
            skipped = min(self._skip, len(data) - at)
            self._skip -= skipped
            at += skipped
            wanted = BLOCK - len(self._header)
            if self._skip == 0 and at < len(data):
                self._header += data[at : at + wanted]
                at += wanted
            if len(self._header) == BLOCK:
                self._take_header()
        return self.is_reached

    def _take_header(self) -> None:
        header, self._header = self._header, b""
        if not any(header):
            self._zeros += 1
            self.is_reached = self._zeros == 2
            return
        size = _size(header[124:136])
        self._skip = (size + BLOCK - 1) // BLOCK * BLOCK


def _size(field: bytes) -> int:
    """Octal digits, or a big-endian number where the first bit is set."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    return int(field.split(b"\0")[0].strip() or b"0", 8)
